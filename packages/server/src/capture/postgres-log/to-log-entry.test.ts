import { describe, expect, test } from 'vitest'
import { postgresLogLimits } from './log-limits.ts'
import { LogClock } from './log-time.ts'
import { readLogLine } from './read-log-line.ts'
import { hashSecret, logLine, type LineFields } from './testing/log-text.ts'
import { toLogEntry, type EntryMessage } from './to-log-entry.ts'

function messageOf(fields: LineFields, bindParameters: 'types' | 'full' = 'types'): EntryMessage {
  const line = readLogLine(logLine(1, 1, fields), new LogClock())
  if ('fault' in line) throw new Error(line.fault)
  return toLogEntry(line, { hashSecret, bindParameters, limits: postgresLogLimits }).message
}

describe('what a line says', () => {
  test.each<[string, EntryMessage]>([
    [
      'duration: 0.473 ms  statement: select 1',
      { kind: 'statement', statement: { sql: 'select 1' }, durationMs: 0.473 },
    ],
    [
      'duration: 3 ms  execute <unnamed>: select 1',
      { kind: 'statement', statement: { sql: 'select 1' }, durationMs: 3 },
    ],
    [
      'duration: 3 ms  execute s1/c1: select 1',
      { kind: 'statement', statement: { sql: 'select 1' }, durationMs: 3 },
    ],
    ['statement: select\n  1', { kind: 'statement', statement: { sql: 'select\n  1' } }],
    ['execute s1: select 1', { kind: 'statement', statement: { sql: 'select 1' } }],
    ['duration: 0.026 ms', { kind: 'duration', durationMs: 0.026 }],
    ['duration: 0.1 ms  parse <unnamed>: select 1', { kind: 'other' }],
    ['duration: 0.1 ms  bind s1/c1: select 1', { kind: 'other' }],
    ['duration: 0.1 ms  execute fetch from s1/c1: select 1', { kind: 'other' }],
    ['duration: 0.1 ms  plan:\nQuery Text: select 1', { kind: 'other' }],
    ['fastpath function call: "loread" (OID 954)', { kind: 'function_call', name: 'loread' }],
    [
      'duration: 1.5 ms  fastpath function call: "loread" (OID 954)',
      { kind: 'function_call', name: 'loread', durationMs: 1.5 },
    ],
    [
      'connection authenticated: identity="CN=x" method=y" method=cert (/etc/pg_hba.conf:1)',
      { kind: 'authenticated', identity: 'CN=x" method=y', method: 'cert' },
    ],
    ['connection authenticated: user="ann" method=trust (/etc/pg_hba.conf:1)', { kind: 'other' }],
    [
      'connection authorized: user=ann database=prod application_name=my app SSL enabled (protocol=TLSv1.3, cipher=X, bits=256)',
      { kind: 'authorized', application: 'my app' },
    ],
    ['replication connection authorized: user=ann', { kind: 'authorized' }],
    [
      'disconnection: session time: 26:03:04.005 user=ann database=prod host=127.0.0.1 port=4711',
      { kind: 'disconnected', durationMs: 93_784_005 },
    ],
    ['Dauer: 0,473 ms  Anweisung: select 1', { kind: 'translated' }],
    ['checkpoint starting: time', { kind: 'other' }],
  ])('%s', (message, expected) => {
    expect(messageOf({ message })).toEqual(expected)
  })

  test('what a function says with RAISE LOG is not taken for PostgreSQL’s own line', () => {
    const forged = { message: 'duration: 1 ms  statement: drop table orders' }
    expect(messageOf({ ...forged, statement: 'select f()' })).toEqual({ kind: 'other' })
    expect(messageOf({ ...forged, context: 'PL/pgSQL function f() line 1 at RAISE' })).toEqual({
      kind: 'other',
    })
  })

  test('an error is told by its code where the severity is in another language', () => {
    const fields = {
      error_severity: 'FEHLER',
      state_code: '42501',
      message: 'keine Berechtigung',
      statement: 'select 1',
    }
    expect(messageOf(fields)).toEqual({
      kind: 'error',
      error: { code: '42501', message: 'keine Berechtigung' },
      statement: { sql: 'select 1' },
      ends: true,
    })
    expect(messageOf({ ...fields, error_severity: 'WARNUNG', state_code: '01000' })).toEqual({
      kind: 'other',
    })
  })

  test('the error of a parallel worker is told by its leader', () => {
    const fields = {
      error_severity: 'ERROR',
      message: 'x',
      statement: 'select 1',
      backend_type: 'parallel worker',
    }
    expect(messageOf(fields)).toEqual({ kind: 'other' })
  })
})

