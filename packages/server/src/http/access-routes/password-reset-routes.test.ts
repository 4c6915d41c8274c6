import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createPasswordReset } from '../../access/password-reset.ts'
import { operatorViewer } from '../../access/viewer.ts'
import {
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
  const newPassword = 'amber-lantern-quarry-17'

  beforeEach(async () => {
    server = await startAccessServer(engine)
  })

  afterEach(async () => {
    await server.close()
  })

  /** What `users reset` does. */
  function requestReset(email: string): Promise<string> {
    const viewer = operatorViewer(server.workspace.id)
    const record = server.deps.recordFor({ ip: '' } as never)
    const act = {
      settings: server.settings,
      viewer,
      record: (draft: Parameters<typeof record>[0]) => record(draft, viewer.workspaceId),
      nowMs: server.clock.ms,
    }
    return createPasswordReset(act, email)
  }

  test('a reset link gives a new password once, ends every session and is kept as a hash', async () => {
    const cookie = await setUpAdmin(server)
    server.events.length = 0
    const token = await requestReset('Ann@acme.test')
    expect((await server.readDatabase()).includes(token)).toBe(false)
    const page = await send(server, 'GET', `/api/v1/password-resets/${token}`)
    expect(page.json()).toEqual({ email: 'ann@acme.test' })

    const weak = await send(server, 'POST', `/api/v1/password-resets/${token}`, { password: 'password1234' })
    expect(weak.statusCode).toBe(400)
    expect(weak.json().errors[0].path).toBe('password')
    const done = await send(server, 'POST', `/api/v1/password-resets/${token}`, { password: newPassword })
    expect(done.statusCode).toBe(204)
    expect(
      (await send(server, 'POST', `/api/v1/password-resets/${token}`, { password: newPassword })).statusCode,
    ).toBe(404)
    expect((await send(server, 'GET', '/api/v1/session', undefined, { cookie })).statusCode).toBe(401)
    expect(typesOf(server)).toEqual(['password_reset_requested', 'password_reset'])
    expect(server.events[0]?.draft.actor).toMatchObject({ type: 'system', name: 'Command line' })
    expect(JSON.stringify(server.events)).not.toContain(token)

    const signIn = (password: string) =>
      send(server, 'POST', '/api/auth/sign-in/email', { email: 'ann@acme.test', password })
    expect((await signIn(adminPassword)).statusCode).toBe(401)
    expect((await signIn(newPassword)).statusCode).toBe(200)
  })

  test('of two reset links only the newer works, and only for a day', async () => {
    await setUpAdmin(server)
    const first = await requestReset('ann@acme.test')
    const second = await requestReset('ann@acme.test')
    expect((await send(server, 'GET', `/api/v1/password-resets/${first}`)).statusCode).toBe(404)
    expect((await send(server, 'GET', `/api/v1/password-resets/${second}`)).statusCode).toBe(200)
    server.clock.ms += 24 * 3600_000
    expect((await send(server, 'GET', `/api/v1/password-resets/${second}`)).statusCode).toBe(404)
    await expect(requestReset('nobody@acme.test')).rejects.toMatchObject({ code: 'not_found' })
  })
})
