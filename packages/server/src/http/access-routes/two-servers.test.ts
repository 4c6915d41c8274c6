import type { LightMyRequestResponse } from 'fastify'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPasswordReset } from '../../access/password-reset.ts'
import { createSetupToken, setUpUnattended } from '../../access/setup.ts'
import { operatorViewer } from '../../access/viewer.ts'
import { runSql, settingsEngines, type SettingsPlace } from '../../settings/testing/settings-engines.ts'
import {
  addMember,
  adminPassword,
  send,
  setUpAdmin,
  startAccessServer,
  typesOf,
  type AccessServer,
} from './testing/start-access-server.ts'

/**
 * The same requests at the same time through two servers that share their settings. On SQLite both are one server: what
 * is promised there must hold on PostgreSQL.
 */
describe.each(settingsEngines)('requests at the same time, with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let place: SettingsPlace
  let one: AccessServer
  let two: AccessServer
  beforeEach(async () => {
    place = await engine.createPlace()
    one = await startAccessServer(engine, { place })
    two = engine.name === 'SQLite' ? one : await startAccessServer(engine, { place })
  })
  afterEach(async () => {
    await one.close()
    if (two !== one) await two.close()
    await place.remove()
  })

  const otto = { email: 'otto@acme.test', role: 'auditor' as const, password: 'amber-violin-harbor-17' }
  const password = 'copper-ladder-hums-41'
  const both = <T>(call: (server: AccessServer, i: number) => Promise<T>): Promise<T[]> =>
    Promise.all([one, two].map(async (server, i) => call(server, i)))
  const statuses = (answers: { statusCode: number }[]): number[] =>
    answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)
  /** Events of this type on both servers. */
  const countOf = (type: string): number =>
    [...new Set([one, two])].flatMap(typesOf).filter((found) => found === type).length
  const tokenOf = (link: string): string => new URL(link).searchParams.get('token') ?? ''

  test('both servers have the same workspace', () => {
    expect(two.workspace).toEqual(one.workspace)
    expect(countOf('workspace_created')).toBe(1)
  })

  test('a set-up link makes one admin', async () => {
    const token = await createSetupToken(one.settings, one.clock.ms)
    const answers = await both(async (server, i) =>
      send(server, 'POST', '/api/v1/setup', {
        token,
        name: `Ann ${i}`,
        email: `ann${i}@acme.test`,
        password: adminPassword,
      }),
    )
    expect(statuses(answers)).toEqual([201, 409])
    expect(countOf('setup_completed')).toBe(1)
  })

  test('of set-up links made by servers that start together one works', async () => {
    const tokens = await both(async (server) => createSetupToken(server.settings, server.clock.ms))
    expect(await one.settings.db.selectFrom('one_time_tokens').select('id').execute()).toHaveLength(1)
    const answers = await Promise.all(
      tokens.map(async (token, i) =>
        send(one, 'POST', '/api/v1/setup', { token, name: 'Ann', email: `ann${i}@acme.test`, password }),
      ),
    )
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1)
  })

  test('servers that are set up from the same environment make one admin, and all start', async () => {
    await both(async (server) => {
      const record = server.deps.recordFor({ ip: '' } as never)
      const { settings, workspace, clock } = server
      await setUpUnattended(
        {
          settings,
          workspaceId: workspace.id,
          hasher: server.deps.hasher,
          record: async (draft) => record(draft, workspace.id),
          nowMs: clock.ms,
        },
        { adminEmail: 'ops@acme.test', adminPassword, adminName: 'Operations' },
      )
    })
    expect(countOf('setup_completed')).toBe(1)
  })

  test('an invitation is accepted once', async () => {
    const cookie = await setUpAdmin(one)
    const invited = await send(
      one,
      'POST',
      '/api/v1/members',
      { email: otto.email, role: 'auditor' },
      { cookie },
    )
    const token = tokenOf(invited.json().link)
    const answers = await both(async (server, i) =>
      send(server, 'POST', `/api/v1/invitations/${token}`, { name: `Otto ${i}`, password }),
    )
    expect(statuses(answers)).toEqual([201, 404])
    expect(countOf('invitation_accepted')).toBe(1)
  })

  test('inviting the same person several times leaves one link that works', async () => {
    const cookie = await setUpAdmin(one)
    const body = { email: otto.email, role: 'auditor' }
    const answers = await both(async (server) => send(server, 'POST', '/api/v1/members', body, { cookie }))
    expect(statuses(answers)).toEqual([201, 201])
    const looks = await Promise.all(
      answers.map(async (answer) => send(one, 'GET', `/api/v1/invitations/${tokenOf(answer.json().link)}`)),
    )
    expect(statuses(looks)).toEqual([200, 404])
  })

  test('integrations of one name are made once', async () => {
    const cookie = await setUpAdmin(one)
    const body = { kind: 'postgres_log', name: 'Production', settings: { path: '/var/lib/postgresql' } }
    const answers = await both(async (server) =>
      send(server, 'POST', '/api/v1/integrations', body, { cookie }),
    )
    expect(statuses(answers)).toEqual([201, 409])
    expect(countOf('integration_created')).toBe(1)
  })

  test('a key is revoked once, and stops working on the other server within seconds', async () => {
    const cookie = await setUpAdmin(one)
    const made = await send(one, 'POST', '/api/v1/keys', { name: 'k', scopes: ['admin'] }, { cookie })
    const { key, secret } = made.json()
    expect((await send(two, 'GET', '/api/v1/keys', undefined, { key: secret })).statusCode).toBe(200)
    const answers = await both(async (server) =>
      send(server, 'DELETE', `/api/v1/keys/${key.id}`, undefined, { cookie }),
    )
    expect(statuses(answers)).toEqual([204, 204])
    expect(countOf('api_key_revoked')).toBe(1)
    expect((await send(one, 'GET', '/api/v1/keys', undefined, { key: secret })).statusCode).toBe(401)
    two.clock.ms += 5000
    expect((await send(two, 'GET', '/api/v1/keys', undefined, { key: secret })).statusCode).toBe(401)
  })

  test('a change of role ends the sessions on both servers', async () => {
    const cookie = await setUpAdmin(one)
    const member = await addMember(two, cookie, otto)
    const status = async (server: AccessServer): Promise<number> =>
      (await send(server, 'GET', '/api/v1/session', undefined, { cookie: member.cookie })).statusCode
    expect([await status(one), await status(two)]).toEqual([200, 200])
    await send(one, 'PATCH', `/api/v1/members/${member.id}`, { role: 'admin' }, { cookie })
    expect([await status(one), await status(two)]).toEqual([401, 401])
  })
})

