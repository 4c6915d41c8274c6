import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  everyonesPassword,
  startInstallation,
  type Caller,
  type Installation,
} from '../testing/installation.ts'
import { operations } from './api-operations.ts'
import type * as appModule from './app.ts'
import { newSchedule } from './testing/add-schedule.ts'
import { readSettings } from './testing/read-settings.ts'
import { routes } from './testing/collect-routes.ts'
import {
  admins,
  callers,
  directoryReaders,
  everybody,
  operator,
  type people,
  readers,
  reviewers,
  signedIn,
  signedInAdmins,
  wholeLogReaders,
  writers,
  type Expected,
  type Who,
} from './testing/route-expectations.ts'
import { alertRoutes } from './testing/alert-paths.ts'
import { viewState } from './testing/add-shared-view.ts'
import { insightsRoutes } from './testing/insights-paths.ts'
import { policyRoutes } from './testing/policy-paths.ts'
import { MakeThings } from './testing/make-things.ts'
import { reviewToSign, signReview } from './testing/sign-review.ts'

// Imported inside: this runs before the imports of the file.
vi.mock('./app.ts', async (importOriginal) => {
  const { withRoutesCollected } = await import('./testing/collect-routes.ts')
  return withRoutesCollected(await importOriginal<typeof appModule>())
})

type Call = { path: string; body?: unknown }
type Route = {
  expected: Expected
  /** Makes what the call needs, anew for each caller. */
  call: () => Call | Promise<Call>
  /** Only there when the web app has been built. */
  whenBuilt?: true
}

let installation: Installation
let folder: string
let headersOf: Record<Who, Record<string, string>>
let eventId: string
let make: MakeThings
const fresh = (): string => make.fresh()
const mailServer = { host: '127.0.0.1', port: 1, tls: 'none', user: '', from: 'audit@acme.test' }

