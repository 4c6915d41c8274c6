import { expect, test } from 'vitest'
import { eventsOfLine, fixRange, questionOf, readReviewParams } from './review-params.ts'

const range = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }

test('an address names a review where it has tables and both ends of a period', () => {
  const params = readReviewParams({ tables: 'hr.*,"a, b"', ...range, other: 'x' })
  expect(questionOf(params)).toEqual({ tables: 'hr.*,"a, b"', ...range })
  expect(questionOf(readReviewParams({ tables: 'hr.*', range: '7d' }))).toBeUndefined()
  expect(questionOf(readReviewParams({ tables: '"open', ...range }))).toBeUndefined()
  expect(readReviewParams({ from: 'x', range: 'y' })).toEqual({})
})

test('a period ends at a whole minute', () => {
  expect(fixRange({ kind: 'past', id: '24h' }, Date.UTC(2026, 10, 29, 10, 0, 59, 999))).toEqual({
    from: '2026-11-28T10:00:00Z',
    to: '2026-11-29T10:00:00Z',
  })
})

test('a line leads to the events that it counts', () => {
  const ann = { id: 'ann@acme.com', email: 'Ann@acme.com' }
  expect(eventsOfLine({ table: 'hr.pay', person: ann }, range)).toEqual({
    q: 'table:hr.pay email:Ann@acme.com',
    ...range,
    noise: 'shown',
  })
  const job = { id: 'job "7"', name: 'Nightly' }
  expect(eventsOfLine({ table: 'a*b', person: job }, range).q).toBe(
    String.raw`table:"a*b" -table:*".a*b" actor:"job \"7\"" -email:*`,
  )
})
