import type { Portal } from './portals.ts'
import type { SimpleQuery } from './simple-query.ts'
import type { Intent } from './statement-facts.ts'

/** An intent, and where its message waits for an answer. */
export type PlacedIntent = Intent & { place: number }

export function intentOfQuery(query: SimpleQuery, place: number): PlacedIntent {
  const { intent, since, text, functionOid } = query
  const protocol = functionOid === undefined ? 'simple' : 'function_call'
  const placed: PlacedIntent = { intent, protocol, startedAt: since, text, place }
  if (functionOid !== undefined) placed.functionOid = functionOid
  return placed
}

export function intentOfPortal(portal: Portal, place: number, now: number): PlacedIntent {
  const { intent, prepared, bind } = portal
  const placed: PlacedIntent = { intent, protocol: 'extended', startedAt: now, text: prepared.text, place }
  if (prepared.name !== '') placed.statementName = prepared.name
  if (bind !== undefined) placed.bind = bind
  // The unnamed statement is gone as soon as another one is begun, also if that is refused.
  const before = prepared.isConfirmed || prepared.name === '' ? undefined : prepared.replaced?.text
  if (before !== undefined) placed.before = before
  return placed
}