/**
 * One change has done everything but commit: its event is not stored yet. What comes to the other server in that moment
 * must wait for it, and then see what it did.
 */
describe('in the moment before a commit, on PostgreSQL:', () => {
  const engine = settingsEngines.find(({ name }) => name === 'PostgreSQL')!
  afterAll(engine.stop)

  let place: SettingsPlace
  let one: AccessServer
  let two: AccessServer
  let cookie: string
  beforeEach(async () => {
    place = await engine.createPlace()
    one = await startAccessServer(engine, { place })
    two = await startAccessServer(engine, { place })
    cookie = await setUpAdmin(one)
  })
  afterEach(async () => {
    await one.close()
    await two.close()
    await place.remove()
  })

  const countOfActivity = async (condition: string): Promise<number> => {
    const databaseUrl = 'databaseUrl' in place.where ? place.where.databaseUrl : ''
    const query = `select 1 from pg_stat_activity where datname = current_database() and ${condition}`
    return (await runSql(databaseUrl, query)).length
  }

  /** Holds `first`, which comes to server one, at its commit until `second`, on server two, waits for it or is through. */
  async function overtake<First, Second>(
    first: () => Promise<First>,
    second: () => Promise<Second>,
  ): Promise<[First, Second]> {
    let goOn = (): void => undefined
    one.journal.held = new Promise<void>((resolve) => (goOn = resolve))
    const firstAnswer = first()
    const isHeld = async () => expect(await countOfActivity("state = 'idle in transaction'")).toBe(1)
    await vi.waitFor(isHeld, { timeout: 20_000 })
    let isThrough = false
    const secondAnswer = second().finally(() => (isThrough = true))
    const isWaiting = async () =>
      expect(isThrough || (await countOfActivity("wait_event_type = 'Lock'")) > 0).toBe(true)
    await vi.waitFor(isWaiting, { timeout: 20_000 })
    goOn()
    return [await firstAnswer, await secondAnswer]
  }
  const statusOf = async (answer: Promise<LightMyRequestResponse>): Promise<number> =>
    (await answer).statusCode

  const password = 'copper-ladder-hums-41'
  const invite = async (email: string) => {
    const answer = await send(one, 'POST', '/api/v1/members', { email, role: 'auditor' }, { cookie })
    const { link, invitation } = answer.json<{ link: string; invitation: { id: string } }>()
    const token = new URL(link).searchParams.get('token') ?? ''
    return {
      accept: async (server: AccessServer, name: string) =>
        send(server, 'POST', `/api/v1/invitations/${token}`, { name, password }),
      withdraw: async (server: AccessServer) =>
        send(server, 'DELETE', `/api/v1/members/invitations/${invitation.id}`, undefined, { cookie }),
    }
  }

  test('a withdrawn invitation cannot be accepted', async () => {
    const { accept, withdraw } = await invite('otto@acme.test')
    const both = await overtake(
      async () => statusOf(withdraw(one)),
      async () => statusOf(accept(two, 'Otto')),
    )
    expect(both).toEqual([204, 404])
  })

  test('an accepted invitation cannot be withdrawn, nor accepted again', async () => {
    const otto = await invite('otto@acme.test')
    const withdrawn = await overtake(
      async () => statusOf(otto.accept(one, 'Otto')),
      async () => statusOf(otto.withdraw(two)),
    )
    expect(withdrawn).toEqual([201, 404])
    const eve = await invite('eve@acme.test')
    const again = await overtake(
      async () => statusOf(eve.accept(one, 'Eve')),
      async () => statusOf(eve.accept(two, 'Adam')),
    )
    expect(again).toEqual([201, 404])
  })

  test.each([
    ['PATCH', { role: 'auditor' }, 200],
    ['DELETE', undefined, 204],
  ] as const)('the last admin stays one when both are taken away (%s)', async (method, body, good) => {
    const me = (await send(one, 'GET', '/api/v1/session', undefined, { cookie })).json().user
    const other = await addMember(one, cookie, { email: 'otto@acme.test', role: 'admin', password })
    const made = await send(one, 'POST', '/api/v1/keys', { name: 'k', scopes: ['admin'] }, { cookie })
    const key = made.json().secret
    const both = await overtake(
      async () => statusOf(send(one, method, `/api/v1/members/${other.id}`, body, { key })),
      async () => statusOf(send(two, method, `/api/v1/members/${me.id}`, body, { key })),
    )
    expect(both).toEqual([good, 409])
  })

  const requestReset = async (server: AccessServer): Promise<string> => {
    const viewer = operatorViewer(server.workspace.id)
    const record = async (): Promise<void> => server.journal.held
    const { settings, clock } = server
    return createPasswordReset({ settings, viewer, record, nowMs: clock.ms }, 'ann@acme.test')
  }
  const old = { email: 'ann@acme.test', password: adminPassword }

  test('a sign-in with the old password does not outlive its reset', async () => {
    const token = await requestReset(two)
    const both = await overtake(
      async () => statusOf(send(one, 'POST', `/api/v1/password-resets/${token}`, { password })),
      async () => statusOf(send(two, 'POST', '/api/auth/sign-in/email', old)),
    )
    expect(both).toEqual([204, 401])
    expect(await one.settings.db.selectFrom('sessions').select('id').execute()).toEqual([])
  })

  test('a reset link works once', async () => {
    const token = await requestReset(two)
    const path = `/api/v1/password-resets/${token}`
    const both = await overtake(
      async () => statusOf(send(one, 'POST', path, { password })),
      async () => statusOf(send(two, 'POST', path, { password: 'amber-violin-harbor-17' })),
    )
    expect(both).toEqual([204, 404])
  })

  test('a new reset link waits for the use of the old one, and works after it', async () => {
    const token = await requestReset(two)
    const [, next] = await overtake(
      async () => statusOf(send(one, 'POST', `/api/v1/password-resets/${token}`, { password })),
      async () => requestReset(two),
    )
    expect((await send(two, 'GET', `/api/v1/password-resets/${next}`)).statusCode).toBe(200)
  })

  test('of two reset links that are made at the same time the later one works', async () => {
    const links = await overtake(
      async () => requestReset(one),
      async () => requestReset(two),
    )
    const looks = links.map(async (token) => statusOf(send(two, 'GET', `/api/v1/password-resets/${token}`)))
    expect(await Promise.all(looks)).toEqual([404, 200])
  })

  test('an integration that is deleted cannot be changed', async () => {
    const body = { kind: 'postgres_log', name: 'Production', settings: { path: '/var/lib/postgresql' } }
    const made = await send(one, 'POST', '/api/v1/integrations', body, { cookie })
    const path = `/api/v1/integrations/${made.json().integration.id}`
    const both = await overtake(
      async () => statusOf(send(one, 'DELETE', path, undefined, { cookie })),
      async () => statusOf(send(two, 'PATCH', path, { name: 'Other' }, { cookie })),
    )
    expect(both).toEqual([204, 404])
  })
})
