import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventData, Json, StoredEvent } from '@aleph-audit-log/domain/event'
import type { EventPath } from './event-json.ts'

/**
 * What stands in one cell; undefined is an empty cell. `time` is RFC 3339 in UTC with up to microseconds; `json` is a
 * text that JSON.stringify gave.
 */
export type CellValue =
  | { text: string }
  | { json: string }
  | { number: number }
  | { time: string }
  | undefined

/** The text of a cell that holds one. */
export function textOf(value: CellValue): string | undefined {
  if (value === undefined) return undefined
  if ('text' in value) return value.text
  return 'json' in value ? value.json : undefined
}

/** The form in which the API shows an event: the only form in which a whole event leaves the server. */
export type PresentEvent = (event: StoredEvent) => { data?: EventData }

export type ExportColumn = {
  /** The name in `columns=`. */
  id: string
  title: string
  /** Width in a spreadsheet, in characters. */
  width: number
  read: (event: StoredEvent, present: PresentEvent) => CellValue
  /** The same for encoders that find it in the event's JSON, which is several times faster. */
  from: CellSource
}

/**
 * Where the text of a cell stands in the JSON of an event: `text` is a string, `time` a time; `value` a string, a
 * number or any other JSON; the first of the paths that the event has. `read` takes what JSON.parse makes of it.
 */
export type CellSource =
  | { as: 'text' | 'time'; at: EventPath }
  | { as: 'value'; at: readonly EventPath[] }
  | { as: 'read'; at: EventPath; read: (value: Json) => CellValue }
  | { as: 'names'; at: EventPath }
  | { as: 'data' | 'rest' | 'whole' }

const defaultColumns: readonly ExportColumn[] = [
  {
    id: 'name',
    title: 'Name',
    width: 22,
    read: (event) => textCell(event.actor.name),
    from: { as: 'text', at: 'actor.name' },
  },
  {
    id: 'email',
    title: 'Email',
    width: 28,
    read: (event) => textCell(event.actor.email),
    from: { as: 'text', at: 'actor.email' },
  },
  {
    id: 'timestamp',
    title: 'Timestamp (UTC)',
    width: 24,
    read: (event) => ({ time: event.occurredAt }),
    from: { as: 'time', at: 'occurredAt' },
  },
  {
    id: 'type',
    title: 'Type',
    width: 20,
    read: (event) => textCell(event.type),
    from: { as: 'text', at: 'type' },
  },
  { id: 'data', title: 'Data', width: 80, read: readData, from: { as: 'data' } },
  {
    id: 'outcome',
    title: 'Outcome',
    width: 10,
    read: (event) => textCell(event.outcome),
    from: { as: 'text', at: 'outcome' },
  },
  {
    id: 'error',
    title: 'Error',
    width: 30,
    read: (event) => errorCell(event.data?.['error']),
    from: { as: 'read', at: 'data.error', read: errorCell },
  },
  {
    id: 'source',
    title: 'Source',
    width: 14,
    read: (event) => textCell(event.source),
    from: { as: 'text', at: 'source' },
  },
  {
    id: 'ip',
    title: 'IP',
    width: 16,
    read: (event) => textCell(event.context?.ip),
    from: { as: 'text', at: 'context.ip' },
  },
  {
    id: 'application',
    title: 'Application',
    width: 18,
    read: (event) => textCell(event.context?.application),
    from: { as: 'text', at: 'context.application' },
  },
  {
    id: 'database',
    title: 'Database',
    width: 16,
    read: (event) => jsonCell(event.data?.['database']),
    from: { as: 'value', at: ['data.database'] },
  },
  {
    id: 'durationMs',
    title: 'Duration (ms)',
    width: 14,
    read: (event) => jsonCell(event.data?.['durationMs']),
    from: { as: 'value', at: ['data.durationMs'] },
  },
  {
    id: 'rows',
    title: 'Rows',
    width: 12,
    read: (event) => jsonCell(event.data?.['rows']),
    from: { as: 'value', at: ['data.rows'] },
  },
  {
    id: 'tables',
    title: 'Tables',
    width: 36,
    read: readTables,
    from: { as: 'names', at: 'statement.tables' },
  },
  { id: 'details', title: 'Details', width: 60, read: readRest, from: { as: 'rest' } },
  {
    id: 'id',
    title: 'Event id',
    width: 38,
    read: (event) => textCell(event.id),
    from: { as: 'text', at: 'id' },
  },
]

