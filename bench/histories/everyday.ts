import type { Random } from '../../tools/seed/random.ts'
import type { Employee } from './firm.ts'
import {
  atLocalHour,
  failedSignIn,
  hourMs,
  isAtWork,
  makeEvent,
  makeQuery,
  minuteMs,
  personAt,
  signIn,
  type HistoryEvent,
  type Scene,
  type Who,
} from './history.ts'

/** What forty people do on ordinary days: in their hours, with their tables and clients, from desk or home. */
export function makeEverydayWork(scene: Scene): HistoryEvent[] {
  const { firm, span } = scene
  const events: HistoryEvent[] = []
  for (const person of firm.people) {
    const own: Scene = { ...scene, random: scene.random.fork(`days of ${person.login}`) }
    for (let day = 0; day < span.days; day++) {
      if (isAtWork(person, span, day)) events.push(...makeDay(own, person, day))
    }
  }
  return events
}

function makeDay(scene: Scene, person: Employee, day: number): HistoryEvent[] {
  const { random, span } = scene
  const who = personAt(person, random.chance(0.3) ? person.homeIp : person.deskIp)
  const events: HistoryEvent[] = []
  const sessions = Math.max(1, Math.round(random.logNormal(person.sessions, 0.4)))
  // Now and then somebody stays longer.
  const ends = person.begins + 9 + (random.chance(0.03) ? random.integer(1, 2) : 0)
  for (let session = 0; session < sessions; session++) {
    const hour =
      session === 0
        ? person.begins + random.fraction()
        : person.begins + random.fraction() * (ends - person.begins)
    events.push(...makeSession(scene, person, who, atLocalHour(span, person.offset, day, hour)))
  }
  if (person.readsAuditLog && random.chance(0.4)) {
    events.push(...readAuditLog(scene, person, who, atLocalHour(span, person.offset, day, person.begins + 3)))
  }
  if (person.grants && random.chance(0.25)) {
    const ms = atLocalHour(span, person.offset, day, person.begins + 4 + random.fraction())
    const sql = `grant select on analytics.daily_revenue to ${random.pick(scene.firm.people).login.replace('.', '_')}`
    events.push(makeQuery(scene, ms, who, { sql }))
  }
  return events
}

function makeSession(scene: Scene, person: Employee, who: Who, startMs: number): HistoryEvent[] {
  const { random } = scene
  const events: HistoryEvent[] = []
  let ms = startMs
  for (let failures = random.chance(0.05) ? random.integer(1, 3) : 0; failures > 0; failures--) {
    events.push(failedSignIn(scene, ms, person, who.ip ?? ''))
    ms += random.logNormal(15_000, 0.4)
  }
  events.push(signIn(scene, ms, who))
  if (person.application.startsWith('DBeaver')) events.push(...lookAround(scene, who, ms))
  for (let left = Math.ceil(random.logNormal(5, 0.6)); left > 0; left--) {
    ms += random.logNormal(70_000, 0.8)
    events.push(makeQuery(scene, ms, who, everydayStatement(random, person)))
  }
  return events
}

/** A client with a tree of tables asks the catalogue by itself. */
function lookAround(scene: Scene, who: Who, ms: number): HistoryEvent[] {
  return ['pg_class', 'pg_namespace', 'pg_attribute', 'pg_proc', 'pg_type'].map((name, i) =>
    makeQuery(scene, ms + 200 * i, who, { sql: `select * from pg_catalog.${name} where oid > 0`, rows: 300 }),
  )
}

type Statement = Parameters<typeof makeQuery>[3]

function everydayStatement(random: Random, person: Employee): Statement {
  const rank = Math.floor(random.fraction() ** 1.6 * person.tables.length)
  const name = person.tables[rank] ?? 'sales.orders'
  const id = random.integer(1, 999_999)
  const rows = Math.round(Math.min(8000, random.logNormal(60, 1.2)))
  const bytes = Math.round(rows * random.integer(80, 240))
  if (random.chance(0.01)) {
    const error = { code: '42501', message: `permission denied for table ${name.split('.')[1] ?? name}` }
    return { sql: `select * from ${name} where id = ${id}`, error, outcome: 'denied' }
  }
  if (random.chance(0.02)) {
    const error = { code: '42601', message: 'syntax error at or near "form"' }
    return { sql: `select * form ${name}`, error }
  }
  const roll = random.fraction()
  if (roll < 0.3) return { sql: `select * from ${name} where id = ${id}`, rows: 1, bytes: 200 }
  if (roll < 0.5) return { sql: `select * from ${name} order by id desc limit 100`, rows: 100, bytes: 20_000 }
  if (roll < 0.75) {
    return { sql: `select count(*), max(updated_at) from ${name} where id > ${id}`, rows: 1, bytes: 100 }
  }
  if (roll < 0.93) {
    return {
      sql: `select id, status, amount from ${name} where updated_at > now() - interval '7 days'`,
      rows,
      bytes,
    }
  }
  if (roll < 0.96) return { sql: `update ${name} set status = 'done' where id = ${id}`, rows: 1 }
  if (person.exports && roll < 0.975) {
    return {
      sql: `copy (select id, status from ${person.tables[0] ?? name}) to stdout with csv`,
      rows,
      bytes,
    }
  }
  if (roll < 0.98) return { sql: `create temporary table tmp_${id} as select * from ${name} limit 1000` }
  if (roll < 0.985) return { sql: `drop table if exists tmp_${id}` }
  if (roll < 0.99 && person.team === 'data') return { sql: `alter table ${name} add column note_${id} text` }
  return { sql: `explain select * from ${name} where id = ${id}`, rows: 4 }
}

