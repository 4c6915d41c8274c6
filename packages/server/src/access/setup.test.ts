import { afterAll, afterEach, describe, expect, test } from 'vitest'
import {
  adminPassword,
  send,
  startAccessServer,
  type AccessServer,
} from '../http/access-routes/testing/start-access-server.ts'
import { createSetupToken, setUpUnattended, type SetupAct } from './setup.ts'
import { settingsEngines } from '../settings/testing/settings-engines.ts'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let server: AccessServer | undefined

  afterEach(async () => {
    await server?.close()
  })

  const admin = { adminEmail: 'Ops@acme.test', adminPassword, adminName: 'Operations' }

  function actOn({ deps, settings, workspace, clock }: AccessServer): SetupAct {
    const record = deps.recordFor({ ip: '' } as never)
    return {
      settings,
      workspaceId: workspace.id,
      hasher: deps.hasher,
      record: (draft) => record(draft, workspace.id),
      nowMs: clock.ms,
    }
  }

  test('an unattended set-up makes the first admin, and does nothing at the next start', async () => {
    server = await startAccessServer(engine)
    await setUpUnattended(actOn(server), admin)
    await setUpUnattended(actOn(server), { ...admin, adminPassword: 'x', adminEmail: 'other@acme.test' })
    expect(await createSetupToken(server.settings, server.clock.ms)).toBeUndefined()
    const body = { email: 'ops@acme.test', password: adminPassword }
    const response = await send(server, 'POST', '/api/auth/sign-in/email', body)
    expect(response.json().user).toMatchObject({ name: 'Operations', role: 'admin' })
    expect(server.events.map(({ draft }) => [draft.type, draft.actor.type])).toEqual([
      ['workspace_created', 'system'],
      ['setup_completed', 'system'],
      ['user_signed_in', 'user'],
    ])
    expect(JSON.stringify(server.events)).not.toContain(adminPassword)
  })

  test('an unattended set-up with a weak password makes nobody', async () => {
    server = await startAccessServer(engine)
    const act = actOn(server)
    for (const weak of ['short', 'password1234']) {
      await expect(setUpUnattended(act, { ...admin, adminPassword: weak })).rejects.toMatchObject({
        code: 'invalid',
      })
    }
    expect((await send(server, 'GET', '/api/v1/setup')).json()).toEqual({ needed: true })
  })
})
