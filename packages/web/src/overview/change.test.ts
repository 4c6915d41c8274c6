import { expect, test } from 'vitest'
import { describeChange } from './change.ts'

test('a number is compared with the one before', () => {
  const signOf = (now: number, before?: number): string | undefined =>
    describeChange({ now, before }, 'the day before')?.sign
  expect(signOf(5)).toBeUndefined()
  expect(signOf(112, 100)).toBe('▲ 12 %')
  expect(signOf(50, 100)).toBe('▼ 50 %')
  expect(signOf(0, 7)).toBe('▼ 100 %')
  expect(signOf(7, 7)).toBe('=')
  expect(signOf(7, 0)).toBe('▲ new')
  expect(signOf(10_001, 10_000)).toBe('▲ < 1 %')
  expect(signOf(1200, 10)).toBe('▲ × 120')
  expect(describeChange({ now: 1, before: 1234 }, 'the day before')?.words).toBe('1,234 in the day before')
})
