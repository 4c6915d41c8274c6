import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { linkRules } from './link-rules.ts'
import { readRules } from './read-rules.ts'
import { readEventField, readSearchField } from './sigma/rule-fields.ts'
import { readOne } from './testing/rule-texts.ts'

const detection = 'detection:\n  sel: {type: query}\n  condition: sel\n'

test('everything that stands above a rule is read', () => {
  const rule = readOne(`title: A rule
id: 0E95725D-7320-415D-80F7-004DA920FC11
name: a_rule.v2
related:
  - id: 08fbc97d-0a2f-491c-ae21-8ffcfd3174e9
    type: derived
taxonomy: sigma
status: test
description: |
  Two
  lines
license: Apache-2.0
author: Ann, Bob
references:
  - https://example.com/a
date: 2026-11-22
modified: 2026-11-23
logsource:
  product: aleph_audit_log
  definition: any text
fields: [sql, rows]
falsepositives: Unlikely
level: critical
tags: [attack.t1110, attack.credential-access]
scope: [server]
custom_field: {anything: [1, two]}
${detection}`)
  expect(rule).toMatchObject({
    id: '0e95725d-7320-415d-80f7-004da920fc11',
    name: 'a_rule.v2',
    title: 'A rule',
    description: 'Two\nlines',
    level: 'critical',
    status: 'test',
    tags: ['attack.t1110', 'attack.credential-access'],
    references: ['https://example.com/a'],
    falsePositives: ['Unlikely'],
    summary: 'A rule',
    groupBy: [],
  })
})

test('what is not told has its default', () => {
  const rule = readOne(`title: A rule\nid: 0e95725d-7320-415d-80f7-004da920fc11\n${detection}`)
  expect(rule).toMatchObject({
    name: undefined,
    description: '',
    level: 'medium',
    status: 'experimental',
    tags: [],
    references: [],
    falsePositives: [],
    summary: 'A rule',
    groupBy: [],
  })
  expect(linkRules([rule]).rules).toMatchObject([{ isShown: true }])
})

test('the sentence and the groups of an alert stand under alert', () => {
  const rule = readOne(
    `title: A rule\nid: 0e95725d-7320-415d-80f7-004da920fc11\n${detection}alert:\n  group-by: [Person, data.Region]\n  summary: '{person} did {count}'\n`,
  )
  expect(rule).toMatchObject({ groupBy: ['person', { path: 'region' }], summary: '{person} did {count}' })
})

test('documents are rules, with places in their whole text', () => {
  const { rules, problems } = readRules(
    `title: A\nid: 0e95725d-7320-415d-80f7-004da920fc11\n${detection}---\ntitle: B\nid: 0e95725d-7320-415d-80f7-004da920fc12\n${detection}level: hgih\n---\n# the third is the last\ntitle: C\nid: 0e95725d-7320-415d-80f7-004da920fc13\n${detection}`,
  )
  expect(rules.map(({ title, place }) => [title, place.line])).toEqual([
    ['A', 1],
    ['C', 15],
  ])
  expect(problems).toEqual([
    {
      path: '[1].level',
      line: 12,
      column: 8,
      start: 209,
      end: 213,
      message: 'level is one of informational, low, medium, high, critical.',
      suggestion: 'high',
    },
  ])
})

test('windows line ends and a byte order mark are read', () => {
  const text = `title: A rule\nid: 0e95725d-7320-415d-80f7-004da920fc11\n${detection}`
  expect(readOne(`\ufeff${text.replaceAll('\n', '\r\n')}`).title).toBe('A rule')
})

describe('the manual', () => {
  const manual = readFileSync(join(import.meta.dirname, '../../../../docs/detections.md'), 'utf8')

  test('has examples that load together', () => {
    const examples = [...manual.matchAll(/^```yaml\n(title:.*?)^```/gms)].map(([, text = '']) =>
      readRules(text),
    )
    expect(examples.length).toBeGreaterThan(3)
    expect(examples.flatMap(({ problems }) => problems)).toEqual([])
    expect(linkRules(examples.flatMap(({ rules }) => rules)).problems).toEqual([])
  })

  /** Rows of the table of fields: names, and whether they find and group. */
  const section = manual.slice(manual.indexOf('\n## Fields'), manual.indexOf('\n## Detection'))
  const rows = [...section.matchAll(/^\| (`.*?) \|.*\| *([^|]*?) *\| *([^|]*?) *\|$/gm)].flatMap(
    ([, names = '', find = '', group = '']) =>
      [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({
        name: name.replace('<path>', 'x'),
        find: find !== '',
        group: group !== '',
      })),
  )

  test('tells of every field whether it finds and whether it groups', () => {
    const told = rows.map(({ name, find, group }) => [name, find, group])
    const real = rows.map(({ name }) => [
      name,
      'value' in readSearchField(name),
      'value' in readEventField(name),
    ])
    expect(told).toEqual(real)
  })

  test('names every field', () => {
    const known = [readSearchField('unknown field'), readEventField('unknown field')].flatMap((reading) => {
      const list = 'fault' in reading ? (/these are: (.*)\.$/.exec(reading.fault)?.[1] ?? '') : ''
      return list.split(', ').map((name) => name.replace('<path>', 'x'))
    })
    expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(known))
  })
})
