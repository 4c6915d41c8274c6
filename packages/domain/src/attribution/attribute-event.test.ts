import { describe, expect, it } from 'vitest'
import type { Actor, EventData } from '../event.ts'
import { attributeEvent, type AttributionWay } from './attribute-event.ts'
import { buildPeopleIndex, joinLogin, splitLogin } from './people-index.ts'

const ann = {
  id: 'p1',
  name: 'Ann Lee',
  emails: ['ann@acme.com', 'ann.lee@acme.com'],
  logins: ['ann', 'warehouse/alee'],
  toolIds: ['metabase:39', 'superset:ann', 'database:CN=ann'],
}
const bo = { id: 'p2', name: 'Bo Ray', emails: ['bo@acme.com'], logins: ['prod/bo'], toolIds: ['looker:39'] }
const index = buildPeopleIndex(
  [ann, bo],
  [
    { login: 'svc_bi', tool: 'metabase' },
    { login: 'prod/svc_bi', tool: 'looker' },
    { login: 'svc_dbt', tool: 'dbt' },
    { login: 'svc_shop', tool: 'shop' },
    { login: 'svc_superset', tool: 'superset', commentPattern: String.raw`^\[SQL LAB\] (?<id>\S+)` },
    { login: 'svc_redash', tool: 'redash' },
    { login: 'svc_broken', tool: 'superset', commentPattern: '(?<name>' },
  ],
  [{ id: 'int_1', name: 'Warehouse' }],
)
const api: AttributionWay = { source: 'api', isCapture: false }
const capture = (login: string, trust: 'asserted' | 'proven' = 'asserted', id = login): AttributionWay => ({
  source: 'int_1',
  isCapture: true,
  captured: { login, trust, ...(trust === 'proven' ? { claimed: { id } } : {}) },
})
const loginActor = (login: string): Actor => ({ type: 'user', id: login, name: login })
const metabase = (id: number): string =>
  `-- Metabase:: userID: ${id} queryType: native queryHash: 5b\nselect 1`
const attribute = (actor: Actor, data: EventData, way = api, application?: string) =>
  attributeEvent(
    { actor, data, ...(application === undefined ? {} : { context: { application } }) },
    way,
    index,
  )

