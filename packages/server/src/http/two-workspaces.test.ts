import { randomUUID } from 'node:crypto'
import type { AccessReport } from '@aleph-audit-log/domain/api/access-review'
import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createPasswordReset } from '../access/password-reset.ts'
import { followTail } from '../testing/follow-tail.ts'
import { everyonesPassword } from '../testing/installation.ts'
import type * as appModule from './app.ts'
import { actsOfPeople } from './testing/acts-of-people.ts'
import { newSchedule } from './testing/add-schedule.ts'
import { newMute, resolution, useAlerts, useRules } from './testing/alert-paths.ts'
import { routes } from './testing/collect-routes.ts'
import { actOnPolicies } from './testing/policy-paths.ts'
import { reading } from './testing/read-paths.ts'
import {
  marker,
  ownMarker,
  readFirstSettings,
  sharedIds,
  startTwoWorkspaces,
  type Answer,
  type TwoWorkspaces,
} from './testing/two-workspaces.ts'

// Imported inside: this runs before the imports of the file.
vi.mock('./app.ts', async (importOriginal) => {
  const { withRoutesCollected } = await import('./testing/collect-routes.ts')
  return withRoutesCollected(await importOriginal<typeof appModule>())
})

/**
 * Whatever the second workspace's people and keys ask for, nothing of the first may come back: its marker stands in
 * everything that the first workspace has.
 */
let world: TwoWorkspaces
beforeAll(async () => {
  world = await startTwoWorkspaces()
})
afterAll(async () => {
  await world?.remove()
})

/** What was recorded is found within a second, on a machine that has nothing else to do. */
const eventually = async (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 15_000, interval: 100 })

const asked = new Set<string>()
function expectNothingOfTheFirst({ text, headers }: Answer, what: string): void {
  const { admin: _admin, ...ids } = world.first
  const shown = `${headers}\n${text}`.toLowerCase()
  expect([
    what,
    [marker, ...Object.values(ids)].filter((hidden) => shown.includes(hidden.toLowerCase())),
  ]).toEqual([what, []])
}

/** Asks as somebody of the second workspace, and looks for the first one's marker and ids in all that comes back. */
async function ask(
  headers: Record<string, string>,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const answer = await world.send(headers, method, path, body)
  asked.add(`${method} ${path.split('?')[0] ?? ''}`)
  expectNothingOfTheFirst(answer, `${method} ${path}`)
  return answer
}

function as(who: string): Record<string, string> {
  const headers = world.second.callers[who]
  if (!headers) throw new Error(`Nobody is called ${who}`)
  return headers
}

async function eventsOfSecond(more: string): Promise<PublicEvent[]> {
  const { text } = await ask(as('key events:read'), 'GET', `/api/v1/events?limit=1000${more}`)
  return (JSON.parse(text) as { events: PublicEvent[] }).events
}

async function idsOfSecond(more: string): Promise<string[]> {
  return (await eventsOfSecond(more)).filter(({ source }) => source === 'api').map(({ id }) => id)
}

test('the first workspace is full of its marker, wherever one may look', async () => {
  const paths = reading.filter((path) =>
    /^\/api\/v1\/(events|insights|session|members|keys|integrations|people|service-accounts|policies|table-tags|views|schedules|mail-settings|alerts|alert-|detection-rules)(?!.*(nonsense|typ:|cursor=|not-an-id))/.test(
      path,
    ),
  )
  expect(paths.length).toBeGreaterThan(11)
  // These tell numbers alone.
  for (const path of paths.filter((one) => !/histogram|activity|report/.test(one))) {
    const { status, text } = await world.send(world.first.admin, 'GET', path)
    expect([path, status, text.toLowerCase().includes(marker)]).toEqual([path, 200, true])
  }
})

