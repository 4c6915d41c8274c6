import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseFilter } from './parse-filter.ts'
import { qualifiers } from './qualifiers.ts'

const manual = readFileSync(join(import.meta.dirname, '../../../../docs/search.md'), 'utf8')

test('the manual has a row for each qualifier, with its meaning and examples', () => {
  for (const { name, meaning, examples } of qualifiers) {
    const shown = name === 'data.' ? 'data.<path>' : name
    const row = manual.split('\n').find((line) => line.startsWith(`| \`${shown}\` |`))
    expect(row, shown).toContain(`| ${meaning} |`)
    for (const example of examples) expect(row).toContain(`\`${example}\``)
  }
})

test('every search that the manual shows can be read', () => {
  const block = /```text\n([\s\S]*?)```/.exec(manual)?.[1] ?? ''
  const shown = [...block.trim().split('\n'), ...qualifiers.flatMap(({ examples }) => examples)]
  expect(shown.length).toBeGreaterThan(40)
  for (const text of shown) expect(() => parseFilter(text), text).not.toThrow()
})
