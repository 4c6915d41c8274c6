import { createHash } from 'node:crypto'
import type { StoredEvent } from '@aleph-audit-log/domain/event'

/**
 * Events of a made-up company for measurements: queries of BI tools behind shared logins, of analysts and of pipelines,
 * and now and then a sign-in or an act in the product. The same sequence always gives the same event.
 */

const people = Array.from({ length: 400 }, (_, i) => {
  const first = ['Ann', 'Zoë', 'Bob', 'Jürgen', 'Mei', 'Ravi', 'Olga', 'Tom', 'Ines', 'Yuki'][i % 10]!
  const last = ['Lee', 'Okafor', 'Silva', 'Novák', 'Chen', 'Weiß', 'Rossi', 'Smith'][(i >> 3) % 8]!
  const mailbox = `${first}.${last}${i}`.normalize('NFD').replaceAll(/[^A-Za-z0-9.]/g, '')
  return { id: `u_${i}`, name: `${first} ${last}`, email: `${mailbox.toLowerCase()}@acme.example` }
})
const schemas = ['sales', 'crm', 'finance', 'ops', 'web', 'hr']
const tables = [
  'orders',
  'order_items',
  'customers',
  'invoices',
  'page_views',
  'sessions',
  'shipments',
  'refunds',
]
const columns = [
  'id',
  'created_at',
  'status',
  'region',
  'amount',
  'currency',
  'customer_id',
  'channel',
  'sku',
  'country',
  'note',
]
const tools = [
  { tool: 'metabase', application: 'Metabase', login: 'svc_metabase' },
  { tool: 'looker', application: 'Looker', login: 'svc_looker' },
  { tool: 'dbt', application: 'dbt 1.9.2', login: 'dbt_prod' },
  { tool: undefined, application: 'psql', login: undefined },
]

/** A small generator of numbers (mulberry32), so that every run measures the same events. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

type Random = (below: number) => number

function pick<T>(random: Random, values: readonly T[]): T {
  return values[random(values.length)]!
}

function hex(random: Random, digits: number): string {
  let text = ''
  while (text.length < digits)
    text += random(2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return text.slice(0, digits)
}

/** The SQL of a report: `literals` makes one query with other values each time. */
function makeSql(shape: Random, literals: (() => string) | undefined): { sql: string; tables: string[] } {
  const value = literals ?? (() => '?')
  const schema = pick(shape, schemas)
  const from = pick(shape, tables)
  const joined = pick(shape, tables)
  const selected = Array.from({ length: 3 + shape(8) }, () => `t.${pick(shape, columns)}`)
  let sql = `SELECT ${selected.join(', ')}, count(*) AS n, sum(j.amount) AS total FROM ${schema}.${from} AS t`
  sql += ` LEFT JOIN ${schema}.${joined} AS j ON j.customer_id = t.customer_id AND j.created_at >= t.created_at`
  sql += ` WHERE t.created_at >= ${value()} AND t.created_at < ${value()}`
  for (let i = shape(5); i > 0; i--) sql += ` AND t.${pick(shape, columns)} <> ${value()}`
  sql += ` GROUP BY ${selected.map((_, i) => i + 1).join(', ')} HAVING count(*) > ${value()} ORDER BY n DESC LIMIT 500`
  return {
    sql,
    tables: from === joined ? [`${schema}.${from}`] : [`${schema}.${from}`, `${schema}.${joined}`],
  }
}

/** The `sequence`th event: one every 2.5 seconds of the past 30 days for a million of them. */
export function makeUpEvent(sequence: number): StoredEvent {
  const random = randomOf(Math.imul(sequence, 0x9e3779b1))
  const atMs = Date.UTC(2026, 9, 20) + sequence * 2500 + random(2500)
  const micros = (ms: number): string =>
    `${new Date(ms).toISOString().slice(0, 23)}${String(random(1000)).padStart(3, '0')}Z`
  const id = `${(atMs * 16).toString(16).padStart(12, '0').slice(-12)}${hex(random, 20)}`
  const event = {
    id: `${id.slice(0, 8)}-${id.slice(8, 12)}-7${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20, 32)}`,
    idFromSender: random(2) === 0,
    occurredAt: micros(atMs),
    receivedAt: micros(atMs + 40),
    workspaceId: 'w_0193a5f2c81e',
    contentHash: hex(random, 32),
    position: { node: 'n_4f1c22', sequence },
  }
  const person = people[Math.min(random(400), random(400))]!
  const ip = `10.${random(4)}.${random(250)}.${random(250)}`
  if (random(20) === 0) {
    const type = pick(random, ['login', 'audit_log_searched', 'dashboard_viewed', 'integration_updated'])
    return {
      ...event,
      type,
      actor: { type: 'user', ...person },
      outcome: random(30) === 0 ? 'denied' : 'success',
      source: 'app',
      data: { page: `/reports/${random(500)}`, region: pick(random, ['emea', 'apac', 'amer']) },
      context: { ip, userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' },
    }
  }
  return { ...event, ...makeUpQuery(random, person, ip) }
}

function makeUpQuery(
  random: Random,
  person: (typeof people)[number],
  ip: string,
): Pick<
  StoredEvent,
  'type' | 'actor' | 'outcome' | 'source' | 'data' | 'context' | 'statement' | 'attribution'
> {
  const { tool, application, login } = tools[Math.min(random(4), random(4))]!
  const shapeSeed = Math.min(random(3000), random(3000))
  const literal = (): string =>
    random(3) === 0
      ? `'2026-${10 + random(3)}-${10 + random(18)} 00:00:00'`
      : random(2) === 0
        ? String(random(100_000))
        : `'${hex(random, 4 + random(12))}'`
  const asRun = makeSql(randomOf(shapeSeed), literal)
  const normalized = makeSql(randomOf(shapeSeed), undefined).sql
  const comment =
    tool === undefined ? '' : `/* {"tool": "${tool}", "user": "${person.email}", "card": ${random(900)}} */ `
  const isFailed = random(40) === 0
  return {
    type: 'query',
    actor: { type: 'user', ...person },
    outcome: isFailed ? 'failure' : 'success',
    source: 'int_7d2f90',
    data: {
      sql: comment + asRun.sql,
      dialect: 'postgres',
      database: pick(random, ['prod', 'prod', 'analytics']),
      login: login ?? person.email.split('@')[0]!,
      durationMs: random(2_000_000) / 1000,
      ...(isFailed
        ? { error: { code: '42P01', message: `relation "${pick(random, tables)}_old" does not exist` } }
        : { rows: random(5000) }),
    },
    context: { ip, application, sessionId: `${hex(random, 8)}.${hex(random, 5)}` },
    statement: {
      kind: 'read',
      parsed: true,
      tables: asRun.tables.map((name) => ({ name, access: 'read' })),
      fingerprint: createHash('md5').update(normalized).digest('hex'),
      normalized,
      flags: [],
    },
    ...(tool === undefined
      ? {}
      : {
          attribution: {
            login: login ?? '',
            claimed: { email: person.email, name: person.name },
            tool,
            trust: random(2) === 0 ? 'trusted' : 'asserted',
          },
        }),
  }
}
