import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readWithHucre, readXmlParts } from '../search/export/testing/read-workbook.ts'
import { followTail } from '../testing/follow-tail.ts'
import { startInstallation, type Installation, type PersonCalling } from '../testing/installation.ts'
import { bootstrapApiKey } from '../testing/test-server.ts'

/**
 * What each role sees of the same log, through every route that reads, held against a plain function over what the whole
 * log holds.
 */
const roles = ['member', 'analyst', 'auditor', 'admin'] as const
type Role = (typeof roles)[number]

let installation: Installation
let people: Record<Role, PersonCalling>
/** Everything that was recorded until `to`, as a key that may read the whole log sees it. */
let all: PublicEvent[]
let range: string

const wholeLog = { authorization: `Bearer ${bootstrapApiKey}` }
/** Longer than a cell of a sheet: an export of it has a second column of data. */
const longSql = `select '${'x'.repeat(40_000)}'`
const secret = 'hidden-from-others-7f3a'

function isOwn({ actor, source }: PublicEvent, { email, userId }: PersonCalling): boolean {
  return actor.email?.toLowerCase() === email || (source === 'app' && actor.id === userId)
}
const sees: Record<Role, (event: PublicEvent) => boolean> = {
  member: (event) => isOwn(event, people.member),
  analyst: (event) => event.type === 'query' || isOwn(event, people.analyst),
  auditor: () => true,
  admin: () => true,
}

const before = new Date(Date.now() - 3_600_000).toISOString()

function draftsOf(): object[] {
  const { member, analyst } = people
  const query = (actor: object, sql: string, more: object = {}) => ({
    type: 'query',
    occurredAt: before,
    actor: { type: 'user', ...actor },
    data: { sql, database: 'prod', durationMs: 5 },
    ...more,
  })
  const other = { name: 'Zoe', email: 'zoe@acme.test' }
  return [
    query({ name: 'Mia', email: member.email }, 'select 1'),
    query({ name: 'Mia', email: member.email.toUpperCase() }, 'select 2', { outcome: 'failure' }),
    query({ name: 'Ali', email: 'Analyst@Acme.test' }, 'select 3'),
    query(other, `select '${secret}'`),
    query(other, longSql),
    query({ type: 'service', name: 'dbt', id: 'svc_dbt' }, 'select 4'),
    query({ type: 'service', name: 'No e-mail at all' }, 'select 5'),
    // Disguises: a name, an id or a part of the address like theirs is not them.
    { ...query({ name: member.email, email: 'mallory@evil.test' }, secret), type: 'deployment' },
    { ...query({ id: member.userId, name: 'Mallory' }, secret), type: 'deployment' },
    { ...query({ id: member.userId, name: member.userId }, secret), type: 'user_signed_in' },
    { ...query({ id: member.email, email: '' }, secret), type: 'deployment' },
    { ...query({ name: 'Mia', email: `x${member.email}` }, secret), type: 'deployment' },
    { ...query({ name: 'Mia', email: `${member.email}.evil.test` }, secret), type: 'deployment' },
    { ...query({ email: '*' }, secret), type: 'deployment' },
    { ...query({ id: analyst.userId }, secret), type: 'query_plan' },
    { ...query({ type: 'api_key', id: analyst.userId, name: analyst.email }, secret), type: 'deployment' },
    // Theirs, whatever kind of thing it is.
    {
      ...query({ email: member.email }, longSql.replaceAll('x', 'y')),
      type: 'deployment',
      actor: { type: 'ai_agent', email: member.email },
    },
    { ...query({ email: analyst.email }, 'own'), type: 'login' },
    // Spelled as a person of the product would be, but with a target that names the member.
    {
      ...query(other, secret),
      type: 'user_role_changed',
      targets: [{ type: 'user', id: member.userId, name: member.email }],
    },
    ...Array.from({ length: 12 }, (_, i) =>
      query(i % 2 === 0 ? other : { email: member.email }, `select ${i} from t${i}`),
    ),
  ]
}

