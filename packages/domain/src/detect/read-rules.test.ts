import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { linkRules } from './link-rules.ts'
import { readRules } from './read-rules.ts'

const manual = readFileSync(join(import.meta.dirname, '../../../../docs/detections.md'), 'utf8')
const examples = [...manual.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text)

test('the examples of the manual load', () => {
  const whole = examples.filter((text) => text.startsWith('title:'))
  expect(whole.length).toBeGreaterThan(3)
  const read = whole.map((text) => readRules(text))
  expect(read.flatMap(({ problems }) => problems)).toEqual([])
  const { rules, problems } = linkRules(read.flatMap(({ rules }) => rules))
  expect(problems).toEqual([])
})
