import { createHmac } from 'node:crypto'
import { eventLimits, parseEvent, type EventDraft } from '@aleph-audit-log/domain/event'
import { maskBind } from '@aleph-audit-log/domain/secrets/mask-bind'
import { describe, expect, test } from 'vitest'
import type { SessionFacts } from './gateway-facts.ts'
import type { BindValues, StatementFacts } from './protocol/statement-facts.ts'
import {
  readGatewayAttribution,
  toIntentDraft,
  toQueryDraft,
  toSessionEndedDraft,
  toSessionStartedDraft,
  type GatewayDraftOptions,
} from './to-drafts.ts'

const hashSecret = (secret: string): string => createHmac('sha256', 'key').update(secret).digest('hex')
const options: GatewayDraftOptions = {
  gatewayId: 'gateway',
  hashSecret,
  bindParameters: 'full',
  logins: new Map([['ann', { name: 'Ann Lee', email: 'ann@acme.com' }]]),
}

const session: SessionFacts = {
  id: '01a226c1-e2a8-70dd-b65d-609f225a21da',
  startedAtMs: Date.UTC(2026, 10, 22, 10),
  clientIp: '203.0.113.9',
  clientPort: 50_000,
  isEncrypted: true,
  protocol: '3.0',
  login: 'ann',
  database: 'prod',
  application: 'psql',
  authentication: { identity: 'ann', method: 'scram-sha-256' },
  backendPid: 4711,
  serverPort: 40_000,
}

function statement(facts: Partial<StatementFacts> & { sql?: string } = {}): StatementFacts {
  const { sql = 'select 1', ...rest } = facts
  return {
    sequence: 1,
    intent: 0,
    protocol: 'simple',
    text: { sql, bytes: Buffer.byteLength(sql), isCut: false },
    startedAt: Date.UTC(2026, 10, 22, 10) + 0.1234,
    durationMs: 12.34567,
    executions: 1,
    bytes: 7,
    transaction: 'idle',
    ...rest,
  }
}

const bindOf = (...values: BindValues['values']): BindValues => ({
  values,
  types: [],
  count: values.length,
  isComplete: true,
  bytes: 10,
  keptBytes: 10,
})

/** The draft, after the log has found it valid. */
function checked(draft: EventDraft): EventDraft {
  parseEvent(draft, { receivedAt: '2026-11-22T10:00:00Z', createId: () => 'never' })
  expect(Buffer.byteLength(JSON.stringify(draft))).toBeLessThan(eventLimits.eventBytesMax)
  return draft
}

const query = (facts: Parameters<typeof statement>[0], own: Partial<GatewayDraftOptions> = {}): EventDraft =>
  checked(toQueryDraft(session, statement(facts), { ...options, ...own }))

test('a statement is an event with who, what, where from and how it went', () => {
  expect(query({ firstRowMs: 1.5, rows: 3, tag: 'SELECT 3', application: 'dbt' })).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
    type: 'query',
    occurredAt: '2026-11-22T10:00:00.000123Z',
    actor: { type: 'user', id: 'ann', name: 'Ann Lee', email: 'ann@acme.com' },
    outcome: 'success',
    data: {
      sql: 'select 1',
      dialect: 'postgres',
      durationMs: 12.346,
      firstRowMs: 1.5,
      rows: 3,
      bytes: 7,
      protocol: 'simple',
      tag: 'SELECT 3',
      transaction: 'idle',
      database: 'prod',
      login: 'ann',
      backendPid: 4711,
      serverPort: 40_000,
      clientPort: 50_000,
    },
    context: { ip: '203.0.113.9', application: 'dbt', sessionId: session.id },
  })
})

test('a login that nobody is assigned to is its own name', () => {
  const draft = checked(toQueryDraft({ ...session, login: 'svc' }, statement(), options))
  expect(draft.actor).toEqual({ type: 'user', id: 'svc', name: 'svc' })
})

