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
  const before = portal.isBound ? prepared : (portal.replaced?.prepared ?? prepared)
  const text = before === prepared && !prepared.isConfirmed ? prepared.replaced?.text : before.text
  if (text !== undefined && text !== prepared.text) placed.before = text
  return placed
}
