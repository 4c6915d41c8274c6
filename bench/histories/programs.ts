import {
  atLocalHour,
  dayMs,
  hourMs,
  isAtWork,
  makeQuery,
  minuteMs,
  programItself,
  type HistoryEvent,
  type Scene,
} from './history.ts'

/** What programs do, day and night. */
export function makeProgramWork(scene: Scene): HistoryEvent[] {
  const events: HistoryEvent[] = []
  for (let day = 0; day < scene.span.days; day++) {
    const startMs = scene.span.fromMs + day * dayMs
    events.push(
      ...builds(scene, startMs),
      ...loads(scene, startMs),
      ...backup(scene, startMs),
      ...shop(scene, startMs),
      ...monitoring(scene, startMs),
      ...dashboards(scene, day),
    )
  }
  return events
}

/** dbt, at night and every six hours. */
function builds(scene: Scene, startMs: number): HistoryEvent[] {
  const who = programItself(scene.firm.programs.dbt)
  return [1, 7, 13, 19].flatMap((hour) => {
    let ms = startMs + hour * hourMs
    return [
      {
        sql: 'create table analytics.order_facts__dbt_tmp as select o.id, c.country from sales.orders o join crm.customers c on c.id = o.customer_id',
        rows: 90_000,
      },
      { sql: 'drop table if exists analytics.order_facts__dbt_backup cascade' },
      { sql: 'alter table analytics.order_facts__dbt_tmp rename to order_facts' },
      { sql: 'delete from analytics.daily_revenue', rows: 400 },
      {
        sql: 'insert into analytics.daily_revenue select day, sum(total) from sales.orders group by 1',
        rows: 400,
      },
      { sql: 'grant select on analytics.order_facts to reporting' },
      { sql: 'select count(*) from analytics.order_facts where id is null', rows: 1 },
    ].map((statement) => {
      ms += scene.random.logNormal(15_000, 0.5)
      return makeQuery(scene, ms, who, statement)
    })
  })
}

function loads(scene: Scene, startMs: number): HistoryEvent[] {
  const who = programItself(scene.firm.programs.loader)
  return Array.from({ length: 24 }, (_, hour) => {
    const ms = startMs + hour * hourMs + 2 * minuteMs + scene.random.integer(0, 60_000)
    return [
      makeQuery(scene, ms, who, { sql: 'truncate staging.raw_orders' }),
      makeQuery(scene, ms + 9000, who, { sql: 'copy staging.raw_orders from stdin with csv', rows: 4200 }),
      makeQuery(scene, ms + 30_000, who, {
        sql: 'insert into sales.orders select * from staging.raw_orders on conflict do nothing',
        rows: 3100,
      }),
    ]
  }).flat()
}

function backup(scene: Scene, startMs: number): HistoryEvent[] {
  const who = programItself(scene.firm.programs.backup)
  return scene.firm.tables.map(({ name }, i) =>
    makeQuery(scene, startMs + 2 * hourMs + i * 11_000, who, {
      sql: `COPY ${name} TO stdout;`,
      rows: 240_000,
      bytes: 48_000_000,
    }),
  )
}

function shop(scene: Scene, startMs: number): HistoryEvent[] {
  const { random } = scene
  const who = programItself(scene.firm.programs.shop)
  return Array.from({ length: 300 }, () => {
    const ms = startMs + random.fraction() * dayMs
    const id = random.integer(1, 99_999)
    const sql = random.pick([
      `SELECT "orders".* FROM "app"."orders" WHERE "orders"."user_id" = ${id} LIMIT 25`,
      `UPDATE "app"."carts" SET "updated_at" = CURRENT_TIMESTAMP WHERE "carts"."id" = ${id}`,
      `SELECT u.* FROM app.users u WHERE u.email = 'kunde${id}@example.com'`,
    ])
    return makeQuery(scene, ms, who, { sql, rows: random.integer(0, 5) })
  })
}

function monitoring(scene: Scene, startMs: number): HistoryEvent[] {
  const who = programItself(scene.firm.programs.monitor)
  return Array.from({ length: 48 }, (_, i) =>
    makeQuery(scene, startMs + i * 30 * minuteMs + 7000, who, {
      sql: 'SELECT datname, xact_commit, deadlocks FROM pg_catalog.pg_stat_database',
      rows: 4,
    }),
  )
}

/** Dashboards ask in the name of who looks at them; the tool's comment tells who. */
function dashboards(scene: Scene, day: number): HistoryEvent[] {
  const { random, firm, span } = scene
  const { login, application, ip } = firm.programs.dashboards
  return firm.people.flatMap((person, index) => {
    if (!isAtWork(person, span, day) || !random.chance(0.4)) return []
    const startMs = atLocalHour(span, person.offset, day, person.begins + random.fraction() * 8)
    return Array.from({ length: random.integer(3, 9) }, (_, i) => {
      const name = person.tables[random.integer(0, Math.min(2, person.tables.length - 1))] ?? 'sales.orders'
      const comment = `-- Metabase:: userID: ${index + 3} queryType: MBQL queryHash: ${random.hex(64)}\n`
      return makeQuery(
        scene,
        startMs + i * 400,
        { actor: { type: 'service', id: login, name: login }, login, ip, application },
        {
          sql: `${comment}SELECT count(*) AS "count" FROM ${name} WHERE day > current_date - ${i}`,
          rows: 1 + i,
        },
      )
    })
  })
}
