import { browserOf, daysSince, failedSignIn, localMs } from './acts.ts'
import type { IncidentName } from './incident.ts'
import { makeAct, memberActor } from './make-act.ts'
import type { MadeEvent } from './made-event.ts'
import { makeQuery, makeSessionEvent, makeSessionId, personClient, type Client } from './make-query.ts'
import {
  agentReads,
  copiedOutside,
  deletedAll,
  guessedPassword,
  injectedText,
  keyElsewhere,
  lookedAround,
  missingLines,
  refusedAgain,
  tookMuchAway,
  turnedOff,
  wentPast,
} from './make-more-incidents.ts'
import { people, personOf } from './people.ts'
import { template, type QueryTemplate } from './query-template.ts'
import type { Random } from './random.ts'
import type { Span } from './rhythm.ts'
import { tools } from './tool-comments.ts'

const minuteMs = 60_000

/** When things happened that everyday work has to respect (Unix ms). */
export type Timeline = {
  /** Who works no more, from when on. */
  leftMs: ReadonlyMap<string, number>
  /** The table that was gone for a while. */
  missing: { table: string; fromMs: number; toMs: number }
}

/** Works out when the incidents happen, relative to the end of the span. */
export function makeTimeline(span: Span): Timeline {
  const india = personOf('rahul').office.zone
  const droppedMs = localMs(india, span, daysSince(india, span, 9, 2), 15.35)
  return {
    leftMs: new Map([['natcha', localMs(personOf('natcha').office.zone, span, 16, 17.5)]]),
    missing: { table: 'analytics.order_facts', fromMs: droppedMs, toMs: droppedMs + 41 * minuteMs },
  }
}

/** The events of all incidents; `incident.ts` tells what can be found of them. */
export function makeIncidents(random: Random, span: Span, timeline: Timeline): MadeEvent[] {
  const makers: Record<IncidentName, (random: Random, span: Span, timeline: Timeline) => MadeEvent[]> = {
    'night-read': nightRead,
    'password-spraying': passwordSpraying,
    'dropped-table': droppedTable,
    'left-account': leftAccount,
    'self-grant': selfGrant,
    'service-by-hand': serviceByHand,
    'guessed-password': guessedPassword,
    'refused-again': refusedAgain,
    'looked-around': lookedAround,
    'copied-outside': copiedOutside,
    'deleted-all': deletedAll,
    'injected-text': injectedText,
    'key-elsewhere': keyElsewhere,
    'took-much-away': tookMuchAway,
    'turned-off': turnedOff,
    'went-past': wentPast,
    'missing-lines': missingLines,
    'agent-reads': agentReads,
  }
  return Object.entries(makers).flatMap(([name, make]) =>
    // Object.entries forgets that the keys are the names.
    make(random.fork(name), span, timeline).map((event) => ({
      ...event,
      routine: false,
      incident: name as IncidentName,
    })),
  )
}

type Step = {
  template: QueryTemplate
  rows?: number
  failure?: { code: string; message: string; outcome: 'failure' | 'denied' }
}

/** A connection with these statements, some pause before each; with its beginning and end unless it is a pool's. */
function connection(
  random: Random,
  startMs: number,
  client: Client,
  steps: readonly Step[],
  gapMs: number,
): MadeEvent[] {
  const events = [makeSessionEvent('session_started', { random, ms: startMs, client })]
  let ms = startMs
  for (const step of steps) {
    ms += random.logNormal(gapMs, 0.4)
    events.push(makeQuery({ random, ms, client, failureRate: 0, routine: false, ...step }))
  }
  ms += gapMs
  return [...events, makeSessionEvent('session_ended', { random, ms, client, durationMs: ms - startMs })]
}

function ask(tables: string, rows: number, text: string, durationMs = 30): QueryTemplate {
  return template('warehouse', 'read', tables, durationMs, rows, text)
}

function nightRead(random: Random, span: Span): MadeEvent[] {
  const person = personOf('thiago')
  const { zone } = person.office
  const startMs = localMs(zone, span, daysSince(zone, span, 8, 3), 2.68)
  const page = ask(
    'crm.customers',
    250_000,
    'select * from crm.customers where id > {id} order by id limit 250000',
    9400,
  )
  const steps = Array.from({ length: 14 }, (_, i) => ({ template: page, rows: i === 13 ? 181_440 : 250_000 }))
  return connection(
    random,
    startMs,
    personClient(person, 'warehouse', 'psql', random, startMs),
    steps,
    38_000,
  )
}

