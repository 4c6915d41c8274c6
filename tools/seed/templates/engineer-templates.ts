import type { StatementKind } from '@aleph-audit-log/domain/event'
import { template, type QueryTemplate } from '../query-template.ts'

function on(
  kind: StatementKind,
  tables: string,
  durationMs: number,
  rows: number | undefined,
  text: string,
): QueryTemplate {
  return template('app', kind, tables, durationMs, rows, text)
}

/** What engineers do in the database of the web shop by hand. */
export const engineerTemplates: readonly QueryTemplate[] = [
  on('read', 'public.users', 6, 1, `select id, email, created_at, locked_at from users where id = {id}`),
  on(
    'read',
    'public.orders public.payments',
    24,
    3,
    `
    select o.id, o.state, p.state as payment, p.provider_reference
    from orders o
    left join payments p on p.order_id = o.id
    where o.id = {id}`,
  ),
  on(
    'read',
    'public.jobs',
    38,
    40,
    `select queue, state, count(*), min(run_at) from jobs where run_at < now() group by queue, state order by 3 desc`,
  ),
  on(
    'read',
    'public.jobs',
    12,
    20,
    `select id, queue, attempts, last_error from jobs where state = 'failed' and id > {id} order by id desc limit {limit}`,
  ),
  on(
    'read',
    'public.sessions',
    19,
    8,
    `select id, created_at, user_agent from sessions where user_id = {id} order by created_at desc`,
  ),
  on(
    'read',
    'public.feature_flags',
    3,
    24,
    `select name, enabled, rollout_percent from feature_flags order by name`,
  ),
  on(
    'read',
    'public.carts public.cart_items',
    55,
    30,
    `
    select c.id, count(i.*) as items, sum(i.price * i.quantity) as total
    from carts c
    join cart_items i on i.cart_id = c.id
    where c.updated_at > now() - interval '2 hours'
      and c.user_id = {id}
    group by c.id`,
  ),
  on(
    'read',
    'public.webhooks',
    44,
    15,
    `select id, url, status_code, attempts from webhooks where delivered_at is null and order_id = {id}`,
  ),
  on(
    'read',
    'public.orders',
    230,
    24,
    `select date_trunc('hour', created_at) as hour, count(*) filter (where state = 'failed') as failed, count(*) from orders where created_at > now() - interval '1 day' group by 1 order by 1`,
  ),
  on(
    'read',
    'public.users',
    310,
    12,
    `select lower(email), count(*) from users group by 1 having count(*) > 1 order by 2 desc limit {limit}`,
  ),
  on(
    'read',
    'pg_catalog.pg_stat_activity',
    4,
    30,
    `select pid, usename, state, wait_event, now() - query_start as running, left(query, 80) from pg_catalog.pg_stat_activity where state <> 'idle' order by running desc`,
  ),
  on(
    'read',
    'pg_catalog.pg_stat_user_tables',
    8,
    14,
    `select relname, n_live_tup, n_dead_tup, last_autovacuum from pg_catalog.pg_stat_user_tables order by n_dead_tup desc`,
  ),
  on(
    'read',
    'pg_catalog.pg_locks pg_catalog.pg_class',
    7,
    5,
    `select c.relname, l.mode, l.granted, l.pid from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation where not l.granted`,
  ),
  on(
    'read',
    'public.orders',
    90,
    8,
    `explain (analyze, buffers) select * from orders where user_id = {id} order by created_at desc limit 20`,
  ),
  on('tcl', '', 0.2, undefined, 'begin'),
  on(
    'write',
    '> public.jobs',
    21,
    1,
    `update jobs set state = 'queued', attempts = 0, run_at = now() where id = {id}`,
  ),
  on('tcl', '', 1.4, undefined, 'commit'),
  on(
    'write',
    '> public.feature_flags',
    9,
    1,
    `update feature_flags set rollout_percent = {small}, updated_by = '{staff}' where name = 'checkout_v3'`,
  ),
  on(
    'write',
    '> public.users',
    11,
    1,
    `update users set locked_at = null, failed_attempts = 0 where id = {id}`,
  ),
  on(
    'write',
    '> public.coupons',
    13,
    1,
    `insert into coupons (code, percent, expires_on) values ('SORRY-{key}', {small}, '{today}') on conflict (code) do nothing`,
  ),
  on(
    'write',
    '> public.sessions',
    640,
    5200,
    `delete from sessions where expires_at < now() - interval '{days} days'`,
  ),
  on(
    'ddl',
    '> public.orders',
    5200,
    undefined,
    `create index concurrently if not exists orders_state_idx on orders (state, created_at) where state <> 'done'`,
  ),
  on('ddl', '> public.reviews', 48, undefined, `alter table reviews add column if not exists language text`),
  on(
    'ddl',
    '> public.jobs',
    30,
    undefined,
    `comment on table jobs is 'Work that is done later; owned by team platform'`,
  ),
  on('maintenance', '> public.carts', 3900, undefined, 'vacuum (analyze) carts'),
  on('maintenance', 'public.orders', 2200, undefined, 'analyze orders'),
  on('procedure', '', 75, undefined, `call reindex_search({id})`),
  on(
    'procedure',
    '> public.notifications',
    410,
    undefined,
    `
    do $$
    begin
      delete from notifications where read_at < now() - interval '90 days';
      raise notice 'done';
    end
    $$`,
  ),
  on('session', '', 0.3, undefined, `set local lock_timeout = '5s'`),
  on('dcl', '> public.reviews', 6, undefined, 'grant select on reviews to reporting'),
  on('dcl', '', 7, undefined, `alter role reporting set statement_timeout = '60s'`),
]

