import { outcomes, statementKinds } from '../event-values.ts'
import type { NumberField, TextField } from './filter.ts'

/** What stands before the colon of a term. The parser, the printer, the completion and the manual read this table. */
export type Qualifier = {
  /** What it finds, in a few words. */
  meaning: string
  /** Whole terms. */
  examples: readonly [string, ...string[]]
  /** Names that people try: they are not accepted, but lead to the right one. */
  synonyms?: readonly string[]
} & (
  | { kind: 'text'; name: TextField; facet?: true }
  /** A text that has one of few values. */
  | { kind: 'choice'; name: 'outcome' | 'kind'; values: readonly string[] }
  | { kind: 'is'; name: 'is'; values: readonly ['noise'] }
  | { kind: 'number'; name: NumberField }
  | { kind: 'time'; name: 'after' | 'before' | 'created' }
  /** Written `data.region:emea`, or `data."a key with: anything":emea`. */
  | { kind: 'data'; name: 'data.' }
)

export type QualifierName = Qualifier['name']

export const qualifiers: readonly Qualifier[] = [
  {
    kind: 'text',
    name: 'actor',
    facet: true,
    meaning: 'id, name or e-mail of who did it',
    examples: ['actor:ann@acme.com', 'actor:"Ann Lee"', 'actor:*@acme.com'],
    synonyms: ['user', 'person', 'who', 'by', 'author', 'people'],
  },
  { kind: 'text', name: 'name', meaning: 'name of who did it', examples: ['name:"Ann Lee"', '-name:*'] },
  {
    kind: 'text',
    name: 'email',
    facet: true,
    meaning: 'e-mail of who did it',
    examples: ['email:ann@acme.com', 'email:*@acme.com'],
    synonyms: ['mail', 'e-mail'],
  },
  {
    kind: 'text',
    name: 'id',
    meaning: 'id of the event',
    examples: ['id:0193a5c0-7b1e-7000-8000-2f6d4c1b9a70', 'id:0193a5c0*'],
    synonyms: ['uuid', 'event_id', 'eventid', 'event-id'],
  },
  {
    kind: 'text',
    name: 'type',
    facet: true,
    meaning: 'type of the event',
    examples: ['type:query', '-type:login', 'type:integration_*'],
    synonyms: ['action', 'event', 'event_type', 'eventtype'],
  },
  {
    kind: 'choice',
    name: 'outcome',
    values: outcomes,
    meaning: 'how it ended',
    examples: ['outcome:failure', '-outcome:success'],
    synonyms: ['status', 'result', 'state'],
  },
  {
    kind: 'text',
    name: 'table',
    facet: true,
    meaning: 'table that the SQL reads or writes; without a schema, of any schema',
    examples: ['table:orders', 'table:sales.orders', 'table:sales.*'],
    synonyms: ['tables', 'schema', 'relation', 'view'],
  },
  {
    kind: 'choice',
    name: 'kind',
    values: statementKinds,
    meaning: 'what the SQL does',
    examples: ['kind:write', 'kind:ddl'],
    synonyms: ['statement', 'operation', 'command'],
  },
  {
    kind: 'text',
    name: 'fingerprint',
    meaning: 'SQL of the same shape, whatever its literals',
    examples: ['fingerprint:9f3a5c*'],
    synonyms: ['hash', 'shape'],
  },
  { kind: 'text', name: 'flag', meaning: 'mark that reading the SQL left', examples: ['flag:*'] },
  {
    kind: 'text',
    name: 'tag',
    meaning: 'tag of a table, or of who did it',
    examples: ['tag:pii', 'tag:person.left', '-tag:*'],
    synonyms: ['tags', 'label', 'classification'],
  },
  {
    kind: 'text',
    name: 'policy',
    meaning: 'what policies decided, or the policy that forbids it',
    examples: ['policy:violation', 'policy:"PII for finance only"', 'policy:excepted'],
    synonyms: ['policies', 'violation', 'decision'],
  },
  {
    kind: 'text',
    name: 'database',
    facet: true,
    meaning: 'database that was asked',
    examples: ['database:prod', '-database:*'],
    synonyms: ['db', 'catalog', 'warehouse'],
  },
  {
    kind: 'text',
    name: 'login',
    meaning: 'database login that was used',
    examples: ['login:svc_bi'],
    synonyms: ['role', 'dbuser', 'username'],
  },
  {
    kind: 'text',
    name: 'tool',
    facet: true,
    meaning: 'tool behind a shared login',
    examples: ['tool:metabase'],
  },
  {
    kind: 'text',
    name: 'application',
    facet: true,
    meaning: 'application that connected',
    examples: ['application:psql', 'application:metabase*'],
    synonyms: ['app', 'client', 'program'],
  },
  {
    kind: 'text',
    name: 'source',
    facet: true,
    meaning: 'way the event came in',
    examples: ['source:api', 'source:app'],
    synonyms: ['integration', 'origin'],
  },
  {
    kind: 'text',
    name: 'ip',
    meaning: 'IP address, or a network',
    examples: ['ip:203.0.113.9', 'ip:10.0.0.0/8', 'ip:2001:db8::/32', 'ip:203.0.*'],
    synonyms: ['address', 'host', 'network', 'cidr'],
  },
  { kind: 'text', name: 'session', meaning: 'id of the session', examples: ['session:s1'] },
  { kind: 'text', name: 'request', meaning: 'id of the request', examples: ['request:r1'] },
  {
    kind: 'text',
    name: 'target',
    meaning: 'type, id or name of what it was done to',
    examples: ['target:int_1', 'target:"Production warehouse"'],
    synonyms: ['object', 'resource'],
  },
  {
    kind: 'text',
    name: 'error',
    meaning: 'code or message of the error',
    examples: ['error:42P01', 'error:*"does not exist"*'],
    synonyms: ['message', 'code', 'failure'],
  },
  {
    kind: 'number',
    name: 'duration',
    meaning: 'how long it took, in milliseconds',
    examples: ['duration:>1000', 'duration:100..500'],
    synonyms: ['durationms', 'ms', 'time_ms', 'took', 'latency'],
  },
  {
    kind: 'number',
    name: 'rows',
    meaning: 'how many rows were returned or changed',
    examples: ['rows:>10000', 'rows:0', '-rows:*'],
    synonyms: ['row', 'count', 'rowcount'],
  },
  {
    kind: 'time',
    name: 'after',
    meaning: 'from the beginning of this day (UTC), or from this time on',
    examples: ['after:2026-11-01', 'after:2026-11-01T10:00:00Z'],
    synonyms: ['from', 'since', 'start'],
  },
  {
    kind: 'time',
    name: 'before',
    meaning: 'before this day (UTC) begins, or before this time',
    examples: ['before:2026-11-30', 'before:2026-11-30T18:30:00Z'],
    synonyms: ['to', 'until', 'till', 'end'],
  },
  {
    kind: 'time',
    name: 'created',
    meaning: 'on these days (UTC), both included, or at these times',
    examples: ['created:2026-11-01', 'created:2026-11-01..2026-11-30', 'created:>=2026-11-01T10:00:00Z'],
    synonyms: ['date', 'time', 'day', 'occurred', 'occurredat', 'timestamp', 'when', 'during'],
  },
  {
    kind: 'data',
    name: 'data.',
    meaning: 'value at a path of the event’s data',
    examples: ['data.region:emea', 'data.bytes:>1000000', 'data."two words":x', '-data.region:*'],
    synonyms: ['data', 'field'],
  },
  {
    kind: 'is',
    name: 'is',
    values: ['noise'],
    meaning: 'events that tools make by themselves',
    examples: ['is:noise', '-is:noise'],
  },
]