function passwordSpraying(random: Random, span: Span): MadeEvent[] {
  const ip = '203.0.113.66'
  const userAgent = 'python-requests/2.32.5'
  const startMs = localMs('UTC', span, 6, 1.22)
  const tried = people
    .map((person) => ({ person, order: random.fraction() }))
    .sort((a, b) => a.order - b.order)
  const again = tried.slice(10, 16)
  let ms = startMs
  const failed = [...tried, ...again].map(({ person }) =>
    failedSignIn(person.email, (ms += random.logNormal(11_000, 0.3)), ip, userAgent),
  )
  const victim = personOf('carmen')
  const acts = [
    ['user_signed_in', undefined],
    ['audit_log_searched', { query: 'type:api_key_created' }],
    ['audit_log_exported', { format: 'csv', query: 'table:crm.customers' }],
  ] as const
  const succeeded = acts.map(([type, data]) =>
    makeAct({
      type,
      ms: (ms += random.logNormal(14_000, 0.3)),
      actor: memberActor(victim),
      ip,
      userAgent,
      ...(data === undefined ? {} : { data }),
    }),
  )
  return [...failed, ...succeeded]
}

function droppedTable(random: Random, _span: Span, { missing }: Timeline): MadeEvent[] {
  const { table, fromMs, toMs } = missing
  const culprit = personOf('rahul')
  const drop = template('warehouse', 'ddl', `> ${table}`, 210, undefined, `drop table ${table} cascade`)
  const dropping = makeQuery({
    random,
    ms: fromMs,
    client: personClient(culprit, 'warehouse', 'DataGrip 2026.2', random, fromMs - 20 * minuteMs),
    template: drop,
    failureRate: 0,
    routine: false,
  })
  const failure = {
    code: '42P01',
    message: `relation "${table}" does not exist`,
    outcome: 'failure',
  } as const
  const dashboard = ask(
    table,
    12,
    `SELECT month, SUM(revenue) AS revenue FROM ${table} WHERE country = '{country}' GROUP BY month`,
    1,
  )
  const misses = Array.from({ length: 11 }, (_, i) => {
    const ms = fromMs + (2 + i * 3.1) * minuteMs + random.fraction() * minuteMs
    const client = metabaseClient(random, ms, ['misaki', 'nikos', 'jerome', 'ananya'][i % 4] ?? 'misaki')
    return makeQuery({ random, ms, client, template: dashboard, failureRate: 0, routine: false, failure })
  })
  const rescuer = personOf('tobias')
  const startMs = toMs - 5 * minuteMs
  const restore = [
    template(
      'warehouse',
      'ddl',
      `backup.order_facts > ${table}`,
      90,
      undefined,
      `create table ${table} (like backup.order_facts including all)`,
    ),
    template(
      'warehouse',
      'write',
      `backup.order_facts > ${table}`,
      48_000,
      2_481_220,
      `insert into ${table} select * from backup.order_facts where order_id >= {id} or order_id < {id}`,
    ),
    template(
      'warehouse',
      'dcl',
      `> ${table}`,
      5,
      undefined,
      `grant select on ${table} to svc_metabase, svc_superset, svc_redash, reporting`,
    ),
  ].map((one) => ({ template: one }))
  const client = personClient(rescuer, 'warehouse', 'psql', random, startMs)
  return [dropping, ...misses, ...connection(random, startMs, client, restore, 55_000)]
}

function metabaseClient(random: Random, ms: number, login: string): Client {
  const { metabase } = tools
  const person = personOf(login)
  return {
    actor: { type: 'service', id: metabase.login, name: metabase.login },
    login: metabase.login,
    database: 'warehouse',
    application: metabase.application,
    ip: metabase.ip,
    sessionId: makeSessionId(random, ms),
    comment: (one) => metabase.comment(random, one, person),
    timeoutMs: 60_000,
  }
}

