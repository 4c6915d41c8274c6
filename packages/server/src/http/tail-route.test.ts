import { once } from 'node:events'
import { connect } from 'node:net'
import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { changeRole } from '../access/members.ts'
import { followTail, type FollowedTail } from '../testing/follow-tail.ts'
import { startInstallation, type Installation } from '../testing/installation.ts'
import { bootstrapApiKey } from '../testing/test-server.ts'

let installation: Installation
const wholeLog = { authorization: `Bearer ${bootstrapApiKey}` }
const open: FollowedTail[] = []
beforeAll(async () => {
  installation = await startInstallation()
})
afterAll(async () => {
  for (const tail of open) await tail.close()
  await installation.remove()
})

async function follow(
  options: Parameters<typeof followTail>[2] = {},
  headers: Record<string, string> = wholeLog,
): Promise<FollowedTail> {
  const tail = await followTail(installation.server.url, headers, options)
  open.push(tail)
  return tail
}

let count = 0
async function send(type: string, number: number, more: object = {}): Promise<string[]> {
  const events = Array.from({ length: number }, () => ({
    type,
    actor: { type: 'user', name: 'Ann', email: 'ann@acme.test' },
    data: { number: ++count },
    ...more,
  }))
  const answer = await installation.server.post('/api/v1/events', { events })
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { ids: string[] }).ids
}
const idsOf = (events: PublicEvent[]): string[] => events.map(({ id }) => id)

describe('a live tail', () => {
  it('tells what comes in and matches, as the search shows it, in the order of positions', async () => {
    await send('one_before', 3)
    await installation.server.find('type:one_before', 3)
    const tail = await follow({ q: 'type:one*' })
    const ids: string[] = []
    for (let i = 0; i < 10; i++) {
      ids.push(...(await send('one', 20)))
      await send('other', 5)
    }
    expect(idsOf(await tail.untilEvents(200))).toEqual(ids)
    const found = await installation.server.find('type:one', 200)
    expect(new Map(tail.events.map((event) => [event.id, event]))).toEqual(
      new Map(found.map((event) => [String(event['id']), event as PublicEvent])),
    )
  })

  it('tells of an event with a past time as well, and leaves it out where a beginning is given', async () => {
    const all = await follow({ q: 'type:late' })
    const recent = await follow({ q: 'type:late', from: '2026-01-01' })
    const at = new Date(Date.now() - 100 * 86_400_000).toISOString()
    const [late] = await send('late', 1, { occurredAt: at })
    const [now] = await send('late', 1)
    expect(idsOf(await all.untilEvents(2))).toEqual([late, now])
    const from = new Date(Date.now() - 86_400_000).toISOString()
    const today = await follow({ q: 'type:late', from, lastId: '' })
    await send('late', 1, { occurredAt: at })
    const [last] = await send('late', 1)
    expect(idsOf(await today.untilEvents(1))).toEqual([last])
    await recent.close()
  })

  it('goes on behind the last message, whether from memory or from the store', async () => {
    const first = await follow({ q: 'type:resumed' })
    const ids = await send('resumed', 30)
    await first.untilEvents(30)
    await first.close()
    ids.push(...(await send('resumed', 700)), ...(await send('resumed', 700)))
    await send('other', 10)
    const second = await follow({ q: 'type:resumed', lastId: first.lastId() })
    expect(idsOf(await second.untilEvents(1400))).toEqual(ids.slice(30))
    ids.push(...(await send('resumed', 5)))
    expect(idsOf(await second.untilEvents(1405))).toEqual(ids.slice(30))
  })

  it('goes on where a search stood', async () => {
    const before = await send('followed', 5)
    await installation.server.find('type:followed', 5)
    const page = await installation.server.api('/api/v1/events?q=type:followed')
    const found = ((await page.json()) as { events: PublicEvent[] }).events
    const after = await send('followed', 5)
    await installation.server.find('type:followed', 10)
    const tail = await follow({
      q: 'type:followed',
      lastId: page.headers.get('last-event-id') ?? 'none',
    })
    await tail.untilEvents(5)
    expect(new Set([...idsOf(found), ...idsOf(tail.events)])).toEqual(new Set([...before, ...after]))
  })

  it('leaves nothing behind when its client has gone, and nobody waits for a slow one', async () => {
    const openTails = async (): Promise<string | undefined> => {
      const metrics = await (await fetch(`${installation.server.url}/metrics`)).text()
      return /^audit_tail_clients (\d+)$/m.exec(metrics)?.[1]
    }
    const before = Number(await openTails())
    const { hostname, port } = new URL(installation.server.url)
    const slow = connect(Number(port), hostname)
    await once(slow, 'connect')
    slow.write(
      `GET /api/v1/events/tail?q=type:flood HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${bootstrapApiKey}\r\n\r\n`,
    )
    // It reads the head of the answer, and then nothing more for a while.
    await once(slow, 'readable')
    slow.read()
    const fast = await follow({ q: 'type:flood' })
    expect(Number(await openTails())).toBe(before + 2)
    const ids: string[] = []
    const text = 'x'.repeat(20_000)
    for (let i = 0; i < 8; i++) ids.push(...(await send('flood', 100, { data: { text } })))
    expect(idsOf(await fast.untilEvents(800, 60_000))).toEqual(ids)
    let received = ''
    slow.setEncoding('latin1').on('data', (part: string) => (received += part))
    const told = (): string[] => [...received.matchAll(/"id":"([0-9a-f-]{36})"/g)].map(([, id]) => id ?? '')
    await vi.waitFor(() => expect(told().length).toBe(800), { timeout: 60_000, interval: 100 })
    expect(told()).toEqual(ids)
    slow.destroy()
    await fast.close()
    await vi.waitFor(async () => expect(Number(await openTails())).toBe(before), { timeout: 10_000 })
  })
})