function readAuditLog(scene: Scene, person: Employee, who: Who, ms: number): HistoryEvent[] {
  const { random } = scene
  const look = { type: 'audit_log_searched', data: { query: 'type:query outcome:denied' } }
  const events = [makeEvent(random, ms, who, look)]
  const exportsToday = random.chance(0.3) ? random.integer(1, 2) : 0
  for (let i = 0; i < exportsToday; i++) {
    const data = { format: 'xlsx', query: `actor:${person.email}` }
    events.push(makeEvent(random, ms + (i + 1) * 3 * minuteMs, who, { type: 'audit_log_exported', data }))
  }
  return events
}

/** What is rare and all the same harmless: on call, travel, the end of the month, a colleague who looks around. */
export function makeRareWork(scene: Scene): HistoryEvent[] {
  return [
    ...onCall(scene),
    ...travel(scene),
    ...endOfMonth(scene),
    ...lookingAround(scene),
    ...repairs(scene),
  ]
}

function onCall(scene: Scene): HistoryEvent[] {
  const { firm, span, random } = scene
  const engineers = firm.people.filter(({ team, joins }) => team === 'engineering' && joins === 0).slice(0, 3)
  const events: HistoryEvent[] = []
  for (let day = 0; day < span.days; day++) {
    const person = engineers[Math.floor(day / 7) % engineers.length]
    if (!person || !random.chance(0.15)) continue
    let ms = atLocalHour(span, person.offset, day, 1 + random.fraction() * 4)
    const who = personAt(person, person.homeIp)
    events.push(signIn(scene, ms, who))
    for (let left = random.integer(2, 6); left > 0; left--) {
      ms += random.logNormal(90_000, 0.6)
      events.push(
        makeQuery(scene, ms, who, { sql: 'select * from app.errors order by id desc limit 50', rows: 50 }),
      )
    }
  }
  return events
}

function travel(scene: Scene): HistoryEvent[] {
  const { firm, span, random } = scene
  const events: HistoryEvent[] = []
  for (let trip = 0; trip < 3; trip++) {
    const person = random.pick(firm.people)
    const first = random.integer(2, span.days - 4)
    const ip = `203.0.${random.integer(100, 250)}.${random.integer(2, 250)}`
    for (let day = first; day < first + 3; day++) {
      if (!isAtWork(person, span, day)) continue
      const ms = atLocalHour(span, person.offset, day, person.begins + 1 + random.fraction() * 6)
      events.push(...makeSession(scene, person, personAt(person, ip), ms))
    }
  }
  return events
}

function endOfMonth(scene: Scene): HistoryEvent[] {
  const { firm, span, random } = scene
  const events: HistoryEvent[] = []
  for (let day = 0; day < span.days; day++) {
    const date = new Date(span.fromMs + day * 24 * hourMs).getUTCDate()
    if (date > 2) continue
    for (const person of firm.people.filter(({ team }) => team === 'finance')) {
      if (!isAtWork(person, span, day)) continue
      const ms = atLocalHour(span, person.offset, day, person.begins + 2)
      for (let i = 0; i < 10; i++) {
        const rows = Math.round(random.logNormal(400, 0.5))
        const sql = `select account, sum(amount) from ${person.tables[0] ?? 'sales.orders'} where month = ${i} group by 1`
        events.push(
          makeQuery(scene, ms + i * 4 * minuteMs, personAt(person), { sql, rows, bytes: rows * 120 }),
        )
      }
    }
  }
  return events
}

/** Somebody looks for a table by hand; few questions, as everybody asks them. */
function lookingAround(scene: Scene): HistoryEvent[] {
  const { firm, span, random } = scene
  return Array.from({ length: 12 }, () => {
    const person = random.pick(firm.people)
    const day = random.integer(0, span.days - 1)
    if (!isAtWork(person, span, day)) return []
    const ms = atLocalHour(span, person.offset, day, person.begins + 2 + random.fraction() * 5)
    return Array.from({ length: random.integer(1, 4) }, (_, i) =>
      makeQuery(scene, ms + i * 40_000, personAt(person), {
        sql: `select table_name from information_schema.tables where table_schema = 's${i}'`,
        rows: 30,
      }),
    )
  }).flat()
}

/** What engineers do on purpose where nothing can break, and once with a key. */
function repairs(scene: Scene): HistoryEvent[] {
  const { firm, span, random } = scene
  const engineers = firm.people.filter(({ team }) => team === 'data' || team === 'engineering')
  const statements: Statement[] = [
    { sql: 'delete from staging.raw_orders', rows: 4000 },
    { sql: 'drop table scratch.old_copy' },
    { sql: 'truncate staging.raw_orders' },
    { sql: 'update tmp_fix set done = true', rows: 20 },
    { sql: 'drop table orders_copy', database: 'dev' },
    { sql: 'delete from orders', database: 'staging', rows: 900 },
  ]
  return statements.flatMap((statement) => {
    const person = random.pick(engineers)
    const day = random.integer(0, span.days - 1)
    if (!isAtWork(person, span, day)) return []
    const ms = atLocalHour(span, person.offset, day, person.begins + 3 + random.fraction() * 4)
    return [makeQuery(scene, ms, personAt(person), statement)]
  })
}