describe('nobody of the second workspace sees anything of the first', () => {
  test.each(reading)('by GET %s', async (path) => {
    for (const headers of Object.values(world.second.callers)) await ask(headers, 'GET', path)
    await ask({ ...as('admin'), accept: 'text/html' }, 'GET', path)
  })

  test('whose events have the same ids: each reads its own', async () => {
    expect((await idsOfSecond('')).sort()).toEqual([...sharedIds].sort())
    for (const id of sharedIds.slice(0, 5)) {
      const { text } = await ask(as('auditor'), 'GET', `/api/v1/events/${id}`)
      expect(text).toContain(ownMarker)
      expect((await world.send(world.first.admin, 'GET', `/api/v1/events/${id}`)).text).toContain(marker)
    }
  })

  test('in the name of a download, which is that of its own workspace', async () => {
    for (const format of ['xlsx', 'csv', 'jsonl']) {
      const { headers, text } = await ask(as('auditor'), 'GET', `/api/v1/events/export?format=${format}`)
      expect(headers).toContain(`audit-log_Works-${ownMarker}_`)
      if (format === 'xlsx') expect(text).toContain(`<t>Works ${ownMarker}</t>`)
    }
  })

  test('by sending other content under an id that both have: the conflict is the second one’s own', async () => {
    const sent = { id: sharedIds[1], type: 'other', actor: { type: 'user', name: 'Sam' } }
    expect((await ask(as('key events:write'), 'POST', '/api/v1/events', sent)).status).toBe(201)
    expect((await ask(as('key events:write'), 'POST', '/api/v1/events', { type: 'x' })).status).toBe(400)
    await eventually(async () => expect(await eventsOfSecond('&q=type:event_id_conflict')).toHaveLength(1))
    const conflicts = await world.send(world.first.admin, 'GET', '/api/v1/events?q=type:event_id_conflict')
    expect(JSON.parse(conflicts.text)).toEqual({ events: [] })
  })

  test('nor is told of it in a live tail, from the first event on', async () => {
    const { server } = world.installation
    const [one] = await eventsOfSecond('')
    const beginning = `${one?.position.node}:0`
    asked.add('GET /api/v1/events/tail')
    const first = await followTail(server.url, world.first.admin, { lastId: beginning })
    await first.untilEvents(sharedIds.length + 1)
    for (const [who, headers] of Object.entries(world.second.callers)) {
      const tail = await followTail(server.url, headers, { lastId: beginning })
      const mayRead = tail.status === 200
      expect([who, mayRead]).toEqual([who, !['nobody', 'key admin', 'key events:write'].includes(who)])
      if (!mayRead) continue
      const text = `told by ${who}`
      const email = `${who.replace(/\W/g, '')}@${ownMarker}.test`
      // A query, under the e-mail of who follows: everybody is told of it, and it comes last.
      const last = { type: 'query', actor: { type: 'user', email }, data: { sql: text } }
      expect((await ask(as('key events:write'), 'POST', '/api/v1/events', last)).status).toBe(201)
      await eventually(async () => expect(JSON.stringify(tail.events.at(-1))).toContain(text))
      expectNothingOfTheFirst(
        { status: 200, headers: '', text: JSON.stringify(tail.events) },
        `the live tail of ${who}`,
      )
      const told = tail.events.filter(({ id }) => sharedIds.some((shared) => shared === id)).length
      if (['admin', 'auditor', 'key events:read'].includes(who)) expect(told).toBe(sharedIds.length)
      await tail.close()
    }
    expect(JSON.stringify(first.events)).not.toContain(ownMarker)
    await first.close()
  })

  test('nor counts it', async () => {
    const asksFor = `q=email:ann@acme.test`
    const { text } = await ask(as('auditor'), 'GET', `/api/v1/events/histogram?${asksFor}`)
    const { buckets } = JSON.parse(text) as { buckets: { count: number; failed: number }[] }
    expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(sharedIds.length)
    const facets = await ask(as('auditor'), 'GET', `/api/v1/events/facets?fields=email&${asksFor}`)
    expect(JSON.parse(facets.text)).toEqual({
      facets: { email: { values: [{ value: 'ann@acme.test', count: sharedIds.length }], other: 0 } },
    })
  })

  test('with a cursor of the first', async () => {
    for (const limit of [1, 7, 20]) {
      const page = await world.send(world.first.admin, 'GET', `/api/v1/events?limit=${limit}`)
      const { nextCursor } = JSON.parse(page.text) as { nextCursor: string }
      for (const who of ['auditor', 'member', 'key events:read']) {
        const answer = await ask(as(who), 'GET', `/api/v1/events?limit=1000&cursor=${nextCursor}`)
        expect(answer.status).toBe(200)
      }
    }
  })

  test('with an id of the first, which is as unknown as one that never was', async () => {
    const before = await readFirstSettings(world)
    const { userId, keyId, invitationId, integrationId, eventId, personId, accountId } = world.first
    const { viewId, signOffId, scheduleId, policyId, exceptionId } = world.first
    const { alertId, muteId, receiverId, deliveryId, ruleId } = world.first
    const calls: [string, string, string, object?][] = [
      ['GET', '/api/v1/events/', eventId],
      ['PATCH', '/api/v1/members/', userId, { role: 'member' }],
      ['DELETE', '/api/v1/members/', userId],
      ['DELETE', '/api/v1/members/invitations/', invitationId],
      ['DELETE', '/api/v1/keys/', keyId],
      ['PATCH', '/api/v1/integrations/', integrationId, { name: 'Mine now' }],
      ['DELETE', '/api/v1/integrations/', integrationId],
      ['PATCH', '/api/v1/views/', viewId, { name: 'Mine now' }],
      ['DELETE', '/api/v1/views/', viewId],
      ['PATCH', '/api/v1/schedules/', scheduleId, { name: 'Mine now' }],
      ['DELETE', '/api/v1/schedules/', scheduleId],
      ['GET', '/api/v1/alerts/', alertId],
      ['POST', '/api/v1/alerts/$/acknowledge', alertId, {}],
      ['POST', '/api/v1/alerts/$/resolve', alertId, resolution],
      ['POST', '/api/v1/alerts/$/reopen', alertId, {}],
      ['POST', '/api/v1/alerts/$/mute', alertId, newMute('Mine now')],
      ['POST', '/api/v1/alert-receivers/$/test', receiverId, {}],
      ['POST', '/api/v1/alert-deliveries/$/replay', deliveryId, {}],
      ['DELETE', '/api/v1/alert-mutes/', muteId],
      ['GET', '/api/v1/detection-rules/', ruleId],
      ['PATCH', '/api/v1/detection-rules/', ruleId, { enabled: false }],
      ['DELETE', '/api/v1/detection-rules/', ruleId],
      ['PATCH', '/api/v1/alert-receivers/', receiverId, { name: 'Mine now' }],
      ['DELETE', '/api/v1/alert-receivers/', receiverId],
      ['PATCH', '/api/v1/people/', personId, { name: 'Mine now' }],
      ['DELETE', '/api/v1/people/', personId],
      ['PATCH', '/api/v1/service-accounts/', accountId, { tool: 'looker' }],
      ['DELETE', '/api/v1/service-accounts/', accountId],
      ['GET', '/api/v1/insights/access/sign-offs/', signOffId],
      ['PATCH', '/api/v1/policies/', policyId, { enabled: false }],
      ['DELETE', '/api/v1/policies/', policyId],
      ['DELETE', '/api/v1/policies/exceptions/', exceptionId],
      ['GET', '/api/v1/invitations/', invitationId],
      ['POST', '/api/v1/invitations/', invitationId, { name: 'X', password: everyonesPassword }],
      ['GET', '/api/v1/password-resets/', userId],
      ['POST', '/api/v1/password-resets/', userId, { password: everyonesPassword }],
    ]
    for (const [method, path, id, body] of calls) {
      const [start = '', end = ''] = path.split('$')
      for (const who of ['admin', 'auditor', 'member', 'key admin', 'key events:read', 'nobody']) {
        const of = await ask(as(who), method, start + id + end, body)
        const never = await ask(as(who), method, start + randomUUID() + end, body)
        expect([method, path, who, of.status, of.text]).toEqual([method, path, who, never.status, never.text])
        expect(of.status).toBeGreaterThanOrEqual(400)
      }
    }
    expect(await readFirstSettings(world)).toBe(before)
  })
})

