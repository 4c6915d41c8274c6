import { viewLimits } from '@aleph-audit-log/domain/view-limits'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { settingsEngines } from '../../settings/testing/settings-engines.ts'
import {
  addMember,
  send,
  setUpAdmin,
  startAccessServer,
  typesOf,
  type AccessServer,
  type JoinedMember,
} from './testing/start-access-server.ts'

const state = {
  q: 'type:query outcome:failure',
  range: { past: '7d' },
  noise: false,
  columns: ['timestamp', 'name', 'data', 'durationMs'],
}
const password = 'copper-harbour-mist-31'

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let server: AccessServer
  let admin: string
  let bo: JoinedMember
  const path = '/api/v1/views'
  const call = (
    cookie: string,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    more = '',
    body?: object | string,
  ) => send(server, method, `${path}${more}`, body, { cookie })
  const save = async (cookie: string, name: string, more: object = {}) =>
    call(cookie, 'POST', '', { name, state, ...more })
  const saved = async (cookie: string, name: string, more: object = {}): Promise<string> =>
    (await save(cookie, name, more)).json().view.id
  const namesOf = async (cookie: string): Promise<string[]> =>
    (await call(cookie, 'GET')).json().views.map((view: { name: string }) => view.name)

  beforeEach(async () => {
    server = await startAccessServer(engine)
    admin = await setUpAdmin(server)
    bo = await addMember(server, admin, { email: 'bo@acme.test', role: 'auditor', password })
    server.events.length = 0
  })

  afterEach(async () => {
    await server.close()
  })

  test('a view is saved, changed, shared and deleted, and each is an event', async () => {
    const made = await save(bo.cookie, '  Failures  ')
    expect(made.statusCode).toBe(201)
    const { view } = made.json()
    expect(view).toMatchObject({
      name: 'Failures',
      shared: false,
      state,
      owner: { name: 'bo', isYou: true, isMember: true },
      mayChange: true,
    })
    const changed = { ...state, q: 'outcome:denied', range: { from: '2026-11-01T00:00:00Z' }, noise: true }
    const one = `/${view.id}`
    const after = await call(bo.cookie, 'PATCH', one, { name: 'Denied', shared: true, state: changed })
    expect(after.json().view).toMatchObject({ name: 'Denied', shared: true, state: changed })
    // The same again changes nothing and is no event.
    await call(bo.cookie, 'PATCH', one, { name: 'Denied', state: changed })
    expect((await call(bo.cookie, 'DELETE', one)).statusCode).toBe(204)
    expect((await call(bo.cookie, 'DELETE', one)).statusCode).toBe(404)
    expect(typesOf(server)).toEqual(['view_created', 'view_changed', 'view_deleted'])
    expect(server.events[1]?.draft).toMatchObject({
      actor: { type: 'user', email: 'bo@acme.test' },
      targets: [{ type: 'view', id: view.id, name: 'Denied' }],
      data: {
        before: { name: 'Failures', shared: false, q: state.q },
        after: { name: 'Denied', shared: true, q: 'outcome:denied', noise: true },
      },
    })
  })

  test('a private view is its owner’s alone: for everybody else there is none', async () => {
    const id = await saved(bo.cookie, 'Mine')
    expect(await namesOf(bo.cookie)).toEqual(['Mine'])
    expect(await namesOf(admin)).toEqual([])
    expect((await call(admin, 'PATCH', `/${id}`, { name: 'X' })).statusCode).toBe(404)
    expect((await call(admin, 'DELETE', `/${id}`)).statusCode).toBe(404)
    // Each may have a private one of the same name.
    expect((await save(admin, 'Mine')).statusCode).toBe(201)
    expect((await save(bo.cookie, 'Mine')).statusCode).toBe(409)
  })

  test('a shared view is everybody’s to open, and its owner’s and the admins’ to change', async () => {
    const cy = await addMember(server, admin, { email: 'cy@acme.test', role: 'auditor', password })
    const id = await saved(bo.cookie, 'Failures', { shared: true })
    const [seen] = (await call(cy.cookie, 'GET')).json().views
    expect(seen).toMatchObject({ id, mayChange: false, owner: { name: 'bo', isYou: false } })
    expect((await call(cy.cookie, 'PATCH', `/${id}`, { name: 'X' })).statusCode).toBe(403)
    expect((await call(cy.cookie, 'DELETE', `/${id}`)).statusCode).toBe(403)
    const taken = await save(cy.cookie, 'Failures', { shared: true })
    expect(taken.json()).toMatchObject({ status: 409, errors: [{ path: 'name', message: 'is taken' }] })
    const renamed = await call(admin, 'PATCH', `/${id}`, { name: 'All failures' })
    expect(renamed.json().view).toMatchObject({ mayChange: true, owner: { name: 'bo', isYou: false } })
    // It goes back to its owner.
    await call(admin, 'PATCH', `/${id}`, { shared: false })
    expect([await namesOf(cy.cookie), await namesOf(admin), await namesOf(bo.cookie)]).toEqual([
      [],
      [],
      ['All failures'],
    ])
  })

  test('who leaves takes the private ones along; the shared ones stay, as those of a former member', async () => {
    await saved(bo.cookie, 'Private')
    const id = await saved(bo.cookie, 'Shared', { shared: true })
    await send(server, 'DELETE', `/api/v1/members/${bo.id}`, undefined, { cookie: admin })
    const { views } = (await call(admin, 'GET')).json()
    expect(views).toMatchObject([{ id, name: 'Shared', owner: { name: 'bo', isMember: false } }])
    const rows = await server.settings.db.selectFrom('views').select('name').execute()
    expect(rows).toEqual([{ name: 'Shared' }])
    const hidden = await call(admin, 'PATCH', `/${id}`, { shared: false })
    expect(hidden.statusCode).toBe(409)
    expect((await call(admin, 'PATCH', `/${id}`, { name: 'Kept' })).statusCode).toBe(200)
    expect((await call(admin, 'DELETE', `/${id}`)).statusCode).toBe(204)
  })

  test('of a view that a scheduled export uses only admins change what it shows, and nobody takes it away', async () => {
    const id = await saved(bo.cookie, 'Board', { shared: true })
    const schedule = {
      name: 'Board',
      content: { viewId: id },
      format: 'csv',
      timing: { every: 'day', weekday: 1, hour: 8, minute: 0, zone: 'Europe/Berlin', covers: 'day' },
      destination: { kind: 'email', to: ['board@acme.test'] },
      enabled: true,
    }
    const made = await send(server, 'POST', '/api/v1/schedules', schedule, { cookie: admin })
    expect(made.statusCode).toBe(201)
    server.events.length = 0
    const wider = { state: { ...state, q: '' } }
    const refused = [
      await call(bo.cookie, 'PATCH', `/${id}`, wider),
      await call(bo.cookie, 'PATCH', `/${id}`, { shared: false }),
      await call(bo.cookie, 'DELETE', `/${id}`),
      await call(admin, 'PATCH', `/${id}`, { ...wider, shared: false }),
      await call(admin, 'DELETE', `/${id}`),
    ]
    for (const answer of refused) {
      expect(answer.statusCode).toBe(409)
      expect(answer.json().detail).toContain('1 scheduled export uses this view')
    }
    expect(server.events).toEqual([])
    expect((await call(bo.cookie, 'PATCH', `/${id}`, { name: 'Boards', shared: true })).statusCode).toBe(200)
    expect((await call(admin, 'PATCH', `/${id}`, wider)).json().view.state.q).toBe('')
    const path = `/api/v1/schedules/${made.json().schedule.id}`
    await send(server, 'DELETE', path, undefined, { cookie: admin })
    expect((await call(bo.cookie, 'DELETE', `/${id}`)).statusCode).toBe(204)
  })

  test('what cannot be a view is refused with its path, and nothing is kept', async () => {
    const bad: [string, object][] = [
      ['name', { name: 'a\nb' }],
      ['name', { name: 'x\u202Etxt' }],
      ['name', { name: ' ' }],
      ['name', { name: 'x'.repeat(viewLimits.nameUnitsMax + 1) }],
      ['state.q', { state: { ...state, q: 'nonsense:1' } }],
      ['state', { state: { ...state, q: `"${'x'.repeat(viewLimits.stateBytesMax)}"` } }],
      ['state.columns[1]', { state: { ...state, columns: ['name', 'password'] } }],
      ['state.columns', { state: { ...state, columns: [] } }],
      ['state.columns', { state: { ...state, columns: ['name', 'name'] } }],
      ['state.range', { state: { ...state, range: { past: '5y' } } }],
      ['state', { state: { ...state, script: '<b>' } }],
    ]
    for (const [where, more] of bad) {
      const refused = await save(bo.cookie, 'Bad', more)
      const paths = refused.json().errors.map((problem: { path: string }) => problem.path)
      const isTold = paths.some((path: string) => path.startsWith(where))
      expect([more, refused.statusCode, isTold]).toEqual([more, 400, true])
    }
    expect(await namesOf(bo.cookie)).toEqual([])
    expect(server.events).toEqual([])
  })

  test('names are text, whatever they say', async () => {
    const names = ['<script>alert(1)</script>', "'; DROP TABLE views; --", '=1+1', 'محمد', '🦊'.repeat(20)]
    for (const name of names) expect((await save(bo.cookie, name)).json().view.name).toBe(name)
    expect((await namesOf(bo.cookie)).sort()).toEqual([...names].sort())
  })

  test('the number of views is bounded, of a person and of a workspace', async () => {
    const row = (i: number, owner: string, shared: number) => ({
      id: `${owner}-${i}`,
      workspace_id: server.workspace.id,
      name: `View ${owner} ${i}`,
      shared,
      state: JSON.stringify(state),
      created_at: '2026-11-01T00:00:00.000Z',
      updated_at: '2026-11-01T00:00:00.000Z',
      created_by_id: owner,
      created_by_name: owner,
      created_by_email: null,
    })
    const rows = (count: number, owner: string, shared: number) =>
      Array.from({ length: count }, (_, i) => row(i, owner, shared))
    const { db } = server.settings
    await db
      .insertInto('views')
      .values(rows(viewLimits.viewsOfOneMax, bo.id, 0))
      .execute()
    expect((await save(bo.cookie, 'One more')).statusCode).toBe(409)
    const mine = await saved(admin, 'Mine')
    await db
      .insertInto('views')
      .values(rows(viewLimits.sharedViewsMax, 'gone', 1))
      .execute()
    expect((await save(admin, 'One more', { shared: true })).json().detail).toContain('shared views')
    expect((await call(admin, 'PATCH', `/${mine}`, { shared: true })).statusCode).toBe(409)
    expect((await save(admin, 'One more')).statusCode).toBe(201)
  })

  test('a view whose event cannot be stored is not changed', async () => {
    const id = await saved(bo.cookie, 'Kept')
    server.journal.full = true
    expect((await call(bo.cookie, 'PATCH', `/${id}`, { name: 'Lost' })).statusCode).toBe(507)
    expect((await call(bo.cookie, 'DELETE', `/${id}`)).statusCode).toBe(507)
    expect((await save(bo.cookie, 'New')).statusCode).toBe(507)
    server.journal.full = false
    expect(await namesOf(bo.cookie)).toEqual(['Kept'])
  })
})
