import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { linkRules } from '../link-rules.ts'
import { readRules } from '../read-rules.ts'
import { ruleLimits } from '../rule.ts'
import { faultsOf, header } from '../testing/rule-texts.ts'

const plain = 'detection:\n  sel: {type: query}\n  condition: sel\n'

/** As much of a text, repeated, as rules may have. */
function fill(piece: string, begin = '', end = ''): string {
  const room = ruleLimits.ruleBytesMax - begin.length - end.length
  return begin + piece.repeat(Math.floor(room / piece.length)) + end
}

const large: Record<string, string> = {
  'lists in each other': fill('['),
  'maps in each other': fill('{a: '),
  'lists in each other by dashes': fill('- '),
  'keys in each other': fill('? '),
  'maps in each other by indentation': Array.from({ length: 350 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  'a long list': fill('a,', `${header}detection:\n  sel: {type: [`, 'b]}\n  condition: sel\n'),
  'a long list of maps': fill('- type: a\n', `${header}x:\n`),
  'a long list of tags': fill('a.b, ', `${header}${plain}tags: [`, 'a.c]\n'),
  'many keys': `${header}${plain}x:\n${Array.from({ length: 8000 }, (_, i) => `  k${i}:`).join('\n')}`.slice(
    0,
    ruleLimits.ruleBytesMax,
  ),
  'the same key': fill('type: a\n'),
  'many keys of a rule': Array.from({ length: 7000 }, (_, i) => `titl${i}: 1`)
    .join('\n')
    .slice(0, 65_000),
  'many aliases': fill('*a,', 'x: &a b\ny: [', '*a]\n'),
  'many aliases of nothing': fill('*a,', 'y: [', '*a]\n'),
  'many anchors': fill('&a b,', 'y: [', 'c]\n'),
  'many documents': fill('---\na: b\n'),
  'many empty documents': fill('---\n'),
  'ends of documents': fill('...\n'),
  'a long condition': fill('sel and ', `${header}detection:\n  sel: {type: query}\n  condition: `, 'sel\n'),
  'many parentheses': fill('(', `${header}detection:\n  sel: {type: query}\n  condition: '`, `'\n`),
  'many searches': `${header}detection:\n${Array.from({ length: 2000 }, (_, i) => `  s${i}: {type: query}`).join('\n')}\n  condition: ${'1 of s* and '.repeat(300)}1 of s*\n`,
  'many stars': fill('*', `${header}detection:\n  sel: {type: '`, `'}\n  condition: sel\n`),
  'many stars apart': fill('*a', `${header}detection:\n  sel: {type: '`, `'}\n  condition: sel\n`),
  'many backslashes': fill('\\', `${header}detection:\n  sel: {type: '`, `'}\n  condition: sel\n`),
  'many pipes': fill('|contains', `${header}detection:\n  sel: {'type`, `': a}\n  condition: sel\n`),
  'many braces': fill('{', `${header}${plain}alert: {summary: '`, `'}\n`),
  'a long number': fill('9', 'a: ', '\n'),
  'a long quote': fill('a\n', `a: '`),
  'a long block': fill(' a\n', 'a: |\n'),
  'a long comment': fill('#'),
  'many tabs': fill('\t'),
  'many colons': fill(':'),
  'many directives': fill('%YAML 1.2\n'),
  'many tags': fill('!a '),
  'many carriage returns': fill('\r'),
}

// Of the processor, whatever else the machine does. Each takes less than a second; what grows with the square of a text would
// take minutes.
const msMax = 5000

test.each(Object.keys(large))('a text of rules with %s is answered soon', (name) => {
  const text = large[name] ?? ''
  const start = process.cpuUsage()
  const { rules, problems } = readRules(text)
  linkRules(rules)
  const { user, system } = process.cpuUsage(start)
  expect(problems.length).toBeLessThanOrEqual(101)
  expect((user + system) / 1000).toBeLessThan(msMax)
})

test('a text of rules is no longer than it may be', () => {
  expect(faultsOf('#'.repeat(ruleLimits.ruleBytesMax))).toEqual([])
  const fault = '1:1 A text of rules has at most 65536 bytes.'
  expect(faultsOf('#'.repeat(ruleLimits.ruleBytesMax + 1))).toEqual([fault])
  expect(faultsOf(`# ${'ü'.repeat(ruleLimits.ruleBytesMax / 2)}`)).toEqual([fault])
})

test('a text has at most 50 documents', () => {
  const documents = (count: number): string => Array.from({ length: count }, () => '---\na: b\n').join('')
  expect(faultsOf(documents(51))).toEqual(['1:1 A text of rules has at most 50 documents.'])
  expect(faultsOf(documents(50))).not.toContain('1:1 A text of rules has at most 50 documents.')
})

test('aliases are counted, and what they repeat as well', () => {
  const aliases = (count: number): string =>
    `${header}${plain}x: &x a\ny: [${Array.from({ length: count }, () => '*x').join(', ')}]\n`
  expect(faultsOf(aliases(100))).toEqual([])
  expect(faultsOf(aliases(101))).toEqual(['10:405 A text of rules has at most 100 aliases.'])
  const bomb = Array.from({ length: 9 }, (_, i) =>
    i === 0
      ? 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
      : `a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`,
  ).join('\n')
  expect(faultsOf(`${header}${plain}${bomb}\n`)).toEqual([
    expect.stringMatching(/^10:\d+ A text of rules has at most 100 aliases\.$/),
  ])
  const wide = `${header}${plain}a: &a [${'x, '.repeat(9000)}x]\nb: [${Array.from({ length: 9 }, () => '*a').join(', ')}]\n`
  expect(faultsOf(wide)).toEqual([expect.stringMatching(/ A text of rules has at most 50000 values\.$/)])
})

test('lists and maps stand 20 deep in each other, and no deeper', () => {
  const nested = (depth: number): string => `${header}${plain}x: ${'['.repeat(depth)}${']'.repeat(depth)}\n`
  expect(faultsOf(nested(19))).toEqual([])
  expect(faultsOf(nested(21))).toEqual([
    expect.stringMatching(/^9:\d+ Lists and maps stand at most 20 deep in each other\.$/),
  ])
})

test('a rule that would be too long as a search is refused', () => {
  const value = (length: number): string =>
    `${header}detection:\n  sel: {data.x: '${'x'.repeat(length)}'}\n  condition: sel\n`
  expect(faultsOf(value(16_377))).toEqual([])
  expect(faultsOf(value(16_378))).toEqual([
    '7:3 As a search this is too much: A search is at most 16384 characters long.',
  ])
})

test('a rule that would be too deep as a search is refused', () => {
  const nested = (depth: number): string =>
    `${header}detection:\n  a: {type: [x, y]}\n  b: {type: z}\n  condition: ${'b and (a or ('.repeat(depth / 2)}b${'))'.repeat(depth / 2)}\n`
  expect(faultsOf(nested(48))).toEqual([])
  expect(faultsOf(nested(50))).toEqual([])
  expect(faultsOf(nested(52))).not.toEqual([])
})

test('of very many faults the first hundred are told, and that there are more', () => {
  const { problems } = readRules(
    `${header}${plain}tags: [${Array.from({ length: 50 }, (_, i) => `x${i}`).join(', ')}]\nalert: {${Array.from({ length: 100 }, (_, i) => `k${i}: 1`).join(', ')}}\n`,
  )
  expect(problems).toHaveLength(101)
  expect(problems.at(-1)?.message).toBe('There are more faults, which are not listed.')
})

const pieces = [
  'title: A\n',
  'id: 0e95725d-7320-415d-80f7-004da920fc11\n',
  'detection:\n  a: {type: x}\n  condition: a\n',
  'correlation: {type: temporal, rules: [a, b], timespan: 5m}\n',
  'detector: {type: awakes, silent: 5d}\n',
  'alert: {group-by: [person], summary: "{person}"}\n',
  '---\n',
  '  ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  ': ',
  '*a',
  '&a ',
  '!x ',
  '| ',
  '>\n',
  "'",
  '"',
  '\\',
  '\n',
  '%YAML 1.1\n',
  '<<: ',
  '__proto__: ',
  'constructor: ',
  '\u0000',
  '\ud800',
  '\ufeff',
  '\t',
  '?',
  '#',
  'null',
  '9e999',
]

test('whatever the text, rules or faults come back, and each fault has a place in it', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(anything, (text) => {
      const { rules, problems } = readRules(text)
      expect(linkRules(rules).problems.length).toBeLessThanOrEqual(rules.length * 20)
      for (const { line, column, start, end, message } of problems) {
        expect(message).not.toBe('')
        expect([start >= 0, start <= text.length, end >= start, line >= 1, column >= 1]).toEqual(
          Array(5).fill(true),
        )
        expect(
          text
            .split('\n')
            .slice(0, line - 1)
            .join('\n').length +
            (line > 1 ? 1 : 0) +
            column -
            1,
        ).toBe(start)
      }
    }),
    { numRuns: 500 },
  )
})

test('a good rule with something changed at random is read or refused, never half', () => {
  const good = `${header}${plain}detector: {type: awakes, silent: 5d}\nalert: {group-by: [person], summary: '{person}'}\n`
  fc.assert(
    fc.property(fc.nat(good.length), fc.nat(8), fc.constantFrom('', ...pieces), (at, length, piece) => {
      const { rules, problems } = readRules(good.slice(0, at) + piece + good.slice(at + length))
      expect(rules.length === 0 || problems.length === 0 || rules.length > 1 || piece === '---\n').toBe(true)
    }),
    { numRuns: 500 },
  )
})