describe('what is done in the second workspace', () => {
  test('works there, and stands in its own log alone', async () => {
    const { actIn } = world.installation
    const admin = as('admin')
    const made = (answer: Answer): string => {
      expect([answer.status, answer.text]).toEqual([201, answer.text])
      return answer.text
    }
    const invited = made(
      await ask(admin, 'POST', '/api/v1/members', { email: `new@${ownMarker}.test`, role: 'analyst' }),
    )
    const token = new URL((JSON.parse(invited) as { link: string }).link).searchParams.get('token')
    await ask(as('nobody'), 'GET', `/api/v1/invitations/${token}`)
    const accept = { name: 'Newcomer', password: everyonesPassword }
    made(await ask(as('nobody'), 'POST', `/api/v1/invitations/${token}`, accept))
    const key = made(await ask(admin, 'POST', '/api/v1/keys', { name: ownMarker, scopes: ['events:read'] }))
    await ask(admin, 'DELETE', `/api/v1/keys/${(JSON.parse(key) as { key: { id: string } }).key.id}`)
    const integration = made(
      await ask(admin, 'POST', '/api/v1/integrations', {
        kind: 'postgres_log',
        // Taken in the first workspace, which is no matter here.
        name: 'Log',
        settings: { path: world.logPath },
      }),
    )
    const { id } = (JSON.parse(integration) as { integration: { id: string } }).integration
    await ask(admin, 'PATCH', `/api/v1/integrations/${id}`, { name: `Log of ${ownMarker}` })
    await ask(admin, 'DELETE', `/api/v1/integrations/${id}`)
    // What the first workspace has as well: each directory is its own.
    const someone = { name: ownMarker, emails: [`p@${ownMarker}.test`], logins: ['firstmark'] }
    const added = made(await ask(admin, 'POST', '/api/v1/people', someone))
    const person = (JSON.parse(added) as { person: { id: string } }).person.id
    await ask(admin, 'PATCH', `/api/v1/people/${person}`, { groups: [ownMarker] })
    await ask(admin, 'DELETE', `/api/v1/people/${person}`)
    await ask(admin, 'POST', '/api/v1/people/import', { csv: `name,email\n${ownMarker},q@${ownMarker}.test` })
    const bot = { login: `bot_${ownMarker}`, tool: 'looker' }
    const registered = made(await ask(admin, 'POST', '/api/v1/service-accounts', bot))
    const account = (JSON.parse(registered) as { serviceAccount: { id: string } }).serviceAccount.id
    await ask(admin, 'PATCH', `/api/v1/service-accounts/${account}`, { tool: 'metabase' })
    await ask(admin, 'DELETE', `/api/v1/service-accounts/${account}`)
    await actOnPolicies(async (method, path, body) => ask(admin, method, path, body), ownMarker)
    // Taken among the shared views of the first workspace, which is no matter here.
    const state = { q: ownMarker, range: { past: '7d' }, noise: true, columns: ['name'] }
    const saved = made(await ask(admin, 'POST', '/api/v1/views', { name: 'Shared', shared: true, state }))
    const view = (JSON.parse(saved) as { view: { id: string } }).view.id
    await ask(admin, 'PATCH', `/api/v1/views/${view}`, { name: ownMarker })
    await ask(admin, 'DELETE', `/api/v1/views/${view}`)
    const reviewed = { tables: 'orders', from: '2026-01-01', to: new Date().toISOString() }
    const report = await ask(
      admin,
      'GET',
      `/api/v1/insights/access?${new URLSearchParams(reviewed).toString()}`,
    )
    const { hash, lines } = JSON.parse(report.text) as AccessReport
    expect(lines.map(({ person, count }) => [person.id, count])).toEqual([
      ['ann@acme.test', sharedIds.length],
    ])
    const decided = lines.map(({ table, person }) => ({ table, person: person.id, decision: 'keep' }))
    const signing = { ...reviewed, hash, lines: decided }
    const signed = made(await ask(admin, 'POST', '/api/v1/insights/access/sign-offs', signing))
    const signOff = (JSON.parse(signed) as { signOff: { id: string } }).signOff.id
    await ask(admin, 'GET', `/api/v1/insights/access/sign-offs/${signOff}?format=xlsx`)
    const scheduled = made(await ask(admin, 'POST', '/api/v1/schedules', newSchedule('Shared', ownMarker)))
    const schedule = (JSON.parse(scheduled) as { schedule: { id: string } }).schedule.id
    await ask(admin, 'PATCH', `/api/v1/schedules/${schedule}`, { name: ownMarker })
    await ask(admin, 'POST', `/api/v1/schedules/${schedule}/runs`, {})
    await ask(admin, 'DELETE', `/api/v1/schedules/${schedule}`)
    // A view of the first cannot be exported here.
    const theirs = { ...newSchedule('Theirs'), content: { viewId: world.first.viewId } }
    expect((await ask(admin, 'POST', '/api/v1/schedules', theirs)).status).toBe(400)
    const mail = { host: '127.0.0.1', port: 1, tls: 'none', user: '', from: `m@${ownMarker}.test` }
    await ask(admin, 'PATCH', '/api/v1/mail-settings', mail)
    await ask(admin, 'POST', '/api/v1/mail-settings/test', { ...mail, to: `m@${ownMarker}.test` })
    const settings = await ask(admin, 'PATCH', '/api/v1/settings', { bindParameters: 'types' })
    expect([settings.status, settings.text]).toEqual([200, '{"settings":{"bindParameters":"types"}}'])
    const ofFirst = await world.send(world.first.admin, 'GET', '/api/v1/settings')
    expect(ofFirst.text).toBe('{"settings":{"bindParameters":"masked"}}')
    const resetting = `new@${ownMarker}.test`
    const reset = await createPasswordReset(actIn(world.second.workspaceId), resetting)
    await ask(as('nobody'), 'GET', `/api/v1/password-resets/${reset}`)
    await ask(as('nobody'), 'POST', `/api/v1/password-resets/${reset}`, { password: 'new-copper-meadow-48' })
    const wrong = { email: resetting, password: everyonesPassword }
    expect((await ask(as('nobody'), 'POST', '/api/auth/sign-in/email', wrong)).status).toBe(401)
    const right = { email: resetting, password: 'new-copper-meadow-48' }
    expect((await ask(as('nobody'), 'POST', '/api/auth/sign-in/email', right)).status).toBe(200)
    const leaving = await world.installation.signIn(`member@${ownMarker}.test`)
    await ask(leaving, 'DELETE', '/api/v1/account/sessions')
    const changed = { currentPassword: everyonesPassword, password: 'old-silver-harbour-31' }
    expect((await ask(leaving, 'POST', '/api/v1/account/password', changed)).status).toBe(204)
    await ask(leaving, 'POST', '/api/auth/sign-out', {})
    const user = {
      workspaceId: world.second.workspaceId,
      role: 'member',
      email: `gone@${ownMarker}.test`,
    } as const
    const gone = await world.installation.addUser(user)
    await ask(admin, 'PATCH', `/api/v1/members/${gone}`, { role: 'auditor' })
    await ask(admin, 'DELETE', `/api/v1/members/${gone}`)
    await ask(admin, 'POST', '/api/v1/setup', { token: 'x', ...accept, email: `x@${ownMarker}.test` })
    await ask(admin, 'POST', '/api/v1/integrations/test', { settings: { listenPort: 1, serverHost: '::1' } })
    await ask(admin, 'POST', '/local/password-resets', { email: resetting })
    await ask(admin, 'POST', '/local/checks', { repair: true })
    for (const method of ['POST', 'GET', 'DELETE']) await ask(admin, method, '/local/reread')
    await useRules(async (...call) => ask(admin, ...call), ownMarker)
    await useAlerts(async (...call) => ask(admin, ...call), world.second.alertId, ownMarker)

    await eventually(async () => {
      const found = new Set((await eventsOfSecond('')).map(({ type }) => type))
      expect(actsOfPeople.filter((type) => !found.has(type))).toEqual([])
    })
    const { text } = await world.send(world.first.admin, 'GET', '/api/v1/events?limit=1000')
    expect(text).not.toContain(ownMarker)
    expect(text).not.toContain(world.second.userId)
  })

  test('and everything was asked: there is no route that this file does not call', () => {
    const matches = (route: string, call: string): boolean => {
      const pattern = route.replaceAll(/:\w+/g, '[^/]+').replaceAll('*', '.*')
      return new RegExp(`^${pattern}$`).test(call)
    }
    const calls = [...asked]
    const never = [...routes]
      .filter((route) => !route.startsWith('HEAD '))
      .filter((route) => !calls.some((call) => matches(route, call)))
    expect(never).toEqual([])
    expect(routes.size).toBeGreaterThan(30)
  })
})

