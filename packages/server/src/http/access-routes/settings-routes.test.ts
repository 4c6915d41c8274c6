import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { settingsEngines, type SettingsPlace } from '../../settings/testing/settings-engines.ts'
import {
  send,
  setUpAdmin,
  startAccessServer,
  typesOf,
  type AccessServer,
} from './testing/start-access-server.ts'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let place: SettingsPlace
  let server: AccessServer
  let cookie: string
  const path = '/api/v1/settings'

  beforeEach(async () => {
    place = await engine.createPlace()
    server = await startAccessServer(engine, { place })
    cookie = await setUpAdmin(server)
    server.events.length = 0
  })
  afterEach(async () => {
    await server.close()
    await place.remove()
  })

  const change = async (bindParameters: unknown) =>
    send(server, 'PATCH', path, { bindParameters }, { cookie })

  test('a workspace has the default until somebody changes it, and each change is an event', async () => {
    const first = await send(server, 'GET', path, undefined, { cookie })
    expect(first.json()).toEqual({ settings: { bindParameters: 'masked' } })
    expect((await change('none')).json()).toEqual({ settings: { bindParameters: 'none' } })
    expect((await change('full')).json()).toEqual({ settings: { bindParameters: 'full' } })
    const now = await send(server, 'GET', path, undefined, { cookie })
    expect(now.json()).toEqual({ settings: { bindParameters: 'full' } })
    expect(server.events.map(({ draft }) => [draft.type, draft.data])).toEqual([
      ['settings_changed', { before: { bindParameters: 'masked' }, after: { bindParameters: 'none' } }],
      ['settings_changed', { before: { bindParameters: 'none' }, after: { bindParameters: 'full' } }],
    ])
  })

  test('what changes nothing is no event', async () => {
    expect((await change('masked')).statusCode).toBe(200)
    expect(typesOf(server)).toEqual([])
  })

  test('a change that names nothing known is refused', async () => {
    expect((await change('some')).statusCode).toBe(400)
    expect((await send(server, 'PATCH', path, {}, { cookie })).statusCode).toBe(400)
    expect((await send(server, 'PATCH', path, { other: 1 }, { cookie })).statusCode).toBe(400)
    expect(typesOf(server)).toEqual([])
  })

  test('a change that cannot be recorded does not happen', async () => {
    server.journal.full = true
    expect((await change('none')).statusCode).toBe(507)
    server.journal.full = false
    const now = await send(server, 'GET', path, undefined, { cookie })
    expect(now.json()).toEqual({ settings: { bindParameters: 'masked' } })
  })

  test('it holds for the next event here at once, and on another server when it looks again', async () => {
    const other = engine.name === 'SQLite' ? server : await startAccessServer(engine, { place })
    const { id } = server.workspace
    await change('types')
    expect(server.deps.workspaceSettings.of(id)).toEqual({ bindParameters: 'types' })
    await other.deps.workspaceSettings.refresh()
    expect(other.deps.workspaceSettings.of(id)).toEqual({ bindParameters: 'types' })
    if (other !== server) await other.close()
  })
})
