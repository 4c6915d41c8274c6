import type { StatementKind, Statement } from '../event.ts'
import { toSearchText } from '../search-text.ts'
import { dayIn, weekdayOf } from '../zoned-time.ts'

/** What a statement does to one of its tables, or does without any: the actions of Cedar that policies speak of. */
export type PolicyAction = StatementKind

/** What a policy may ask of who did it, and how: the context of Cedar, but for the time. Texts in their searchable form. */
export type PolicyWay = {
  tool: string
  application: string
  /** The network of the address: see `networkOf`. */
  network: string | undefined
  /** The login is registered as a service account. */
  service: boolean
}

/** One thing that is to be judged: what is done to a table with these tags. */
export type PolicyQuestion = { action: PolicyAction; tags: readonly string[] }

/** The same list each time, so that what is remembered of it is found again. */
const noTags: readonly string[] = Object.freeze([])

const kindsOfChange: ReadonlySet<StatementKind> = new Set(['ddl', 'dcl', 'import', 'maintenance'])

/**
 * What a statement of this kind does to a table that it reads or writes: a table that is read is *export* where the
 * statement takes data out, else *read*; one that is written has the kind of the statement where that says how, else
 * *write*. The kind of a text of several statements is the most far-reaching of them, also for tables of the others.
 */
function actionOf(kind: StatementKind, access: 'read' | 'write'): PolicyAction {
  if (access === 'read') return kind === 'export' ? 'export' : 'read'
  return kindsOfChange.has(kind) ? kind : 'write'
}

/** What a statement asks, each thing once: of each table with its tags, or of none. `tagsOf` knows tables by their place. */
export function questionsOf(
  { kind, tables }: Pick<Statement, 'kind' | 'tables'>,
  tagsOf: (place: number) => readonly string[],
): PolicyQuestion[] {
  if (tables.length === 0) return [{ action: kind, tags: noTags }]
  const questions: PolicyQuestion[] = []
  const seen = new Map<readonly string[], Set<PolicyAction>>()
  for (const [place, { access }] of tables.entries()) {
    const action = actionOf(kind, access)
    const tags = tagsOf(place)
    const actions = seen.get(tags) ?? new Set()
    if (actions.has(action)) continue
    seen.set(tags, actions.add(action))
    questions.push({ action, tags })
  }
  return questions
}

/** The /24 of an IPv4 address or the /48 of an IPv6 one, of a key of `toIpKey`, as a CIDR block; undefined for none. */
export function networkOf(ipKey: string): string | undefined {
  if (ipKey === '') return undefined
  if (ipKey.startsWith(mappedV4)) {
    const bytes = [24, 26, 28].map((at) => Number.parseInt(ipKey.slice(at, at + 2), 16))
    return `${bytes.join('.')}.0/24`
  }
  const groups = [0, 4, 8].map((at) => Number.parseInt(ipKey.slice(at, at + 4), 16).toString(16))
  return `${groups.join(':')}::/48`
}

const mappedV4 = `${'0'.repeat(20)}ffff`

/** Hour of the day (0 to 23) and weekday (1 for Monday) of a time in an IANA zone. */
export type PolicyTime = { hour: number; weekday: number }

/** Clocks of the world are set by whole quarters of an hour, so times of one quarter have the same hour and weekday. */
export const policyQuarterMs = 15 * 60_000

export function policyTimeOf(ms: number, zone: string): PolicyTime {
  if (zone === 'UTC') {
    const date = new Date(ms)
    return { hour: date.getUTCHours(), weekday: ((date.getUTCDay() + 6) % 7) + 1 }
  }
  const format = hourFormats.get(zone) ?? new Intl.DateTimeFormat('en-US', { ...hourOptions, timeZone: zone })
  if (hourFormats.size >= hourFormatsMax) hourFormats.clear()
  hourFormats.set(zone, format)
  return { hour: Number(format.format(ms)), weekday: weekdayOf(dayIn(ms, zone)) }
}

const hourOptions = { hour: '2-digit', hourCycle: 'h23', numberingSystem: 'latn' } as const
const hourFormats = new Map<string, Intl.DateTimeFormat>()
const hourFormatsMax = 500

/** Names of groups and tags as policies compare them: regardless of case. */
export function toPolicyName(text: string): string {
  return toSearchText(text.trim())
}