function leftAccount(random: Random, span: Span, { leftMs }: Timeline): MadeEvent[] {
  const person = personOf('natcha')
  const admin = personOf('tobias')
  const removal = makeAct({
    type: 'user_removed',
    ms: (leftMs.get(person.login) ?? span.fromMs) + 8 * minuteMs,
    actor: memberActor(admin),
    ip: admin.ip,
    userAgent: browserOf(admin),
    data: { role: person.role ?? 'auditor', name: person.name, email: person.email },
    targets: [{ type: 'user', id: person.id, name: person.email }],
  })
  const startMs = localMs('UTC', span, 3, 22.7)
  const client: Client = {
    ...personClient(person, 'warehouse', 'psql', random, startMs),
    ip: '198.51.100.23',
    // Not through the directory, where the account is locked: the password of the database itself still worked.
    authentication: { identity: person.login, method: 'scram-sha-256' },
  }
  const queries = [
    ask('', 1, 'select current_user, version()', 0.5),
    ask(
      'information_schema.tables',
      28,
      `select table_schema, table_name from information_schema.tables where table_schema not in ('pg_catalog', 'information_schema')`,
    ),
    ask('crm.contacts', 100, 'select * from crm.contacts limit 100'),
    ask(
      'crm.contacts',
      5120,
      `select name, email, phone from crm.contacts where company_size > 50 and id > {id}`,
    ),
    ask(
      'crm.leads',
      860,
      `select company, owner, stage, expected_value from crm.leads where stage in ('offer', 'negotiation')`,
    ),
    ask('marketing.campaigns', 64, `select * from marketing.campaigns where starts_on > current_date`),
    ask(
      'product.prices',
      4400,
      'select sku, price, cost, valid_from from product.prices where valid_from > current_date - 90',
    ),
    template(
      'warehouse',
      'export',
      'crm.contacts',
      800,
      12_400,
      `copy crm.contacts to stdout with (format csv, header)`,
    ),
    template(
      'warehouse',
      'export',
      'crm.leads',
      240,
      2300,
      `copy crm.leads to stdout with (format csv, header)`,
    ),
  ]
  return [
    removal,
    ...connection(
      random,
      startMs,
      client,
      queries.map((one) => ({ template: one })),
      70_000,
    ),
  ]
}

function selfGrant(random: Random, span: Span): MadeEvent[] {
  const person = personOf('jihoon')
  const { zone } = person.office
  const startMs = localMs(zone, span, daysSince(zone, span, 4, 0), 3.2)
  const hr = '> hr.employees hr.salaries'
  const queries = [
    template('warehouse', 'dcl', hr, 7, undefined, 'grant select on hr.employees, hr.salaries to jihoon'),
    ask(
      'hr.salaries hr.employees',
      1,
      `select e.name, s.amount, s.currency from hr.salaries s join hr.employees e on e.id = s.employee_id where e.name = '박지훈'`,
    ),
    ask(
      'hr.salaries hr.employees',
      40,
      'select e.name, e.team, s.amount from hr.salaries s join hr.employees e on e.id = s.employee_id order by s.amount desc',
    ),
    ask(
      'hr.salaries',
      7,
      'select grade, min(amount), max(amount), count(*) from hr.salaries group by grade order by grade',
    ),
    template('warehouse', 'dcl', hr, 6, undefined, 'revoke select on hr.employees, hr.salaries from jihoon'),
  ]
  const client = personClient(person, 'warehouse', 'psql', random, startMs)
  return connection(
    random,
    startMs,
    client,
    queries.map((one) => ({ template: one })),
    95_000,
  )
}

function serviceByHand(random: Random, span: Span): MadeEvent[] {
  const desk = personOf('nikos')
  const { zone } = desk.office
  const startMs = localMs(zone, span, daysSince(zone, span, 5, 4), 18.1)
  const client: Client = {
    actor: { type: 'service', id: 'svc_dbt', name: 'dbt' },
    login: 'svc_dbt',
    database: 'warehouse',
    application: 'psql',
    ip: desk.ip,
    sessionId: makeSessionId(random, startMs),
    timeoutMs: 60_000,
  }
  const queries = [
    ask('finance.payouts', 40, 'select * from finance.payouts order by paid_on desc limit 40'),
    ask(
      'finance.ledger',
      300,
      `select * from finance.ledger where account = '4711' and booked_on > current_date - 60`,
    ),
    template(
      'warehouse',
      'write',
      '> finance.payouts',
      12,
      1,
      'update finance.payouts set amount = amount - {amount} where id = {id}',
    ),
  ]
  const steps = Array.from({ length: 15 }, (_, i) => ({
    template: queries[i < 6 ? 0 : i < 13 ? 1 : 2] ?? queries[0],
  }))
  return connection(
    random,
    startMs,
    client,
    steps.flatMap(({ template: one }) => (one ? [{ template: one }] : [])),
    52_000,
  )
}
