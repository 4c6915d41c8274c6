import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchPattern, readCommentPattern, type CommentPattern } from './comment-pattern.ts'

/** Patterns of the subset: atoms, classes, choices, repetitions, each without a group inside of a repetition. */
const atom = fc.constantFrom(
  'a',
  'b',
  'c',
  '.',
  '[ab]',
  '[^a]',
  '[a-c-]',
  String.raw`\d`,
  String.raw`\w`,
  String.raw`\S`,
  String.raw`\.`,
  '1',
)
const quantifier = fc.constantFrom(
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '*?',
  '+?',
  '??',
  '{2}',
  '{1,3}',
  '{0,2}?',
  '{2,}',
)
const { tree } = fc.letrec<{ tree: string; part: string }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(atom, quantifier).map(([one, times]) => one + times),
    fc.tuple(tie('tree'), quantifier).map(([inner, times]) => `(?:${inner})${times}`),
  ),
  tree: fc
    .array(fc.array(tie('part'), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
    .map((options) => options.map((parts) => parts.join('')).join('|')),
}))
const subject = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', '.', ' ', '-', '\n'), maxLength: 7 })

function readOrSkip(source: string): CommentPattern {
  try {
    return readCommentPattern(source)
  } catch (error) {
    // What is repeated must not be empty, and a pattern not too large.
    fc.pre(!/may be empty|too large/.test(String(error)))
    throw error
  }
}

describe('a pattern for comments', () => {
  it('finds what a regular expression of JavaScript finds', () => {
    fc.assert(
      fc.property(tree, tree, fc.boolean(), fc.boolean(), subject, (inside, behind, atStart, atEnd, text) => {
        // JavaScript's own engine would take minutes for some.
        fc.pre(inside.length + behind.length < 40)
        const source = `${atStart ? '^' : ''}(?<name>${inside})(?<id>${behind})${atEnd ? '$' : ''}`
        const expected = new RegExp(source).exec(text)?.groups
        const pattern = readOrSkip(source)
        const found = matchPattern(pattern, text)
        expect(found && Object.fromEntries(found)).toEqual(expected && { ...expected })
      }),
      { numRuns: 1500 },
    )
  })

  it.each([
    [String.raw`^\[SQL LAB\] (?<id>\S+)`, '[SQL LAB] ann 2026', { id: 'ann' }],
    [
      String.raw`user=(?<email>[^ ,]+)(?:, dashboard=(?<dashboard>\d+))?`,
      'x user=a@b.c, y',
      { email: 'a@b.c' },
    ],
    [String.raw`(?<name>[A-Z][a-z]+ [A-Z][a-z]+)$`, 'run by Ann Lee', { name: 'Ann Lee' }],
    ['(?<name>á+)', 'ááb', { name: 'áá' }],
    ['(?<name>a*)', '', { name: '' }],
  ])('%s reads %j', (source, text, expected) => {
    expect(Object.fromEntries(matchPattern(readCommentPattern(source), text) ?? [])).toEqual(expected)
  })

  it.each([
    ['[SQL LAB] .*', 'needs a named group'],
    ['(?<login>.*)', 'has a group login'],
    ['(?<name>a)(?<name>b)', 'two groups'],
    ['(?<name>a', 'not closed'],
    ['(?<name>a))', 'closes nothing'],
    ['(?=x)(?<name>a)', 'look ahead'],
    ['(?<!x)(?<name>a)', 'look behind'],
    [String.raw`(?<name>a)\1`, 'not supported'],
    [String.raw`(?<name>a)\b`, 'not supported'],
    ['(?<name>*)', 'repeats nothing'],
    ['(?<name>a**)', 'two signs'],
    ['(?<name>a{3,2})', 'lies before'],
    ['(?<name>a{1000})', 'begins no repetition'],
    ['(?<name>[b-a])', 'range'],
    ['(?<name>(?:a*)+)', 'may be empty'],
    ['(?<name>^*a)', 'may be empty'],
    ['(?<name>[a', 'not closed'],
    ['(?<name>a)\\', 'ends with'],
    ['(?<name>(?:(?:a{99}){99}){99})', 'too large'],
    [`(?<name>${'a'.repeat(600)})`, 'more than 500'],
    [`${'(?:'.repeat(30)}(?<name>a)${')'.repeat(30)}`, 'nested deeper'],
  ])('refuses %s in words', (source, words) => {
    expect(() => readCommentPattern(source)).toThrow(words)
    expect(() => readCommentPattern(source)).toThrow(SyntaxError)
  })

  it('never takes long, whatever the pattern and the text', () => {
    for (const source of [
      '(?<name>(?:a+)+b)',
      '(?:.*.*.*.*)(?<id>=.*)',
      '(?:a?a?a?a?a?a?aaaaaa){9}(?<id>b)',
      '(?:a|a|a|aa)+(?<name>c)',
      '(?:a+)+(?<id>b)',
    ]) {
      const start = performance.now()
      expect(matchPattern(readCommentPattern(source), 'a'.repeat(100_000))).toBeUndefined()
      expect(performance.now() - start).toBeLessThan(1000)
    }
  })

  it('takes or refuses any text as a pattern, and throws nothing else', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...Array.from(String.raw`()[]{}|*+?^$\.-,<>?:=!ab19dn`)),
          maxLength: 30,
        }),
        (text) => {
          try {
            readCommentPattern(`(?<name>a)${text}`)
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError)
          }
        },
      ),
      { numRuns: 1500 },
    )
  })
})
