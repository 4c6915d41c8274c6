import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readRules } from '@aleph-audit-log/domain/detect/read-rules'
import { describe, expect, test } from 'vitest'
import { judgeDrafts, readShippedRules, shippedRulesFolder } from './testing/judge-drafts.ts'
import { company } from './testing/scene.ts'
import { accountCases } from './testing/shipped-cases/account-cases.ts'
import { dataCases } from './testing/shipped-cases/data-cases.ts'
import { permissionCases } from './testing/shipped-cases/permission-cases.ts'
import { recordingCases } from './testing/shipped-cases/recording-cases.ts'
import { statementCases } from './testing/shipped-cases/statement-cases.ts'

const cases = { ...accountCases, ...dataCases, ...permissionCases, ...statementCases, ...recordingCases }
const rules = readShippedRules()
const byText = (a: string, b: string): number => (a < b ? -1 : 1)
const files = readdirSync(shippedRulesFolder).filter((name) => name.endsWith('.yml'))

test('there are at least thirty rules, in files that are read without a fault', () => {
  expect(rules.filter(({ isShown }) => isShown).length).toBeGreaterThanOrEqual(30)
  for (const name of files) {
    expect(readRules(readFileSync(join(shippedRulesFolder, name), 'utf8')).problems, name).toEqual([])
  }
})

test('every rule says what it finds, when that is harmless, how grave it is and what it belongs to', () => {
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
  expect(new Set(rules.map(({ title }) => title)).size).toBe(rules.length)
  for (const rule of rules) {
    expect(rule.description.length, rule.title).toBeGreaterThan(40)
    expect(rule.falsePositives.length, rule.title).toBeGreaterThan(0)
    expect(rule.tags.length, rule.title).toBeGreaterThan(0)
    expect(rule.status, rule.title).toBe('stable')
    expect(rule.summary, rule.title).not.toBe(rule.title)
  }
})

test('the manual names every rule that raises alerts, with its level, group and file', async () => {
  const manual = await readFile(
    join(shippedRulesFolder, '..', '..', '..', 'docs', 'shipped-rules.md'),
    'utf8',
  )
  const told = manual.split('\n').filter((line) => line.endsWith('.yml) |'))
  const shown = files.flatMap((file) =>
    readRules(readFileSync(join(shippedRulesFolder, file), 'utf8')).rules.flatMap(({ id }) => {
      const rule = rules.find((one) => one.id === id)
      if (rule?.isShown !== true) return []
      const group = rule.groupBy.length === 0 ? 'none' : rule.groupBy.join(', ')
      return [`| ${rule.title} | ${rule.level} | ${group} | [${file}](../packages/server/rules/${file}) |`]
    }),
  )
  expect(told.toSorted(byText)).toEqual(shown.toSorted(byText))
})

test('every rule that raises alerts has cases', () => {
  const shown = rules.filter(({ isShown }) => isShown).map(({ name, title }) => name ?? title)
  expect(Object.keys(cases).toSorted(byText)).toEqual(shown.toSorted(byText))
})

describe.each(Object.entries(cases))('%s', (name, { fires, quiet, when }) => {
  const namesFound = async (drafts: Parameters<typeof judgeDrafts>[1]): Promise<Set<string>> =>
    new Set((await judgeDrafts(rules, drafts, { known: company, ...when })).map(({ rule }) => rule))

  test.each(Object.entries(fires))('fires: %s', async (_case, drafts) => {
    expect(await namesFound(drafts)).toContain(name)
  })
  test.each(Object.entries(quiet))('is quiet: %s', async (_case, drafts) => {
    expect(await namesFound(drafts)).not.toContain(name)
  })
})
