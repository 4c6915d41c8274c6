import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { settingsEngines } from '../../settings/testing/settings-engines.ts'
import {
  adminPassword,
  cookieOf,
  send,
  setUpAdmin,
  startAccessServer,
  typesOf,
  type AccessServer,
} from './testing/start-access-server.ts'

const newPassword = 'amber-lantern-quarry-17'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let server: AccessServer
  let cookie: string
  beforeEach(async () => {
    server = await startAccessServer(engine)
    cookie = await setUpAdmin(server)
    server.events.length = 0
  })
  afterEach(async () => {
    await server.close()
  })

  const signIn = async (password: string) =>
    send(server, 'POST', '/api/auth/sign-in/email', { email: 'ann@acme.test', password })
  const statusWith = async (session: string): Promise<number> =>
    (await send(server, 'GET', '/api/v1/session', undefined, { cookie: session })).statusCode
  const change = async (currentPassword: string, password: string) =>
    send(server, 'POST', '/api/v1/account/password', { currentPassword, password }, { cookie })

  test('people change their password, which ends their sessions elsewhere and no other', async () => {
    const elsewhere = cookieOf(await signIn(adminPassword))
    server.events.length = 0
    const changed = await change(adminPassword, newPassword)
    expect(changed.statusCode).toBe(204)
    // The page goes on with a session of its own; the cookie of before may be in other hands.
    expect([await statusWith(cookie), await statusWith(elsewhere)]).toEqual([401, 401])
    expect(await statusWith(cookieOf(changed))).toBe(200)
    expect(server.events.map(({ draft }) => draft)).toMatchObject([
      { type: 'password_changed', actor: { email: 'ann@acme.test' }, data: { otherSessions: 1 } },
      { type: 'user_signed_in', actor: { email: 'ann@acme.test' } },
    ])
    expect(JSON.stringify(server.events)).not.toContain(newPassword)
    expect((await signIn(adminPassword)).statusCode).toBe(401)
    expect((await signIn(newPassword)).statusCode).toBe(200)
  })

  test('a wrong or a weak password changes nothing, and a wrong one is in the log', async () => {
    const wrong = await change('not the password', newPassword)
    expect([wrong.statusCode, wrong.json().errors[0].path]).toEqual([400, 'currentPassword'])
    const weak = await change(adminPassword, 'password1234')
    expect([weak.statusCode, weak.json().errors[0].path]).toEqual([400, 'password'])
    expect(server.events.map(({ draft }) => draft)).toMatchObject([
      { type: 'password_changed', outcome: 'denied', data: { error: { code: 'wrong_password' } } },
    ])
    expect((await signIn(adminPassword)).statusCode).toBe(200)
  })

  test('who sits at an open page cannot try passwords without end', async () => {
    const statuses: number[] = []
    while (!statuses.includes(429) && statuses.length < 100) {
      statuses.push((await change(`guess number ${statuses.length}`, newPassword)).statusCode)
    }
    expect(statuses.at(-1)).toBe(429)
    // The right one is not let through either, here or at the sign-in.
    expect((await change(adminPassword, newPassword)).statusCode).toBe(429)
    expect((await signIn(adminPassword)).statusCode).toBe(429)
    const codes = server.events.map(({ draft }) => draft.data?.['error'])
    expect(codes.filter((error) => JSON.stringify(error).includes('rate_limited')).length).toBeLessThan(3)
  })

  test('nothing is changed when the event about it cannot be kept', async () => {
    const elsewhere = cookieOf(await signIn(adminPassword))
    server.journal.full = true
    expect((await change(adminPassword, newPassword)).statusCode).toBe(507)
    server.journal.full = false
    expect(await statusWith(elsewhere)).toBe(200)
    expect((await signIn(adminPassword)).statusCode).toBe(200)
  })

  test('people see where they are signed in, and sign out everywhere else', async () => {
    const elsewhere = cookieOf(await signIn(adminPassword))
    server.events.length = 0
    const list = async () =>
      (await send(server, 'GET', '/api/v1/account/sessions', undefined, { cookie })).json().sessions
    expect(await list()).toMatchObject([{ current: true }, { current: false }])
    const end = async () =>
      (await send(server, 'DELETE', '/api/v1/account/sessions', undefined, { cookie })).json()
    expect(await end()).toEqual({ ended: 1 })
    expect(await list()).toHaveLength(1)
    expect([await statusWith(cookie), await statusWith(elsewhere)]).toEqual([200, 401])
    expect(await end()).toEqual({ ended: 0 })
    expect(typesOf(server)).toEqual(['user_signed_out'])
  })
})