/** Paths of `data` that the product itself knows. */
export const knownDataPaths: readonly { path: string; meaning: string }[] = [
  { path: 'sql', meaning: 'text of the SQL' },
  { path: 'dialect', meaning: 'dialect of the SQL' },
  { path: 'database', meaning: 'database that was asked' },
  { path: 'login', meaning: 'database login that was used' },
  { path: 'durationMs', meaning: 'how long it took, in milliseconds' },
  { path: 'firstRowMs', meaning: 'how long until the first row, in milliseconds' },
  { path: 'rows', meaning: 'how many rows were returned or changed' },
  { path: 'bytes', meaning: 'how many bytes were read' },
  { path: 'executions', meaning: 'how often the same statement ran' },
  { path: 'bind', meaning: 'values bound to the statement' },
  { path: 'error.code', meaning: 'code of the error' },
  { path: 'error.message', meaning: 'message of the error' },
]

const byName = new Map<string, Qualifier>(qualifiers.map((qualifier) => [qualifier.name, qualifier]))

/** The qualifier of this name (`data.` for every path), whatever its case. */
export function findQualifier(name: string): Qualifier | undefined {
  const key = name.toLowerCase()
  return byName.get(key.startsWith('data.') ? 'data.' : key)
}

/** The known name that an unknown one probably means: a synonym, or one with a typing error or two. */
export function nearestQualifier(name: string): string | undefined {
  const key = name.toLowerCase()
  const known = knownDataPaths.find(({ path }) => path.toLowerCase() === key)
  const synonym = qualifiers.find((qualifier) => qualifier.synonyms?.includes(key))
  if (synonym !== undefined && synonym.kind !== 'data') return synonym.name
  if (known !== undefined) return `data.${known.path}`
  const names = qualifiers.filter(({ kind }) => kind !== 'data').map((qualifier) => qualifier.name)
  return nearestText(key, names)
}

/** The candidate with the fewest typing errors; undefined if all need more than one in three letters changed. */
export function nearestText(text: string, candidates: readonly string[]): string | undefined {
  const near = candidates
    .map((candidate) => ({ candidate, errors: countTypingErrors(text, candidate) }))
    .filter(({ candidate, errors }) => errors <= Math.max(1, Math.floor(candidate.length / 3)))
  near.sort((a, b) => a.errors - b.errors)
  return near[0]?.candidate
}

/**
 * Letters to insert, leave out, replace or swap with their neighbour (optimal string alignment distance); Infinity
 * where the lengths alone say that it is far.
 */
function countTypingErrors(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3) return Infinity
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(beforeLast, j - 2) + 1 : Infinity
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped))
    }
    beforeLast = last
    last = row
  }
  return at(last, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
