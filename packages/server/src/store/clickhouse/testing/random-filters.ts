import { policyDecisions } from '@aleph-audit-log/domain/event'
import { outcomes, statementKinds } from '@aleph-audit-log/domain/event-values'
import type { Filter, Pattern, TextField } from '@aleph-audit-log/domain/filter/filter'
import { exactPattern, substringPattern, wildcardPattern } from '@aleph-audit-log/domain/filter/pattern'
import { toIpKey, toIpKeyRange } from '@aleph-audit-log/domain/ip'
import { toSearchText } from '@aleph-audit-log/domain/search-text'
import { dayEnd, nextMicrosecond, padMicroseconds } from '@aleph-audit-log/domain/time'
import * as fc from 'fast-check'
import { makeId, pool } from './random-events.ts'

/** A value from the pool, whole or as pieces with wildcards between them, in any case. */
function cutFrom(texts: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc
    .tuple(texts, fc.array(fc.nat(300), { maxLength: 3 }), fc.constantFrom(0, 1, 2), fc.nat(3))
    .map(([text, cuts, letterCase, left]) => {
      const cased = letterCase === 0 ? text : letterCase === 1 ? text.toUpperCase() : text.toLowerCase()
      const places = cuts.map((cut) => cut % (cased.length + 1)).sort((a, b) => a - b)
      const pieces = [0, ...places].map((place, i) => cased.slice(place, places[i] ?? cased.length))
      // Some pieces go, so that a wildcard stands for something.
      return pieces.map((piece, i) => (i === left ? '' : piece))
    })
}

function patternFrom(texts: readonly string[], make: (literals: string[]) => Pattern): fc.Arbitrary<Pattern> {
  const text = fc.constantFrom(...texts)
  return fc.oneof(
    { weight: 3, arbitrary: text.map(exactPattern) },
    { weight: 3, arbitrary: cutFrom(text).map(make) },
    { weight: 1, arbitrary: text.map((whole) => make(['', whole, ''])) },
    { weight: 1, arbitrary: fc.constantFrom(make(['', '']), make(['a', ''])) },
  )
}

const ids = [...Array(20).keys()].map(makeId)
const fieldValues: Record<TextField, readonly string[]> = {
  actor: pool.texts,
  name: pool.texts,
  email: pool.texts,
  id: [...ids, ids[0]?.toUpperCase() ?? '', 'no-uuid', 'c0-7b1e'],
  type: pool.types,
  outcome: outcomes,
  table: [...pool.tables, ...pool.tables.flatMap((name) => name.split('.'))],
  kind: statementKinds,
  fingerprint: ['9f3a5c', '9f3b'],
  flag: pool.flags,
  tag: pool.texts,
  policy: [...policyDecisions, ...pool.texts],
  database: pool.texts,
  login: pool.texts,
  tool: pool.texts,
  application: pool.texts,
  source: pool.texts,
  ip: pool.ips,
  session: pool.texts,
  request: pool.texts,
  target: pool.texts,
  error: [...pool.texts, ...pool.numbers.map(String)],
}

const fieldFilter = fc
  // The keys of a Record<TextField, ...> are the fields.
  .constantFrom(...(Object.keys(fieldValues) as TextField[]))
  .chain((field) =>
    patternFrom(fieldValues[field], wildcardPattern).map((pattern): Filter => ({
      kind: 'field',
      field,
      pattern,
    })),
  )

const networkFilter = fc
  .constantFrom(
    '10.0.0.0/8',
    '10.0.0.1',
    '10.0.0.1/31',
    'fe80::/10',
    'fe80::1',
    '2001:db8::/32',
    '::/0',
    '0.0.0.0/0',
  )
  .map((text): Filter => {
    const key = toIpKey(text)
    const range = key === undefined ? toIpKeyRange(text) : { first: key, last: key }
    if (range === undefined) throw new Error(`${text} is no network`)
    return { kind: 'network', text, ...range }
  })

const number = fc.oneof(fc.constantFrom(...pool.numbers), fc.double({ noNaN: true, noDefaultInfinity: true }))
const numberRange = fc.oneof(
  number.map((value) => ({ min: value, max: value })),
  fc.tuple(number, fc.boolean()).map(([min, open]) => (open ? { min, minOpen: true } : { min })),
  fc.tuple(number, fc.boolean()).map(([max, open]) => (open ? { max, maxOpen: true } : { max })),
  fc.tuple(number, number).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) })),
  fc.constant({}),
)

const time = fc.constantFrom(
  ...pool.times.map(padMicroseconds),
  ...pool.times.map((text) => nextMicrosecond(padMicroseconds(text))),
  dayEnd('2026-11-22') ?? '',
  '0001-01-01T00:00:00.000000Z',
  '1899-12-31T23:59:59.999999Z',
  '1900-01-01T00:00:00.000000Z',
  '2299-12-31T23:59:59.999999Z',
  '2300-01-01T00:00:00.000000Z',
  '9999-12-31T23:59:59.999999Z',
)
const timeRange = fc.oneof(
  time.map((from) => ({ from })),
  time.map((before) => ({ before })),
  fc.tuple(time, time).map(([from, before]) => ({ from, before })),
  fc.constant({}),
)

const path = fc
  .oneof(
    fc.constantFrom('sql', 'durationMs', 'rows', 'error', 'error.code', 'nothing', ...pool.keys),
    fc.tuple(fc.constantFrom(...pool.keys), fc.constantFrom(...pool.keys)).map((keys) => keys.join('.')),
  )
  .map(toSearchText)

const dataTexts = [...pool.texts, ...pool.numbers.map(String), 'true', 'false', 'true', 'false']

const leaf: fc.Arbitrary<Filter> = fc.oneof(
  {
    weight: 4,
    arbitrary: patternFrom(dataTexts, substringPattern).map((pattern): Filter => ({ kind: 'text', pattern })),
  },
  { weight: 12, arbitrary: fieldFilter },
  { weight: 1, arbitrary: networkFilter },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...pool.texts).map((id): Filter => ({ kind: 'actorId', id })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ field: fc.constantFrom('duration', 'rows'), range: numberRange })
      .map(({ field, range }): Filter => ({ kind: 'number', field, range })),
  },
  { weight: 3, arbitrary: timeRange.map((range): Filter => ({ kind: 'time', range })) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(path, patternFrom(dataTexts, wildcardPattern))
      .map(([at, pattern]): Filter => ({ kind: 'data', path: at, pattern })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(path, numberRange)
      .map(([at, range]): Filter => ({ kind: 'dataNumber', path: at, range })),
  },
  { weight: 1, arbitrary: fc.constant<Filter>({ kind: 'noise' }) },
)

const { filter } = fc.letrec<{ filter: Filter; terms: Filter[] }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    { weight: 5, arbitrary: leaf },
    { weight: 2, arbitrary: tie('filter').map((term): Filter => ({ kind: 'not', term })) },
    { weight: 1, arbitrary: tie('terms').map((terms): Filter => ({ kind: 'and', terms })) },
    { weight: 2, arbitrary: tie('terms').map((terms): Filter => ({ kind: 'or', terms })) },
  ),
  terms: fc.array(tie('filter'), { maxLength: 4 }),
}))

/** So many random filters, each kind and each way to match among them. */
export function makeRandomFilters(count: number, seed: number): Filter[] {
  return fc.sample(filter, { numRuns: count, seed })
}
