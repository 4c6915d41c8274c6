import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completeFilter } from './complete-filter.ts'
import { qualifiers } from './qualifiers.ts'

/** Completes where the `|` stands; returns the texts as they would be after each suggestion. */
function complete(marked: string): { texts: string[]; field?: string } {
  const cursor = marked.indexOf('|')
  const text = marked.replace('|', '')
  const { start, end, suggestions, field } = completeFilter(text, cursor)
  const texts = suggestions.map((suggestion) => `${text.slice(0, start)}${suggestion.text}${text.slice(end)}`)
  return { texts, ...(field === undefined ? {} : { field }) }
}

describe('completion', () => {
  test('offers every qualifier where a term can begin', () => {
    for (const text of ['|', 'a |', '(|', '-|', 'a OR |']) {
      expect(complete(text).texts, text).toHaveLength(qualifiers.length)
    }
    expect(complete('-|').texts).toContain('-is:noise')
  })

  test('offers qualifiers that begin as typed, and those meant by another name', () => {
    expect(complete('ta| x').texts).toEqual(['table: x', 'tag: x', 'target: x'])
    expect(complete('-TAB|').texts).toContain('-table:')
    expect(complete('user|').texts).toEqual(['actor:', 'login:'])
    expect(complete('ac|tor:ann').texts).toEqual(['actor:ann', 'type:ann'])
  })

  test('offers the known paths of data', () => {
    expect(complete('data.d|').texts).toEqual(['data.dialect:', 'data.database:', 'data.durationMs:'])
  })

  test('offers the values of a qualifier that has few', () => {
    expect(complete('outcome:|').texts).toEqual(['outcome:success', 'outcome:failure', 'outcome:denied'])
    expect(complete('(kind:wr|ong) b').texts).toEqual(['(kind:write) b'])
    expect(complete('is:|').texts).toEqual(['is:noise'])
  })

  test('offers forms of times and numbers', () => {
    expect(complete('duration:|').texts).toEqual(['duration:>1000', 'duration:100..500'])
    expect(complete('after:|').texts).toContain('after:2026-11-01')
  })

  test('asks the server for the values of a facet', () => {
    expect(complete('actor:an|')).toEqual({ texts: [], field: 'actor' })
    expect(complete('a table:"sal|').field).toBe('table')
    expect(complete('session:|').field).toBeUndefined()
  })

  test('is silent in quoted text, after unknown qualifiers and in an operator', () => {
    for (const text of ['"act|', 'http:|', 'a O|R b']) expect(complete(text)).toEqual({ texts: [] })
  })

  test('stays inside the text for any text and cursor', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...Array.from('ab:()"-* .'), 'OR', 'actor', 'kind', 'data.'),
          maxLength: 10,
        }),
        fc.nat(40),
        (text, at) => {
          const cursor = Math.min(at, text.length)
          const { start, end } = completeFilter(text, cursor)
          expect(0 <= start && start <= cursor && cursor <= end && end <= text.length).toBe(true)
        },
      ),
    )
  })
})