const furtherColumns: readonly ExportColumn[] = [
  {
    id: 'receivedAt',
    title: 'Received at (UTC)',
    width: 24,
    read: (event) => ({ time: event.receivedAt }),
    from: { as: 'time', at: 'receivedAt' },
  },
  {
    id: 'actorType',
    title: 'Actor type',
    width: 12,
    read: (event) => textCell(event.actor.type),
    from: { as: 'text', at: 'actor.type' },
  },
  {
    id: 'actorId',
    title: 'Actor id',
    width: 22,
    read: (event) => textCell(event.actor.id),
    from: { as: 'text', at: 'actor.id' },
  },
  {
    id: 'login',
    title: 'Login',
    width: 18,
    read: readLogin,
    from: { as: 'value', at: ['attribution.login', 'data.login'] },
  },
  {
    id: 'tool',
    title: 'Tool',
    width: 16,
    read: (event) => textCell(event.attribution?.tool),
    from: { as: 'text', at: 'attribution.tool' },
  },
  {
    id: 'kind',
    title: 'Kind',
    width: 12,
    read: (event) => textCell(event.statement?.kind),
    from: { as: 'text', at: 'statement.kind' },
  },
  {
    id: 'fingerprint',
    title: 'Fingerprint',
    width: 36,
    read: (event) => textCell(event.statement?.fingerprint),
    from: { as: 'text', at: 'statement.fingerprint' },
  },
  {
    id: 'policy',
    title: 'Policy',
    width: 30,
    read: (event) => policyCell(event.policy),
    from: { as: 'read', at: 'policy', read: policyCell },
  },
  {
    id: 'tags',
    title: 'Tags',
    width: 20,
    read: (event) => tagsCell(event.tags),
    from: { as: 'read', at: 'tags', read: tagsCell },
  },
  {
    id: 'dialect',
    title: 'Dialect',
    width: 12,
    read: (event) => jsonCell(event.data?.['dialect']),
    from: { as: 'value', at: ['data.dialect'] },
  },
  {
    id: 'targets',
    title: 'Targets',
    width: 36,
    read: (event) => targetsCell(event.targets),
    from: { as: 'read', at: 'targets', read: targetsCell },
  },
  {
    id: 'userAgent',
    title: 'User agent',
    width: 30,
    read: (event) => textCell(event.context?.userAgent),
    from: { as: 'text', at: 'context.userAgent' },
  },
  {
    id: 'sessionId',
    title: 'Session id',
    width: 24,
    read: (event) => textCell(event.context?.sessionId),
    from: { as: 'text', at: 'context.sessionId' },
  },
  {
    id: 'requestId',
    title: 'Request id',
    width: 24,
    read: (event) => textCell(event.context?.requestId),
    from: { as: 'text', at: 'context.requestId' },
  },
]

const knownColumns = new Map([...defaultColumns, ...furtherColumns].map((column) => [column.id, column]))

/** The names that `columns=` may hold, those of the default first. */
export const exportColumnIds: readonly string[] = [...knownColumns.keys()]

/**
 * Reads `columns=name,email,data`: the columns in that order; without a text those of the default.
 * Nothing is missing from a file that has Details: it holds whatever the Data column of the same file does not.
 * Throws AuditError('invalid') with path `columns` for an unknown or a repeated name.
 */
export function parseColumns(text: string | undefined): readonly ExportColumn[] {
  if (text === undefined) return defaultColumns
  const ids = text.split(',').map((id) => id.trim())
  const columns = ids.map((id, i) => {
    const column = knownColumns.get(id)
    if (column === undefined) throw badColumns(`has no column ${JSON.stringify(id)}`)
    if (ids.indexOf(id) !== i) throw badColumns(`names ${id} twice`)
    return column
  })
  if (ids.includes('data')) return columns
  return columns.map((column) =>
    column.id === 'details' ? { ...column, read: readWhole, from: { as: 'whole' } } : column,
  )
}

