import { act, ann, at, dbt, query, times, workingDays, type RuleCases, type Who } from '../scene.ts'
import type { SentDraft } from '../judge-drafts.ts'

const reader: Who = { actor: { type: 'system', id: 'postgres_log_reader' }, ip: '10.9.0.9' }
const told = (type: string): RuleCases['fires'] => ({
  [type]: [act(at(0), reader, type, { outcome: 'failure' })],
})
const other: RuleCases['quiet'] = { 'something else': [act(at(0), reader, 'integration_created')] }

/** A database of which something comes every six hours, weekends too. */
const daily = (days: number, database: string): SentDraft[] =>
  times(days * 4, (i) => query(at(0, i * 6), dbt, 'select 1 from a.b', { database }))
/** Of another one, so that the log goes on. */
const goesOn = (fromDay: number, days: number): SentDraft[] =>
  times(days, (i) => query(at(fromDay + i, 3), dbt, 'select 1 from a.b', { database: 'other' }))

/** A database that is used on the working days of so many weeks. */
const weekdays = (weeks: number): SentDraft[] =>
  workingDays(weeks * 7, (day) => [query(at(day), dbt, 'select 1 from a.b', { database: 'prod' })])

export const recordingCases: Record<string, RuleCases> = {
  source_silent: {
    fires: { 'after two weeks': daily(14, 'prod') },
    quiet: { 'a source of some days': daily(5, 'prod') },
    when: { endMs: at(18) },
  },
  database_silent: {
    fires: { 'while others go on': [...daily(14, 'prod'), ...goesOn(14, 3)] },
    quiet: {
      'one in use': daily(18, 'prod'),
      'one that rests at weekends': weekdays(3),
    },
    when: { endMs: at(18, 12) },
  },
  source_silent_for_days: {
    fires: { 'one that rests at weekends': weekdays(2) },
    quiet: { 'a source of some days': daily(5, 'prod') },
    when: { endMs: at(18) },
  },
  database_silent_for_days: {
    fires: { 'one that rests at weekends': [...weekdays(2), ...goesOn(13, 5)] },
    quiet: { 'over a weekend': weekdays(3) },
    when: { endMs: at(21, 6) },
  },
  gateway_bypassed: { fires: told('gateway_bypassed'), quiet: other },
  recording_gap: { fires: { ...told('log_gap_detected'), ...told('gateway_events_lost') }, quiet: other },
  id_conflict: { fires: told('event_id_conflict'), quiet: other },
  clock_ahead: {
    fires: { 'ten minutes': [act(at(0, 10, 10), ann, 'sign_in')] },
    quiet: {
      'two minutes': [act(at(0, 10, 2), ann, 'sign_in')],
      'a late event': [act(at(0, 9), ann, 'sign_in')],
    },
    when: { receivedMs: at(0, 10) },
  },
  policy_violated: {
    fires: { 'a query that a policy forbids': [query(at(0), ann, 'select 1 from wiki.board_minutes')] },
    quiet: { 'another query': [query(at(0), ann, 'select 1 from sales.orders')] },
  },
}
