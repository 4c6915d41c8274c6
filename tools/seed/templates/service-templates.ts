import type { StatementKind } from '@aleph-audit-log/domain/event'
import { databases } from '../databases.ts'
import { template, type QueryTemplate } from '../query-template.ts'

const withoutSchema = (table: string): string => table.slice(table.lastIndexOf('.') + 1)

/** The statements that the web shop's mapper makes for each of its tables. */
export const shopTemplates: readonly QueryTemplate[] = databases.app.tables.flatMap((table) => {
  const name = withoutSchema(table)
  const on = (kind: StatementKind, tables: string, durationMs: number, rows: number, text: string) =>
    template('app', kind, tables, durationMs, rows, text)
  return [
    on('read', table, 0.9, 1, `SELECT "${name}".* FROM "${name}" WHERE "${name}"."id" = {id} LIMIT 1`),
    on(
      'read',
      table,
      2.4,
      6,
      `SELECT "${name}".* FROM "${name}" WHERE "${name}"."user_id" = {id} ORDER BY "${name}"."created_at" DESC LIMIT 25`,
    ),
    on(
      'write',
      `> ${table}`,
      1.8,
      1,
      `INSERT INTO "${name}" ("user_id", "payload", "created_at") VALUES ({id}, '{uuid}', CURRENT_TIMESTAMP) RETURNING "id"`,
    ),
    on(
      'write',
      `> ${table}`,
      2.1,
      1,
      `UPDATE "${name}" SET "updated_at" = CURRENT_TIMESTAMP, "version" = "version" + 1 WHERE "${name}"."id" = {id} AND "${name}"."version" = {small}`,
    ),
    on('read', table, 3.2, 1, `SELECT COUNT(*) FROM "${name}" WHERE "${name}"."user_id" = {id}`),
  ]
})

/** What the queue of the web shop does. */
export const workerTemplates: readonly QueryTemplate[] = [
  template(
    'app',
    'write',
    'public.jobs > public.jobs',
    3.1,
    1,
    `UPDATE "jobs" SET "state" = 'running', "locked_at" = now() WHERE "id" = (SELECT "id" FROM "jobs" WHERE "queue" = 'mail' AND "run_at" <= now() ORDER BY "run_at" FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING *`,
  ),
  template('app', 'write', '> public.jobs', 1.6, 1, `DELETE FROM "jobs" WHERE "id" = {id}`),
  template(
    'app',
    'write',
    '> public.notifications',
    2.2,
    1,
    `INSERT INTO "notifications" ("user_id", "template", "sent_at") VALUES ({id}, 'order_shipped', now())`,
  ),
  template(
    'app',
    'read',
    'public.orders public.users',
    4.8,
    1,
    `SELECT o.*, u.email, u.locale FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id = {id}`,
  ),
  template(
    'app',
    'write',
    '> public.webhooks',
    2.6,
    1,
    `UPDATE "webhooks" SET "attempts" = "attempts" + 1, "status_code" = 200, "delivered_at" = now() WHERE "id" = {id}`,
  ),
]

/** Loading: from the shop and its partners into the warehouse. */
export const loadTemplates: readonly QueryTemplate[] = [
  ...['raw_orders', 'raw_customers', 'raw_payments'].map((table) =>
    template(
      'warehouse',
      'import',
      `> staging.${table}`,
      4100,
      6400,
      `COPY staging.${table} FROM STDIN WITH (FORMAT csv, NULL '\\N')`,
    ),
  ),
  template('warehouse', 'ddl', '> staging.raw_orders', 40, undefined, 'TRUNCATE staging.raw_orders'),
  template('warehouse', 'ddl', '> staging.raw_customers', 36, undefined, 'TRUNCATE staging.raw_customers'),
  template(
    'warehouse',
    'write',
    'staging.raw_orders > sales.orders',
    2700,
    3100,
    `
    INSERT INTO sales.orders (id, customer_id, total, country, status, ordered_at)
    SELECT id, customer_id, total, country, status, ordered_at
    FROM staging.raw_orders
    WHERE batch_id = {id}
    ON CONFLICT (id) DO UPDATE SET status = excluded.status, total = excluded.total`,
  ),
  template(
    'warehouse',
    'write',
    'staging.raw_customers > crm.customers',
    1900,
    420,
    `
    MERGE INTO crm.customers c
    USING staging.raw_customers r ON r.id = c.id AND r.batch_id = {id}
    WHEN MATCHED THEN UPDATE SET name = r.name, email = r.email, city = r.city
    WHEN NOT MATCHED THEN INSERT (id, name, email, city, country) VALUES (r.id, r.name, r.email, r.city, r.country)`,
  ),
  template(
    'warehouse',
    'write',
    'staging.raw_payments > finance.payments',
    1500,
    900,
    `INSERT INTO finance.payments SELECT * FROM staging.raw_payments WHERE batch_id = {id} ON CONFLICT DO NOTHING`,
  ),
  template(
    'warehouse',
    'read',
    'staging.raw_orders',
    210,
    1,
    `SELECT count(*), min(ordered_at), max(ordered_at) FROM staging.raw_orders WHERE batch_id = {id}`,
  ),
  template('warehouse', 'maintenance', 'sales.orders', 8800, undefined, 'ANALYZE sales.orders'),
]

