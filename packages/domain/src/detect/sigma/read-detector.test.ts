import { expect, test } from 'vitest'
import type { RuleCondition } from '../rule.ts'
import { faultsOf, header, readOne } from '../testing/rule-texts.ts'

// Its eleven lines end before the detector, which stands in line 9.
const selected = `${header}detection:\n  selection: {type: query}\n  condition: selection\n`
const filter = { kind: 'field', field: 'type', pattern: { parts: ['query'] } }
const day = 86_400_000

test.each<[string, Record<string, unknown> & { kind: RuleCondition['kind'] }]>([
  [
    '{type: first_seen, field: network, learning: 14d}',
    { kind: 'first_seen', field: 'network', learningMs: 14 * day },
  ],
  [
    '{type: first_seen, field: data.Region, learning: 36h}',
    { kind: 'first_seen', field: { path: 'region' }, learningMs: 1.5 * day },
  ],
  ['{type: first_seen, learning: 14d}', { kind: 'first_seen', field: undefined, learningMs: 14 * day }],
  ['{type: awakes, silent: 60d}', { kind: 'awakes', silentMs: 60 * day }],
  ['{type: unusual_hour, days: 14}', { kind: 'unusual_hour', daysMin: 14 }],
  [
    '{type: above_past, sum: rows, floor: 1e5, factor: 6, days: 14}',
    { kind: 'above_past', sum: 'rows', floor: 100_000, factor: 6, daysMin: 14 },
  ],
  [
    '{type: above_past, sum: events, floor: 0, factor: 2.5, days: 1}',
    { kind: 'above_past', sum: 'events', floor: 0, factor: 2.5, daysMin: 1 },
  ],
  [
    '{type: above_past, sum: data.Bytes, floor: 1, factor: 6, days: 30}',
    { kind: 'above_past', sum: { path: 'bytes' }, floor: 1, factor: 6, daysMin: 30 },
  ],
  [
    '{type: outside_hours, hours: 8-18}',
    { kind: 'outside_hours', weekdays: [1, 2, 3, 4, 5, 6, 7], hours: { from: 8, before: 18 }, zone: 'UTC' },
  ],
  [
    '{type: outside_hours, hours: 0-24, weekdays: [1, 5], zone: Europe/Berlin}',
    { kind: 'outside_hours', weekdays: [1, 5], hours: { from: 0, before: 24 }, zone: 'Europe/Berlin' },
  ],
  ['{type: ahead, ahead: 10m}', { kind: 'ahead', aheadMs: 600_000 }],
  ['{type: silent, silent: 6h, days: 7}', { kind: 'silent', silentMs: day / 4, daysMin: 7 }],
])('%s is read', (detector, condition) => {
  expect(readOne(`${selected}detector: ${detector}\n`).condition).toEqual({ ...condition, filter })
})

test('its group is that of the alert', () => {
  const rule = readOne(
    `${selected}detector: {type: awakes, silent: 60d}\nalert: {group-by: [person, data.Region]}\n`,
  )
  expect(rule.groupBy).toEqual(['person', { path: 'region' }])
})

// The detector begins in column 11.
test.each([
  [
    '{}',
    '9:11 A detector needs a type: first_seen, awakes, unusual_hour, above_past, outside_hours, ahead, silent.',
  ],
  [
    '{type: awake}',
    '9:18 type is one of first_seen, awakes, unusual_hour, above_past, outside_hours, ahead, silent.',
  ],
  ['x', '9:11 detector is a map.'],
  ['{type: awakes}', '9:11 A detector awakes needs silent.'],
  ['{type: above_past, sum: rows}', '9:11 A detector above_past needs floor, factor, days.'],
  [
    '{type: awakes, silent: 60d, days: 5}',
    '9:39 "days" is no key of a detector awakes: its keys are type, silent',
  ],
  ['{type: awakes, silent: 367d}', '9:34 silent is a time such as 15s, 5m, 1h or 7d, up to 366d.'],
  ['{type: awakes, silent: 2 months}', '9:34 silent is a time such as 15s, 5m, 1h or 7d, up to 366d.'],
  ['{type: first_seen, field: actor, learning: 1d}', '9:37 actor finds events; person groups them.'],
  ['{type: unusual_hour, days: 31}', '9:38 days is a whole number from 1 to 30.'],
  ['{type: silent, silent: 6h, days: 15}', '9:44 days is a whole number from 1 to 14.'],
  ['{type: unusual_hour, days: 0}', '9:38 days is a whole number from 1 to 30.'],
  ['{type: unusual_hour, days: 1.5}', '9:38 days is a whole number from 1 to 30.'],
  [
    '{type: above_past, sum: table, floor: 1, factor: 1, days: 1}',
    '9:35 "table" is no field here; these are: rows, duration, data.<path>. events counts them.',
  ],
  ['{type: above_past, sum: rows, floor: -1, factor: 1, days: 1}', '9:48 floor is a number from 0 on.'],
  [
    '{type: above_past, sum: rows, floor: 1, factor: 1001, days: 1}',
    '9:59 factor is a number from 0 to 1000.',
  ],
  [
    '{type: outside_hours, hours: 18-8}',
    '9:40 hours are two of 0 to 24, the first before the second, such as 8-18.',
  ],
  [
    '{type: outside_hours, hours: 8-25}',
    '9:40 hours are two of 0 to 24, the first before the second, such as 8-18.',
  ],
  ['{type: outside_hours, hours: 8-18, zone: Mars}', '9:52 "Mars" is no time zone such as Europe/Berlin.'],
  [
    '{type: outside_hours, hours: 8-18, zone: "+02:00"}',
    '9:52 "+02:00" is no time zone such as Europe/Berlin.',
  ],
  ...['[]', '[0]', '[8]', '[1, 1]', '[mon]', '1'].map((days) => [
    `{type: outside_hours, hours: 8-18, weekdays: ${days}}`,
    '9:56 weekdays is a list of different numbers from 1 (Monday) to 7, such as [1, 2, 3, 4, 5].',
  ]),
])('%s is refused by name, at its place', (detector = '', fault = '') => {
  expect(faultsOf(`${selected}detector: ${detector}\n`)).toEqual([fault])
})

test('a detector stands beside a detection', () => {
  expect(faultsOf(`${header}detector: {type: awakes, silent: 60d}\n`)).toEqual([
    '1:1 A rule needs a detection or a correlation.',
  ])
})