test.each([
  ['42501', 'denied'],
  ['28P01', 'denied'],
  ['42P01', 'failure'],
  ['57014', 'failure'],
])('the error %s is the outcome %s', (code, outcome) => {
  const draft = query({ error: { code, message: 'it failed', severity: 'ERROR' } })
  expect(draft.outcome).toBe(outcome)
  expect(draft.data?.['error']).toEqual({ code, message: 'it failed' })
})

test('a statement of which nobody knows how it ended is a failure that says so', () => {
  expect(query({ isOutcomeUnknown: true })).toMatchObject({
    outcome: 'failure',
    data: { outcomeUnknown: true },
  })
})

test('what else is known of a statement stands in its data', () => {
  const draft = query({
    executions: 500,
    statementName: 's1',
    preparedSql: 'prepare s1 as select 1',
    copy: 'in',
    failedStep: 'bind',
    statements: 3,
    isPartial: true,
    isRefused: true,
    functionOid: 1598,
    transaction: 'failed',
  })
  expect(draft.data).toMatchObject({
    executions: 500,
    statementName: 's1',
    preparedSql: 'prepare s1 as select 1',
    copy: 'in',
    failedStep: 'bind',
    statements: 3,
    partial: true,
    refused: true,
    functionOid: 1598,
    transaction: 'failed',
  })
})

test('secrets are masked in the text, in the error and in what EXECUTE executes', () => {
  const sql = `alter role ann password 'hunter2'`
  const error = { code: '42601', message: 'syntax error at or near "hunter2"', severity: 'ERROR' }
  const draft = query({ sql, error, preparedSql: sql })
  expect(JSON.stringify(draft)).not.toContain('hunter2')
  expect(draft.data?.['sql']).toContain('«redacted:password:')
})

describe('long texts', () => {
  test('keep their beginning, and the event says how much is missing', () => {
    const sql = `select '${'x'.repeat(1_000_000)}'`
    const { data } = query({ sql })
    const kept = String(data?.['sql'])
    expect(sql.startsWith(kept)).toBe(true)
    expect(Number(data?.['sqlTruncatedBytes']) + kept.length).toBe(sql.length)
    expect(data?.['sqlHash']).toMatch(/^[0-9a-f]{64}$/)
  })

  test('that the gateway has not read whole say so', () => {
    const text = { sql: 'select 1', bytes: 30_000_000, isCut: true }
    expect(query({ text }).data).toMatchObject({ sql: 'select 1', sqlTruncatedBytes: 30_000_000 - 8 })
  })

  test('that were not kept say so', () => {
    const { data } = query({ text: { sql: undefined, bytes: 2000, isCut: false } })
    expect(data).toMatchObject({ sqlNotKept: true, sqlTruncatedBytes: 2000 })
    expect(data).not.toHaveProperty('sql')
  })

  test('fit into an event, whatever is long in it', () => {
    const long = '\u0001'.repeat(1_000_000)
    query({
      sql: long,
      preparedSql: long,
      error: { code: '42601', message: long, severity: 'ERROR' },
      bind: bindOf(long),
      application: long,
      statementName: long,
    })
  })
})

describe('bind values', () => {
  const bind = bindOf('42', null, 'ü😀', Buffer.from([0, 255]))

  test('in full are text, bytes in hex', () => {
    expect(query({ bind }).data?.['bind']).toEqual(['42', null, 'ü😀', '\\x00ff'])
  })

  test('by type have their lengths, which masking leaves as they are', () => {
    const { data } = query({ bind }, { bindParameters: 'types' })
    expect(data?.['bind']).toEqual([
      { type: 'text', length: 2 },
      { type: 'null' },
      { type: 'text', length: 2 },
      { type: 'bytes', length: 2 },
    ])
    const mask = { mode: 'types', hasSecret: false, hashSecret, mask: (value: unknown) => value } as const
    expect(maskBind(data ?? {}, { ...mask, mask: (value) => value })).toEqual(data)
  })

  test('may be left out, with their number', () => {
    expect(query({ bind }, { bindParameters: 'none' }).data).toMatchObject({
      bindRemoved: true,
      bindCount: 4,
    })
  })

  test('of a statement with a secret have types alone', () => {
    const { data } = query({ sql: 'alter role ann password $1', bind: bindOf('hunter2') })
    expect(data).toMatchObject({ bind: [{ type: 'text' }], bindReduced: true })
  })

  test('of a batch are a list for each execution', () => {
    const draft = query({ executions: 2, bind: bindOf('1'), batch: [bindOf('1'), bindOf('2')] })
    expect(draft.data).toMatchObject({ executions: 2, bind: [['1'], ['2']] })
    expect(draft.data).not.toHaveProperty('bindCount')
  })

  test('of a batch that is too long are those of its beginning, with the number of all', () => {
    const batch = Array.from({ length: 700 }, (_, i) => bindOf(String(i), 'x'))
    const { data } = query({ executions: 5000, bind: bindOf('0', 'x'), batch })
    expect(data).toMatchObject({ executions: 5000, bindCount: 5000, bindReduced: true })
    expect(data?.['bind']).toHaveLength(500)
  })

  test('that were not read whole say so', () => {
    const { data } = query({ bind: { ...bindOf('1'), count: 3, isComplete: false } })
    expect(data).toMatchObject({ bind: ['1'], bindCount: 3, bindIncomplete: true })
  })
})