async function get(path: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${installation.server.url}${path}`, { headers })
}

async function read<T>(path: string, headers: Record<string, string>): Promise<T> {
  const answer = await get(path, headers)
  expect(answer.status, path).toBe(200)
  return (await answer.json()) as T
}

type Facet = { values: { value: string; count: number }[]; other: number }

/** The facets of these events, without those that only read SQL has. */
const facetValues: Record<string, (event: PublicEvent) => string | undefined> = {
  type: ({ type }) => type,
  actor: ({ actor }) => actor.name || actor.email || actor.id,
  email: ({ actor }) => actor.email,
  outcome: ({ outcome }) => outcome,
  source: ({ source }) => source,
  database: ({ data }) => (typeof data?.['database'] === 'string' ? data['database'] : undefined),
  application: ({ context }) => context?.application,
}

const partInWords: Record<Role, string> = {
  admin: '',
  auditor: '',
  analyst: ' (analyst: sees only queries and their own events)',
  member: ' (member: sees only their own events)',
}

type Page = { events: PublicEvent[]; nextCursor?: string }

/** All pages of a search. */
async function search(q: string, headers: Record<string, string>, limit = 1000): Promise<PublicEvent[]> {
  const events: PublicEvent[] = []
  for (let cursor = ''; ;) {
    const more = cursor === '' ? '' : `&cursor=${cursor}`
    const page = await read<Page>(
      `/api/v1/events?q=${encodeURIComponent(q)}&limit=${limit}&${range}${more}`,
      headers,
    )
    events.push(...page.events)
    if (page.nextCursor === undefined) return events
    expect(page.events).toHaveLength(limit)
    cursor = page.nextCursor
  }
}

beforeAll(async () => {
  installation = await startInstallation()
  const { server, workspaceId, addPerson, settings } = installation
  const person = async (role: Role) =>
    addPerson({ workspaceId, role, email: `${role}@acme.test`, name: `The ${role}` })
  people = {
    member: await person('member'),
    analyst: await person('analyst'),
    auditor: await person('auditor'),
    admin: await person('admin'),
  }
  // The member's e-mail has changed since: what they did here before is still theirs.
  await settings.db
    .updateTable('users')
    .set({ email: 'mia@acme.test' })
    .where('id', '=', people.member.userId)
    .execute()
  people.member.email = 'mia@acme.test'
  const drafts = draftsOf()
  const sent = await server.post('/api/v1/events', { events: drafts })
  expect(sent.status).toBe(201)
  // Acts in the product: of the admin, of each reader, and a failed sign-in under the member's e-mail.
  const { admin } = people
  const write = async (path: string, body: object, headers: Record<string, string>) =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await write('/api/v1/keys', { name: people.member.userId, scopes: ['events:read'] }, admin.headers)
  await write('/api/v1/members', { email: 'new@acme.test', role: 'auditor' }, admin.headers)
  await write('/api/auth/sign-in/email', { email: people.member.email, password: 'wrong' }, {})
  for (const role of roles) await get('/api/v1/events?q=%22first%20look%22', people[role].headers)
  // The journal is applied in order: when the last event is found, all before it are.
  await server.post('/api/v1/events', { type: 'last', actor: { type: 'system', name: 'Test' } })
  const from = new Date(Date.now() - 7_200_000).toISOString()
  range = `from=${from}&to=${new Date().toISOString()}`
  await server.find('type:last', 1)
  all = await search('', wholeLog)
})
afterAll(async () => {
  await installation?.remove()
})

/** In the same order as the whole log. */
const visibleTo = (role: Role, among = all): PublicEvent[] => among.filter(sees[role])

test('the log holds enough that the roles see different things', () => {
  const [member, analyst, auditor, admin] = roles.map((role) => visibleTo(role).length)
  expect([auditor, admin]).toEqual([all.length, all.length])
  expect(analyst).toBeLessThan(all.length - 10)
  expect(member).toBeGreaterThan(10)
  // Each sees their own acts, so what two people see compares only where neither is the actor: in the queries.
  const queries = (role: Role) => visibleTo(role).filter(({ type }) => type === 'query').length
  expect(queries('member')).toBeLessThan(queries('analyst'))
  const types = new Set(visibleTo('member').map(({ type }) => type))
  expect(types).toEqual(
    new Set(['query', 'deployment', 'user_signed_in', 'user_sign_in_failed', 'audit_log_searched']),
  )
  expect(JSON.stringify(visibleTo('member'))).not.toContain(secret)
})

const questions = [
  '',
  '-type:query',
  'type:query OR -type:query',
  '-(type:query -type:query)',
  'actor:zoe@acme.test',
  `name:*member*`,
  `-email:*`,
  'source:app',
  'type:user_* OR outcome:failure',
  `"${secret}" OR "select"`,
  `-"${secret}"`,
  'data.database:prod -actor:*zoe*',
  '(type:deployment OR type:query) -outcome:success',
]

describe.each(roles)('through every way to read, the %s', (role) => {
  const headers = (): Record<string, string> => people[role].headers

  test.each(questions)('finds what the whole log holds for them: %s', async (q) => {
    expect(await search(q, headers())).toEqual(visibleTo(role, await search(q, wholeLog)))
  })

  test('pages through it with cursors that count nothing else', async () => {
    expect(await search('', headers(), 3)).toEqual(visibleTo(role))
    expect(await search('', headers(), 1)).toEqual(visibleTo(role))
  })

  test('gets nothing more with a cursor of somebody who sees everything', async () => {
    const asked = `/api/v1/events?limit=5&${range}`
    for (let cursor: string | undefined = '', seen = 0; cursor !== undefined;) {
      const more = cursor === '' ? '' : `&cursor=${cursor}`
      const page: Page = await read<Page>(asked + more, wholeLog)
      const own = await read<Page>(asked + more, headers())
      expect(own.events).toEqual(
        visibleTo(role)
          .filter((event) => all.indexOf(event) >= seen)
          .slice(0, 5),
      )
      seen += 5
      cursor = page.nextCursor
    }
  })

  test('is told of it in a live tail, in the order in which it was recorded, and of nothing else', async () => {
    const node = all[0]?.position.node
    const tail = await followTail(installation.server.url, headers(), { lastId: `${node}:0` })
    const expected = visibleTo(role).toSorted((a, b) => a.position.sequence - b.position.sequence)
    await tail.untilEvents(expected.length)
    await tail.close()
    const last = all.reduce((max, { position }) => Math.max(max, position.sequence), 0)
    expect(tail.events.filter(({ position }) => position.sequence <= last)).toEqual(expected)
    const now = await followTail(installation.server.url, headers(), { q: 'type:query' })
    // At their own time, which is behind the range of the other tests.
    const events = draftsOf()
      .filter((draft) => 'type' in draft && draft.type === 'query')
      .map((draft) => ({ ...draft, occurredAt: new Date().toISOString() }))
    const answer = await installation.server.post('/api/v1/events', { events })
    const { ids } = (await answer.json()) as { ids: string[] }
    const found = await installation.server.find(`type:query id:${ids.join(' OR id:')}`, ids.length)
    const seen = (found as unknown as PublicEvent[]).filter(sees[role])
    await now.untilEvents(seen.length)
    expect(now.events.map(({ id }) => id)).toEqual(ids.filter((id) => seen.some((event) => event.id === id)))
    await now.close()
  })

  test('counts it over time', async () => {
    const counted = await read<{ buckets: { start: string; count: number; failed: number }[] }>(
      `/api/v1/events/histogram?interval=1m&${range}`,
      headers(),
    )
    const minutes = new Map<string, { count: number; failed: number }>()
    for (const { occurredAt, outcome } of visibleTo(role)) {
      const start = `${occurredAt.slice(0, 16)}:00Z`
      const { count, failed } = minutes.get(start) ?? { count: 0, failed: 0 }
      minutes.set(start, { count: count + 1, failed: failed + (outcome === 'success' ? 0 : 1) })
    }
    const expected = counted.buckets.map(({ start }) => ({
      start,
      ...(minutes.get(start) ?? { count: 0, failed: 0 }),
    }))
    expect(counted.buckets).toEqual(expected)
    expect(counted.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(visibleTo(role).length)
  })

  test('counts the values of its fields', async () => {
    const { facets } = await read<{ facets: Record<string, Facet> }>(
      `/api/v1/events/facets?${range}`,
      headers(),
    )
    for (const [field, valueOf] of Object.entries(facetValues)) {
      const counts: Record<string, number> = {}
      for (const event of visibleTo(role)) {
        const value = valueOf(event)
        if (value) counts[value] = (counts[value] ?? 0) + 1
      }
      const found = facets[field]?.values.map(({ value, count }) => [value, count])
      expect([field, Object.fromEntries(found ?? [])]).toEqual([field, counts])
      expect(facets[field]?.other).toBe(0)
    }
  })

  test('reads each event of it by its id; another is as unknown as one that never was', async () => {
    const never = await get('/api/v1/events/0193a5c0-7b1e-7000-8000-2f6d4c1b9a70', headers())
    const unknown = [never.status, await never.text()]
    for (const event of all) {
      const answer = await get(`/api/v1/events/${event.id.toUpperCase()}`, headers())
      if (sees[role](event)) expect(await answer.json()).toEqual(event)
      else expect([answer.status, await answer.text()]).toEqual(unknown)
    }
  })

  test('downloads it as JSON Lines and CSV', async () => {
    const jsonl = await get(`/api/v1/events/export?format=jsonl&${range}`, headers())
    const lines = (await jsonl.text()).split('\n').filter((line) => line !== '')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(visibleTo(role))
    const csv = await get(`/api/v1/events/export?format=csv&columns=id&${range}`, headers())
    const ids = (await csv.text()).split('\r\n').slice(1, -1)
    expect(ids).toEqual(visibleTo(role).map(({ id }) => id))
  })

  test('downloads it as Excel, whose second column of long texts and last sheet tell nothing of the rest', async () => {
    const q = encodeURIComponent('-email:mia@acme.test')
    for (const [wanted, among] of [
      ['', all],
      [`&q=${q}`, all.filter(({ actor }) => actor.email?.toLowerCase() !== 'mia@acme.test')],
    ] as const) {
      const answer = await get(`/api/v1/events/export?format=xlsx&${range}${wanted}`, headers())
      const file = Buffer.from(await answer.arrayBuffer())
      const expected = visibleTo(role, [...among])
      const sheets = await readWithHucre(file)
      const [rows = []] = sheets.values()
      const [heading = []] = rows
      const at = heading.indexOf('Event id')
      expect(rows.slice(1).map((row) => row[at])).toEqual(expected.map(({ id }) => id))
      const isLong = expected.some(({ data }) => String(data?.['sql'] ?? '').length > 32_767)
      expect(heading.includes('Data (2)')).toBe(isLong)
      const text = [...readXmlParts(file).values()].join('\n')
      expect(text.includes(secret)).toBe(JSON.stringify(expected).includes(secret))
      const about = new Map(sheets.get('About this export')?.map(([label, value]) => [label, value]))
      expect(about.get('Events')).toBe(expected.length)
      expect(about.get('Exported by')).toBe(`The ${role} <${people[role].email}>${partInWords[role]}`)
    }
  })
})

test('somebody who may see little learns nothing from a search for what is hidden', async () => {
  for (const role of ['member', 'analyst'] as const) {
    const { headers } = people[role]
    const hidden = all.filter((event) => !sees[role](event) && JSON.stringify(event).includes(secret))
    expect(hidden.length).toBeGreaterThan(3)
    for (const { id, actor } of hidden) {
      const asked = `q=${encodeURIComponent(`id:${id}`)}&${range}`
      expect(await read(`/api/v1/events?limit=1&${asked}`, headers)).toEqual({ events: [] })
      const { facets } = await read<{ facets: Record<string, Facet> }>(
        `/api/v1/events/facets?${asked}`,
        headers,
      )
      expect(Object.values(facets).every(({ values, other }) => values.length + other === 0)).toBe(true)
      const csv = await get(`/api/v1/events/export?format=csv&${asked}`, headers)
      const text = await csv.text()
      expect(text.trim().split('\r\n')).toHaveLength(1)
      expect(text).not.toContain(actor.id ?? secret)
    }
  }
})

test('a search that cannot be understood is refused in the same words for everybody', async () => {
  for (const wrong of ['q=typ:query', 'q=(', 'cursor=x', 'from=x', 'limit=0']) {
    const answers = await Promise.all(
      roles.map(async (role) => (await get(`/api/v1/events?${wrong}`, people[role].headers)).text()),
    )
    expect(new Set(answers).size).toBe(1)
  }
})

test('what each of them searched and downloaded is in the log, for themselves to see as well', async () => {
  for (const role of roles) {
    const { userId, headers } = people[role]
    await get(`/api/v1/events?q=%22recorded%20${role}%22`, headers)
    await get(`/api/v1/events/export?format=csv&q=%22recorded%20${role}%22`, headers)
    const q = `data.query:"\\"recorded ${role}\\""`
    const found = await installation.server.find(q, 2)
    const types = ['audit_log_exported', 'audit_log_searched']
    expect(found.map(({ type }) => String(type)).sort()).toEqual(types)
    expect(found.every(({ actor }) => (actor as { id?: string }).id === userId)).toBe(true)
    const own = await read<Page>(`/api/v1/events?q=${encodeURIComponent(q)}`, headers)
    expect(own.events.map(({ type }) => type).sort()).toEqual(types)
  }
})