describe('a shared login', () => {
  it('that is registered for a tool makes its comment trusted, and the person of the directory the actor', () => {
    const { actor, attribution } = attribute(loginActor('svc_bi'), { login: 'svc_bi', sql: metabase(39) })
    expect(actor).toEqual({ type: 'user', id: 'metabase:39', name: 'Ann Lee', email: 'ann@acme.com' })
    expect(attribution).toEqual({
      login: 'svc_bi',
      claimed: { id: '39' },
      tool: 'metabase',
      trust: 'trusted',
      facts: { queryType: 'native', queryHash: '5b' },
      personId: 'p1',
    })
  })

  it('names who is claimed where the directory does not know them', () => {
    const { actor, attribution } = attribute(
      { type: 'service', id: 'svc_bi' },
      { login: 'svc_bi', sql: metabase(7) },
    )
    expect(actor).toEqual({ type: 'user', id: 'metabase:7' })
    expect(attribution?.personId).toBeUndefined()
    const redash = `/* Username: new@acme.com, query_id: 1, Query Hash: 3c */ select 1`
    expect(attribute(loginActor('svc_redash'), { login: 'svc_redash', sql: redash }).actor).toEqual({
      type: 'user',
      email: 'new@acme.com',
    })
  })

  it('that nobody registered, or for another tool, leaves the comment asserted and the actor as it was', () => {
    for (const login of ['other', 'svc_dbt']) {
      const { actor, attribution } = attribute(loginActor(login), { login, sql: metabase(39) })
      expect(actor).toEqual(loginActor(login))
      expect(attribution).toMatchObject({ login, claimed: { id: '39' }, tool: 'metabase', trust: 'asserted' })
    }
  })

  it('does not make a comment trusted that a user of the tool wrote inside of it', () => {
    const own = '-- Metabase:: userID: 39 queryType: native'
    const forged = '-- Metabase:: userID: 1 queryType: native'
    const sql = `${own}\n${forged}\nselect 1\n${forged}`
    expect(attribute(loginActor('svc_bi'), { login: 'svc_bi', sql }).attribution).toMatchObject({
      claimed: { id: '39' },
      trust: 'trusted',
    })
    const behind = attribute(loginActor('svc_bi'), { login: 'svc_bi', sql: `select 1\n${forged}` })
    expect(behind.attribution?.trust).toBe('asserted')
    const pretending = `select 1 /*application='metabase',user_email='bo%40acme.com'*/`
    const asApplication = attribute(loginActor('svc_bi'), { login: 'svc_bi', sql: pretending })
    expect(asApplication).toMatchObject({ actor: { id: 'svc_bi' }, attribution: { trust: 'asserted' } })
  })

  it('of dbt is trusted and stays the actor, because nobody in particular is behind it', () => {
    const sql = `/* {"app": "dbt", "node_id": "model.shop.orders"} */ select 1`
    const { actor, attribution } = attribute(loginActor('svc_dbt'), { login: 'svc_dbt', sql })
    expect(actor).toEqual(loginActor('svc_dbt'))
    expect(attribution).toMatchObject({
      tool: 'dbt',
      trust: 'trusted',
      facts: { model: 'model.shop.orders' },
    })
  })

  it('of an application takes the comments that name this application', () => {
    const sql = (name: string): string => `select 1 /*application='${name}',user_email='bo%40acme.com'*/`
    expect(attribute(loginActor('svc_shop'), { login: 'svc_shop', sql: sql('Shop') })).toMatchObject({
      actor: { name: 'Bo Ray' },
      attribution: { tool: 'shop', trust: 'trusted' },
    })
    expect(
      attribute(loginActor('svc_shop'), { login: 'svc_shop', sql: sql('Till') }).attribution?.trust,
    ).toBe('asserted')
  })

  it('with a pattern takes what the pattern reads; a pattern that cannot be read takes nothing', () => {
    const sql = '-- [SQL LAB] ann 2026-11-22\nselect 1'
    expect(attribute(loginActor('svc_superset'), { login: 'svc_superset', sql })).toMatchObject({
      actor: { id: 'superset:ann', name: 'Ann Lee' },
      attribution: { tool: 'superset', trust: 'trusted' },
    })
    expect(attribute(loginActor('svc_broken'), { login: 'svc_broken', sql }).attribution).toEqual({
      login: 'svc_broken',
      trust: 'asserted',
    })
  })

  it('can belong to one tool in one database and to another elsewhere', () => {
    const looker = `-- Looker Query Context '{"user_id":39}'\nselect 1`
    const inProd = attribute(loginActor('svc_bi'), { login: 'svc_bi', database: 'Prod', sql: looker })
    expect(inProd).toMatchObject({
      actor: { name: 'Bo Ray' },
      attribution: { trust: 'trusted', tool: 'looker' },
    })
    const elsewhere = attribute(loginActor('svc_bi'), { login: 'svc_bi', database: 'dev', sql: looker })
    expect(elsewhere.attribution?.trust).toBe('asserted')
  })

  it('of a tool is not proven by the certificate of the tool', () => {
    const { actor, attribution } = attribute(
      loginActor('svc_bi'),
      { sql: metabase(39) },
      capture('svc_bi', 'proven'),
    )
    expect(attribution).toMatchObject({ trust: 'trusted', claimed: { id: '39' } })
    expect(actor.name).toBe('Ann Lee')
  })
})

