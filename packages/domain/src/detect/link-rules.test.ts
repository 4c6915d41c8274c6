import { expect, test } from 'vitest'
import { linkRules } from './link-rules.ts'
import { readRules } from './read-rules.ts'

function idOf(n: number): string {
  return `0e95725d-7320-415d-80f7-${String(n).padStart(12, '0')}`
}

function plain(n: number, name = `r${n}`): string {
  return `title: Rule ${n}\nid: ${idOf(n)}\nname: ${name}\ndetection: {a: {type: query}, condition: a}\n---\n`
}

function correlation(n: number, rules: readonly string[], more = ''): string {
  return `title: Rule ${n}
id: ${idOf(n)}
name: r${n}
correlation:
  type: temporal
  rules: [${rules.join(', ')}]
  timespan: 1h
${more}---
`
}

function link(...texts: string[]): { shown: string[]; hidden: string[]; faults: string[] } {
  const read = texts.map((text) => readRules(text))
  expect(read.flatMap(({ problems }) => problems)).toEqual([])
  const { rules, problems } = linkRules(read.flatMap((one) => one.rules))
  return {
    shown: rules.filter(({ isShown }) => isShown).map(({ title }) => title),
    hidden: rules.filter(({ isShown }) => !isShown).map(({ title }) => title),
    faults: problems.map(({ line, column, message }) => `${line}:${column} ${message}`),
  }
}

test('rules are found by name and by id, in other files, too', () => {
  const texts = [correlation(3, ['r1', idOf(2).toUpperCase()]), plain(1), plain(2)]
  const { rules, problems } = linkRules(texts.flatMap((text) => readRules(text).rules))
  expect(problems).toEqual([])
  const [first] = rules
  expect(first?.condition.kind === 'correlation' && first.condition.rules.map(({ id }) => id)).toEqual([
    idOf(1),
    idOf(2),
  ])
})

test('a rule that is correlated is not shown, unless a correlation says generate', () => {
  const both = `${plain(1)}${plain(2)}${plain(3)}`
  expect(link(`${both}${correlation(4, ['r1', 'r2'])}`)).toEqual({
    shown: ['Rule 3', 'Rule 4'],
    hidden: ['Rule 1', 'Rule 2'],
    faults: [],
  })
  expect(link(`${both}${correlation(4, ['r1', 'r2'], 'generate: true\n')}`).hidden).toEqual([])
  expect(link(`${both}${correlation(4, ['r1', 'r2'], '  generate: true\n')}`).hidden).toEqual([])
  expect(link(`${both}${correlation(4, ['r1', 'r2'], 'generate: false\n')}`).hidden).toHaveLength(2)
  const two = `${correlation(4, ['r1', 'r2'], 'generate: true\n')}${correlation(5, ['r2', 'r3'])}`
  expect(link(`${both}${two}`).hidden).toEqual(['Rule 3'])
})

test('a correlation that is off hides nothing, unless another one looks at it', () => {
  const { rules } = readRules(
    `${plain(1)}${plain(2)}${correlation(3, ['r1', 'r2'])}${correlation(4, ['r2', 'r3'])}`,
  )
  const shownWithout = (...off: number[]): string[] =>
    linkRules(rules, (id) => !off.map(idOf).includes(id))
      .rules.filter(({ isShown }) => isShown)
      .map(({ title }) => title)
  expect(shownWithout()).toEqual(['Rule 4'])
  expect(shownWithout(3)).toEqual(['Rule 4'])
  expect(shownWithout(4)).toEqual(['Rule 3', 'Rule 4'])
  expect(shownWithout(3, 4)).toEqual(['Rule 1', 'Rule 2', 'Rule 3', 'Rule 4'])
})

test('a rule that is not there is told where it is named, and who needs it as well', () => {
  expect(link(`${plain(1)}${correlation(2, ['r1', 'r11'])}${correlation(3, ['r1', 'r2'])}`)).toEqual({
    shown: ['Rule 1'],
    hidden: [],
    faults: ['11:15 There is no rule "r11". Did you mean r1?', '19:15 The rule "Rule 2" has a fault itself.'],
  })
})

test('rules in a circle are refused', () => {
  expect(link(`${plain(1)}${correlation(2, ['r1', 'r3'])}${correlation(3, ['r2', 'r1'])}`)).toEqual({
    shown: ['Rule 1'],
    hidden: [],
    faults: [
      '19:11 The rule "Rule 2" leads back to this one.',
      '11:15 The rule "Rule 3" has a fault itself.',
    ],
  })
  expect(link(correlation(2, ['r2'])).faults).toEqual(['6:11 The rule "Rule 2" leads back to this one.'])
})

test('a chain is at most five rules long', () => {
  const chain = (length: number): string[] =>
    Array.from({ length: length - 1 }, (_, i) => correlation(i + 2, [`r${i + 1}`])).reverse()
  expect(link(plain(1), ...chain(5)).faults).toEqual([])
  expect(link(plain(1), ...chain(6)).faults).toEqual([
    '1:1 Correlations of correlations are at most 5 rules long.',
  ])
})

test('the second rule with an id or a name is refused', () => {
  expect(link(plain(1), plain(1, 'other'), plain(2, 'r1'))).toEqual({
    shown: ['Rule 1'],
    hidden: [],
    faults: ['1:1 The rule "Rule 1" has the same id.', '1:1 The rule "Rule 1" has the same name.'],
  })
})

test('the same rule by name and by id is one rule', () => {
  expect(link(plain(1), correlation(2, ['r1', idOf(1)])).faults).toEqual([
    '6:15 The rule "Rule 1" stands here twice.',
  ])
})

test('silence has no events to be correlated', () => {
  const silent = `title: Quiet\nid: ${idOf(1)}\nname: r1\ndetection: {a: {type: x}, condition: a}\ndetector: {type: silent, silent: 1h, days: 3}\n`
  expect(link(silent, correlation(2, ['r1'])).faults).toEqual([
    '6:11 The rule "Quiet" finds silence, which has no events to be correlated.',
  ])
})

test('there are at most 500 rules', () => {
  const texts = Array.from({ length: 501 }, (_, i) => plain(i + 1))
  const { shown, faults } = link(...texts)
  expect(shown).toHaveLength(500)
  expect(faults).toEqual(['1:1 There are at most 500 rules.'])
})
