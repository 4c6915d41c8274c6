import { expect, test } from 'vitest'
import { linkRules } from '../link-rules.ts'
import type { CorrelationCondition } from '../rule.ts'
import { readRules } from '../read-rules.ts'
import { faultsOf, header, readOne } from '../testing/rule-texts.ts'

/** The correlation with these lines; what it names is not looked up. */
function readCorrelation(lines: string): CorrelationCondition {
  const { condition } = readOne(`${header}correlation:\n${lines.replaceAll(/^/gm, '  ')}`)
  if (condition.kind !== 'correlation') throw new Error(condition.kind)
  return condition
}

const rest = 'rules: [a, b]\ntimespan: 1h'

test.each([
  ['gte: 100', { min: 100 }],
  ['gt: 100', { min: 101 }],
  ['lt: 100', { max: 99 }],
  ['lte: 100', { max: 100 }],
  ['eq: 5', { min: 5, max: 5 }],
  ['gt: 100, lte: 200', { min: 101, max: 200 }],
  ['gte: 2, gt: 5', { min: 6 }],
])('the condition {%s} is a range of counts', (condition, range) => {
  expect(readCorrelation(`type: event_count\n${rest}\ncondition: {${condition}}`).range).toEqual(range)
})

test.each([
  ['15s', 15_000],
  ['5m', 300_000],
  ['90m', 5_400_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
  ['31d', 2_678_400_000],
])('the timespan %s is %i milliseconds', (timespan, ms) => {
  const lines = `type: event_count\nrules: [a]\ntimespan: ${timespan}\ncondition: {gte: 2}`
  expect(readCorrelation(lines).timespanMs).toBe(ms)
})

test('value_count counts the values of a field', () => {
  const lines = `type: value_count\n${rest}\ngroup-by: [ip, data.Region]\ncondition: {field: person, gte: 10}`
  expect(readCorrelation(lines)).toEqual({
    kind: 'correlation',
    type: 'value_count',
    rules: [
      { id: 'a', groupBy: ['ip', { path: 'region' }] },
      { id: 'b', groupBy: ['ip', { path: 'region' }] },
    ],
    timespanMs: 3_600_000,
    range: { min: 10 },
    field: 'person',
  })
})

test.each(['temporal', 'temporal_ordered'] as const)('%s wants all rules unless told otherwise', (type) => {
  expect(readCorrelation(`type: ${type}\nrules: [a, b, c]\ntimespan: 5m`)).toMatchObject({
    type,
    range: { min: 3 },
  })
  const some = readCorrelation(`type: ${type}\nrules: [a, b, c]\ntimespan: 5m\ncondition: {gte: 2}`)
  expect(some.range).toEqual({ min: 2 })
})

test('aliases give each rule its own field for a name in group-by', () => {
  const rule = readOne(
    `${header}correlation:
  type: temporal
  rules: [internal_error, new_connection]
  group-by: [internal_ip, remote_ip, type]
  timespan: 10s
  aliases:
    internal_ip:
      internal_error: data.destination.ip
      new_connection: ip
    remote_ip:
      new_connection: data.destination.ip
      internal_error: ip
alert:
  summary: '{ip} and {type}, {count} times'
`,
  )
  const destination = { path: 'destination.ip' }
  expect(rule.condition).toMatchObject({
    rules: [
      { id: 'internal_error', groupBy: [destination, 'ip', 'type'] },
      { id: 'new_connection', groupBy: ['ip', destination, 'type'] },
    ],
  })
  expect(rule.groupBy).toEqual([destination, 'ip', 'type'])
})

// Lines of the correlation begin with line 7, in column 3.
test.each([
  ['rules: [a]\ntimespan: 1h\ncondition: {gte: 2}', '7:3 A correlation needs type.'],
  ['type: event_count\ntimespan: 1h\ncondition: {gte: 2}', '7:3 A correlation needs rules.'],
  ['type: event_count\nrules: []\ntimespan: 1h\ncondition: {gte: 2}', '8:10 A correlation needs rules.'],
  ['type: event_count\nrules: [a]\ncondition: {gte: 2}', '7:3 A correlation needs timespan.'],
  [`type: event_count\n${rest}`, '7:3 A correlation event_count needs a condition.'],
  [`type: event_count\n${rest}\ncondition: {}`, '10:14 The condition needs a count: gt, gte, lt, lte, eq.'],
  [
    `type: event_count\n${rest}\ncondition: {neq: 5}`,
    '10:15 neq is not supported in a correlation: write two of them.',
  ],
  [`type: event_count\n${rest}\ncondition: {gte: 2.5}`, '10:20 gte is a whole number from 0 on.'],
  [`type: event_count\n${rest}\ncondition: {gte: -1}`, '10:20 gte is a whole number from 0 on.'],
  [`type: event_count\n${rest}\ncondition: {gte: '5'}`, '10:20 gte is a whole number from 0 on.'],
  [`type: event_count\n${rest}\ncondition: {gt: 5, lt: 6}`, '10:14 No count fits this condition.'],
  [`type: event_count\n${rest}\ncondition: {lt: 1}`, '10:14 No count fits this condition.'],
  [
    `type: event_count\n${rest}\ncondition: {gte: 0}`,
    '10:14 A count begins with 1: what did not happen has no events.',
  ],
  [
    `type: event_count\n${rest}\ncondition: {gte: 2, field: person}`,
    '10:23 A correlation event_count has no field.',
  ],
  [
    `type: value_count\n${rest}\ncondition: {gte: 2}`,
    '10:14 A correlation value_count needs a field, whose values it counts.',
  ],
  [
    `type: value_count\n${rest}\ncondition: {gte: 2, field: [ip, person]}`,
    '10:30 Several fields in one value_count are not supported.',
  ],
  [
    `type: value_count\n${rest}\ncondition: {gte: 2, field: actor}`,
    '10:30 actor finds events; person groups them.',
  ],
  [`type: temporal\n${rest}\ncondition: {gte: 3}`, '10:14 There are no more than 2 rules to be found.'],
  [
    `type: temporal\n${rest}\ncondition: a and b`,
    '10:14 A condition in words (extended temporal correlations) is not supported; it is a map such as {gte: 2}.',
  ],
  ['type: temporal\nrules: [a, a]\ntimespan: 1h', '8:14 "a" stands in rules twice.'],
  [
    'type: temporal\nrules: [a, b]\ntimespan: 1w',
    '9:13 timespan is a time such as 15s, 5m, 1h or 7d, up to 31d.',
  ],
  [
    'type: temporal\nrules: [a, b]\ntimespan: 1M',
    '9:13 timespan is a time such as 15s, 5m, 1h or 7d, up to 31d.',
  ],
  [
    'type: temporal\nrules: [a, b]\ntimespan: 32d',
    '9:13 timespan is a time such as 15s, 5m, 1h or 7d, up to 31d.',
  ],
  [
    'type: temporal\nrules: [a, b]\ntimespan: 0s',
    '9:13 timespan is a time such as 15s, 5m, 1h or 7d, up to 31d.',
  ],
  [
    'type: temporal\nrules: [a, b]\ntimespan: 5',
    '9:13 timespan is a time such as 15s, 5m, 1h or 7d, up to 31d.',
  ],
  [
    `type: temporal\n${rest}\ngroupby: [ip]`,
    '10:3 "groupby" is no key of correlation: did you mean group-by?',
  ],
  [`type: temporal\n${rest}\ngroup-by: [ip, user]`, '10:18 "user" is no field here'],
  [`type: temporal\n${rest}\ngenerate: yes`, '10:13 generate is true or false.'],
  [
    `type: temporal\nrules: [${Array.from({ length: 21 }, (_, i) => `r${i}`).join(', ')}]\ntimespan: 1h`,
    '8:10 rules has at most 20 values.',
  ],
  [`type: temporal\n${rest}\naliases: {x: {a: ip}}\ngroup-by: [x]`, '10:13 The alias x needs a field for b.'],
  [
    `type: temporal\n${rest}\naliases: {x: {a: ip, b: type, c: ip}}`,
    '10:33 "c" is none of the rules of this correlation, as they are written there.',
  ],
  [
    `type: temporal\n${rest}\naliases: {ip: {a: ip, b: ip}}`,
    '10:13 "ip" is a field: an alias has another name.',
  ],
  [`type: temporal\n${rest}\naliases: {x: ip}`, '10:16 An alias is a map of rules and their fields.'],
])('the correlation %j is refused by name, at its place', (lines, fault) => {
  const [first, ...others] = faultsOf(`${header}correlation:\n${lines.replaceAll(/^/gm, '  ')}\n`)
  expect(first?.slice(0, fault.length)).toBe(fault)
  expect(others).toEqual([])
})

test('a correlation has its group-by under correlation, and no detection', () => {
  const correlation = `correlation: {type: temporal, rules: [a, b], timespan: 1h}\n`
  expect(faultsOf(`${header}${correlation}alert: {group-by: [ip]}\n`)).toEqual([
    '7:9 The group-by of a correlation stands under correlation.',
  ])
  expect(faultsOf(`${header}${correlation}detection: {a: {type: x}, condition: a}\n`)).toEqual([
    '7:1 A correlation has no detection: that is a rule of its own.',
  ])
  expect(faultsOf(`${header}${correlation}detector: {type: ahead}\n`)).toEqual([
    '7:1 A correlation has no detector: that is a rule of its own.',
  ])
})

test('the example of the specification loads: failed sign-ins, then one that succeeds', () => {
  const { rules, problems } = readRules(`
title: Correlation - Multiple Failed Logins Followed by Successful Login
id: b180ead8-d58f-40b2-ae54-c8940995b9b6
status: experimental
correlation:
    type: temporal_ordered
    rules:
        - multiple_failed_login
        - successful_login
    group-by:
        - person
    timespan: 10m
falsepositives:
    - Unlikely
level: high
---
title: Multiple failed logons
id: a8418a5a-5fc4-46b5-b23b-6c73beb19d41
name: multiple_failed_login
correlation:
    type: event_count
    rules:
        - failed_login
    group-by:
        - person
    timespan: 10m
    condition:
        gte: 10
---
title: Single failed login
id: 53ba33fd-3a50-4468-a5ef-c583635cfa92
name: failed_login
detection:
    selection:
        type: sign_in
        outcome:
            - failure
            - denied
    condition: selection
---
title: Successful login
id: 4d0a2c83-c62c-4ed4-b475-c7e23a9269b8
name: successful_login
detection:
    selection:
        type: sign_in
        outcome: success
    condition: selection
`)
  expect(problems).toEqual([])
  const linked = linkRules(rules)
  expect(linked.problems).toEqual([])
  expect(linked.rules.map(({ isShown }) => isShown)).toEqual([true, false, false, false])
  expect(linked.rules[0]?.condition).toMatchObject({
    type: 'temporal_ordered',
    rules: [{ id: 'a8418a5a-5fc4-46b5-b23b-6c73beb19d41' }, { id: '4d0a2c83-c62c-4ed4-b475-c7e23a9269b8' }],
  })
})