describe('sessions', () => {
  test('begin with how the client signed in', () => {
    expect(checked(toSessionStartedDraft(session, undefined, options))).toMatchObject({
      type: 'session_started',
      occurredAt: '2026-11-22T10:00:00.000000Z',
      outcome: 'success',
      data: {
        encrypted: true,
        protocol: '3.0',
        authentication: { identity: 'ann', method: 'scram-sha-256' },
      },
    })
  })

  test('that do not come about are denied or failures', () => {
    const outcomeOf = (code: string): unknown =>
      checked(toSessionStartedDraft(session, { code, message: 'no', severity: 'FATAL' }, options)).outcome
    expect(['28P01', '3D000', '08001'].map(outcomeOf)).toEqual(['denied', 'failure', 'failure'])
  })

  test('end with how long they were and why', () => {
    const end = {
      endedAtMs: session.startedAtMs + 1000,
      durationMs: 1000,
      cause: 'client_left',
      statements: 5,
      bytesFromClient: 100,
      bytesFromServer: 2000,
      transaction: 'in_transaction',
    } as const
    expect(checked(toSessionEndedDraft(session, end, options))).toMatchObject({
      type: 'session_ended',
      occurredAt: '2026-11-22T10:00:01.000000Z',
      data: {
        durationMs: 1000,
        cause: 'client_left',
        statements: 5,
        bytes: 2000,
        transaction: 'in_transaction',
      },
    })
  })
})

test('an intent is the event of a statement of which nothing more is known', () => {
  const intent = {
    intent: 3,
    protocol: 'extended',
    startedAt: session.startedAtMs,
    text: { sql: 'select $1', bytes: 9, isCut: false },
    bind: bindOf('1'),
    before: { sql: 'select 2', bytes: 8, isCut: false },
  } as const
  const draft = checked(toIntentDraft(session, intent, options))
  expect(draft).toMatchObject({
    type: 'query',
    outcome: 'failure',
    occurredAt: '2026-11-22T10:00:00.000000Z',
    data: {
      outcomeUnknown: true,
      sql: 'select $1',
      bind: ['1'],
      sqlBefore: 'select 2',
    },
  })
})

describe('attribution', () => {
  test('is proven by a certificate that the gateway has seen', () => {
    const proven = { ...session, authentication: { identity: 'CN=ann', method: 'cert' } }
    const { data } = checked(toQueryDraft(proven, statement(), options))
    expect(readGatewayAttribution(data ?? {})).toEqual({
      login: 'ann',
      claimed: { id: 'CN=ann' },
      trust: 'proven',
    })
  })

  test('is asserted otherwise', () => {
    expect(readGatewayAttribution(query({}).data ?? {})).toEqual({ login: 'ann', trust: 'asserted' })
    const { data } = checked(toSessionStartedDraft(session, undefined, options))
    expect(readGatewayAttribution(data ?? {})).toEqual({ login: 'ann', trust: 'asserted' })
    expect(readGatewayAttribution({})).toBeUndefined()
  })
})
