import type { EventDraft } from '@aleph-audit-log/domain/event'
import { expect, test } from 'vitest'
import type { OpenedSession, ServerSession } from '../gateway-sessions.ts'
import { BehindGateway } from './behind-gateway.ts'
import type { EntrySource } from './log-position.ts'

const startedSeconds = Date.parse('2026-11-22T10:00:00Z') / 1000

function draftOf(pid: number, data: EventDraft['data'] = {}): { draft: EventDraft; source: EntrySource } {
  const sessionId = `${startedSeconds.toString(16)}.${pid.toString(16)}`
  const source: EntrySource = {
    timestamp: '2026-11-22T10:00:01.000Z',
    sessionId,
    lineNum: 1,
    sessionStart: '2026-11-22 10:00:00 UTC',
    sessionStartSeconds: startedSeconds,
    login: 'ann',
    port: 40_000 + pid,
    backendType: 'client backend',
  }
  return {
    draft: {
      type: 'query',
      actor: { type: 'user', id: 'ann' },
      data: { login: 'ann', ...data },
      context: { sessionId },
    },
    source,
  }
}

function behindGateway(
  opened: ReadonlyMap<number, OpenedSession>,
  more: { isRecorded?: (session: ServerSession) => Promise<boolean>; nowMs?: () => number } = {},
) {
  const gateway = new BehindGateway({
    integrationId: 'log',
    gatewayId: 'gateway',
    findSession: ({ pid, port }) => (port === 40_000 + pid ? opened.get(pid) : undefined),
    isRecorded: more.isRecorded ?? (async () => false),
    now: more.nowMs ?? (() => (startedSeconds + 3600) * 1000),
  })
  return async (...all: { draft: EventDraft; source: EntrySource }[]): Promise<string[]> => {
    const sources = new Map(all.map(({ draft, source }) => [draft, source]))
    const left = await gateway.sort([...sources.keys()], (draft) => sources.get(draft))
    return left.map(({ type, context }) => `${type} ${context?.sessionId?.split('.')[1]}`)
  }
}

test('a session past the gateway is told once, before its first event; others are left out', async () => {
  const sort = behindGateway(new Map([[1, {}]]))
  expect(await sort(draftOf(1), draftOf(2), draftOf(1), draftOf(2))).toEqual([
    'gateway_bypassed 2',
    'query 2',
    'query 2',
  ])
  expect(await sort(draftOf(2), draftOf(3))).toEqual(['query 2', 'gateway_bypassed 3', 'query 3'])
})

test('what the audit log knows of is looked for once for each session', async () => {
  const asked: ServerSession[] = []
  const sort = behindGateway(new Map(), {
    isRecorded: async (session) => {
      asked.push(session)
      return session.pid === 4
    },
  })
  expect(await sort(draftOf(4), draftOf(4), draftOf(5), draftOf(5))).toEqual([
    'gateway_bypassed 5',
    'query 5',
    'query 5',
  ])
  expect(asked).toEqual([
    { pid: 4, port: 40_004, startedSeconds },
    { pid: 5, port: 40_005, startedSeconds },
  ])
})

test('a session that has just begun is waited for', async () => {
  const opened = new Map<number, OpenedSession>()
  let looks = 0
  const sort = behindGateway(opened, {
    nowMs: () => Date.parse('2026-11-22T10:00:01.100Z'),
    isRecorded: async () => {
      if (++looks === 2) opened.set(6, {})
      return false
    },
  })
  expect(await sort(draftOf(6))).toEqual([])
  expect(looks).toBe(2)
})

test('how the server made sure of a person is learned, but not what proves the gateway alone', async () => {
  const [ldap, peer, password]: OpenedSession[] = [{}, {}, {}]
  const sort = behindGateway(
    new Map([
      [7, ldap ?? {}],
      [8, peer ?? {}],
      [9, password ?? {}],
    ]),
  )
  const by = (method: string) => ({ authentication: { identity: `uid=ann ${method}`, method } })
  await sort(draftOf(7, by('ldap')), draftOf(8, by('peer')), draftOf(9, by('scram-sha-256')))
  expect([ldap, peer, password]).toEqual([by('ldap'), {}, {}])
})
