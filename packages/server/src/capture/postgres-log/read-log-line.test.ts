import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LogClock } from './log-time.ts'
import { readLogBytes, readLogLine } from './read-log-line.ts'
import { logLine, queryLine, sessionId } from './testing/log-text.ts'

test('a line gives its facts; an empty value is none', () => {
  const text = logLine(7, 3, { message: 'hello', application_name: 'psql', detail: '', state_code: '42501' })
  expect(readLogLine(text, new LogClock())).toEqual({
    timestamp: '2026-11-22T10:00:00.000Z',
    sessionId: sessionId(7),
    lineNum: 3,
    sessionStart: '2026-11-22 10:00:00 UTC',
    sessionStartSeconds: Date.UTC(2026, 10, 22, 10) / 1000,
    severity: 'LOG',
    code: '42501',
    message: 'hello',
    user: 'ann',
    database: 'prod',
    remoteHost: '203.0.113.9',
    remotePort: 48000,
    application: 'psql',
    backendType: 'client backend',
    ps: 'SELECT',
  })
})

test.each(['9223372036854775807', '-9223372036854775808', '-1'])(
  'the query id %s keeps all of its digits',
  (id) => {
    expect(readLogLine(logLine(7, 1, { message: 'x', query_id: id }), new LogClock())).toMatchObject({
      queryId: id,
    })
  },
)

test('a query id in the SQL is not taken for the line’s own', () => {
  expect(readLogLine(queryLine(7, 1, `select '"query_id":5}'`), new LogClock())).not.toHaveProperty('queryId')
})

test('any text gives a line or a fault, and a fault says nothing of the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.string().map((s) => logLine(1, 1, { message: s }).slice(0, -9)),
      ),
      (text) => {
        const line = readLogLine(text, new LogClock())
        if ('fault' in line) expect(Object.keys(line)).toEqual(['fault'])
      },
    ),
  )
})

test('every SQL comes through unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (sql) => {
      expect(readLogLine(logLine(1, 1, { message: sql }), new LogClock())).toMatchObject({ message: sql })
    }),
  )
})

test('bytes that are no UTF-8 are read as Latin-1 and marked', () => {
  const bytes = Buffer.from(queryLine(1, 1, "select 'Grüße'"), 'latin1')
  expect(readLogBytes(bytes, new LogClock())).toMatchObject({
    message: "duration: 0.473 ms  statement: select 'Grüße'",
    notUtf8: true,
  })
  expect(readLogBytes(Buffer.from(queryLine(1, 1, "select 'Grüße'")), new LogClock())).not.toHaveProperty(
    'notUtf8',
  )
})

test.each([
  ['', 'not_json'],
  ['{"timestamp":"2026-11-22 10:0', 'not_json'],
  ['[]', 'not_a_log_line'],
  ['{}', 'not_a_log_line'],
  [logLine(1, 0, {}), 'not_a_log_line'],
  [logLine(1, 1, { timestamp: '2026-11-22 10:00:00.000 FOO' }), 'unknown_time_zone'],
])('%s is no line', (text, fault) => {
  expect(readLogLine(text, new LogClock())).toEqual({ fault })
})
