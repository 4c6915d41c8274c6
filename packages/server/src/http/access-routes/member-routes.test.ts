import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSetupToken } from '../../access/setup.ts'
import {
  addMember,
  adminPassword,
  send,
  setUpAdmin,
  startAccessServer,
  typesOf,
  type AccessServer,
} from './testing/start-access-server.ts'
import { settingsEngines } from '../../settings/testing/settings-engines.ts'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let server: AccessServer
  let admin: string
  beforeEach(async () => {
    server = await startAccessServer(engine)
    admin = await setUpAdmin(server)
  })
  afterEach(async () => {
    await server.close()
  })

  const otto = { email: 'otto@acme.test', role: 'auditor' as const, password: 'amber-violin-harbor-17' }

  describe('set-up', () => {
    test('works once, also when several try at the same time', async () => {
      const fresh = await startAccessServer(engine)
      const token = await createSetupToken(fresh.settings, fresh.clock.ms)
      const body = (i: number): object => ({
        token,
        name: `Ann ${i}`,
        email: `ann${i}@acme.test`,
        password: adminPassword,
      })
      const answers = await Promise.all(
        [1, 2, 3].map(async (i) => send(fresh, 'POST', '/api/v1/setup', body(i))),
      )
      expect(answers.map((answer) => answer.statusCode).sort((a, b) => a - b)).toEqual([201, 409, 409])
      expect(typesOf(fresh).filter((type) => type === 'setup_completed')).toHaveLength(1)
      await fresh.close()
    })

    test('refuses a common password, a short one and a wrong token', async () => {
      const fresh = await startAccessServer(engine)
      const token = await createSetupToken(fresh.settings, fresh.clock.ms)
      const post = async (over: object) =>
        send(fresh, 'POST', '/api/v1/setup', {
          token,
          name: 'Ann',
          email: 'ann@acme.test',
          password: adminPassword,
          ...over,
        })
      for (const password of ['password1234', 'short', 'ann@acme.test']) {
        const answer = await post({ password })
        expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, 'password'])
      }
      expect((await post({ token: 'wrong' })).statusCode).toBe(404)
      expect((await post({})).statusCode).toBe(201)
      await fresh.close()
    })
  })

  describe('members', () => {
    test('join by an invitation that works once', async () => {
      const invited = await send(
        server,
        'POST',
        '/api/v1/members',
        { email: otto.email, role: 'auditor' },
        { cookie: admin },
      )
      expect(invited.statusCode).toBe(201)
      const token = new URL(invited.json().link).searchParams.get('token')
      const look = await send(server, 'GET', `/api/v1/invitations/${token}`)
      expect(look.json()).toMatchObject({ email: otto.email, role: 'auditor' })
      const body = { name: 'Otto', password: otto.password }
      expect((await send(server, 'POST', `/api/v1/invitations/${token}`, body)).statusCode).toBe(201)
      expect((await send(server, 'POST', `/api/v1/invitations/${token}`, body)).statusCode).toBe(404)
      expect(typesOf(server)).toEqual(expect.arrayContaining(['user_invited', 'invitation_accepted']))
      expect(JSON.stringify(server.events)).not.toContain(token)
      expect((await server.readDatabase()).includes(token ?? '')).toBe(false)
    })

    test('cannot use an invitation that has run out or was withdrawn', async () => {
      const invite = async () =>
        (
          await send(
            server,
            'POST',
            '/api/v1/members',
            { email: otto.email, role: 'auditor' },
            { cookie: admin },
          )
        ).json()
      const first = await invite()
      await send(server, 'DELETE', `/api/v1/members/invitations/${first.invitation.id}`, undefined, {
        cookie: admin,
      })
      const tokenOf = (link: string) => new URL(link).searchParams.get('token')
      expect((await send(server, 'GET', `/api/v1/invitations/${tokenOf(first.link)}`)).statusCode).toBe(404)
      const second = await invite()
      server.clock.ms += 8 * 86_400_000
      expect((await send(server, 'GET', `/api/v1/invitations/${tokenOf(second.link)}`)).statusCode).toBe(404)
    })

    test('get another role at once, and lose their session with their place', async () => {
      const member = await addMember(server, admin, otto)
      const list = async () =>
        (await send(server, 'GET', '/api/v1/members', undefined, { cookie: member.cookie })).statusCode
      expect(await list()).toBe(403)
      const changed = await send(
        server,
        'PATCH',
        `/api/v1/members/${member.id}`,
        { role: 'admin' },
        { cookie: admin },
      )
      expect(changed.json()).toMatchObject({ member: { role: 'admin' } })
      // A new role needs a new sign-in: the old session has ended.
      expect(await list()).toBe(401)
      expect(
        (await send(server, 'DELETE', `/api/v1/members/${member.id}`, undefined, { cookie: admin }))
          .statusCode,
      ).toBe(204)
      expect(await list()).toBe(401)
      expect(typesOf(server)).toEqual(expect.arrayContaining(['user_role_changed', 'user_removed']))
    })

    test('never leave the workspace without an admin', async () => {
      const me = (await send(server, 'GET', '/api/v1/session', undefined, { cookie: admin })).json().user
      const demote = await send(
        server,
        'PATCH',
        `/api/v1/members/${me.id}`,
        { role: 'auditor' },
        { cookie: admin },
      )
      const remove = await send(server, 'DELETE', `/api/v1/members/${me.id}`, undefined, { cookie: admin })
      expect([demote.statusCode, remove.statusCode]).toEqual([409, 409])
      expect(typesOf(server)).not.toContain('user_removed')
    })

    test('change nothing when the event about it cannot be stored', async () => {
      const member = await addMember(server, admin, otto)
      server.journal.full = true
      const removed = await send(server, 'DELETE', `/api/v1/members/${member.id}`, undefined, {
        cookie: admin,
      })
      expect(removed.statusCode).toBe(507)
      server.journal.full = false
      const { members } = (await send(server, 'GET', '/api/v1/members', undefined, { cookie: admin })).json()
      expect(members).toHaveLength(2)
    })

    test('are managed by nobody but an admin', async () => {
      const member = await addMember(server, admin, otto)
      const calls = [
        ['GET', '/api/v1/members'],
        ['POST', '/api/v1/members', { email: 'x@acme.test', role: 'admin' }],
        ['PATCH', `/api/v1/members/${member.id}`, { role: 'admin' }],
        ['DELETE', `/api/v1/members/${member.id}`],
        ['GET', '/api/v1/keys'],
        ['POST', '/api/v1/keys', { name: 'k', scopes: ['admin'] }],
        ['GET', '/api/v1/integrations'],
        ['POST', '/api/v1/integrations', { kind: 'postgres_log', name: 'x', settings: { path: '/etc' } }],
      ] as const
      const before = server.events.length
      for (const [method, url, body] of calls) {
        const auditor = await send(server, method, url, body, { cookie: member.cookie })
        const nobody = await send(server, method, url, body)
        expect([url, auditor.statusCode, nobody.statusCode]).toEqual([url, 403, 401])
      }
      expect(server.events.length).toBe(before)
      expect(server.capture.checked).toEqual([])
    })

    test('are safe from the pages of other sites', async () => {
      for (const origin of ['https://evil.example', 'null', undefined]) {
        const body = { email: 'x@acme.test', role: 'admin' }
        const answer = await send(server, 'POST', '/api/v1/members', body, { cookie: admin, origin })
        expect(answer.statusCode).toBe(403)
      }
    })
  })

  describe('API keys', () => {
    const create = async (scopes: string[]) =>
      (await send(server, 'POST', '/api/v1/keys', { name: 'pipeline', scopes }, { cookie: admin })).json()

    test('are shown once, kept as a hash, and stop working when they are revoked', async () => {
      const { key, secret } = await create(['admin'])
      expect((await send(server, 'GET', '/api/v1/members', undefined, { key: secret })).statusCode).toBe(200)
      const { keys } = (await send(server, 'GET', '/api/v1/keys', undefined, { cookie: admin })).json()
      expect(keys).toMatchObject([{ id: key.id, name: 'pipeline', scopes: ['admin'] }])
      expect(JSON.stringify([keys, server.events])).not.toContain(secret)
      expect((await server.readDatabase()).includes(secret)).toBe(false)
      expect(
        (await send(server, 'DELETE', `/api/v1/keys/${key.id}`, undefined, { cookie: admin })).statusCode,
      ).toBe(204)
      expect((await send(server, 'GET', '/api/v1/members', undefined, { key: secret })).statusCode).toBe(401)
      expect(typesOf(server)).toEqual(expect.arrayContaining(['api_key_created', 'api_key_revoked']))
    })

    test('may do what their scopes say and nothing else', async () => {
      for (const scopes of [['events:read'], ['events:write']]) {
        const { secret } = await create(scopes)
        expect((await send(server, 'GET', '/api/v1/keys', undefined, { key: secret })).statusCode).toBe(403)
      }
      const bad = await send(
        server,
        'POST',
        '/api/v1/keys',
        { name: 'x', scopes: ['everything'] },
        { cookie: admin },
      )
      expect([bad.statusCode, bad.json().errors[0].path]).toEqual([400, 'scopes[0]'])
    })
  })
})