const get = (path: string, expected: Expected): Route => ({ expected, call: () => ({ path }) })
/** What everybody may do with every route. A route that is not here makes the tests fail. */
const table: Record<string, Route> = {
  'GET /api/v1/events': get('/api/v1/events', readers(200)),
  'GET /api/v1/events/histogram': get('/api/v1/events/histogram', readers(200)),
  'GET /api/v1/events/facets': get('/api/v1/events/facets', readers(200)),
  'GET /api/v1/events/tail': get('/api/v1/events/tail', readers(200)),
  'GET /api/v1/events/export': get('/api/v1/events/export?format=csv', readers(200)),
  'GET /api/v1/events/:id': {
    // The event is somebody else's: not found for who may not see it.
    expected: { ...readers(200), member: 404, analyst: 404 },
    call: () => ({ path: `/api/v1/events/${eventId}` }),
  },
  ...insightsRoutes((path, status) => get(path, readers(status))),
  ...policyRoutes({ fresh, act: () => make.act }),
  'POST /api/v1/events': {
    expected: writers(201),
    call: () => ({ path: '/api/v1/events', body: { type: 'test', actor: { type: 'user', name: 'X' } } }),
  },
  ...alertRoutes(() => installation, fresh),
  'GET /api/v1/overview': get('/api/v1/overview', readers(200)),
  'GET /api/v1/insights/access': get('/api/v1/insights/access?tables=*', wholeLogReaders(200)),
  'GET /api/v1/insights/access/tables': get('/api/v1/insights/access/tables', wholeLogReaders(200)),
  'GET /api/v1/insights/access/sign-offs': get('/api/v1/insights/access/sign-offs', wholeLogReaders(200)),
  'POST /api/v1/insights/access/sign-offs': {
    expected: reviewers(201),
    call: async () => ({
      path: '/api/v1/insights/access/sign-offs',
      body: await reviewToSign(installation.server.url, headersOf.admin),
    }),
  },
  'GET /api/v1/insights/access/sign-offs/:id': {
    expected: wholeLogReaders(200),
    call: async () => ({
      path: `/api/v1/insights/access/sign-offs/${await signReview(installation.server.url, headersOf.admin)}?format=xlsx`,
    }),
  },
  'GET /api/v1/session': get('/api/v1/session', signedIn(200)),
  'GET /api/v1/account/sessions': get('/api/v1/account/sessions', signedIn(200)),
  'DELETE /api/v1/account/sessions': {
    expected: signedIn(200),
    call: () => ({ path: '/api/v1/account/sessions' }),
  },
  'POST /api/v1/account/password': {
    // Whoever may not change it does not learn whether the password is right.
    expected: signedIn(400),
    call: () => ({
      path: '/api/v1/account/password',
      body: { currentPassword: 'not the one', password: 'amber-lantern-quarry-17' },
    }),
  },
  'POST /api/auth/sign-in/email': {
    expected: everybody(200),
    call: async () => {
      const email = fresh()
      await installation.addUser({ workspaceId: installation.workspaceId, role: 'member', email })
      return { path: '/api/auth/sign-in/email', body: { email, password: everyonesPassword } }
    },
  },
  'POST /api/auth/sign-out': {
    expected: everybody(200),
    call: () => ({ path: '/api/auth/sign-out', body: {} }),
  },
  'GET /api/v1/setup': get('/api/v1/setup', everybody(200)),
  'POST /api/v1/setup': {
    expected: everybody(409),
    call: () => ({
      path: '/api/v1/setup',
      body: { token: 'x', name: 'X', email: fresh(), password: everyonesPassword },
    }),
  },
  'GET /api/v1/members': get('/api/v1/members', admins(200)),
  'POST /api/v1/members': {
    expected: admins(201),
    call: () => ({ path: '/api/v1/members', body: { email: fresh(), role: 'analyst' } }),
  },
  'PATCH /api/v1/members/:id': {
    expected: admins(200),
    call: async () => ({ path: `/api/v1/members/${await make.user()}`, body: { role: 'auditor' } }),
  },
  'DELETE /api/v1/members/:id': {
    expected: admins(204),
    call: async () => ({ path: `/api/v1/members/${await make.user()}` }),
  },
  'DELETE /api/v1/members/invitations/:id': {
    expected: admins(204),
    call: async () => ({ path: `/api/v1/members/invitations/${(await make.invitation()).invitation.id}` }),
  },
  'GET /api/v1/invitations/:token': {
    expected: everybody(200),
    call: async () => ({ path: `/api/v1/invitations/${(await make.invitation()).token}` }),
  },
  'POST /api/v1/invitations/:token': {
    expected: everybody(201),
    call: async () => ({
      path: `/api/v1/invitations/${(await make.invitation()).token}`,
      body: { name: 'New', password: everyonesPassword },
    }),
  },
  'GET /api/v1/password-resets/:token': {
    expected: everybody(200),
    call: async () => ({ path: `/api/v1/password-resets/${await make.resetToken()}` }),
  },
  'POST /api/v1/password-resets/:token': {
    expected: everybody(204),
    call: async () => ({
      path: `/api/v1/password-resets/${await make.resetToken()}`,
      body: { password: 'another-copper-meadow-48' },
    }),
  },
  'GET /api/v1/keys': get('/api/v1/keys', admins(200)),
  'POST /api/v1/keys': {
    expected: admins(201),
    call: () => ({ path: '/api/v1/keys', body: { name: 'New', scopes: ['events:read'] } }),
  },
  'DELETE /api/v1/keys/:id': {
    expected: admins(204),
    call: async () => {
      const { keyId } = await installation.addKey(installation.workspaceId, ['events:read'])
      return { path: `/api/v1/keys/${keyId}` }
    },
  },
  'GET /api/v1/integrations': get('/api/v1/integrations', admins(200)),
  'POST /api/v1/integrations': {
    expected: admins(201),
    call: () => ({
      path: '/api/v1/integrations',
      body: { kind: 'postgres_log', name: fresh(), settings: { path: join(folder, 'postgresql.json') } },
    }),
  },
  'PATCH /api/v1/integrations/:id': {
    expected: admins(200),
    call: async () => ({
      path: `/api/v1/integrations/${await make.integrationId()}`,
      body: { name: fresh() },
    }),
  },
  'DELETE /api/v1/integrations/:id': {
    expected: admins(204),
    call: async () => ({ path: `/api/v1/integrations/${await make.integrationId()}` }),
  },
  'GET /api/v1/people': get('/api/v1/people', directoryReaders(200)),
  'POST /api/v1/people': {
    expected: admins(201),
    call: () => ({ path: '/api/v1/people', body: { name: 'New', emails: [fresh()] } }),
  },
  'POST /api/v1/people/import': {
    expected: admins(200),
    call: () => ({ path: '/api/v1/people/import', body: { csv: `name,email\nNew,${fresh()}` } }),
  },
  'PATCH /api/v1/people/:id': {
    expected: admins(200),
    call: async () => ({ path: `/api/v1/people/${await make.personId()}`, body: { name: 'Other' } }),
  },
  'DELETE /api/v1/people/:id': {
    expected: admins(204),
    call: async () => ({ path: `/api/v1/people/${await make.personId()}` }),
  },
  'GET /api/v1/service-accounts': get('/api/v1/service-accounts', directoryReaders(200)),
  'POST /api/v1/service-accounts': {
    expected: admins(201),
    call: () => ({ path: '/api/v1/service-accounts', body: { login: fresh(), tool: 'metabase' } }),
  },
  'PATCH /api/v1/service-accounts/:id': {
    expected: admins(200),
    call: async () => ({ path: `/api/v1/service-accounts/${await make.accountId()}`, body: { tool: 'hex' } }),
  },
  'DELETE /api/v1/service-accounts/:id': {
    expected: admins(204),
    call: async () => ({ path: `/api/v1/service-accounts/${await make.accountId()}` }),
  },
  'GET /api/v1/settings': get('/api/v1/settings', admins(200)),
  'PATCH /api/v1/settings': {
    expected: admins(200),
    // Another value than the one before, so that a refused call would be seen.
    call: () => ({
      path: '/api/v1/settings',
      body: { bindParameters: make.bindParameters() },
    }),
  },
  'GET /api/v1/views': get('/api/v1/views', signedIn(200)),
  'POST /api/v1/views': {
    expected: signedIn(201),
    call: () => ({ path: '/api/v1/views', body: { name: fresh(), state: viewState } }),
  },
  'PATCH /api/v1/views/:id': {
    expected: signedInAdmins(200),
    call: async () => ({
      path: `/api/v1/views/${await make.viewId()}`,
      body: { name: fresh() },
    }),
  },
  'DELETE /api/v1/views/:id': {
    expected: signedInAdmins(204),
    call: async () => ({ path: `/api/v1/views/${await make.viewId()}` }),
  },
  'GET /api/v1/schedules': get('/api/v1/schedules', signedInAdmins(200)),
  'POST /api/v1/schedules': {
    expected: signedInAdmins(201),
    call: () => ({ path: '/api/v1/schedules', body: newSchedule(fresh()) }),
  },
  'PATCH /api/v1/schedules/:id': {
    expected: signedInAdmins(200),
    call: async () => ({ path: `/api/v1/schedules/${await make.scheduleId()}`, body: { name: fresh() } }),
  },
  'DELETE /api/v1/schedules/:id': {
    expected: signedInAdmins(204),
    call: async () => ({ path: `/api/v1/schedules/${await make.scheduleId()}` }),
  },
  'POST /api/v1/schedules/:id/runs': {
    expected: signedInAdmins(202),
    call: async () => ({ path: `/api/v1/schedules/${await make.scheduleId()}/runs`, body: {} }),
  },
  'GET /api/v1/mail-settings': get('/api/v1/mail-settings', admins(200)),
  'PATCH /api/v1/mail-settings': {
    expected: admins(200),
    call: () => ({ path: '/api/v1/mail-settings', body: { ...mailServer, from: fresh() } }),
  },
  'POST /api/v1/mail-settings/test': {
    // Nothing listens there.
    expected: admins(400),
    call: () => ({ path: '/api/v1/mail-settings/test', body: { ...mailServer, to: fresh() } }),
  },
  'POST /local/password-resets': {
    expected: operator,
    call: () => ({ path: '/local/password-resets', body: { email: 'admin@acme.test' } }),
  },
  'POST /local/checks': {
    expected: operator,
    call: () => ({ path: '/local/checks', body: {} }),
  },
  'POST /api/v1/integrations/test': {
    // Nothing listens there: an admin learns it as what is wrong with the setting.
    expected: admins(400),
    call: () => ({
      path: '/api/v1/integrations/test',
      body: { settings: { listenPort: 1, serverHost: '127.0.0.1', serverPort: 1 } },
    }),
  },
  'GET /local/reread': { expected: operator, call: () => ({ path: '/local/reread' }) },
  'POST /local/reread': { expected: operator, call: () => ({ path: '/local/reread' }) },
  'DELETE /local/reread': { expected: operator, call: () => ({ path: '/local/reread' }) },
  'GET /healthz': get('/healthz', everybody(200)),
  'GET /readyz': get('/readyz', everybody(200)),
  'GET /metrics': get('/metrics', everybody(200)),
  'GET /api/openapi.json': get('/api/openapi.json', everybody(200)),
  'GET /api/docs': get('/api/docs', everybody(200)),
  'GET /': { ...get('/', everybody(200)), whenBuilt: true },
  'GET /*': { ...get('/favicon.svg', everybody(200)), whenBuilt: true },
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'route-permissions-'))
  await writeFile(join(folder, 'postgresql.json'), '')
  installation = await startInstallation()
  make = new MakeThings(installation, join(folder, 'postgresql.json'))
  const { workspaceId, addPerson, addKey, server } = installation
  const person = async (role: (typeof people)[number]): Promise<Caller> =>
    addPerson({ workspaceId, role, email: `${role}@acme.test` })
  headersOf = {
    nobody: { origin: server.url },
    admin: (await person('admin')).headers,
    auditor: (await person('auditor')).headers,
    analyst: (await person('analyst')).headers,
    member: (await person('member')).headers,
    'key events:write': (await addKey(workspaceId, ['events:write'])).headers,
    'key events:read': (await addKey(workspaceId, ['events:read'])).headers,
    'key admin': (await addKey(workspaceId, ['admin'])).headers,
  }
  const sent = await server.post('/api/v1/events', {
    type: 'deployment',
    actor: { type: 'user', name: 'Zoe', email: 'zoe@acme.test' },
  })
  eventId = ((await sent.json()) as { ids: string[] }).ids[0] ?? ''
  await server.find(`id:${eventId}`, 1)
})
afterAll(async () => {
  await installation?.remove()
  await rm(folder, { recursive: true, force: true })
})

