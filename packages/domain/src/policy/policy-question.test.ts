import { expect, test } from 'vitest'
import { questionsOf } from './policy-question.ts'

test('statements without tables ask with the same list of tags, so that the answer is remembered', () => {
  const ask = () => questionsOf({ kind: 'session', tables: [] }, () => expect.unreachable())
  const [first, second] = [ask(), ask()]
  expect(first).toEqual([{ action: 'session', tags: [] }])
  expect(second[0]?.tags).toBe(first[0]?.tags)
})
