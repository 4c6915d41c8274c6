import { describe, expect, it } from 'vitest'
import { applyCompletion, suggestAt } from './search-suggestions.ts'

const known = (field: string): string[] => (field === 'actor' ? ['ann@acme.com', 'Bob "The" Builder'] : [])

describe('completion in the search box', () => {
  it('offers qualifiers and goes on behind the colon', () => {
    const suggestions = suggestAt('out', 3, known)
    expect(suggestions.items[0]).toMatchObject({ text: 'outcome:', kind: 'name' })
    expect(applyCompletion('out', suggestions, 'outcome:')).toEqual({ text: 'outcome:', cursor: 8 })
  })

  it('offers fixed values and begins the next term', () => {
    const text = 'outcome:fa'
    const suggestions = suggestAt(text, text.length, known)
    expect(suggestions.items.map((item) => item.text)).toEqual(['failure'])
    expect(applyCompletion(text, suggestions, 'failure')).toEqual({ text: 'outcome:failure ', cursor: 16 })
  })

  it('offers values that are on screen, in quotes where they need them', () => {
    const text = 'actor:b'
    expect(suggestAt(text, text.length, known).items.map((item) => item.text)).toEqual([
      '"Bob \\"The\\" Builder"',
    ])
    expect(suggestAt('actor:', 6, known).items[0]?.text).toBe('ann@acme.com')
  })
})
