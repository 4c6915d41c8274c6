import { expect, test } from 'vitest'
import { parseFilter } from './parse-filter.ts'
import { hasTimeTerm, timeBounds } from './time-bounds.ts'

test.each([
  ['', {}],
  ['type:query', {}],
  ['after:2026-11-01', { from: '2026-11-01T00:00:00.000000Z' }],
  [
    'a after:2026-11-01 (b before:2026-11-30) after:2026-11-05',
    { from: '2026-11-05T00:00:00.000000Z', before: '2026-11-30T00:00:00.000000Z' },
  ],
  [
    'created:2026-11-01 OR created:2026-11-05',
    { from: '2026-11-01T00:00:00.000000Z', before: '2026-11-06T00:00:00.000000Z' },
  ],
  ['after:2026-11-01 OR before:2026-10-01', {}],
  ['after:2026-11-01 OR a', {}],
  ['-after:2026-11-01', {}],
])('the bounds of "%s" hold every event that can match', (text, bounds) => {
  expect(timeBounds(parseFilter(text))).toEqual(bounds)
})

test('a time term counts wherever it stands', () => {
  expect(hasTimeTerm(parseFilter('a (b OR -created:2026-11-01)'))).toBe(true)
  expect(hasTimeTerm(parseFilter('a -b OR rows:>1'))).toBe(false)
})
