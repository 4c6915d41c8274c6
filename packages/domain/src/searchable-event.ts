import { childPath, pathKey, rootPath, type DataPath } from './data-path.ts'
import type { EnrichedEvent, Json } from './event.ts'
import { toIpKey } from './ip.ts'
import { toSearchText } from './search-text.ts'
import { isNoise } from './sql/is-noise.ts'
import { padMicroseconds } from './time.ts'

/**
 * What can be searched of an event, lower-cased once: the reference filter compares these values and the event store
 * writes them into its columns, so the two cannot disagree about case, paths or missing values.
 * Strings are well-formed (a lone surrogate has become U+FFFD); a missing text is the empty string.
 */
export type SearchableEvent = {
  id: string
  /** Canonical time. */
  occurredAt: string
  type: string
  outcome: string
  actorId: string
  name: string
  email: string
  source: string
  database: string
  login: string
  tool: string
  application: string
  session: string
  request: string
  ip: string
  /** 32 hex digits that order like the addresses, IPv4 mapped into IPv6; empty if `ip` is no address. */
  ipKey: string
  kind: string
  fingerprint: string
  flags: string[]
  /** Each table under its full name and every shorter one: `prod.sales.orders`, `sales.orders`, `orders`. */
  tables: string[]
  /** Types, ids and names of the targets. */
  targets: string[]
  /** Code and message of `data.error`. */
  errors: string[]
  durationMs: number | undefined
  rows: number | undefined
  noise: boolean
  tags: string[]
  /** The decision, and the names of the policies that forbid it. */
  policy: string[]
  /** Every string and number in `data` with its path (keys joined by dots, places in lists left out). */
  dataPaths: string[]
  dataValues: string[]
  /** The numbers among them, as numbers. */
  numberPaths: string[]
  numberValues: number[]
  /** Paths whose value is `true`, and whose value is `false`. */
  truePaths: string[]
  falsePaths: string[]
}

/** Computes what can be searched of an event. */
export function toSearchableEvent(event: EnrichedEvent): SearchableEvent {
  const data = event.data ?? {}
  const context = event.context ?? {}
  const { statement, attribution } = event
  const ip = toSearchText(context.ip ?? '')
  return {
    id: event.id,
    occurredAt: padMicroseconds(event.occurredAt),
    type: event.type,
    outcome: event.outcome,
    actorId: toSearchText(event.actor.id ?? ''),
    name: toSearchText(event.actor.name ?? ''),
    email: toSearchText(event.actor.email ?? ''),
    source: toSearchText(event.source),
    database: textOf(data['database']),
    login: toSearchText(attribution?.login ?? stringOf(data['login'])),
    tool: toSearchText(attribution?.tool ?? ''),
    application: toSearchText(context.application ?? ''),
    session: toSearchText(context.sessionId ?? ''),
    request: toSearchText(context.requestId ?? ''),
    ip,
    ipKey: toIpKey(ip) ?? '',
    kind: statement?.kind ?? '',
    fingerprint: statement?.fingerprint ?? '',
    flags: statement?.flags ?? [],
    tables: tableKeys(statement?.tables.map((table) => table.name) ?? []),
    targets: present((event.targets ?? []).flatMap((target) => [target.type, target.id, target.name])),
    errors: errorTexts(data['error']),
    durationMs: numberOf(data['durationMs']),
    rows: numberOf(data['rows']),
    noise: isNoiseEvent(event),
    tags: present(event.tags ?? []),
    policy: present(event.policy === undefined ? [] : [event.policy.decision, ...event.policy.policies]),
    ...flattenData(data),
  }
}

/** What failed is worth a look, whoever sent it. */
export function isNoiseEvent({ statement, outcome }: Pick<EnrichedEvent, 'statement' | 'outcome'>): boolean {
  return statement !== undefined && outcome === 'success' && isNoise(statement)
}

function stringOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function textOf(value: Json | undefined): string {
  return toSearchText(stringOf(value))
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function present(values: (string | undefined)[]): string[] {
  return values.flatMap((value) => (value === undefined || value === '' ? [] : [toSearchText(value)]))
}

function errorTexts(error: Json | undefined): string[] {
  if (typeof error === 'string') return present([error])
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return []
  const code = error['code']
  return present([typeof code === 'number' ? String(code) : stringOf(code), stringOf(error['message'])])
}

function tableKeys(names: string[]): string[] {
  const keys = new Set<string>()
  for (const name of names) {
    const parts = toSearchText(name).split('.')
    for (let i = 0; i < parts.length; i++) keys.add(parts.slice(i).join('.'))
  }
  return [...keys]
}

type Leaves = Pick<
  SearchableEvent,
  'dataPaths' | 'dataValues' | 'numberPaths' | 'numberValues' | 'truePaths' | 'falsePaths'
>

function flattenData(data: Json): Leaves {
  const leaves: Leaves = {
    dataPaths: [],
    dataValues: [],
    numberPaths: [],
    numberValues: [],
    truePaths: [],
    falsePaths: [],
  }
  addLeaves(leaves, rootPath, '', data)
  return leaves
}

/** A list of so many items is indexed once for each different one: to be found is all that an index is for. */
const repeatedItemsMin = 100

// Depth is bounded by eventLimits.dataDepthMax, so plain recursion is safe here.
function addLeaves(leaves: Leaves, path: DataPath, key: string, value: Json): void {
  if (typeof value === 'string') {
    leaves.dataPaths.push(key)
    leaves.dataValues.push(toSearchText(value))
  } else if (typeof value === 'number') {
    leaves.dataPaths.push(key)
    leaves.dataValues.push(toSearchText(String(value)))
    leaves.numberPaths.push(key)
    leaves.numberValues.push(value)
  } else if (value === true) leaves.truePaths.push(key)
  else if (value === false) leaves.falsePaths.push(key)
  else if (Array.isArray(value)) {
    const items = value.length < repeatedItemsMin ? value : new Set(value)
    for (const item of items) addLeaves(leaves, path, key, item)
  } else if (value !== null) {
    for (const name of Object.keys(value)) {
      const child = childPath(path, name)
      // Own properties only: `__proto__` is an ordinary key of a parsed JSON object.
      addLeaves(leaves, child, pathKey(child), value[name] ?? null)
    }
  }
}