describe('bind parameters', () => {
  const message = 'duration: 1 ms  execute <unnamed>: select $1, $2'
  const detail = "Parameters: $1 = 'it''s 😀', $2 = NULL"

  test('are told by type and length, unless the values are asked for', () => {
    expect(messageOf({ message, detail })).toMatchObject({
      statement: { bind: [{ type: 'text', length: 6 }, { type: 'null' }] },
    })
    expect(messageOf({ message, detail }, 'full')).toMatchObject({ statement: { bind: ["it's 😀", null] } })
  })

  test('that are too many or too large are told by type, and that is said', () => {
    const large = messageOf({ message, detail: `Parameters: $1 = '${'x'.repeat(100_000)}'` }, 'full')
    expect(large).toMatchObject({
      statement: { bind: [{ type: 'text', length: 100_000 }], bindReduced: true },
    })
    const texts = Array.from({ length: 1500 }, (_, i) => `$${i + 1} = 'x'`)
    const many = messageOf({ message, detail: `Parameters: ${texts.join(', ')}` })
    expect(many).toMatchObject({ statement: { bindCount: 1500 } })
    expect(many).not.toHaveProperty('statement.bind.1000')
  })

  test('that end early are said to be incomplete', () => {
    expect(messageOf({ message, detail: "Parameters: $1 = 'x', $2 = 'y" })).toMatchObject({
      statement: { bind: [{ type: 'text', length: 1 }], bindIncomplete: true },
    })
  })

  test('of a statement with a password keep neither value nor length', () => {
    const secret = {
      message: 'duration: 1 ms  execute <unnamed>: alter role ann password $1',
      detail: "Parameters: $1 = 'hunter2'",
    }
    const entry = messageOf(secret, 'full')
    expect(JSON.stringify(entry)).not.toContain('hunter2')
    expect(entry).toMatchObject({ statement: { bind: [{ type: 'text' }], bindReduced: true } })
    expect(entry).not.toHaveProperty('statement.bind.0.length')
  })
})

test('a password is masked in the SQL and in the message of a failing statement', () => {
  const fields = {
    error_severity: 'ERROR',
    state_code: '42601',
    message: 'syntax error at or near "hunter2"',
    statement: 'alter role ann password hunter2',
  }
  const entry = messageOf(fields)
  expect(JSON.stringify(entry)).not.toContain('hunter2')
  expect(entry).toMatchObject({
    statement: { sql: `alter role ann password «redacted:password:${hashSecret('hunter2')}»` },
  })
})

test('SQL and messages that are too large for an event are cut, and that is said', () => {
  const sql = `select '${'x'.repeat(600_000)}'`
  const entry = messageOf({ message: `duration: 1 ms  statement: ${sql}` })
  expect(entry).toMatchObject({
    statement: { sqlTruncatedBytes: sql.length - (postgresLogLimits.sqlBytesMax - 2) },
  })
  const error = messageOf({ error_severity: 'ERROR', message: 'x'.repeat(20_000), statement: 'select 1' })
  expect(error).toMatchObject({
    error: { messageTruncatedBytes: 20_000 - (postgresLogLimits.errorBytesMax - 2) },
  })
})
