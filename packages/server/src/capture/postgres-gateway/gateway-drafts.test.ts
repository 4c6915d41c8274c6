import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { AuditLogForDrafts } from '../postgres-log/testing/audit-log-for-drafts.ts'
import { GatewayFixture } from './testing/gateway-fixture.ts'
import {
  toQueryDraft,
  toSessionEndedDraft,
  toSessionStartedDraft,
  type GatewayDraftOptions,
} from './to-drafts.ts'

const fixture = new GatewayFixture()
const options: GatewayDraftOptions = {
  gatewayId: 'gateway',
  hashSecret: (secret) => createHmac('sha256', 'key').update(secret).digest('hex'),
  bindParameters: 'full',
  logins: new Map(),
}

test('what a real session does is a list of events that the log takes, in the order of their times', async () => {
  await expect(fixture.connected(async () => undefined, { user: 'nobody' })).rejects.toThrow()
  await fixture.connected(
    async (client) => {
      await client.query('create table if not exists people (name text, born date)')
      await client.query('insert into people values ($1, $2)', ['Ann', new Date(0)])
      await client.query('select * from people; selec').catch(() => undefined)
      await client.query(`create role keeper password 'hunter2-secret'`)
      await client.query('set role keeper; table people').catch(() => undefined)
    },
    { application_name: 'a tool' },
  )
  const { recorder } = fixture
  await recorder.untilEnded()
  const drafts = [
    ...recorder.started.map(({ session, error }) => toSessionStartedDraft(session, error, options)),
    ...recorder.statements.map(({ session, statement }) => toQueryDraft(session, statement, options)),
    ...recorder.ended.map(({ session, end }) => toSessionEndedDraft(session, end, options)),
  ]
  const log = new AuditLogForDrafts()
  await log.ingest(drafts)
  expect(
    log.drafts.map(({ type, outcome, data }) => [type, outcome, data?.['tag'] ?? data?.['error']]),
  ).toEqual([
    ['session_started', 'denied', { code: '28P01', message: expect.stringContaining('nobody') }],
    ['session_started', 'success', undefined],
    ['query', 'success', 'CREATE TABLE'],
    ['query', 'success', 'INSERT 0 1'],
    ['query', 'failure', { code: '42601', message: 'syntax error at or near "selec"' }],
    ['query', 'success', 'CREATE ROLE'],
    ['query', 'success', 'SET'],
    ['query', 'denied', { code: '42501', message: 'permission denied for table people' }],
    ['session_ended', 'success', undefined],
  ])
  expect(JSON.stringify(log.drafts)).not.toContain('hunter2')
  const times = log.drafts.slice(1).map(({ occurredAt }) => occurredAt ?? '')
  expect(times).toEqual(times.toSorted())
  expect(log.drafts[3]).toMatchObject({
    context: { ip: '127.0.0.1', application: 'a tool' },
    data: { bind: ['Ann', expect.stringContaining('1970')], rows: 1, transaction: 'idle' },
  })
})
