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
    expect(server.capture.checked).toEqual([])
  })
})