/** Questions to the lake, in BigQuery's dialect. */
export const scientistTemplates: readonly QueryTemplate[] = [
  [
    'lake.events.page_views',
    2400,
    30,
    `
    SELECT DATE(viewed_at) AS day, COUNT(DISTINCT visitor_id) AS visitors
    FROM \`lake.events.page_views\`
    WHERE viewed_at >= TIMESTAMP('{date}')
    GROUP BY day
    ORDER BY day`,
  ],
  [
    'lake.events.page_views lake.events.clicks',
    8200,
    100,
    `
    SELECT v.path, COUNT(*) AS views, COUNTIF(c.click_id IS NOT NULL) AS clicks,
      SAFE_DIVIDE(COUNTIF(c.click_id IS NOT NULL), COUNT(*)) AS rate
    FROM \`lake.events.page_views\` AS v
    LEFT JOIN \`lake.events.clicks\` AS c USING (view_id)
    WHERE v._PARTITIONDATE = '{date}'
    GROUP BY v.path
    HAVING views > {small}
    ORDER BY rate DESC
    LIMIT {limit}`,
  ],
  [
    'lake.iot.telemetry',
    5600,
    400,
    `
    SELECT bike_id, ANY_VALUE(firmware) AS firmware, MAX(battery_temperature) AS hottest
    FROM \`lake.iot.telemetry\`
    WHERE bike_id = {id}
      AND recorded_at > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL {days} DAY)
    GROUP BY bike_id`,
  ],
  [
    'lake.iot.telemetry',
    12_500,
    80,
    `
    SELECT firmware, APPROX_QUANTILES(range_km, 100)[OFFSET(50)] AS median_range
    FROM \`lake.iot.telemetry\`
    WHERE DATE(recorded_at) BETWEEN '{month}' AND '{today}'
    GROUP BY firmware
    QUALIFY ROW_NUMBER() OVER (ORDER BY median_range) <= 80`,
  ],
  [
    'lake.ml.features lake.ml.predictions',
    6900,
    900,
    `
    SELECT f.* EXCEPT (updated_at), p.score
    FROM \`lake.ml.features\` AS f
    JOIN \`lake.ml.predictions\` AS p ON p.customer_id = f.customer_id
    WHERE p.model = 'churn' AND f.customer_id > {id}
    LIMIT {limit}`,
  ],
  [
    'lake.logs.requests',
    3800,
    60,
    `
    SELECT status, route, COUNT(*) AS requests, AVG(latency_ms) AS latency
    FROM \`lake.logs.requests\`
    WHERE trace_id = '{uuid}' OR order_id = {id}
    GROUP BY status, route`,
  ],
  [
    'lake.events.app_opens',
    1800,
    14,
    `
    SELECT app_version, platform, COUNT(*) AS opens
    FROM \`lake.events.app_opens\`
    WHERE opened_on >= DATE_SUB(CURRENT_DATE(), INTERVAL {days} DAY)
    GROUP BY ROLLUP (app_version, platform)`,
  ],
].map(([tables, durationMs, rows, text]) =>
  template('lake', 'read', String(tables), Number(durationMs), Number(rows), String(text)),
)

/** What engineers write into the lake. */
export const lakeChangeTemplates: readonly QueryTemplate[] = [
  template(
    'lake',
    'ddl',
    'lake.events.page_views > lake.ml.features',
    14_000,
    undefined,
    `
    CREATE OR REPLACE TABLE \`lake.ml.features\` PARTITION BY updated_on AS
    SELECT visitor_id AS customer_id, COUNT(*) AS views, DATE '{today}' AS updated_on
    FROM \`lake.events.page_views\`
    WHERE customer_id < {id}
    GROUP BY visitor_id`,
  ),
  template(
    'lake',
    'write',
    'lake.ml.features > lake.ml.predictions',
    9800,
    42_000,
    `
    MERGE \`lake.ml.predictions\` AS p
    USING \`lake.ml.features\` AS f ON p.customer_id = f.customer_id AND p.batch = {id}
    WHEN MATCHED THEN UPDATE SET score = ML_SCORE(f.views)
    WHEN NOT MATCHED THEN INSERT (customer_id, batch, score) VALUES (f.customer_id, {id}, 0)`,
  ),
  template(
    'lake',
    'export',
    'lake.ml.predictions',
    7200,
    undefined,
    `
    EXPORT DATA OPTIONS (uri = 'gs://lumen-exports/churn/{compactDate}-*.parquet', format = 'PARQUET') AS
    SELECT customer_id, score FROM \`lake.ml.predictions\` WHERE batch = {id}`,
  ),
  template(
    'lake',
    'dcl',
    '> lake.ml.predictions',
    900,
    undefined,
    'GRANT `roles/bigquery.dataViewer` ON TABLE `lake.ml.predictions` TO "group:analytics@lumen.example"',
  ),
]
