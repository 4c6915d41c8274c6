import { afterAll, afterEach, describe, expect, test } from 'vitest'
import {
  send,
  setUpAdmin,
  startAccessServer,
  typesOf,
  type AccessServer,
} from './testing/start-access-server.ts'
import { settingsEngines } from '../../settings/testing/settings-engines.ts'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let server: AccessServer | undefined
  const bootstrapApiKey = 'bootstrap-key-for-tests-0123456789abcdef'

  afterEach(async () => {
    await server?.close()
  })

  test('the bootstrap key works before the set-up, with all scopes, and is stored nowhere', async () => {
    server = await startAccessServer(engine, { bootstrapApiKey })
    const viewer = await server.authenticator.authenticate({ authorization: `Bearer ${bootstrapApiKey}` })
    expect(viewer).toMatchObject({
      workspaceId: server.workspace.id,
      via: 'api_key',
      actor: { id: 'bootstrap' },
    })
    expect([...viewer.permissions].toSorted()).toEqual(['admin', 'events:read', 'events:write'])
    const body = { name: 'Loader', scopes: ['events:write'] }
    const made = await send(server, 'POST', '/api/v1/keys', body, { key: bootstrapApiKey, origin: undefined })
    expect(made.statusCode).toBe(201)
    expect(made.json().key.createdBy).toEqual({ name: 'Bootstrap API key' })
    expect(typesOf(server)).toEqual(['workspace_created', 'api_key_created'])
    expect((await server.readDatabase()).includes(bootstrapApiKey)).toBe(false)
    const almost = { key: `${bootstrapApiKey.slice(0, -1)}0` }
    expect((await send(server, 'GET', '/api/v1/keys', undefined, almost)).statusCode).toBe(401)
  })

  test('a key in use does not read the database each time, yet a revocation by another process holds within seconds', async () => {
    server = await startAccessServer(engine)
    const cookie = await setUpAdmin(server)
    const made = await send(
      server,
      'POST',
      '/api/v1/keys',
      { name: 'k', scopes: ['events:read'] },
      { cookie },
    )
    const headers = { authorization: `Bearer ${made.json().secret}` }
    await server.authenticator.authenticate(headers)
    const start = performance.now()
    for (let i = 0; i < 2000; i++) await server.authenticator.authenticate(headers)
    expect(performance.now() - start).toBeLessThan(1000)
    const time = new Date(server.clock.ms).toISOString()
    await server.settings.db.updateTable('api_keys').set({ revoked_at: time }).execute()
    await server.authenticator.authenticate(headers)
    server.clock.ms += 5000
    await expect(server.authenticator.authenticate(headers)).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })
})
