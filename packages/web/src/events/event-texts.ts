import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import type { PolicyVerdict, StatementKind } from '@aleph-audit-log/domain/event'

/** The SQL of an event that has one. */
export function sqlOf(event: PublicEvent): string | undefined {
  const sql = event.data?.['sql']
  return typeof sql === 'string' ? sql : undefined
}

/** Comments and white space before anything else. Each alternative is linear. */
const leadingComments = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/

/**
 * The SQL of an event as a line of the log begins it: without the comment that a tool puts before it, if the tool stands
 * in the line already. All of it if there is nothing else.
 */
export function sqlLineOf(event: PublicEvent): string | undefined {
  const sql = sqlOf(event)
  if (sql === undefined || event.attribution?.tool === undefined) return sql
  return sql.replace(leadingComments, '') || sql
}

/** The name by which the actor is known: its name, else its id. */
export function actorName(event: PublicEvent): string {
  return event.actor.name ?? event.actor.id ?? event.actor.email ?? ''
}

/** The data of an event on one line, without what stands elsewhere; empty if there is none. */
export function dataLine(event: PublicEvent): string {
  if (event.data !== undefined && Object.keys(event.data).length > 0) return JSON.stringify(event.data)
  const targets = (event.targets ?? []).map((target) => target.name ?? target.id ?? target.type)
  return targets.join(', ')
}

/** Code and message of `data.error`, which is a text or `{code, message}`; undefined if there is none. */
export function errorOf(event: PublicEvent): { code?: string; message?: string } | undefined {
  const error = event.data?.['error']
  if (typeof error === 'string') return { message: error }
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return undefined
  const { code, message } = error
  return {
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  }
}

/** A text or number at a key of `data`. */
export function dataText(event: PublicEvent, key: string): string | undefined {
  const value = event.data?.[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function dataNumber(event: PublicEvent, key: string): number | undefined {
  const value = event.data?.[key]
  return typeof value === 'number' ? value : undefined
}

const kindNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    dcl: 'Changes permissions',
    ddl: 'Changes the structure',
    write: 'Writes data',
    import: 'Imports data',
    export: 'Exports data',
    procedure: 'Runs a procedure',
    maintenance: 'Maintains the database',
    read: 'Reads data',
    session: 'Changes or shows the session',
    tcl: 'Controls a transaction',
    other: 'Something else',
  } satisfies Record<StatementKind, string>),
)

/** What a statement does, in words; one that is not known is shown as it is. */
export function kindName(kind: string): string {
  return kindNames.get(kind) ?? kind
}

/** What policies decided, in words. */
export const policyWords: Readonly<Record<PolicyVerdict['decision'], string>> = {
  allowed: 'Kept',
  violation: 'Violated',
  excepted: 'Excepted',
}

/** What policies decided of an event, on one line; empty where there were none. */
export function policyText({ policy }: PublicEvent): string {
  if (policy === undefined) return ''
  const names = policy.policies.join(', ')
  return names === '' ? policyWords[policy.decision] : `${policyWords[policy.decision]}: ${names}`
}
