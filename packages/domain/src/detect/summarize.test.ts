import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EventField } from './rule.ts'
import { fieldNamesIn, findSummaryFaults, summarize, type SummaryFacts } from './summarize.ts'

function factsOf(values: Record<string, readonly string[]>, more: Partial<SummaryFacts> = {}): SummaryFacts {
  return {
    valuesOf: (field: EventField) => ({
      values: values[typeof field === 'object' ? field.path : field] ?? [],
      hasMore: false,
    }),
    count: 1234,
    ...more,
  }
}

test.each([
  [['ann'], 'ann'],
  [['ann', 'bob'], 'ann and bob'],
  [['ann', 'bob', 'cid'], 'ann, bob and cid'],
  [['ann', 'bob', 'cid', 'dan'], 'ann, bob and 2 more'],
  [[], 'unknown'],
])('the values %j are written as %s', (people, text) => {
  expect(summarize({ summary: '{person} came' }, factsOf({ person: people }))).toBe(`${text} came`)
})

test.each([
  [['ann', 'bob', 'cid', 'dan'], 'ann, bob and at least 2 more'],
  [['ann', 'bob', 'cid'], 'ann, bob and at least 1 more'],
  [['ann', 'bob'], 'ann, bob and others'],
  [['ann'], 'ann and others'],
])('of %j, where there may be others, no number is claimed that nobody knows', (values, text) => {
  const valuesOf: SummaryFacts['valuesOf'] = () => ({ values, hasMore: true })
  expect(summarize({ summary: '{person}' }, { valuesOf, count: 1 })).toBe(text)
})

test('of several fields the first one that has values stands there', () => {
  const sentence = { summary: '{data.email|data.name|target} was made an admin' }
  const told = (values: Record<string, string[]>): string => summarize(sentence, factsOf(values))
  expect(told({ email: ['ann'], target: ['u_1'] })).toBe('ann was made an admin')
  expect(told({ name: ['Ann'], target: ['u_1'] })).toBe('Ann was made an admin')
  expect(told({ target: ['u_1'] })).toBe('u_1 was made an admin')
  expect(told({})).toBe('unknown was made an admin')
  expect(fieldNamesIn(sentence.summary)).toEqual(['data.email', 'data.name', 'target'])
  const faults = findSummaryFaults('{person|nothing}', { kind: 'events', filter: { kind: 'and', terms: [] } })
  expect(faults).toMatchObject([{ start: 0, end: 16, message: expect.stringContaining('nothing') }])
})

test('counts, sums and what was found stand where they are asked for', () => {
  const facts = factsOf({ region: ['emea'] }, { value: '63 days', sum: 1_234_567.89, usual: 0.25 })
  expect(summarize({ summary: '{data.Region}: {count}, {value}, {sum} ({usual})' }, facts)).toBe(
    'emea: 1,234, 63 days, 1,234,568 (0.3)',
  )
  expect(summarize({ summary: '{value} {sum}' }, factsOf({}))).toBe('unknown unknown')
})

test('a title with braces stays as it is', () => {
  expect(summarize({ summary: 'Braces { and {nothing}' }, factsOf({}))).toBe('Braces { and {nothing}')
})

test('placeholders in values are not filled', () => {
  expect(summarize({ summary: '{person}' }, factsOf({ person: ['{count}'] }))).toBe('{count}')
})

test('a long value is cut, which shows, and a character is not', () => {
  const text = summarize({ summary: '{person}' }, factsOf({ person: ['x'.repeat(80), 'y'.repeat(500_000)] }))
  expect(text).toBe(`${'x'.repeat(80)} and ${'y'.repeat(79)}…`)
  expect(summarize({ summary: '{person}' }, factsOf({ person: ['😀'.repeat(100)] }))).toMatch(
    /^(?:😀){39}…$/u,
  )
})

test('what would be taken for other text is made visible', () => {
  const hostile = 'a\nb\u001b[31m\u202ec\u2028d\u0000'
  expect(summarize({ summary: '{person}' }, factsOf({ person: [hostile] }))).toBe('a�b�[31m�c�d�')
})

test('a sentence of hostile values is one bounded line', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 6 }), (people) => {
      const text = summarize({ summary: '{person}' }, factsOf({ person: people }))
      expect(text.length).toBeLessThanOrEqual(3 * 80 + 20)
      expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
    }),
  )
})