describe('who may follow', () => {
  it('is told in words before the stream begins what is wrong', async () => {
    for (const [path, lastId, status, code] of [
      ['?q=typ:query', undefined, 400, 'invalid'],
      ['?from=yesterday', undefined, 400, 'invalid'],
      ['?limit=3', undefined, 400, 'invalid'],
      ['', 'nonsense', 400, 'invalid'],
      ['', 'n1:1,n1:2', 400, 'invalid'],
    ] as const) {
      const answer = await installation.server.api(`/api/v1/events/tail${path}`, {
        headers: lastId === undefined ? {} : { 'last-event-id': lastId },
      })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(await answer.json()).toMatchObject({ code })
    }
    const tail = await follow()
    const ahead = tail.lastId().replace(/:\d+/, ':999999999')
    const answer = await installation.server.api('/api/v1/events/tail', {
      headers: { 'last-event-id': ahead },
    })
    expect([answer.status, (await answer.json()) as object]).toMatchObject([
      400,
      { errors: [{ path: 'Last-Event-ID' }] },
    ])
    await tail.close()
  })

  it('may not follow endlessly often, and can again when one has ended', async () => {
    const key = await installation.addKey(installation.workspaceId, ['events:read'])
    const tails = await Promise.all(Array.from({ length: 20 }, async () => follow({}, key.headers)))
    const refused = await follow({}, key.headers)
    expect(refused.status).toBe(429)
    const other = await follow()
    expect(other.status).toBe(200)
    for (const tail of [...tails, other]) await tail.close()
    await vi.waitFor(async () => {
      const again = await follow({}, key.headers)
      expect(again.status).toBe(200)
      await again.close()
    })
  })

  it('is hung up on within seconds after a key is revoked, a role changed or a session ended', async () => {
    const { workspaceId, addPerson, addKey, server, actIn, signIn } = installation
    const key = await addKey(workspaceId, ['events:read'])
    const person = await addPerson({ workspaceId, role: 'auditor', email: 'tail-auditor@acme.test' })
    const leaver = await addPerson({ workspaceId, role: 'auditor', email: 'tail-leaver@acme.test' })
    const tails = [
      await follow({ q: 'type:rights' }, key.headers),
      await follow({ q: 'type:rights' }, person.headers),
      await follow({ q: 'type:rights' }, leaver.headers),
    ]
    const stays = await follow({ q: 'type:rights' })
    await server.api(`/api/v1/keys/${key.keyId}`, { method: 'DELETE' })
    await changeRole(actIn(workspaceId), { userId: person.userId, role: 'member' })
    await fetch(`${server.url}/api/auth/sign-out`, {
      method: 'POST',
      headers: { ...leaver.headers, 'content-type': 'application/json' },
      body: '{}',
    })
    await Promise.all(tails.map(async (tail) => tail.ended))
    expect((await follow({}, key.headers)).status).toBe(401)
    expect((await follow({}, leaver.headers)).status).toBe(401)
    const asMember = await follow({ q: 'type:rights' }, await signIn(person.email))
    const hidden = await send('rights', 3)
    const [own] = await send('rights', 1, { actor: { type: 'user', email: person.email } })
    expect(idsOf(await asMember.untilEvents(1))).toEqual([own])
    expect(idsOf(await stays.untilEvents(4))).toEqual([...hidden, own])
  })

  it('is recorded once for each tail, not again when it is taken up again', async () => {
    const q = 'type:recorded'
    const first = await follow({ q })
    await first.close()
    const second = await follow({ q, lastId: first.lastId() })
    const beside = await follow({ q })
    await second.close()
    await beside.close()
    const [event] = await installation.server.find('type:audit_log_searched data.query:"type:recorded"', 1)
    expect(event).toMatchObject({ data: { query: q, live: true }, actor: { type: 'api_key' } })
    const head = await installation.server.api('/api/v1/events/tail?q=type:head', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    await installation.server.find('type:audit_log_searched data.query:"type:head"', 0)
  })
})