function badColumns(fault: string): AuditError {
  const message = `${fault}; the columns are ${exportColumnIds.join(', ')}`
  return new AuditError('invalid', `The columns of an export cannot be read: ${message}.`, {
    problems: [{ path: 'columns', message }],
  })
}

function textCell(text: string | undefined): CellValue {
  return text === undefined || text === '' ? undefined : { text }
}

function jsonCell(value: Json | undefined): CellValue {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return { number: value }
  return textCell(typeof value === 'string' ? value : JSON.stringify(value))
}

/** The SQL of an event that has one; undefined if Data shows `data` as JSON. */
function sqlOf(event: StoredEvent): string | undefined {
  const sql = event.data?.['sql']
  return typeof sql === 'string' && sql !== '' ? sql : undefined
}

function readData(event: StoredEvent): CellValue {
  const sql = sqlOf(event)
  if (sql !== undefined) return { text: sql }
  return event.data === undefined ? undefined : { json: JSON.stringify(event.data) }
}

/** What the Data column holds of this event, so that Details leaves it out. */
function leftOutOf(event: StoredEvent): 'data' | 'sql' | undefined {
  const sql = sqlOf(event)
  if (sql === undefined) return 'data'
  // A lone surrogate becomes U+FFFD in a file, so such a text stays in Details, where JSON writes it as \ud800.
  return sql.isWellFormed() ? 'sql' : undefined
}

/** The event without what the Data column holds. */
function readRest(event: StoredEvent, present: PresentEvent): CellValue {
  const shown = present(event)
  const leftOut = leftOutOf(event)
  if (leftOut === undefined) return { json: JSON.stringify(shown) }
  // JSON leaves out what is undefined, and a spread is several times faster than taking a property away.
  const data = leftOut === 'data' ? undefined : { ...shown.data, sql: undefined }
  return { json: JSON.stringify({ ...shown, data }) }
}

function readWhole(event: StoredEvent, present: PresentEvent): CellValue {
  return { json: JSON.stringify(present(event)) }
}

function readTables(event: StoredEvent): CellValue {
  const tables = event.statement?.tables
  if (tables === undefined || tables.length === 0) return undefined
  if (tables.length === 1) return { text: tables[0]!.name }
  return { text: tables.map((table) => table.name).join(', ') }
}

function targetsCell(targets: Json | StoredEvent['targets']): CellValue {
  // Read from an event, so they are what its type says.
  const known = targets as StoredEvent['targets']
  return textCell(known?.map((target) => target.name ?? target.id ?? target.type).join(', '))
}

/** `violation: PII for finance only, No exports at night`. */
function policyCell(policy: Json | StoredEvent['policy']): CellValue {
  // Read from an event, so it is what its type says.
  const known = policy as StoredEvent['policy']
  if (known === undefined) return undefined
  const names = known.policies.join(', ')
  return textCell(names === '' ? known.decision : `${known.decision}: ${names}`)
}

function tagsCell(tags: Json | StoredEvent['tags']): CellValue {
  // Read from an event, so they are what its type says.
  const known = tags as StoredEvent['tags']
  return textCell(known?.join(', '))
}

function readLogin(event: StoredEvent): CellValue {
  return event.attribution?.login === undefined
    ? jsonCell(event.data?.['login'])
    : textCell(event.attribution.login)
}

/** `{"code": "42P01", "message": "no such table"}` as `42P01: no such table`; any other JSON as it is. */
function errorCell(error: Json | undefined): CellValue {
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return jsonCell(error)
  const parts = [error['code'], error['message']].flatMap((part) =>
    typeof part === 'string' || typeof part === 'number' ? [String(part)] : [],
  )
  return parts.length === 0 ? jsonCell(error) : textCell(parts.join(': '))
}
