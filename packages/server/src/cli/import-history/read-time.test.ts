import { toUtcTime } from '@aleph-audit-log/domain/time'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTimeZone, readTime, type TimeForm } from './read-time.ts'

const microsMin = -62_135_596_800n * 1_000_000n
const microsMax = 253_402_300_799_999_999n
const anyMicros = fc.bigInt({ min: microsMin, max: microsMax })

/** The same time by another way: whole seconds by Date, the digits behind them as they are. */
function timeOfMicros(micros: bigint): string {
  const part = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const ms = Number((micros - part) / 1000n)
  return `${new Date(ms).toISOString().slice(0, 19)}.${String(part).padStart(6, '0')}Z`
}

describe('a time that is counted', () => {
  test('keeps every microsecond of the years 0001 to 9999, in each unit', () => {
    fc.assert(
      fc.property(anyMicros, (micros) => {
        const expected = { time: timeOfMicros(micros), isExact: true }
        expect(readTime(String(micros), 'epoch-us', 'UTC')).toEqual(expected)
        expect(readTime(`${micros}000`, 'epoch-ns', 'UTC')).toEqual(expected)
        const magnitude = String(micros < 0n ? -micros : micros).padStart(7, '0')
        const sign = micros < 0n ? '-' : ''
        const decimal = (digits: number): string =>
          `${sign}${magnitude.slice(0, -digits)}.${magnitude.slice(-digits)}`
        expect(readTime(decimal(6), 'epoch-s', 'UTC')).toEqual(expected)
        expect(readTime(decimal(3), 'epoch-ms', 'UTC')).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('is cut to the microsecond before it, and says that it was cut', () => {
    const read = (text: string, form: TimeForm) => readTime(text, form, 'UTC')
    expect(read('1700000000123456789', 'epoch-ns')).toEqual({
      time: '2023-11-14T22:13:20.123456Z',
      isExact: false,
    })
    expect(read('-1', 'epoch-ns')).toEqual({ time: '1969-12-31T23:59:59.999999Z', isExact: false })
    expect(read('1.0000005', 'epoch-s')).toEqual({ time: '1970-01-01T00:00:01.000000Z', isExact: false })
    expect(read('1.0000010', 'epoch-s')).toEqual({ time: '1970-01-01T00:00:01.000001Z', isExact: true })
  })

  test('is refused in the wrong unit or in another form', () => {
    expect(readTime('1700000000000', 'epoch-s', 'UTC')).toEqual({
      fault: '"1700000000000" lies outside the years 0001 to 9999: is the unit right?',
    })
    for (const text of ['', '1.7e12', '1,700', ' 1', '2026-11-22', '0x10', '1'.repeat(30)]) {
      expect(readTime(text, 'epoch-ms', 'UTC')).toHaveProperty('fault')
    }
  })
})

describe('a time that is written', () => {
  test.each([
    ['2026-11-22T10:00:00.123456Z', '2026-11-22T10:00:00.123456Z'],
    ['2026-11-22 10:00:00', '2026-11-22T10:00:00Z'],
    ['2026-11-22 10:00:00.5', '2026-11-22T10:00:00.5Z'],
    ['2026-11-22 10:00:00,123', '2026-11-22T10:00:00.123Z'],
    ['2026-11-22 10:00', '2026-11-22T10:00:00Z'],
    ['2026-11-22 10:00:00.123456 UTC', '2026-11-22T10:00:00.123456Z'],
    ['2026-11-22 10:00:00.123 -0800', '2026-11-22T18:00:00.123Z'],
    ['2026-11-22 10:00:00.123456+00', '2026-11-22T10:00:00.123456Z'],
    ['2026-11-22T23:30:00-05:30', '2026-11-23T05:00:00Z'],
  ])('%s is %s', (text, time) => {
    expect(readTime(text, 'text', 'UTC')).toEqual({ time, isExact: true })
  })

  test('keeps the digits of any microsecond, with any offset', () => {
    fc.assert(
      fc.property(anyMicros, fc.integer({ min: -14 * 60, max: 14 * 60 }), (micros, minutes) => {
        const written = timeOfMicros(micros)
        const sign = minutes < 0 ? '-' : '+'
        const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
        const offset = `${sign}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
        const expected = toUtcTime(`${written.slice(0, -1)}${offset}`)
        const text = written.slice(0, -1).replace('T', ' ')
        for (const read of [readTime(`${text}${offset}`, 'text', 'UTC'), readTime(text, 'text', offset)]) {
          if (expected === undefined) expect(read).toHaveProperty('fault')
          else expect(read).toEqual({ time: expected, isExact: true })
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('keeps nine digits to the microsecond and says that it was cut', () => {
    expect(readTime('2026-11-22 10:00:00.123456789', 'text', 'UTC')).toEqual({
      time: '2026-11-22T10:00:00.123456Z',
      isExact: false,
    })
    expect(readTime('2026-11-22 10:00:00.123456000', 'text', 'UTC')).toHaveProperty('isExact', true)
  })

  test('without a zone is read in the zone that is stated, summer and winter', () => {
    const read = (text: string) => readTime(text, 'text', 'Europe/Vienna')
    expect(read('2026-07-01 12:00:00.000001')).toEqual({ time: '2026-07-01T10:00:00.000001Z', isExact: true })
    expect(read('2026-12-01 12:00:00')).toEqual({ time: '2026-12-01T11:00:00Z', isExact: true })
    expect(read('2026-12-01T12:00:00Z')).toEqual({ time: '2026-12-01T12:00:00Z', isExact: true })
  })

  test('of the hour that there is twice is the first, and says so; of the hour that is missing is refused', () => {
    const read = (text: string) => readTime(text, 'text', 'Europe/Vienna')
    expect(read('2026-10-25 02:30:00')).toEqual({ time: '2026-10-25T00:30:00Z', isExact: false })
    expect(read('2026-10-25 03:30:00')).toEqual({ time: '2026-10-25T02:30:00Z', isExact: true })
    expect(read('2026-03-29 02:30:00')).toEqual({
      fault: '"2026-03-29 02:30:00" is no time that there was in Europe/Vienna',
    })
  })

  test('agrees with the zone of the system for every hour of a year', () => {
    const zone = 'Australia/Lord_Howe'
    const shown = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    for (let ms = Date.UTC(2026, 0, 1); ms < Date.UTC(2027, 0, 1); ms += 3_600_000) {
      const read = readTime(shown.format(ms), 'text', zone)
      const time = 'time' in read ? read.time : ''
      // Its clocks go back by half an hour, which is there twice.
      expect(shown.format(Date.parse(time))).toBe(shown.format(ms))
    }
  })

  test('that does not exist or is no time is refused', () => {
    const texts = [
      '2026-02-30 10:00:00',
      '2026-13-01 10:00',
      '2026-11-22 24:00:00',
      '2026-11-22',
      '22.11.2026 10:00',
    ]
    for (const text of [...texts, '2026-11-22 10:00:60', '2026-11-22 10:00:00 CET', '']) {
      expect(readTime(text, 'text', 'UTC'), text).toHaveProperty('fault')
      expect(readTime(text, 'text', 'Europe/Vienna'), text).toHaveProperty('fault')
    }
  })
})

test('a zone is UTC, an offset, or a name that the tz database has', () => {
  for (const zone of ['UTC', '+02:00', '-05:30', 'Europe/Vienna', 'America/New_York']) {
    expect(isTimeZone(zone), zone).toBe(true)
  }
  for (const zone of ['', 'local', '+2', '+25:00', 'Europe/Nowhere', '../etc']) {
    expect(isTimeZone(zone), zone).toBe(false)
  }
})
