import { expect, test } from 'vitest'
import { policyTemplates } from './policy-templates.ts'

const template = (id: string) => policyTemplates.find((one) => one.id === id)!

test('a template says in Cedar what it says in words', () => {
  expect(template('group-reads-tag').text({ group: 'finance', tag: 'pii' })).toContain(
    'resource in Tag::"pii"\n)\nunless { principal in Group::"finance" };',
  )
  expect(template('hours').text({ tag: 'pii', from: '20', to: '6', zone: 'UTC' })).toContain(
    'context.hour >= 20 || context.hour < 6',
  )
  expect(template('hours').text({ tag: 'pii', from: '1', to: '5', zone: 'UTC' })).toContain(
    'context.hour >= 1 && context.hour < 5',
  )
})

test('what people put in stays a text, whatever it is', () => {
  const text = template('tool-writes').text({ tool: 'a" || true || "\\' })
  expect(text).toContain('context.tool == "a\\" || true || \\"\\\\"')
})