async function send(method: string, { path, body }: Call, headers: Record<string, string>): Promise<number> {
  const answer = await fetch(`${installation.server.url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // Not read: a live tail has no end.
  await answer.body?.cancel()
  return answer.status
}

test('the table knows every route of the running server, and no other', () => {
  const isBuilt = routes.has('GET /')
  const known = Object.entries(table)
    .filter(([, { whenBuilt }]) => isBuilt || whenBuilt === undefined)
    .map(([route]) => route)
  const withHead = known.flatMap((route) =>
    route.startsWith('GET ') ? [route, route.replace('GET', 'HEAD')] : [route],
  )
  expect([...routes].sort()).toEqual(withHead.sort())
  expect(known.length).toBeGreaterThan(30)
})

test('the API description names the scope that the table asks for', () => {
  const scopes = operations.map(({ method, path, scope }) => {
    const route = table[`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`]
    return [path, scope, route?.expected.nobody] as const
  })
  // Signing out does nothing for who is not signed in, and does not complain.
  const wrong = scopes.filter(
    ([path, scope, nobody]) => (scope !== undefined) !== (nobody === 401) && !path.endsWith('/sign-out'),
  )
  expect(wrong).toEqual([])
  expect(scopes.length).toBeGreaterThan(25)
})

describe.each(Object.entries(table))('%s', (route, { expected, call, whenBuilt }) => {
  const [method = ''] = route.split(' ')
  test.for(callers)('as the table says for %s', async (who, { skip }) => {
    if (whenBuilt && !routes.has(route)) skip('the web app has not been built')
    const wanted = await call()
    const before = await readSettings(installation.settings)
    expect(await send(method, wanted, headersOf[who])).toBe(expected[who])
    if (expected[who] >= 400) expect(await readSettings(installation.settings)).toBe(before)
    if (method === 'GET') expect(await send('HEAD', wanted, headersOf[who])).toBe(expected[who])
    if (route === 'POST /api/auth/sign-out' && headersOf[who]['cookie'] !== undefined) {
      expect(await send('GET', { path: '/api/v1/session' }, headersOf[who])).toBe(401)
      headersOf[who] = await installation.signIn(`${who}@acme.test`)
    }
  })
})
