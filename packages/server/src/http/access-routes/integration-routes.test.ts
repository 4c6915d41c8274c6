import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  addMember,
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
  let cookie: string
  const path = '/api/v1/integrations'
  const wanted = {
    kind: 'postgres_log',
    name: 'Production',
    settings: { path: '/var/lib/postgresql/18/main', logins: [{ login: 'ann', email: 'Ann@acme.test' }] },
  }

  beforeEach(async () => {
    server = await startAccessServer(engine)
    cookie = await setUpAdmin(server)
    server.events.length = 0
  })

  afterEach(async () => {
    await server.close()
  })

  test('an integration is added, changed and deleted, and each is an event', async () => {
    const made = await send(server, 'POST', path, wanted, { cookie })
    expect(made.statusCode).toBe(201)
    const { integration } = made.json()
    expect(integration).toMatchObject({
      kind: 'postgres_log',
      name: 'Production',
      createdBy: { name: 'Ann Lee', email: 'ann@acme.test' },
      settings: {
        ...wanted.settings,
        bindParameters: 'types',
        logins: [{ login: 'ann', email: 'ann@acme.test' }],
      },
      status: { state: 'starting' },
    })
    const change = { name: 'Warehouse', settings: { path: '/srv/pg', bindParameters: 'full', logins: [] } }
    const changed = await send(server, 'PATCH', `${path}/${integration.id}`, change, { cookie })
    expect(changed.json().integration).toMatchObject(change)
    // The same again changes nothing and is no event.
    await send(server, 'PATCH', `${path}/${integration.id}`, change, { cookie })
    const list = await send(server, 'GET', path, undefined, { cookie })
    expect(list.json().integrations).toEqual([changed.json().integration])
    expect(
      (await send(server, 'DELETE', `${path}/${integration.id}`, undefined, { cookie })).statusCode,
    ).toBe(204)
    expect(
      (await send(server, 'DELETE', `${path}/${integration.id}`, undefined, { cookie })).statusCode,
    ).toBe(404)
    expect(typesOf(server)).toEqual(['integration_created', 'integration_updated', 'integration_deleted'])
    expect(server.events[1]?.draft).toMatchObject({
      actor: { type: 'user', email: 'ann@acme.test' },
      targets: [{ type: 'integration', id: integration.id, name: 'Warehouse' }],
      data: { before: { bindParameters: 'types', logins: 1 }, after: { bindParameters: 'full', logins: 0 } },
    })
    expect(server.capture.changes).toBeGreaterThanOrEqual(3)
  })

  test('a gateway is added, tried and changed, and its settings stand in the events', async () => {
    const settings = { listenPort: 6432, serverHost: 'db.acme.test', mode: 'enforce' }
    const gateway = { kind: 'postgres_gateway', name: 'Warehouse', settings }
    const made = await send(server, 'POST', path, gateway, { cookie })
    expect(made.statusCode).toBe(201)
    const { integration } = made.json()
    expect(integration).toMatchObject({
      kind: 'postgres_gateway',
      settings: {
        ...settings,
        listenHost: '127.0.0.1',
        serverPort: 5432,
        clientTls: 'off',
        serverTls: 'off',
      },
      status: { state: 'starting', sessions: 0 },
    })
    const changed = { ...integration.settings, clientTls: 'required', keyFile: '/etc/gateway.key' }
    const bad = await send(server, 'PATCH', `${path}/${integration.id}`, { settings: changed }, { cookie })
    expect(bad.json().errors).toEqual([
      { path: 'settings.certificateFile', message: 'is needed for TLS with clients' },
    ])
    const logSettings = { settings: { path: '/srv/pg' } }
    const mixed = await send(server, 'PATCH', `${path}/${integration.id}`, logSettings, { cookie })
    expect(mixed.statusCode).toBe(400)
    const good = { settings: { ...integration.settings, mode: 'observe' } }
    expect((await send(server, 'PATCH', `${path}/${integration.id}`, good, { cookie })).statusCode).toBe(200)
    const test = await send(server, 'POST', `${path}/test`, { settings }, { cookie })
    expect(test.json()).toEqual({ authentication: 'a SCRAM password' })
    expect(server.capture.tested).toMatchObject([{ serverHost: 'db.acme.test', serverPort: 5432 }])
    expect(typesOf(server)).toEqual(['integration_created', 'integration_updated'])
    expect(server.events[1]?.draft.data).toMatchObject({
      before: { kind: 'postgres_gateway', mode: 'enforce', serverHost: 'db.acme.test' },
      after: { mode: 'observe' },
    })
  })

  test('settings that cannot work are refused with their path, and nothing is kept', async () => {
    server.capture.problems = [{ path: 'settings.path', message: 'is not readable' }]
    const unreadable = await send(server, 'POST', path, wanted, { cookie })
    expect(unreadable.statusCode).toBe(400)
    expect(unreadable.json().errors).toEqual([{ path: 'settings.path', message: 'is not readable' }])
    const logins = [{ login: 'ann', name: 'Ann' }, { login: 'ann', name: 'Bo' }, { login: 'cy' }]
    const bad = await send(
      server,
      'POST',
      path,
      { ...wanted, settings: { path: 'main', logins } },
      { cookie },
    )
    const paths = bad.json().errors.map((problem: { path: string }) => problem.path)
    expect(paths).toContain('settings.path')
    expect(paths).toContain('settings.logins[2]')
    expect((await send(server, 'GET', path, undefined, { cookie })).json().integrations).toEqual([])
    expect(server.events).toEqual([])
  })

  test('two integrations cannot have one name', async () => {
    await send(server, 'POST', path, wanted, { cookie })
    expect((await send(server, 'POST', path, wanted, { cookie })).statusCode).toBe(409)
  })

  test('an auditor does not even learn whether a path exists', async () => {
    const auditor = await addMember(server, cookie, {
      email: 'bo@acme.test',
      role: 'auditor',
      password: 'copper-harbour-mist-31',
    })
    expect((await send(server, 'POST', path, wanted, { cookie: auditor.cookie })).statusCode).toBe(403)
    expect((await send(server, 'GET', path, undefined, { cookie: auditor.cookie })).statusCode).toBe(403)
    const settings = { listenPort: 6432, serverHost: 'db.acme.test' }
    expect(
      (await send(server, 'POST', `${path}/test`, { settings }, { cookie: auditor.cookie })).statusCode,
    ).toBe(403)
    expect(server.capture.tested).toEqual([])
    expect(server.capture.checked).toEqual([])
  })
})
