import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { Random } from '../../tools/seed/random.ts'
import type { Employee, Firm, Program } from './firm.ts'

export const dayMs = 86_400_000
export const hourMs = 3_600_000
export const minuteMs = 60_000

export type HistoryDraft = EventDraft & { id: string; occurredAt: string }
export type HistoryEvent = { ms: number; draft: HistoryDraft }

/** Something that was hidden: it counts as found when one of `rules` raised an alert with one of its events. */
export type Incident = {
  kind: string
  /** The way in which it was written. */
  variant: string
  /** By the names in their files. */
  rules: readonly string[]
  events: readonly HistoryEvent[]
  /** The database of which nothing comes any more; such an incident has no events. */
  silent?: string
}

export type Span = { fromMs: number; days: number; toMs: number }

export type Scene = { firm: Firm; span: Span; random: Random }

/** Who did something, and from where. */
export type Who = { actor: EventDraft['actor']; login?: string; ip?: string; application?: string }

export function personAt(person: Employee, ip = person.deskIp, application = person.application): Who {
  return {
    actor: { type: 'user', id: person.login, name: person.name, email: person.email },
    login: person.login,
    ip,
    application,
  }
}

export function programItself({ login, name, application, ip }: Program): Who {
  return { actor: { type: 'service', id: login, name }, login, ip, application }
}

export function makeEvent(
  random: Random,
  ms: number,
  who: Who,
  { type, outcome, data, targets }: Pick<EventDraft, 'type' | 'outcome' | 'data' | 'targets'>,
): HistoryEvent {
  const whole = Math.floor(ms)
  return {
    ms: whole,
    draft: {
      id: makeId(random),
      type,
      occurredAt: timeFromMs(whole),
      actor: who.actor,
      ...(outcome === undefined ? {} : { outcome }),
      ...(data === undefined ? {} : { data }),
      ...(targets === undefined ? {} : { targets }),
      context: {
        ...(who.ip === undefined ? {} : { ip: who.ip }),
        ...(who.application === undefined ? {} : { application: who.application }),
      },
    },
  }
}

export type Statement = {
  sql: string
  rows?: number
  bytes?: number
  database?: string
  error?: { code: string; message: string }
  outcome?: EventDraft['outcome']
}

export function makeQuery(
  { random, firm }: Pick<Scene, 'random' | 'firm'>,
  ms: number,
  who: Who,
  { sql, rows, bytes, database, error, outcome }: Statement,
): HistoryEvent {
  const ended = outcome ?? (error === undefined ? undefined : 'failure')
  return makeEvent(random, ms, who, {
    type: 'query',
    ...(ended === undefined ? {} : { outcome: ended }),
    data: {
      sql,
      dialect: 'postgres',
      database: database ?? firm.database,
      ...(who.login === undefined ? {} : { login: who.login }),
      durationMs: Math.round(random.logNormal(80, 1)),
      ...(rows === undefined ? {} : { rows }),
      ...(bytes === undefined ? {} : { bytes }),
      ...(error === undefined ? {} : { error }),
    },
  })
}

export function signIn({ random, firm }: Pick<Scene, 'random' | 'firm'>, ms: number, who: Who): HistoryEvent {
  return makeEvent(random, ms, who, {
    type: firm.signIn.type,
    ...(who.login === undefined ? {} : { data: { login: who.login } }),
  })
}

/** As it is told by the product (nobody is signed in, the e-mail is what was typed) or by a database. */
export function failedSignIn(
  { random, firm }: Pick<Scene, 'random' | 'firm'>,
  ms: number,
  person: Pick<Employee, 'email' | 'login' | 'name'>,
  ip: string,
): HistoryEvent {
  const { failedType, failedOutcome } = firm.signIn
  const actor =
    failedType === 'session_started'
      ? ({ type: 'user', id: person.login, name: person.name, email: person.email } as const)
      : ({ type: 'anonymous', email: person.email } as const)
  return makeEvent(
    random,
    ms,
    { actor, ip },
    {
      type: failedType,
      ...(failedOutcome === undefined ? {} : { outcome: failedOutcome }),
      data: { login: person.login, error: { code: 'wrong_credentials', message: 'The password is wrong.' } },
    },
  )
}

function makeId(random: Random): string {
  const hex = random.hex(32)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** The day of the week of a day of the span, 0 for Sunday, in UTC. */
function weekdayOf({ fromMs }: Span, day: number): number {
  return new Date(fromMs + day * dayMs).getUTCDay()
}

/** Unix ms at which the clock of an office shows an hour on a day of the span. */
export function atLocalHour({ fromMs }: Span, offset: number, day: number, hour: number): number {
  return fromMs + day * dayMs + (hour - offset) * hourMs
}

export function isAtWork(person: Employee, span: Span, day: number): boolean {
  const weekday = weekdayOf(span, day)
  if (weekday === 0 || weekday === 6 || day < person.joins) return false
  return !person.away.some(({ from, until }) => day >= from && day < until)
}