describe("a person's own login", () => {
  it('names the person where a capture has it from the database', () => {
    expect(attribute(loginActor('ann'), {}, capture('ann'))).toEqual({
      actor: { type: 'user', id: 'ann', name: 'Ann Lee', email: 'ann@acme.com' },
      attribution: { login: 'ann', trust: 'asserted', personId: 'p1' },
    })
    const given: Actor = { type: 'user', id: 'ann', name: 'A. Lee', email: 'old@acme.com' }
    const { actor, attribution } = attribute(given, {}, capture('ann', 'proven'))
    expect(actor).toMatchObject({ name: 'Ann Lee', email: 'ann@acme.com' })
    expect(attribution).toMatchObject({ trust: 'proven', sent: given })
  })

  it('holds for the integration that it is registered for', () => {
    expect(attribute(loginActor('alee'), {}, capture('alee')).actor.name).toBe('Ann Lee')
    expect(attribute(loginActor('bo'), {}, capture('bo')).actor.name).toBe('bo')
    expect(attribute(loginActor('bo'), { login: 'bo', database: 'prod' }).actor.name).toBe('Bo Ray')
    expect(attribute(loginActor('alee'), { login: 'alee' }).actor.name).toBe('alee')
  })

  it('can be proven by the identity that the database saw', () => {
    const way = capture('postgres', 'proven', 'CN=ann')
    expect(attribute(loginActor('postgres'), {}, way)).toMatchObject({
      actor: { id: 'postgres', name: 'Ann Lee' },
      attribution: { login: 'postgres', claimed: { id: 'CN=ann' }, trust: 'proven' },
    })
  })

  it('names the person where a sender gave only the login, and nobody where the sender gave more', () => {
    expect(attribute({ type: 'user', id: 'ann' }, { login: 'ann' }).actor.email).toBe('ann@acme.com')
    const others: Actor[] = [
      { type: 'user', id: 'ann', name: 'Somebody' },
      { type: 'user', id: 'ann', email: 'zoe@acme.com' },
      { type: 'service', id: 'loader' },
    ]
    for (const actor of others) expect(attribute(actor, { login: 'ann' }).actor).toEqual(actor)
  })

  it('that is an e-mail address needs no registration', () => {
    const login = 'Bo@acme.com'
    expect(attribute({ type: 'user', id: login }, { login }).actor).toEqual({
      type: 'user',
      id: login,
      name: 'Bo Ray',
      email: 'bo@acme.com',
    })
  })

  it('is not taken over by a comment', () => {
    const typed = attribute(loginActor('ann'), { sql: metabase(1) }, capture('ann', 'proven'))
    expect(typed).toMatchObject({
      actor: { name: 'Ann Lee' },
      attribution: { trust: 'proven', claimed: { id: 'ann' }, tool: 'metabase' },
    })
  })

  it('does not make its owner the actor of what the capture tells of itself', () => {
    const reader: Actor = { type: 'system', id: 'postgres_log_reader', name: 'PostgreSQL log reader' }
    expect(attribute(reader, {}, capture('ann')).actor).toEqual(reader)
  })
})

describe('what was sent', () => {
  it('with an e-mail stays the actor, also where a comment is trusted', () => {
    const actor: Actor = { type: 'user', email: 'zoe@acme.com' }
    expect(attribute(actor, { login: 'svc_bi', sql: metabase(39) })).toMatchObject({
      actor,
      attribution: { trust: 'trusted', claimed: { id: '39' } },
    })
  })

  it('is kept beside where another actor takes its place', () => {
    const actor: Actor = { type: 'service', id: 'bi', name: 'BI' }
    const { attribution } = attribute(actor, { login: 'svc_bi', sql: metabase(39) })
    expect(attribution?.sent).toEqual(actor)
  })

  it('by an application with a known name tells its tool', () => {
    const names: [string, string | undefined][] = [
      ['psql', 'psql'],
      ['DBeaver 25.2.3 - Main', 'dbeaver'],
      ['DataGrip 2026.2', 'datagrip'],
      ['pgAdmin 4 - DB:warehouse', 'pgadmin'],
      ['Tableau 2026.1', 'tableau'],
      ['Microsoft Power BI', 'powerbi'],
      ['Metabase v0.56.4 [3c1d]', 'metabase'],
      ['Looker', 'looker'],
      ['airflow', 'airflow'],
      ['PostgreSQL JDBC Driver', 'jdbc'],
      ['Apache Superset', 'superset'],
      ['my own program', undefined],
    ]
    for (const [name, tool] of names) {
      expect([name, attribute({ type: 'user', id: 'x' }, {}, api, name).attribution?.tool]).toEqual([
        name,
        tool,
      ])
    }
  })

  it('without login, comment or known application has no attribution', () => {
    expect(attribute({ type: 'user', id: 'x' }, { sql: 'select 1' })).toEqual({
      actor: { type: 'user', id: 'x' },
    })
  })

  it('by this product itself is left alone', () => {
    const app: AttributionWay = { source: 'app', isCapture: false }
    expect(attribute(loginActor('ann'), { login: 'ann' }, app)).toEqual({ actor: loginActor('ann') })
  })
})

it('a login with its scope is split and joined', () => {
  for (const [text, scope, login] of [
    ['ann', '', 'ann'],
    ['Prod DB/ann', 'prod db', 'ann'],
    ['prod/a/b', 'prod', 'a/b'],
    ['*/a/b', '', 'a/b'],
    ['/ann', '', '/ann'],
  ] as const) {
    expect(splitLogin(text)).toEqual({ scope, login })
    expect(splitLogin(joinLogin({ scope, login }))).toEqual({ scope, login })
  }
})