test('an event that the second sends under an id of the first is one more, and the first keeps its own', async () => {
  const sent = { id: world.first.eventId, type: 'claimed', actor: { type: 'user', name: 'Sam' } }
  // The answer names the id that was sent.
  const answer = await world.send(as('key events:write'), 'POST', '/api/v1/events', sent)
  expect(JSON.parse(answer.text)).toEqual({ accepted: 1, ids: [world.first.eventId] })
  await eventually(async () => {
    const found = await world.send(as('auditor'), 'GET', `/api/v1/events/${world.first.eventId}`)
    expect(JSON.parse(found.text)).toMatchObject({ type: 'claimed' })
  })
  const kept = await world.send(world.first.admin, 'GET', `/api/v1/events/${world.first.eventId}`)
  expect(JSON.parse(kept.text)).toMatchObject({ type: 'only_first' })
  const conflicts = await world.send(world.first.admin, 'GET', '/api/v1/events?q=type:event_id_conflict')
  expect(JSON.parse(conflicts.text)).toEqual({ events: [] })
})

test('a search of the second workspace for the marker finds its own searches and nothing else', async () => {
  const q = encodeURIComponent(`${marker} OR *${marker}* OR id:${world.first.eventId}`)
  const { text } = await world.send(as('admin'), 'GET', `/api/v1/events?q=${q}`)
  const { events } = JSON.parse(text) as { events: PublicEvent[] }
  expect(events.filter(({ type }) => type !== 'audit_log_searched' && type !== 'claimed')).toEqual([])
})