/** The models that dbt builds; `model` is its name there. */
export const modelTemplates: readonly (QueryTemplate & { model: string })[] = [
  {
    model: 'order_facts',
    ...template(
      'warehouse',
      'write',
      'sales.orders sales.order_items product.prices > analytics.order_facts',
      21_000,
      14_000,
      `
      insert into "analytics"."order_facts" ("order_id", "ordered_on", "country", "channel", "revenue", "margin")
      (
        select o.id, o.ordered_at::date, o.country, o.channel, o.total, o.total - sum(i.quantity * p.cost)
        from sales.orders o
        join sales.order_items i on i.order_id = o.id
        join product.prices p on p.sku = i.sku
        where o.id > {id}
        group by o.id
      )`,
    ),
  },
  {
    model: 'customer_360',
    ...template(
      'warehouse',
      'ddl',
      'crm.customers sales.orders support.tickets > analytics.customer_360__dbt_tmp',
      34_000,
      120_000,
      `
      create table "analytics"."customer_360__dbt_tmp" as (
        with orders as (
          select customer_id, count(*) as orders, sum(total) as lifetime_value, max(ordered_at) as last_order_at
          from sales.orders
          group by customer_id
        ), tickets as (
          select customer_id, count(*) as tickets from support.tickets group by customer_id
        )
        select c.id as customer_id, o.orders, o.lifetime_value, o.last_order_at, t.tickets
        from crm.customers c
        left join orders o on o.customer_id = c.id
        left join tickets t on t.customer_id = c.id
      )`,
    ),
  },
  {
    model: 'customer_360',
    ...template(
      'warehouse',
      'ddl',
      '> analytics.customer_360__dbt_tmp customer_360',
      12,
      undefined,
      `alter table "analytics"."customer_360__dbt_tmp" rename to "customer_360"`,
    ),
  },
  {
    model: 'daily_revenue',
    ...template(
      'warehouse',
      'write',
      'sales.orders > analytics.daily_revenue',
      6800,
      160,
      `
      delete from "analytics"."daily_revenue" where day >= '{date}';
      insert into "analytics"."daily_revenue" ("day", "country", "revenue")
      select ordered_at::date, country, sum(total) from sales.orders where ordered_at >= '{date}' group by 1, 2`,
    ),
  },
  {
    model: 'not_null_order_facts_order_id',
    ...template(
      'warehouse',
      'read',
      'analytics.order_facts',
      900,
      1,
      `
      select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error
      from (
        select order_id from "analytics"."order_facts" where order_id is null
      ) dbt_internal_test`,
    ),
  },
  {
    model: 'relationships_order_facts_customer_id',
    ...template(
      'warehouse',
      'read',
      'analytics.order_facts crm.customers',
      3300,
      1,
      `
      select count(*) as failures
      from analytics.order_facts child
      left join crm.customers parent on child.customer_id = parent.id
      where child.order_id > {id} and parent.id is null`,
    ),
  },
]

/** The nightly backup reads every table of the warehouse whole. */
export const backupTemplates: readonly QueryTemplate[] = [
  template(
    'warehouse',
    'session',
    '',
    0.3,
    undefined,
    'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY',
  ),
  ...databases.warehouse.tables.map((table) =>
    template('warehouse', 'export', table, 9000, 240_000, `COPY ${table} TO stdout;`),
  ),
]

/** What the monitoring looks at every few minutes. */
export const monitorTemplates: readonly QueryTemplate[] = [
  template(
    'warehouse',
    'read',
    'pg_catalog.pg_stat_database',
    2.2,
    4,
    `SELECT datname, xact_commit, xact_rollback, blks_hit, blks_read, deadlocks FROM pg_catalog.pg_stat_database`,
  ),
  template(
    'warehouse',
    'read',
    'pg_catalog.pg_stat_replication',
    1.4,
    1,
    `SELECT client_addr, state, pg_wal_lsn_diff(sent_lsn, replay_lsn) AS lag FROM pg_catalog.pg_stat_replication`,
  ),
  template('warehouse', 'read', '', 0.3, 1, 'SELECT 1'),
]

/** What a look at a table is, in every client: its first rows, and how many there are. */
export const lookTemplates: readonly QueryTemplate[] = databases.warehouse.tables
  .filter((table) => table !== 'hr.salaries')
  .flatMap((table) => [
    template('warehouse', 'read', table, 9, 100, `select * from ${table} limit {limit}`),
    template(
      'warehouse',
      'read',
      table,
      180,
      1,
      `select count(*) from ${table} where updated_at >= '{date}' and id <> {id}`,
    ),
  ])
