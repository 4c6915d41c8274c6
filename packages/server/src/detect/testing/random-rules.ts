import type { EventField, Rule, RuleCondition } from '@aleph-audit-log/domain/detect/rule'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import * as fc from 'fast-check'
import { makeEvent } from '../../store/testing/sketch-events.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** The first day of the random events; they go on for so many days. */
export const firstDayMs = Date.UTC(2026, 9, 1)
export const randomDays = 50

const people = ['ann@acme.test', 'bo@acme.test', 'cy@acme.test']
const networks = ['203.0.113.9', '198.51.100.7', '192.0.2.1']

/** Mostly at work, so that there is something usual; some in bursts, some at the same time. */
const time = fc
  .tuple(
    fc.nat(randomDays - 1),
    fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 9, max: 12 }) }, { weight: 1, arbitrary: fc.nat(23) }),
    fc.oneof(fc.constantFrom(0, 1, 2, 59), fc.nat(59)),
    fc.constantFrom(0, 0, 500),
  )
  .map(([day, hour, minute, ms]) => firstDayMs + day * dayMs + hour * hourMs + minute * minuteMs + ms)

const content = fc.record({
  at: time,
  person: fc.constantFrom(...people),
  type: fc.constantFrom('query', 'sign_in'),
  outcome: fc.constantFrom('success' as const, 'success' as const, 'failure' as const),
  ip: fc.constantFrom(...networks, undefined),
  rows: fc.constantFrom(0, 1, 10, 11, 12, 5000),
})

/** Events in the order of their times, received at once, with positions in the same order. */
export function randomEvents(count: number): fc.Arbitrary<StoredEvent[]> {
  return fc.array(content, { minLength: 1, maxLength: count }).map((drafts) =>
    drafts
      .toSorted((a, b) => a.at - b.at)
      .map(({ at, person, type, outcome, ip, rows }, i) =>
        makeEvent({
          sequence: i + 1,
          type,
          outcome,
          occurredAt: new Date(at).toISOString(),
          receivedAt: new Date(at + 1000).toISOString(),
          actor: { type: 'user', email: person },
          data: { rows },
          ...(ip === undefined ? {} : { context: { ip } }),
        }),
      ),
  )
}

const filterText = fc.constantFrom('', 'type:query', 'type:sign_in', 'outcome:failure', 'type:query rows:>10')
const groupBy = fc.constantFrom<readonly EventField[]>(
  [],
  ['person'],
  ['person'],
  ['person', 'ip'],
  ['network'],
)

export function makeRule(id: string, condition: RuleCondition, over: Partial<Rule> = {}): Rule {
  return {
    id,
    name: id,
    title: id,
    description: '',
    level: 'medium',
    status: 'stable',
    tags: [],
    references: [],
    falsePositives: [],
    isShown: true,
    summary: '{person}: {count}',
    groupBy: [],
    condition,
    ...over,
  }
}

/** A rule with those that it needs; the last one is the one that is tried. */
export const randomRules: fc.Arbitrary<Rule[]> = fc
  .record({
    kind: fc.constantFrom(
      ...(['events', 'event_count', 'value_count', 'temporal', 'temporal_ordered', 'chained'] as const),
      ...(['first_seen', 'new_group', 'awakes', 'unusual_hour', 'above_past', 'outside_hours'] as const),
      'silent' as const,
    ),
    filter: filterText.map(parseFilter),
    groupBy,
    days: fc.integer({ min: 1, max: 8 }),
    count: fc.integer({ min: 2, max: 4 }),
    span: fc.constantFrom(2 * minuteMs, 90 * minuteMs, 3 * dayMs),
    sum: fc.constantFrom('events' as const, 'rows' as const, { path: 'rows' }),
    factor: fc.constantFrom(1, 3),
  })
  .map(({ kind, filter, groupBy: fields, days, count, span, sum, factor }) => {
    const failed = makeRule(
      'failed',
      { kind: 'events', filter: parseFilter('outcome:failure') },
      { isShown: false },
    )
    const fine = makeRule('fine', { kind: 'events', filter }, { isShown: false })
    const shown = { groupBy: fields }
    const correlation = (over: object, ids = ['fine']): Rule => ({
      ...makeRule('tried', {
        kind: 'correlation',
        type: 'event_count',
        rules: ids.map((id) => ({ id, groupBy: fields })),
        timespanMs: span,
        range: { min: count },
        field: undefined,
        ...over,
      }),
      ...shown,
    })
    switch (kind) {
      case 'events':
        return [makeRule('tried', { kind, filter }, shown)]
      case 'event_count':
        return [fine, correlation({})]
      case 'value_count':
        return [fine, correlation({ type: kind, range: { min: 2 }, field: 'ip' })]
      case 'temporal':
      case 'temporal_ordered':
        return [failed, fine, correlation({ type: kind, range: {} }, ['failed', 'fine'])]
      case 'chained': {
        const inner: Rule = { ...correlation({}, ['failed']), id: 'inner', isShown: false }
        return [failed, fine, inner, correlation({ type: 'temporal_ordered', range: {} }, ['inner', 'fine'])]
      }
      case 'first_seen':
        return [
          makeRule('tried', { kind, filter, field: 'ip', learningMs: days * dayMs }, { groupBy: ['person'] }),
        ]
      case 'new_group':
        return [
          makeRule(
            'tried',
            { kind: 'first_seen', filter, field: undefined, learningMs: days * dayMs },
            shown,
          ),
        ]
      case 'awakes':
        return [makeRule('tried', { kind, filter, silentMs: days * dayMs }, shown)]
      case 'unusual_hour':
        return [makeRule('tried', { kind, filter, daysMin: days }, shown)]
      case 'above_past':
        return [makeRule('tried', { kind, filter, sum, floor: 3, factor, daysMin: days }, shown)]
      case 'outside_hours': {
        const hours = { from: 9, before: 18 }
        const zone = 'Asia/Kathmandu'
        return [makeRule('tried', { kind, filter, weekdays: [1, 2, 3, 4, 5], hours, zone }, shown)]
      }
      case 'silent':
        return [makeRule('tried', { kind, filter, silentMs: days * 6 * hourMs, daysMin: 2 }, shown)]
    }
  })
