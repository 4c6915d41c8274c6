import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  adminPassword,
  cookieOf,
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

  beforeEach(async () => {
    server = await startAccessServer(engine)
  })

  afterEach(async () => {
    await server.close()
  })

  const signInPath = '/api/auth/sign-in/email'
  const right = { email: 'ann@acme.test', password: adminPassword }
  const wrong = { email: 'ann@acme.test', password: 'not the password at all' }

  describe('signing in', () => {
    test('with the right password gives a session that says who one is', async () => {
      await setUpAdmin(server)
      const response = await send(server, 'POST', signInPath, right)
      expect(response.statusCode).toBe(200)
      expect(response.headers['cache-control']).toBe('no-store')
      expect(response.json()).toMatchObject({
        user: { name: 'Ann Lee', email: 'ann@acme.test', role: 'admin' },
      })
      expect(response.body).not.toContain('token')

      const me = await send(server, 'GET', '/api/v1/session', undefined, { cookie: cookieOf(response) })
      expect(me.statusCode).toBe(200)
      expect(me.json()).toEqual({
        user: { id: expect.any(String), name: 'Ann Lee', email: 'ann@acme.test', role: 'admin' },
        workspace: { id: server.workspace.id, name: 'Main' },
      })
    })

    test('takes the e-mail in any case and records who signed in from where', async () => {
      await setUpAdmin(server)
      server.events.length = 0
      await send(server, 'POST', signInPath, { ...right, email: ' ANN@Acme.test' }, { ip: '203.0.113.9' })
      expect(server.events).toEqual([
        {
          draft: {
            type: 'user_signed_in',
            actor: { type: 'user', id: expect.any(String), name: 'Ann Lee', email: 'ann@acme.test' },
          },
          workspaceId: server.workspace.id,
          ip: '203.0.113.9',
        },
      ])
      const members = await send(server, 'GET', '/api/v1/members', undefined, {
        cookie: cookieOf(await send(server, 'POST', signInPath, right)),
      })
      expect(members.json().members[0].lastSignInAt).toBe(new Date(server.clock.ms).toISOString())
    })

    test('with a wrong password and with an unknown e-mail is refused in the same words', async () => {
      await setUpAdmin(server)
      server.events.length = 0
      const known = await send(server, 'POST', signInPath, wrong)
      const unknown = await send(server, 'POST', signInPath, { ...wrong, email: 'nobody@acme.test' })
      expect(known.statusCode).toBe(401)
      expect(unknown.statusCode).toBe(401)
      expect(unknown.json()).toEqual(known.json())
      expect(known.headers['set-cookie']).toBeUndefined()
      expect(server.events.map(({ draft }) => [draft.type, draft.actor, draft.outcome])).toEqual([
        ['user_sign_in_failed', { type: 'anonymous', email: 'ann@acme.test' }, 'failure'],
        ['user_sign_in_failed', { type: 'anonymous', email: 'nobody@acme.test' }, 'failure'],
      ])
      expect(JSON.stringify(server.events)).not.toContain(wrong.password)
    })

    test('costs as much work for an unknown e-mail as for a known one, so that time tells nothing', async () => {
      await setUpAdmin(server)
      const hashingsOf = async (email: string): Promise<number> => {
        const before = server.hashings.count
        await send(server, 'POST', signInPath, { email, password: 'wrong password' })
        return server.hashings.count - before
      }
      expect(await hashingsOf('ann@acme.test')).toBe(1)
      expect(await hashingsOf('nobody@acme.test')).toBe(1)
    })

    test('is refused with the path of each fault in what was sent', async () => {
      const response = await send(server, 'POST', signInPath, { email: 'ann', password: '', extra: 1 })
      expect(response.statusCode).toBe(400)
      expect(
        response
          .json()
          .errors.map(({ path }: { path: string }) => path)
          .toSorted(),
      ).toEqual(['email', 'extra', 'password'])
    })

    test('begins no session and tells no failure when its event cannot be stored', async () => {
      await setUpAdmin(server)
      const sessions = await server.settings.db.selectFrom('sessions').selectAll().execute()
      server.journal.full = true
      expect((await send(server, 'POST', signInPath, right)).statusCode).toBe(507)
      expect((await send(server, 'POST', signInPath, wrong)).statusCode).toBe(507)
      expect(await server.settings.db.selectFrom('sessions').selectAll().execute()).toEqual(sessions)
    })

    test('leaves no session behind when the password is reset while it is checked', async () => {
      const cookie = await setUpAdmin(server)
      const attempt = send(server, 'POST', signInPath, right)
      // The check of the password takes a tenth of a second in another thread; this comes in between.
      await server.settings.db.updateTable('accounts').set({ password_hash: 'another' }).execute()
      await server.settings.db.deleteFrom('sessions').execute()
      const response = await attempt
      expect([401, 500]).toContain(response.statusCode)
      expect(await server.settings.db.selectFrom('sessions').selectAll().execute()).toEqual([])
      const me = await send(server, 'GET', '/api/v1/session', undefined, { cookie })
      expect(me.statusCode).toBe(401)
    })

    test('serves none of the library’s other routes', async () => {
      for (const path of [
        'sign-up/email',
        'forget-password',
        'change-email',
        'update-user',
        'get-session',
        'ok',
      ]) {
        const response = await send(server, 'POST', `/api/auth/${path}`, { email: 'a@b.test', password: 'x' })
        expect(response.statusCode).toBe(404)
      }
    })
  })

  describe('too many failures', () => {
    test('for one e-mail at one address are refused with a time to wait, recorded once, and forgiven after it', async () => {
      await setUpAdmin(server)
      for (let i = 0; i < 10; i++) {
        expect((await send(server, 'POST', signInPath, wrong)).statusCode).toBe(401)
      }
      server.events.length = 0
      const refused = await send(server, 'POST', signInPath, right)
      expect(refused.statusCode).toBe(429)
      expect(refused.json().code).toBe('rate_limited')
      expect(Number(refused.headers['retry-after'])).toBe(900)
      await send(server, 'POST', signInPath, right)
      expect(server.events.map(({ draft }) => [draft.type, draft.outcome])).toEqual([
        ['user_sign_in_failed', 'denied'],
      ])

      // From another address the person themselves still gets in.
      expect((await send(server, 'POST', signInPath, right, { ip: '192.0.2.7' })).statusCode).toBe(200)
      server.clock.ms += 15 * 60_000
      expect((await send(server, 'POST', signInPath, right)).statusCode).toBe(200)
    })

    test('are not forgotten for who writes another X-Forwarded-For', async () => {
      await setUpAdmin(server)
      const codes: number[] = []
      for (let i = 0; i < 11; i++) {
        const headers = {
          'x-forwarded-for': `10.0.0.${i}`,
          'x-real-ip': `10.0.1.${i}`,
          forwarded: `for=10.0.2.${i}`,
        }
        codes.push((await send(server, 'POST', signInPath, wrong, { headers })).statusCode)
      }
      expect(codes.at(-1)).toBe(429)
    })

    test('do not slip through when they come at the same time', async () => {
      await setUpAdmin(server)
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => send(server, 'POST', signInPath, wrong)),
      )
      expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(10)
      expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(10)
    })
  })

  describe('the session cookie', () => {
    test('on http is HttpOnly, SameSite=Lax, for the whole site and a week', async () => {
      await setUpAdmin(server)
      const response = await send(server, 'POST', signInPath, right)
      const [cookie, ...more] = response.cookies
      expect(more).toEqual([])
      expect(cookie).toMatchObject({
        name: 'audit_session',
        httpOnly: true,
        sameSite: 'Lax',
        path: '/',
        maxAge: 604_800,
      })
      expect(cookie?.secure).toBeUndefined()
      expect(cookie?.domain).toBeUndefined()
    })

    test('on https is Secure and bound to the host by its name', async () => {
      const secure = await startAccessServer(engine, {
        publicUrl: 'https://audit.acme.test',
        isDefault: false,
      })
      try {
        const at = { origin: 'https://audit.acme.test', host: 'audit.acme.test' }
        const { createSetupToken } = await import('../../access/setup.ts')
        const token = await createSetupToken(secure.settings, secure.clock.ms)
        const body = { token, name: 'Ann Lee', email: 'ann@acme.test', password: adminPassword }
        const response = await send(secure, 'POST', '/api/v1/setup', body, at)
        expect(response.statusCode).toBe(201)
        expect(response.cookies).toHaveLength(1)
        expect(response.cookies[0]).toMatchObject({
          name: '__Host-audit_session',
          httpOnly: true,
          secure: true,
          sameSite: 'Lax',
          path: '/',
        })
        expect(response.cookies[0]?.domain).toBeUndefined()
        const cookie = cookieOf(response)
        const me = await send(secure, 'GET', '/api/v1/session', undefined, { ...at, cookie })
        expect(me.statusCode).toBe(200)
        const out = await send(secure, 'POST', '/api/auth/sign-out', undefined, { ...at, cookie })
        expect(out.headers['set-cookie']).toBe(
          '__Host-audit_session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
        )
      } finally {
        await secure.close()
      }
    })

    test('with another signature, another token or a stored hash opens nothing', async () => {
      const cookie = await setUpAdmin(server)
      const [name = '', value = ''] = cookie.split('=')
      const [token = '', signature = ''] = decodeURIComponent(value).split('.')
      const { token_hash } = await server.settings.db
        .selectFrom('sessions')
        .selectAll()
        .executeTakeFirstOrThrow()
      for (const forged of [
        `${token}.AAAA${signature.slice(4)}`,
        `x${token}.${signature}`,
        token_hash,
        token,
        '',
      ]) {
        const response = await send(server, 'GET', '/api/v1/session', undefined, {
          cookie: `${name}=${encodeURIComponent(forged)}`,
        })
        expect(response.statusCode).toBe(401)
      }
    })

    test('is kept as a hash: neither its token nor any password lies on the disk', async () => {
      const cookie = await setUpAdmin(server)
      const [, value = ''] = cookie.split('=')
      const [token = ''] = decodeURIComponent(value).split('.')
      expect(token.length).toBeGreaterThanOrEqual(32)
      const bytes = await server.readDatabase()
      expect(bytes.includes('ann@acme.test')).toBe(true)
      expect(bytes.includes(token)).toBe(false)
      expect(bytes.includes(adminPassword)).toBe(false)
    })
  })

  describe('a session', () => {
    test('slides: used after a day it gets a week more and a new cookie', async () => {
      const cookie = await setUpAdmin(server)
      const early = await send(server, 'GET', '/api/v1/session', undefined, { cookie })
      expect(early.headers['set-cookie']).toBeUndefined()
      const inThreeDays = new Date(Date.now() + 3 * 24 * 3600_000).toISOString()
      await server.settings.db.updateTable('sessions').set({ expires_at: inThreeDays }).execute()
      const late = await send(server, 'GET', '/api/v1/session', undefined, { cookie })
      expect(late.statusCode).toBe(200)
      expect(late.cookies[0]).toMatchObject({ name: 'audit_session', maxAge: 604_800, httpOnly: true })
      const row = await server.settings.db
        .selectFrom('sessions')
        .select('expires_at')
        .executeTakeFirstOrThrow()
      expect(row.expires_at > inThreeDays).toBe(true)
      expect((await send(server, 'GET', '/api/v1/session', undefined, { cookie })).statusCode).toBe(200)
    })

    test('that has run out is none', async () => {
      const cookie = await setUpAdmin(server)
      await server.settings.db
        .updateTable('sessions')
        .set({ expires_at: '2026-01-01T00:00:00.000Z' })
        .execute()
      expect((await send(server, 'GET', '/api/v1/session', undefined, { cookie })).statusCode).toBe(401)
    })

    test('ends with the sign-out, which is recorded once', async () => {
      const cookie = await setUpAdmin(server)
      server.events.length = 0
      const out = await send(server, 'POST', '/api/auth/sign-out', undefined, { cookie })
      expect(out.statusCode).toBe(200)
      expect(out.headers['set-cookie']).toBe('audit_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax')
      expect((await send(server, 'GET', '/api/v1/session', undefined, { cookie })).statusCode).toBe(401)
      expect((await send(server, 'POST', '/api/auth/sign-out', undefined, { cookie })).statusCode).toBe(200)
      expect(typesOf(server)).toEqual(['user_signed_out'])
    })

    test('is asked for in vain without a cookie or with an API key', async () => {
      expect((await send(server, 'GET', '/api/v1/session')).statusCode).toBe(401)
      const cookie = await setUpAdmin(server)
      const made = await send(server, 'POST', '/api/v1/keys', { name: 'k', scopes: ['admin'] }, { cookie })
      const { secret } = made.json()
      expect((await send(server, 'GET', '/api/v1/session', undefined, { key: secret })).statusCode).toBe(401)
    })

    test('is not saved by a good cookie when the API key beside it is bad', async () => {
      const cookie = await setUpAdmin(server)
      const response = await send(server, 'GET', '/api/v1/members', undefined, {
        cookie,
        key: 'aal_nonsense',
      })
      expect(response.statusCode).toBe(401)
    })
  })
})
