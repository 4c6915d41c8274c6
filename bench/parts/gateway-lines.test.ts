import { expect, test } from 'vitest'
import { isMet } from '../benchmark.ts'
import { formatNumber } from '../results-document.ts'
import { toLines } from './gateway-lines.ts'

test('what needs a program that is not installed is not measured, and says so by name', () => {
  const perFront = (values: number[]): Record<'gateway' | 'pipe' | 'pgbouncer', number[]> => ({
    gateway: values,
    pipe: values,
    pgbouncer: [],
  })
  const rounds = {
    selectCpuUs: { prepared: perFront([1]), simple: perFront([1]) },
    addedLatencyUs: perFront([]),
    rowsCpuSeconds: perFront([1]),
    rowsMemoryMb: [1],
    writesPerSecond: perFront([]),
    modesPerSecond: { observe: [], enforce: [] },
  }
  const lines = toLines(rounds, { rounds: 1, seconds: 1, scale: 1, rows: 1 }, ['pgbouncer'])
  const missing = lines.filter(({ meaning }) => meaning.includes('pgbouncer not installed'))
  expect(missing.map(({ id }) => id)).toEqual([
    'gateway.select-prepared-pgbouncer',
    'gateway.select-simple-pgbouncer',
    'gateway.writes',
    'gateway.enforce',
    'gateway.rows',
    'gateway.latency',
  ])
  expect(missing.map(isMet)).not.toContain(true)
  expect(formatNumber(missing[1]?.against.kind === 'peer' ? missing[1].against.figure.median : 0)).toBe(
    'not measured',
  )
  expect(lines.filter((line) => isMet(line) === true).map(({ id }) => id)).toEqual([
    'gateway.select-prepared-pipe',
    'gateway.select-simple-pipe',
    'gateway.rows-memory',
  ])
})
