import { expect, test } from 'vitest'
import { LogClock, toUtcLogTime } from './log-time.ts'

const seconds = (utc: string): number => Date.parse(utc) / 1000

test('a time in UTC keeps its digits', () => {
  const times = { timestamp: '2026-11-22 10:00:00.123 UTC', sessionStart: '', sessionStartSeconds: 0 }
  expect(toUtcLogTime(times)).toBe('2026-11-22T10:00:00.123Z')
})

test('the offset of an ambiguous abbreviation comes from the session, whose start stands in its id in Unix seconds', () => {
  const shanghai = {
    sessionStart: '2026-11-22 18:00:00 CST',
    sessionStartSeconds: seconds('2026-11-22T10:00:00Z'),
  }
  expect(toUtcLogTime({ timestamp: '2026-11-23 01:30:00.001 CST', ...shanghai })).toBe(
    '2026-11-22T17:30:00.001Z',
  )
  const chicago = {
    sessionStart: '2026-11-22 04:00:00 CST',
    sessionStartSeconds: seconds('2026-11-22T10:00:00Z'),
  }
  expect(toUtcLogTime({ timestamp: '2026-11-22 04:30:00.001 CST', ...chicago })).toBe(
    '2026-11-22T10:30:00.001Z',
  )
  const kolkata = {
    sessionStart: '2026-11-22 15:30:00 IST',
    sessionStartSeconds: seconds('2026-11-22T10:00:00Z'),
  }
  expect(toUtcLogTime({ timestamp: '2026-11-22 15:30:05.000 IST', ...kolkata })).toBe(
    '2026-11-22T10:00:05.000Z',
  )
})

test('a session that began in summer time goes on in winter time, also in the hour that comes twice', () => {
  const berlin = {
    sessionStart: '2026-10-25 01:00:00 CEST',
    sessionStartSeconds: seconds('2026-10-24T23:00:00Z'),
  }
  expect(toUtcLogTime({ timestamp: '2026-10-25 02:30:00.000 CEST', ...berlin })).toBe(
    '2026-10-25T00:30:00.000Z',
  )
  expect(toUtcLogTime({ timestamp: '2026-10-25 02:30:00.000 CET', ...berlin })).toBe(
    '2026-10-25T01:30:00.000Z',
  )
})

test('zones without letters are numbers', () => {
  const times = {
    sessionStart: '2026-11-22 07:00:00 -03',
    sessionStartSeconds: seconds('2026-11-22T10:00:00Z'),
  }
  expect(toUtcLogTime({ timestamp: '2026-11-22 07:00:00.500 -03', ...times })).toBe(
    '2026-11-22T10:00:00.500Z',
  )
  expect(toUtcLogTime({ timestamp: '2026-11-22 15:45:00.500 +0545', ...times })).toBe(
    '2026-11-22T10:00:00.500Z',
  )
})

test('a time that is none, or whose zone cannot be told, gives none', () => {
  const times = { sessionStart: '2026-11-22 10:00:00 XYZ', sessionStartSeconds: 1 }
  expect(toUtcLogTime({ timestamp: '2026-11-22 10:00:00.000 XYZ', ...times })).toBeUndefined()
  expect(toUtcLogTime({ timestamp: 'yesterday', ...times })).toBeUndefined()
  const other = {
    sessionStart: '2026-11-22 10:00:00 UTC',
    sessionStartSeconds: seconds('2026-11-22T10:00:00Z'),
  }
  expect(toUtcLogTime({ timestamp: '2026-11-22 10:00:00.000 FOO', ...other })).toBeUndefined()
})

test('after a change of log_timezone older sessions tell their start in the old zone: the line before helps', () => {
  const old = {
    sessionStart: '2026-11-22 10:00:00 UTC',
    sessionStartSeconds: seconds('2026-11-22T10:00:00Z'),
  }
  const clock = new LogClock()
  clock.toUtc({ timestamp: '2026-11-22 12:00:00.000 UTC', ...old })
  const changed = { timestamp: '2026-11-22 20:00:00.001 CST', ...old }
  expect(clock.toUtc(changed)).toEqual({ time: '2026-11-22T12:00:00.001Z', isEstimated: true })
  // It is known from then on, also by a reader that goes on from here.
  const resumed = new LogClock(clock.state())
  const later = { timestamp: '2026-11-23 20:00:00.001 CST', ...old }
  expect(resumed.toUtc(later)).toEqual({ time: '2026-11-23T12:00:00.001Z', isEstimated: false })
  // A session that began in the new zone is the better witness.
  const fresh = {
    sessionStart: '2026-11-22 06:00:00 CST',
    sessionStartSeconds: seconds('2026-11-22T12:00:00Z'),
  }
  clock.toUtc({ timestamp: '2026-11-22 06:00:00.000 CST', ...fresh })
  expect(clock.toUtc(later)?.time).toBe('2026-11-24T02:00:00.001Z')
})

test('without a line before, an unknown zone gives no time', () => {
  const times = {
    sessionStart: '2026-11-22 10:00:00 UTC',
    sessionStartSeconds: seconds('2026-11-22T10:00:00Z'),
  }
  expect(new LogClock().toUtc({ timestamp: '2026-11-22 20:00:00.001 CST', ...times })).toBeUndefined()
})
