import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alertStepNames } from '@aleph-audit-log/domain/alert-values'
import { actsOfPeople } from './http/testing/acts-of-people.ts'

const manual = readFileSync(join(import.meta.dirname, '../../../docs/recorded-events.md'), 'utf8')
const named = new Set(
  manual
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, type = '']) => type)),
)

const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/(^|\/)testing\//.test(name))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  .join('\n')

test('the manual names every event that people and the server itself write', () => {
  // Drafts begin with their type; what else has one beside an actor is no draft.
  const drafts = [...sources.matchAll(/\btype: '([a-z]+(?:_[a-z]+)+)',\s*(?:actor|occurredAt)\b/g)].map(
    ([, type = '']) => type,
  )
  expect(new Set(drafts).size).toBeGreaterThan(30)
  for (const type of [...drafts, ...actsOfPeople]) expect(named, type).toContain(type)
})

test('the manual names no event that nothing writes', () => {
  const steps = new Set<string>(alertStepNames.map((step) => `alert_${step}`))
  for (const type of named) expect(sources.includes(`'${type}'`) || steps.has(type), type).toBe(true)
})
