import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPasswordReset } from '../../access/password-reset.ts'
import { createSetupToken, setUpUnattended } from '../../access/setup.ts'
import { operatorViewer } from '../../access/viewer.ts'
import { settingsEngines, type SettingsPlace } from '../../settings/testing/settings-engines.ts'
import {
  addMember,
  adminPassword,
  cookieOf,
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
    Promise.all([one, two, one, two].map(async (server, i) => call(server, i)))
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
    expect(statuses(answers)).toEqual([201, 409, 409, 409])
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
    expect(statuses(answers)).toEqual([201, 404, 404, 404])
    expect(countOf('invitation_accepted')).toBe(1)
  })

  test('an invitation is accepted or withdrawn, never both', async () => {
    const cookie = await setUpAdmin(one)
    for (let round = 0; round < 4; round++) {
      const email = `guest${round}@acme.test`
      const invited = await send(one, 'POST', '/api/v1/members', { email, role: 'auditor' }, { cookie })
      const { link, invitation } = invited.json()
      const accepting = send(one, 'POST', `/api/v1/invitations/${tokenOf(link)}`, { name: 'Guest', password })
      // The password is hashed for a tenth of a second first; so both come to the database at about the same time.
      await vi.waitFor(() => expect(one.hashings.count).toBeGreaterThan(round), { interval: 1 })
      const withdrawn = await send(two, 'DELETE', `/api/v1/members/invitations/${invitation.id}`, undefined, {
        cookie,
      })
      const accepted = await accepting
      expect([
        [201, 404],
        [404, 204],
      ]).toContainEqual([accepted.statusCode, withdrawn.statusCode])
    }
  })

  test('inviting the same person several times leaves one link that works', async () => {
    const cookie = await setUpAdmin(one)
    const body = { email: otto.email, role: 'auditor' }
    const answers = await both(async (server) => send(server, 'POST', '/api/v1/members', body, { cookie }))
    expect(statuses(answers)).toEqual([201, 201, 201, 201])
    const looks = await Promise.all(
      answers.map(async (answer) => send(one, 'GET', `/api/v1/invitations/${tokenOf(answer.json().link)}`)),
    )
    expect(statuses(looks)).toEqual([200, 404, 404, 404])
  })

  test('two admins who remove, or demote, each other leave one', async () => {
    const cookie = await setUpAdmin(one)
    const me = (await send(one, 'GET', '/api/v1/session', undefined, { cookie })).json().user
    for (const method of ['PATCH', 'DELETE'] as const) {
      const other = await addMember(one, cookie, { ...otto, email: `${method}@acme.test`, role: 'admin' })
      // Each goes on with a key, which outlives the session.
      const key = (
        await send(one, 'POST', '/api/v1/keys', { name: 'k', scopes: ['admin'] }, { cookie })
      ).json().secret
      const body = method === 'PATCH' ? { role: 'auditor' } : undefined
      const answers = await Promise.all([
        send(one, method, `/api/v1/members/${other.id}`, body, { key }),
        send(two, method, `/api/v1/members/${me.id}`, body, { key }),
      ])
      const good = method === 'PATCH' ? 200 : 204
      expect(statuses(answers)).toEqual([good, 409])
      const admins = await one.settings.db
        .selectFrom('memberships')
        .select('user_id')
        .where('role', '=', 'admin')
        .execute()
      expect(admins).toHaveLength(1)
      // For the second round Ann must be an admin again, with a session.
      if (admins[0]?.user_id !== me.id) {
        await send(one, 'PATCH', `/api/v1/members/${me.id}`, { role: 'admin' }, { key })
      }
      if (method === 'PATCH') {
        const signedIn = await send(one, 'POST', '/api/auth/sign-in/email', {
          email: 'ann@acme.test',
          password: adminPassword,
        })
        await send(one, 'PATCH', `/api/v1/members/${other.id}`, { role: 'auditor' }, { key })
        const freshCookie = cookieOf(signedIn)
        expect(
          (await send(two, 'GET', '/api/v1/members', undefined, { cookie: freshCookie })).statusCode,
        ).toBe(200)
        return
      }
    }
  })

  test('integrations of one name are made once', async () => {
    const cookie = await setUpAdmin(one)
    const body = { kind: 'postgres_log', name: 'Production', settings: { path: '/var/lib/postgresql' } }
    const answers = await both(async (server) =>
      send(server, 'POST', '/api/v1/integrations', body, { cookie }),
    )
    expect(statuses(answers)).toEqual([201, 409, 409, 409])
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
    expect(statuses(answers)).toEqual([204, 204, 204, 204])
    expect(countOf('api_key_revoked')).toBe(1)
    expect((await send(one, 'GET', '/api/v1/keys', undefined, { key: secret })).statusCode).toBe(401)
    two.clock.ms += 5000
    expect((await send(two, 'GET', '/api/v1/keys', undefined, { key: secret })).statusCode).toBe(401)
  })

  test('a reset link works once, and no sign-in with the old password outlives it', async () => {
    await setUpAdmin(one)
    const viewer = operatorViewer(one.workspace.id)
    const resetFor = async (server: AccessServer): Promise<string> => {
      const record = server.deps.recordFor({ ip: '' } as never)
      return createPasswordReset(
        {
          settings: server.settings,
          viewer,
          record: async (draft) => record(draft, viewer.workspaceId),
          nowMs: server.clock.ms,
        },
        'ann@acme.test',
      )
    }
    const tokens = await both(resetFor)
    expect(await one.settings.db.selectFrom('one_time_tokens').select('id').execute()).toHaveLength(1)
    const signIns: Promise<unknown>[] = []
    const old = { email: 'ann@acme.test', password: adminPassword }
    const resets = tokens.map(async (token, i) => {
      const server = i % 2 === 0 ? one : two
      signIns.push(send(server, 'POST', '/api/auth/sign-in/email', old, { ip: `203.0.113.${i}` }))
      return send(server, 'POST', `/api/v1/password-resets/${token}`, { password })
    })
    expect(statuses(await Promise.all(resets))).toEqual([204, 404, 404, 404])
    await Promise.all(signIns)
    expect(await one.settings.db.selectFrom('sessions').select('id').execute()).toEqual([])
    expect(countOf('password_reset')).toBe(1)
    const late = await send(two, 'POST', '/api/auth/sign-in/email', old)
    expect(late.statusCode).toBe(401)
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
