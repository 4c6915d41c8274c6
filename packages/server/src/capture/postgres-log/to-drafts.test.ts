import { parseEvent, type EventDraft } from '@aleph-audit-log/domain/event'
import { describe, expect, test } from 'vitest'
import { postgresLogLimits } from './log-limits.ts'
import { Reading } from './read-into-drafts.ts'
import { hashSecret, logLine, queryLine, sessionId } from './testing/log-text.ts'
import { readPostgresAttribution } from './to-drafts.ts'

function draftsOf(lines: readonly string[], integrationId = 'int_1'): EventDraft[] {
  const logins = [
    { login: 'ann', name: 'Ann Lee', email: 'ann@acme.com' },
    { login: 'svc', email: 'svc@acme.com' },
  ]
  const settings = { bindParameters: 'types' as const, logins }
  const reading = new Reading({
    integrationId,
    settings,
    hashSecret,
    limits: postgresLogLimits,
    now: () => 0,
  })
  const drafts: EventDraft[] = []
  const read = {
    lines: lines.map((line) => ({ bytes: Buffer.from(line) })),
    position: undefined,
    atEnd: true,
  }
  reading.read(read, drafts)
  for (const draft of drafts)
    parseEvent(draft, { receivedAt: '2026-11-22T10:00:00Z', createId: () => 'never' })
  return drafts
}

test('a query has its SQL, who ran it and where from', () => {
  const line = logLine(7, 1, {
    message: 'duration: 0.473 ms  statement: select 1',
    application_name: 'psql',
    query_id: '-9223372036854775808',
  })
  expect(draftsOf([line])).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      type: 'query',
      occurredAt: '2026-11-22T10:00:00.000Z',
      actor: { type: 'user', id: 'ann', name: 'Ann Lee', email: 'ann@acme.com' },
      outcome: 'success',
      data: {
        sql: 'select 1',
        dialect: 'postgres',
        durationMs: 0.473,
        queryId: '-9223372036854775808',
        database: 'prod',
        login: 'ann',
      },
      context: { ip: '203.0.113.9', application: 'psql', sessionId: sessionId(7) },
    },
  ])
})

test.each([
  ['42501', 'denied'],
  ['22012', 'failure'],
])('a statement that fails with %s has the outcome %s', (code, outcome) => {
  const line = logLine(7, 1, {
    error_severity: 'ERROR',
    state_code: code,
    message: 'no',
    statement: 'select 1',
  })
  expect(draftsOf([line])).toMatchObject([
    { type: 'query', outcome, data: { error: { code, message: 'no' } } },
  ])
})

test('a refused sign-in is a session_started that was denied, also without a known login', () => {
  const fields = { error_severity: 'FATAL', state_code: '28P01', message: 'no', ps: 'authentication' }
  expect(draftsOf([logLine(7, 1, fields), logLine(8, 1, { ...fields, user: undefined })])).toMatchObject([
    { type: 'session_started', outcome: 'denied', actor: { id: 'ann' } },
    { type: 'session_started', outcome: 'denied', actor: { type: 'anonymous' } },
  ])
})

test('a login that nobody was assigned to stands for itself; one with an email alone has its own name', () => {
  const lines = [logLine(7, 1, { message: 'duration: 1 ms  statement: x', user: 'eve' })]
  lines.push(logLine(8, 1, { message: 'duration: 1 ms  statement: x', user: 'svc' }))
  expect(draftsOf(lines).map((draft) => draft.actor)).toEqual([
    { type: 'user', id: 'eve', name: 'eve' },
    { type: 'user', id: 'svc', name: 'svc', email: 'svc@acme.com' },
  ])
})

test('the id follows from the integration and the line, and from nothing else', () => {
  const [id, other, next] = [
    draftsOf([queryLine(7, 1, 'select 1')])[0]?.id,
    draftsOf([queryLine(7, 1, 'select 1')], 'int_2')[0]?.id,
    draftsOf([queryLine(7, 2, 'select 1')])[0]?.id,
  ]
  expect(draftsOf([queryLine(7, 1, 'select 2')])[0]?.id).toBe(id)
  expect(new Set([id, other, next]).size).toBe(3)
})

test('a unix socket is no address, a host name is kept beside', () => {
  const lines = [logLine(7, 1, { message: 'duration: 1 ms  statement: x', remote_host: '[local]' })]
  lines.push(logLine(8, 1, { message: 'duration: 1 ms  statement: x', remote_host: 'db1.acme.com' }))
  const [local, named] = draftsOf(lines)
  expect(local?.context).not.toHaveProperty('ip')
  expect(local?.data).not.toHaveProperty('clientHost')
  expect(named).toMatchObject({ data: { clientHost: 'db1.acme.com' } })
})

describe('who is behind a login', () => {
  const signIn = (method: string): EventDraft | undefined =>
    draftsOf([
      logLine(7, 1, {
        message: `connection authenticated: identity="CN=Ann Lee" method=${method} (pg_hba.conf:1)`,
      }),
      queryLine(7, 2, 'select 1'),
    ])[0]

  test('is proven where the database authenticated the person', () => {
    for (const method of ['cert', 'ldap', 'oauth', 'gss']) {
      expect(readPostgresAttribution(signIn(method)?.data ?? {})).toEqual({
        login: 'ann',
        claimed: { id: 'CN=Ann Lee' },
        trust: 'proven',
      })
    }
  })

  test('is asserted where somebody only knew a password, or nothing is told', () => {
    expect(readPostgresAttribution(signIn('scram-sha-256')?.data ?? {})).toEqual({
      login: 'ann',
      trust: 'asserted',
    })
    expect(readPostgresAttribution({ login: 'ann' })).toEqual({ login: 'ann', trust: 'asserted' })
    expect(readPostgresAttribution({})).toBeUndefined()
  })
})
