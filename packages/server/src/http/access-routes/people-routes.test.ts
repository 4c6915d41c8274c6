import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openPeopleDirectory } from '../../settings/people/people-directory.ts'
import { settingsEngines } from '../../settings/testing/settings-engines.ts'
import {
  addMember,
  send,
  setUpAdmin,
  startAccessServer,
  typesOf,
  type AccessServer,
} from './testing/start-access-server.ts'

const ann = {
  name: 'Ann Lee',
  emails: ['Ann@acme.test', 'ann.lee@acme.test'],
  logins: ['ann', 'Prod/alee'],
  toolIds: ['Metabase:39'],
  groups: ['data'],
}
const kept = {
  ...ann,
  emails: ['ann@acme.test', 'ann.lee@acme.test'],
  logins: ['ann', 'prod/alee'],
  toolIds: ['metabase:39'],
}

describe.each(settingsEngines)('with settings in $name:', (engine) => {
  afterAll(engine.stop)

  let server: AccessServer
  let cookie: string
  const people = '/api/v1/people'
  const accounts = '/api/v1/service-accounts'
  const call = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) =>
    send(server, method, path, body, { cookie })
  const list = async () => (await call('GET', people)).json().people
  const upload = (csv: string, dryRun = false) => call('POST', `${people}/import`, { csv, dryRun })

  beforeEach(async () => {
    server = await startAccessServer(engine)
    cookie = await setUpAdmin(server)
    server.events.length = 0
  })

  afterEach(async () => {
    await server.close()
  })

  test('a person is added, changed and removed, and each is an event', async () => {
    const made = await call('POST', people, { ...ann, leftOn: '2026-10-31', note: 'Moved on' })
    expect(made.statusCode).toBe(201)
    const { person } = made.json()
    expect(person).toMatchObject({ ...kept, leftOn: '2026-10-31', note: 'Moved on' })
    const path = `${people}/${person.id}`
    const changed = await call('PATCH', path, { leftOn: '', logins: ['ann', 'ann', 'dev/ann'] })
    expect(changed.json().person).toMatchObject({ ...kept, logins: ['ann', 'dev/ann'], note: 'Moved on' })
    expect(changed.json().person.leftOn).toBeUndefined()
    // The same again changes nothing and is no event.
    await call('PATCH', path, { logins: ['ann', 'dev/ann'] })
    expect(await list()).toEqual([changed.json().person])
    expect((await call('DELETE', path)).statusCode).toBe(204)
    expect((await call('DELETE', path)).statusCode).toBe(404)
    expect((await call('PATCH', path, { name: 'X' })).statusCode).toBe(404)
    expect(await list()).toEqual([])
    expect(typesOf(server)).toEqual(['person_created', 'person_updated', 'person_removed'])
    expect(server.events[1]?.draft).toMatchObject({
      actor: { email: 'ann@acme.test' },
      targets: [{ type: 'person', id: person.id, name: 'Ann Lee' }],
      data: { before: { leftOn: '2026-10-31', logins: kept.logins }, after: { logins: ['ann', 'dev/ann'] } },
    })
    expect(server.capture.directoryChanges).toBeGreaterThanOrEqual(3)
    // What belonged to somebody who was removed is free again.
    expect((await call('POST', people, ann)).statusCode).toBe(201)
  })

  test('an e-mail, a login or an id in a tool belongs to one person, and the refusal says to whom', async () => {
    await call('POST', people, ann)
    server.events.length = 0
    const bo = (await call('POST', people, { name: 'Bo Ray', emails: ['bo@acme.test'] })).json().person
    const attempts: [object, string, string][] = [
      [
        { emails: ['new@acme.test', 'ANN@acme.test'] },
        'emails[1]',
        'The e-mail ann@acme.test belongs to Ann Lee.',
      ],
      [{ logins: ['PROD/alee'] }, 'logins[0]', 'The login prod/alee belongs to Ann Lee.'],
      [{ toolIds: ['metabase: 39'] }, 'toolIds[0]', 'The id metabase:39 belongs to Ann Lee.'],
    ]
    for (const [change, path, detail] of attempts) {
      const answers = [
        await call('PATCH', `${people}/${bo.id}`, change),
        await call('POST', people, { name: 'Cy', ...change }),
      ]
      for (const answer of answers) {
        expect(answer.statusCode).toBe(409)
        expect(answer.json()).toMatchObject({ detail, errors: [{ path, message: 'belongs to Ann Lee' }] })
      }
    }
    // The same login elsewhere is another one.
    expect((await call('PATCH', `${people}/${bo.id}`, { logins: ['dev/ann'] })).statusCode).toBe(200)
    expect(typesOf(server)).toEqual(['person_created', 'person_updated'])
  })

  test('what cannot be right is refused with its path', async () => {
    const bad = await call('POST', people, {
      name: '',
      emails: ['nobody'],
      logins: ['a\nb'],
      toolIds: ['39'],
      leftOn: '2026-02-30',
      phone: '1',
    })
    expect(bad.statusCode).toBe(400)
    const paths = bad.json().errors.map(({ path }: { path: string }) => path)
    expect(paths).toEqual(
      expect.arrayContaining(['name', 'emails[0]', 'logins[0]', 'toolIds[0]', 'leftOn', 'phone']),
    )
    expect((await call('PATCH', `${people}/x`, {})).statusCode).toBe(400)
  })

  test('a service account is registered, changed and removed, and each is an event', async () => {
    const wanted = { login: 'svc_bi', tool: 'Metabase', commentPattern: '(?<id>[0-9]+)', note: 'Main' }
    const made = await call('POST', accounts, wanted)
    expect(made.statusCode).toBe(201)
    const { serviceAccount } = made.json()
    expect(serviceAccount).toMatchObject({ ...wanted, tool: 'metabase' })
    const path = `${accounts}/${serviceAccount.id}`
    const changed = await call('PATCH', path, { login: 'Prod/svc_bi', commentPattern: '', note: '' })
    expect(changed.json().serviceAccount).toMatchObject({ login: 'prod/svc_bi', tool: 'metabase' })
    expect(changed.json().serviceAccount.commentPattern).toBeUndefined()
    expect((await call('GET', accounts)).json().serviceAccounts).toEqual([changed.json().serviceAccount])
    expect((await call('DELETE', path)).statusCode).toBe(204)
    expect((await call('DELETE', path)).statusCode).toBe(404)
    expect((await call('PATCH', path, { tool: 'hex' })).statusCode).toBe(404)
    expect(typesOf(server)).toEqual([
      'service_account_registered',
      'service_account_updated',
      'service_account_removed',
    ])
  })

  test('a login is a person’s or a tool’s, not both', async () => {
    await call('POST', people, ann)
    expect((await call('POST', accounts, { login: 'svc_bi', tool: 'metabase' })).statusCode).toBe(201)
    const again = await call('POST', accounts, { login: 'svc_bi', tool: 'looker' })
    expect([again.statusCode, again.json().detail]).toEqual([
      409,
      'The login svc_bi belongs to the service account of metabase.',
    ])
    const ofAnn = await call('POST', accounts, { login: 'ann', tool: 'looker' })
    expect([ofAnn.statusCode, ofAnn.json().detail]).toEqual([409, 'The login ann belongs to Ann Lee.'])
    const ofTool = await call('POST', people, { name: 'Bo', logins: ['svc_bi'] })
    expect([ofTool.statusCode, ofTool.json().detail]).toEqual([
      409,
      'The login svc_bi belongs to the service account of metabase.',
    ])
  })

  test('a pattern that could not be run safely is refused in words', async () => {
    for (const commentPattern of ['.*', '(?=x)(?<name>.)', '(?<name>(?:a*)*)', '(']) {
      const answer = await call('POST', accounts, { login: 'svc', tool: 'superset', commentPattern })
      expect([answer.statusCode, answer.json().errors[0].path]).toEqual([400, 'commentPattern'])
    }
  })

  test('people are imported from a file, found again by e-mail, in one event', async () => {
    await call('POST', people, ann)
    await call('POST', people, { name: 'Bo Ray', emails: ['bo@acme.test'], groups: ['sales'] })
    server.events.length = 0
    const csv = [
      '\uFEFFname,email,logins,tool_ids,left_on',
      '"Lee, Ann",ann.lee@acme.test,ann;prod/alee,metabase:39,',
      'Bo Ray,BO@acme.test,,,',
      '',
      '"Cy ""C"" Doe",cy@acme.test,"cy; dev/cy",looker:7,2026-01-31',
    ].join('\r\n')
    const expected = { created: 1, updated: 1, unchanged: 1 }
    expect((await upload(csv, true)).json()).toEqual(expected)
    expect([await list(), server.events]).toMatchObject([[{ name: 'Ann Lee' }, { name: 'Bo Ray' }], []])
    expect((await upload(csv)).json()).toEqual(expected)
    expect(await list()).toMatchObject([
      { name: 'Bo Ray', groups: ['sales'] },
      { name: 'Cy "C" Doe', logins: ['cy', 'dev/cy'], toolIds: ['looker:7'], leftOn: '2026-01-31' },
      { name: 'Lee, Ann', emails: ['ann.lee@acme.test', 'ann@acme.test'], groups: ['data'] },
    ])
    expect((await upload(csv)).json()).toEqual({ created: 0, updated: 0, unchanged: 3 })
    expect(server.events.map(({ draft }) => [draft.type, draft.data])).toMatchObject([
      ['people_imported', { ...expected, createdPeople: [{ email: 'cy@acme.test' }] }],
    ])
  })

  test('a login passes from one person to another in one file', async () => {
    await upload('name,email,logins\nAnn,ann@acme.test,shared\nBo,bo@acme.test,')
    const swapped = await upload('name,email,logins\nAnn,ann@acme.test,\nBo,bo@acme.test,shared')
    expect(swapped.json()).toEqual({ created: 0, updated: 2, unchanged: 0 })
    expect(await list()).toMatchObject([{ logins: [] }, { logins: ['shared'] }])
  })

  test('a file with faults changes nothing, and each fault has its line', async () => {
    await call('POST', people, ann)
    await call('POST', accounts, { login: 'svc_bi', tool: 'metabase' })
    server.events.length = 0
    const faultsOf = async (csv: string) => {
      const answer = await upload(csv)
      expect(answer.statusCode).toBe(400)
      return answer
        .json()
        .errors.map(({ path, message }: { path: string; message: string }) => `${path}: ${message}`)
    }
    expect(await faultsOf('name,mail\nAnn,ann@acme.test')).toEqual([
      'line 1: has no column email',
      'line 1: has a column "mail"; known are name, email, logins, tool_ids, groups, left_on, note',
    ])
    expect(
      await faultsOf(
        'name,email,left_on\nBo,nobody,\n,cy@acme.test,\nDi,,\nEd,ed@acme.test,soon\nFi,fi@acme.test\n"Gu\nGu",gu@acme.test,\nHo,ho@acme.test,\nIo,ho@acme.test,',
      ),
    ).toEqual([
      'line 2: email must be an e-mail address',
      'line 3: name must not be empty',
      'line 4: email must not be empty',
      expect.stringMatching(/^line 5: left_on /),
      'line 6: has 2 values; the header has 3 columns',
      expect.stringMatching(/^line 7: name must not contain control characters/),
      'line 10: has ho@acme.test, which stands in line 9 as well',
    ])
    expect(
      await faultsOf(
        'name,email,logins\nBo,bo@acme.test,ann\nCy,cy@acme.test,svc_bi;own\nDi,di@acme.test,own',
      ),
    ).toEqual([
      'line 2: The login ann belongs to Ann Lee',
      'line 3: The login svc_bi belongs to the service account of metabase',
      'line 4: The login own belongs to Cy',
    ])
    expect(await faultsOf('name,email\nAnn,ann@acme.test\nA. Lee,ann.lee@acme.test')).toEqual([
      'line 3: is about Ann Lee, as line 2 is',
    ])
    expect(await faultsOf('name,email\n"Bo,bo@acme.test')).toEqual([
      'line 2: has a quote that is not closed, or text behind it',
    ])
    expect(await faultsOf('')).toEqual(['line 1: has no header'])
    expect(await list()).toHaveLength(1)
    expect(server.events).toEqual([])
  })

  test('thousands are imported at once', async () => {
    const row = (_: unknown, i: number): string => `Person ${i},p${i}@acme.test,login${i},metabase:${i}`
    const csv = ['name,email,logins,tool_ids', ...Array.from({ length: 3000 }, row)].join('\n')
    expect((await upload(csv)).json()).toEqual({ created: 3000, updated: 0, unchanged: 0 })
    expect(await list()).toHaveLength(3000)
    const more = ['name,email', ...Array.from({ length: 5001 }, row)].join('\n')
    expect((await upload(more)).json().errors[0].message).toContain('more than 5000 people')
  })

  test('auditors read the directory and change nothing', async () => {
    await call('POST', people, ann)
    const auditor = await addMember(server, cookie, {
      email: 'otto@acme.test',
      role: 'auditor',
      password: 'copper-harbour-mist-31',
    })
    const as = (method: 'GET' | 'POST', path: string, body?: unknown) =>
      send(server, method, path, body, { cookie: auditor.cookie })
    expect((await as('GET', people)).json().people).toHaveLength(1)
    expect((await as('GET', accounts)).statusCode).toBe(200)
    expect((await as('POST', people, { name: 'X' })).statusCode).toBe(403)
    expect((await as('POST', `${people}/import`, { csv: 'name,email' })).statusCode).toBe(403)
    expect((await as('POST', accounts, { login: 'x', tool: 'y' })).statusCode).toBe(403)
  })

  test('a change whose event cannot be kept did not happen', async () => {
    server.journal.full = true
    expect((await call('POST', people, ann)).statusCode).toBe(507)
    expect((await upload('name,email\nBo,bo@acme.test')).statusCode).toBe(507)
    expect((await call('POST', accounts, { login: 'x', tool: 'y' })).statusCode).toBe(507)
    server.journal.full = false
    expect(await list()).toEqual([])
    expect((await call('GET', accounts)).json().serviceAccounts).toEqual([])
  })

  test('another server finds in memory what was changed here, once it looks again', async () => {
    const elsewhere = await openPeopleDirectory(server.settings)
    const { id } = server.workspace
    const nameOf = (login: string, scope = ''): string | undefined =>
      elsewhere.indexOf(id).personOfLogin([scope], login)?.name
    expect(nameOf('ann')).toBeUndefined()
    const made = await call('POST', people, ann)
    await call('POST', accounts, { login: 'svc_bi', tool: 'metabase' })
    await elsewhere.refresh()
    expect([nameOf('ann'), nameOf('alee'), nameOf('alee', 'PROD')]).toEqual(['Ann Lee', undefined, 'Ann Lee'])
    expect(elsewhere.indexOf(id).accountOfLogin([], 'svc_bi')).toEqual({ tool: 'metabase' })
    expect(elsewhere.indexOf('another').personOfLogin([], 'ann')).toBeUndefined()
    await call('DELETE', `${people}/${made.json().person.id}`)
    await elsewhere.refresh()
    expect(nameOf('ann')).toBeUndefined()
    const integration = { kind: 'postgres_log', name: 'Prod', settings: { path: '/var/lib/postgresql' } }
    const added = (await call('POST', '/api/v1/integrations', integration)).json().integration.id
    await elsewhere.refresh()
    expect(elsewhere.indexOf(id).nameOfIntegration(added)).toBe('Prod')
  })
})
