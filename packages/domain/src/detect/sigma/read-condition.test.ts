import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultsOf, findsData, header, readFilter } from '../testing/rule-texts.ts'

const names = ['sel_a', 'sel_b', 'filter_a', '_hidden']

/** Which of all combinations of true searches a condition is true of, as `1011`... */
function tableOf(condition: string): string {
  const searches = names.map((name) => `${name}:\n  data.${name}: true`).join('\n')
  const filter = readFilter(`${searches}\ncondition: ${condition}`)
  return combinations.map((truths) => (findsData(filter, truths) ? '1' : '0')).join('')
}

type Truths = Record<string, boolean>

const combinations: Truths[] = Array.from({ length: 2 ** names.length }, (_, bits) =>
  Object.fromEntries(names.map((name, i) => [name, ((bits >> i) & 1) === 1])),
)

function tableOfMeaning(
  meaning: (truths: { a: boolean; b: boolean; f: boolean; h: boolean }) => boolean,
): string {
  return combinations
    .map((truths) => ({
      a: truths['sel_a'] === true,
      b: truths['sel_b'] === true,
      f: truths['filter_a'] === true,
      h: truths['_hidden'] === true,
    }))
    .map((truths) => (meaning(truths) ? '1' : '0'))
    .join('')
}

// Sigma rules specification, "Condition".
test.each<[string, Parameters<typeof tableOfMeaning>[0]]>([
  ['sel_a', ({ a }) => a],
  ['not sel_a', ({ a }) => !a],
  ['not not sel_a', ({ a }) => a],
  ['sel_a and sel_b', ({ a, b }) => a && b],
  ['sel_a or sel_b', ({ a, b }) => a || b],
  ['sel_a or sel_b and filter_a', ({ a, b, f }) => a || (b && f)],
  ['sel_a and sel_b or filter_a', ({ a, b, f }) => (a && b) || f],
  ['(sel_a or sel_b) and filter_a', ({ a, b, f }) => (a || b) && f],
  ['not sel_a and sel_b', ({ a, b }) => !a && b],
  ['not (sel_a and sel_b)', ({ a, b }) => !(a && b)],
  ['sel_a and not filter_a or _hidden', ({ a, f, h }) => (a && !f) || h],
  ['1 of sel*', ({ a, b }) => a || b],
  ['all of sel*', ({ a, b }) => a && b],
  ['1 of *_a', ({ a, f }) => a || f],
  ['all of s*_a', ({ a }) => a],
  ['1 of sel_b', ({ b }) => b],
  ['1 of them', ({ a, b, f }) => a || b || f],
  ['all of them', ({ a, b, f }) => a && b && f],
  ['1 of *', ({ a, b, f }) => a || b || f],
  ['1 of _*', ({ h }) => h],
  ['not 1 of filter* and sel_a', ({ a, f }) => !f && a],
  ['1 of sel* and not 1 of filter*', ({ a, b, f }) => (a || b) && !f],
  ['not all of sel* or _hidden', ({ a, b, h }) => !(a && b) || h],
  ['sel_a AND NOT (sel_b OR filter_a)', ({ a, b, f }) => a && !(b || f)],
  ['(((sel_a)))', ({ a }) => a],
])('%s', (condition, meaning) => {
  expect(tableOf(condition)).toBe(tableOfMeaning(meaning))
})

test('a list of conditions wants one of them', () => {
  expect(tableOf('[sel_a and sel_b, filter_a]')).toBe(tableOfMeaning(({ a, b, f }) => (a && b) || f))
})

type Tree = string | { word: 'and' | 'or'; sides: [Tree, Tree] } | { not: Tree }

test('conditions made up at random mean what their parentheses say', () => {
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...names),
      fc.record({ word: fc.constantFrom('and', 'or'), sides: fc.tuple(tie('tree'), tie('tree')) }),
      fc.record({ not: tie('tree') }),
    ),
  }))
  const print = (one: Tree): string =>
    typeof one === 'string'
      ? one
      : 'not' in one
        ? `not (${print(one.not)})`
        : `(${print(one.sides[0])}) ${one.word} (${print(one.sides[1])})`
  const isTrue = (one: Tree, truths: Truths): boolean => {
    if (typeof one === 'string') return truths[one] === true
    if ('not' in one) return !isTrue(one.not, truths)
    const [left, right] = one.sides.map((side) => isTrue(side, truths))
    return one.word === 'and' ? left === true && right === true : left === true || right === true
  }
  fc.assert(
    fc.property(tree, (one) => {
      expect(tableOf(print(one))).toBe(
        combinations.map((truths) => (isTrue(one, truths) ? '1' : '0')).join(''),
      )
    }),
    { numRuns: 60 },
  )
})

function faultsOfCondition(condition: string): string[] {
  return faultsOf(
    `${header}detection:\n  sel: {type: query}\n  filter: {type: x}\n  condition: ${condition}\n`,
  )
}

// The condition begins in column 14 of line 9.
test.each([
  [
    'sel | count() > 5',
    '9:18 Aggregations behind a pipe (count, near) are those of old Sigma: write a correlation.',
  ],
  [
    'sel | near filter',
    '9:18 Aggregations behind a pipe (count, near) are those of old Sigma: write a correlation.',
  ],
  ['any of sel*', '9:14 Before "of" stands 1 or all, not "any".'],
  ['2 of sel*', '9:14 Before "of" stands 1 or all, not "2".'],
  ['sel and selection', '9:22 There is no search "selection"'],
  ['sel and filtre', '9:22 There is no search "filtre": did you mean filter?'],
  ['1 of nothing*', '9:19 No search is meant by "nothing*".'],
  ['1 of', '9:16 After "of" stands "them", or a pattern such as selection*.'],
  ['sel*', '9:14 Before a pattern stands "1 of" or "all of".'],
  ['sel filter', '9:18 Here "and" or "or" is missing.'],
  ['sel and', '9:18 Here the condition ends too early.'],
  ['and sel', '9:14 Before "and" a search is missing.'],
  ['(sel', '9:14 This parenthesis is never closed.'],
  ['sel)', '9:17 This parenthesis closes nothing.'],
  ['them', '9:14 Before "them" a search is missing.'],
  ['"sel and selection"', '9:23 There is no search "selection"'],
  ['[sel, nothing]', '9:20 There is no search "nothing"'],
  ['[]', '9:14 detection needs a condition.'],
  ["''", '9:14 condition holds no empty text.'],
  ['5', '9:14 condition is a text or a list of texts.'],
])('the condition %s is refused at its place', (condition, fault) => {
  expect(faultsOfCondition(condition)).toEqual([fault])
})

test('a condition is as deep as a search may be, and no deeper', () => {
  const nested = (depth: number): string => `${'('.repeat(depth)}sel${')'.repeat(depth)}`
  expect(faultsOfCondition(nested(50))).toEqual([])
  expect(faultsOfCondition(nested(51))).toEqual(['9:64 A condition is at most 50 deep.'])
  expect(faultsOfCondition(`${'not '.repeat(51)}sel`)).toEqual(['9:214 A condition is at most 50 deep.'])
})

test('a search that is asked for again and again counts each time', () => {
  const many = `[${Array.from({ length: 100 }, (_, i) => `v${i}`).join(', ')}]`
  const rule = (times: number): string =>
    `${header}detection:\n  a: {type: ${many}}\n  condition: ${Array.from({ length: times }, () => 'a').join(' and ')}\n`
  expect(faultsOf(rule(5))).toEqual([])
  // The sixth of them.
  expect(faultsOf(rule(6))).toEqual(['8:44 What a rule looks for has at most 500 terms.'])
})
