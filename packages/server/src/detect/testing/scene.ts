import { buildPeopleIndex } from '@aleph-audit-log/domain/attribution/people-index'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { JudgeOptions, Known, SentDraft } from './judge-drafts.ts'

/** Events that make a rule fire, and events that nearly do, each under the name of its case. */
export type RuleCases = {
  fires: Record<string, readonly SentDraft[]>
  quiet: Record<string, readonly SentDraft[]>
  when?: Pick<JudgeOptions, 'receivedMs' | 'endMs'>
}

/** The first day of every scene is a Monday. */
const firstMs = Date.UTC(2026, 5, 1)

/** The Unix ms of an hour of a day, counted from a Monday; in UTC. */
export function at(day: number, hour = 10, minute = 0): number {
  return firstMs + ((day * 24 + hour) * 60 + minute) * 60_000
}

export type Who = {
  actor: EventDraft['actor']
  login?: string
  ip?: string
  application?: string
}

const person = (login: string, name: string, ip: string): Who => ({
  actor: { type: 'user', id: login, name, email: `${login}@acme.test` },
  login,
  ip,
  application: 'psql',
})

export const ann = person('ann', 'Ann Lee', '10.0.0.5')
export const bob = person('bob', 'Bob Day', '10.0.0.6')
/** Her last day at the company was day 4. */
export const lea = person('lea', 'Lea Moor', '10.0.0.7')
export const dbt: Who = {
  actor: { type: 'service', id: 'svc_dbt', name: 'dbt' },
  login: 'svc_dbt',
  ip: '10.9.0.1',
  application: 'dbt',
}
/** Ann looks at a dashboard. */
export const annAtMetabase: Who = {
  actor: { type: 'service', id: 'svc_bi' },
  login: 'svc_bi',
  ip: '10.9.0.2',
  application: 'Metabase v0.56',
}
export const asAnn = '-- Metabase:: userID: 7 queryType: MBQL queryHash: 1f\n'

/** Sensitive are `hr.salaries` and `crm.customers`; the company knows its people and two service accounts. */
export const company: Known = {
  people: buildPeopleIndex(
    [
      { id: '1', name: 'Ann Lee', emails: ['ann@acme.test'], logins: ['ann'], toolIds: ['metabase:7'] },
      { id: '2', name: 'Bob Day', emails: ['bob@acme.test'], logins: ['bob'], toolIds: [] },
      {
        id: '3',
        name: 'Lea Moor',
        emails: ['lea@acme.test'],
        logins: ['lea'],
        toolIds: [],
        leftOn: timeFromMs(at(4)).slice(0, 10),
      },
    ],
    [
      { login: 'svc_dbt', tool: 'dbt' },
      { login: 'svc_bi', tool: 'metabase' },
    ],
    [],
  ),
  tags: new Map([
    ['hr.salaries', ['pii']],
    ['crm.customers', ['pii', 'gold']],
    ['wiki.board_minutes', ['board-only']],
  ]),
  forbidden: new Set(['wiki.board_minutes']),
}

export function act(
  ms: number,
  { actor, ip, application }: Who,
  type: string,
  more: Pick<EventDraft, 'outcome' | 'data' | 'targets'> = {},
): SentDraft {
  const context = {
    ...(ip === undefined ? {} : { ip }),
    ...(application === undefined ? {} : { application }),
  }
  return { type, occurredAt: timeFromMs(ms), actor, context, ...more }
}

export type Ran = {
  rows?: number
  bytes?: number
  database?: string
  dialect?: string
  outcome?: EventDraft['outcome']
  error?: { code: string; message: string }
}

export function query(
  ms: number,
  who: Who,
  sql: string,
  { outcome, database = 'prod', dialect = 'postgres', ...more }: Ran = {},
): SentDraft {
  const ended = outcome ?? (more.error === undefined ? undefined : 'failure')
  return act(ms, who, 'query', {
    ...(ended === undefined ? {} : { outcome: ended }),
    data: { sql, dialect, database, ...(who.login === undefined ? {} : { login: who.login }), ...more },
  })
}

export const denied: Ran = {
  outcome: 'denied',
  error: { code: '42501', message: 'permission denied for table salaries' },
}

/** Something on each working day of so many days, from the first on. */
export function workingDays(days: number, make: (day: number) => readonly SentDraft[]): SentDraft[] {
  return Array.from({ length: days }, (_, day) => day)
    .filter((day) => day % 7 < 5)
    .flatMap((day) => make(day))
}

export function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

/** A program that runs all the time, so that the log is as old as a scene wants it. */
export function log(days: number): SentDraft[] {
  return workingDays(days, (day) => [query(at(day, 1), dbt, 'select 1 from staging.a', { rows: 1 })])
}

/** Both in the order of their times. */
export function together(...parts: readonly (readonly SentDraft[])[]): SentDraft[] {
  return parts.flat().toSorted((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1))
}
