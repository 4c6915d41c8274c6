--- ddl; reads mart.customers; writes mart.orders
create table if not exists mart.orders (
  id int64 not null options (description = 'from; the source'),
  cid int64 references mart.customers (id) not enforced,
  items array<struct<sku string, qty int64>>, at timestamp default current_timestamp(),
  primary key (id) not enforced)
  partition by timestamp_trunc(at, day) cluster by cid options (partition_expiration_days = 90, labels = [("k", "v")])

--- ddl; reads acme-prod.mart.moves; writes acme-prod.mart.top
create or replace table `acme-prod.mart.top` partition by d as select * from `acme-prod.mart.moves`

--- ddl; reads mart.orders, stg.orders; writes mart.orders_copy
create table mart.orders_copy like mart.orders as select * from stg.orders

--- ddl; reads mart.orders; writes mart.dup
create table mart.dup copy mart.orders

--- ddl; reads acme-prod.mart.orders; writes dev.orders
create table dev.orders clone acme-prod.mart.orders for system_time as of timestamp "2025-01-01 00:00:00+00"

--- ddl; reads mart.orders; writes backup.orders_0101
create snapshot table if not exists backup.orders_0101 clone mart.orders
  for system_time as of timestamp_sub(current_timestamp(), interval 1 day)
  options (expiration_timestamp = timestamp '2027-01-01 00:00:00 UTC')

--- ddl; reads ds.t, picked, _SESSION.picked; writes picked; temporary picked, _SESSION.picked
create temp table picked as select id from ds.t where rand() < 0.1; select count(*) from picked; select * from _SESSION.picked

--- ddl; writes _SESSION.tmp; temporary _SESSION.tmp
create temporary table _SESSION.tmp (x int64)

--- ddl; writes ext.logs
create or replace external table ext.logs (d date, msg string) with partition columns
  with connection `eu.lake` options (format = 'JSON', uris = ['gs://b/logs/*'], hive_partition_uri_prefix = 'gs://b/logs')

--- ddl; reads mart.orders, mart.customers; writes reports.v
create or replace view reports.v (id options (description = 'x'), total) options (expiration_timestamp = null) as
  select id, total from mart.orders where cid in (select id from mart.customers)

--- ddl; reads mart.orders; writes reports.mv
create materialized view reports.mv cluster by d options (enable_refresh = true, refresh_interval_minutes = 60)
  as select d, count(*) n from mart.orders group by d

--- ddl; reads other-proj.shared.mv; writes reports.rep
create materialized view reports.rep as replica of `other-proj.shared.mv`

--- ddl; writes mart.orders; flags
alter table mart.orders set options (description = "from x", labels = [("team", "fin")])

--- ddl; writes mart.orders; flags
alter table mart.orders add column if not exists note string, add column geo struct<lat float64, lon float64>

--- ddl; writes mart.orders; flags destructive
alter table if exists mart.orders drop column if exists note

--- ddl; writes mart.orders, orders_old
alter table mart.orders rename to orders_old

--- ddl; writes mart.orders
alter table mart.orders rename column cid to customer_id

--- ddl; reads crm.customers; writes mart.orders
alter table mart.orders add constraint fk foreign key (cid) references crm.customers (id) not enforced

--- ddl; writes reports.mv
alter materialized view reports.mv set options (enable_refresh = false)

--- ddl; writes stg.orders; flags destructive
truncate table stg.orders

--- ddl; writes acme-prod.stg.orders; flags destructive
drop table if exists `acme-prod.stg.orders`

--- ddl; writes backup.orders_0101; flags destructive
drop snapshot table if exists backup.orders_0101

--- ddl; writes ext.logs, reports.v; flags destructive, multi_statement
drop external table ext.logs; drop view reports.v;

--- ddl; flags destructive
drop schema if exists scratch cascade

--- ddl
create schema if not exists scratch options (location = "EU", default_table_expiration_days = 3)

--- ddl
undrop schema scratch

--- ddl; writes raw.logs
create search index if not exists ix on raw.logs (all columns) options (analyzer = 'LOG_ANALYZER')

--- ddl; writes ds.docs
create or replace vector index vx on ds.docs (embedding) storing (id) options (index_type = 'IVF', distance_type = 'COSINE')

--- ddl; reads crm.training
create or replace model ds.churn options (model_type = 'logistic_reg', input_label_cols = ['churned']) as
  select * except (id) from crm.training where split = 'train'

--- ddl
create model ds.remote input (x float64) output (y float64) remote with connection `eu.vx` options (endpoint = 'https://x')

--- ddl; flags destructive
drop model if exists ds.churn

--- ddl; reads ds.t
create temp function plus(x int64) as (x + 1); select plus(n) from ds.t

--- ddl
create or replace function util.parse(s string) returns array<string> language js
  options (library = ["gs://b/l.js"]) as r"""return s.split("from ds.x");"""

--- ddl
create or replace table function util.orders_of(r string) returns table <id int64> as
  select id from mart.orders where region = r

--- ddl
create or replace procedure util.load(in d date, out n int64) options (strict_mode = false)
  begin
  delete from mart.daily where daily.d = d;
  insert into mart.daily select * from stg.daily;
  set n = @@row_count;
  end

--- procedure
call util.load(date '2025-01-01', n)

--- procedure
call `acme-prod.util.load`(@d, @n)

--- write; reads stg.todo, mart.daily; writes mart.daily, mart.log
declare d date default date_sub(current_date(), interval 1 day);
  declare ids array<int64>;
  set ids = (select array_agg(id) from stg.todo);
  if exists (select 1 from mart.daily where day = d) then
  delete from mart.daily where day = d;
  elseif array_length(ids) > 5 then
  select error('too many');
  else
  insert into mart.log (msg) values ('nothing');
  end if;

--- write; writes mart.nums
declare i int64 default 0;
  loop
  set i = i + 1;
  if i > 3 then leave; end if;
  insert into mart.nums values (i);
  end loop;
  while i > 0 do set i = i - 1; end while;
  repeat set i = i + 2; until i > 10 end repeat;

--- procedure; reads ds.INFORMATION_SCHEMA.TABLES
for r in (select table_name from ds.INFORMATION_SCHEMA.TABLES where table_name like 'tmp%') do
  execute immediate format('drop table ds.%s', r.table_name);
  end for

--- write; reads stg.a; writes mart.a, ops.errors
begin
  insert into mart.a select * from stg.a;
  select 1 / 0;
  exception when error then
  insert into ops.errors (msg) values (@@error.message);
  raise using message = 'from handler';
  end;

--- write; reads stg.acct_log; writes mart.acct, mart.acct_log; flags multi_statement
begin transaction;
  update mart.acct set bal = bal - 5 where id = 1;
  insert into mart.acct_log select * from stg.acct_log where true;
  commit transaction;

--- tcl
begin

--- tcl
rollback transaction

--- write; writes mart.stock
execute immediate "update mart.stock set q = ? where sku = @s" using 5, "A" as s

--- ddl; reads ds.y; writes ds.x
execute immediate '''create table ds.x as select * from ds.y'''

--- write; reads stg.q; writes mart.q
case when (select count(*) from stg.q) > 3 then
  merge mart.q t using stg.q s on t.id = s.id when not matched then insert row;
  else select 'few'; end case;

--- read; reads ds.limits, ds.t
set (lo, hi) = (select as struct min(v), max(v) from ds.limits); select * from ds.t where v between lo and hi

--- session
set @@time_zone = "Europe/Berlin"

--- dcl; writes mart.orders; flags privilege_change
grant `roles/bigquery.dataViewer` on table mart.orders to "user:jo@acme.test", "group:bi@acme.test"

--- dcl; flags privilege_change
grant `roles/bigquery.dataEditor`, `roles/bigquery.dataOwner` on schema `acme-prod`.mart to "serviceAccount:etl@x.test"

--- dcl; writes reports.v; flags privilege_change
revoke `roles/bigquery.dataViewer` on view reports.v from "allAuthenticatedUsers"

--- dcl; writes acme-prod.ext.logs
revoke `roles/bigquery.admin` on external table `acme-prod.ext.logs` from "user:jo@acme.test"

--- ddl; writes mart.orders
create or replace row access policy eu_only on mart.orders grant to ('group:eu@acme.test') filter using (region = 'EU')

--- ddl; writes mart.orders; flags destructive
drop all row access policies on mart.orders

--- read; reads acme-prod.sales.orders; flags select_star
SELECT * FROM `acme-prod.sales.orders` WHERE DATE(placed_at) = CURRENT_DATE() LIMIT 100

--- read; reads sales.Orders, sales.Customers; flags no_limit
select c.region, sum(o.total) as total from sales.Orders o join `sales`.`Customers` c using (customer_id) group by all

--- read; reads acme-prod-2.sales.orders; flags no_limit
select count(*) from acme-prod-2.sales.orders

--- read; reads acme-prod.sales.Orders; flags
SELECT id FROM `acme-prod`.sales.Orders AS `from` WHERE `from`.state = "open; drop table x" LIMIT 5

--- read; reads acme-prod.sales.orders; flags
select x from `acme-prod.sales`.orders limit @n

--- read; reads acme-prod.analytics_123.events_*; flags no_limit
select event_name, count(*) from `acme-prod.analytics_123.events_*` where _TABLE_SUFFIX between "20250101" and "20250131" group by 1

--- read; reads region-eu.INFORMATION_SCHEMA.JOBS_BY_PROJECT; flags no_limit
select job_id, user_email, total_bytes_billed from `region-eu`.INFORMATION_SCHEMA.JOBS_BY_PROJECT where state = "DONE"

--- read; reads sales.INFORMATION_SCHEMA.TABLES
select table_name from sales.INFORMATION_SCHEMA.TABLES

--- read; reads hr.people
select * except (ssn) replace (upper(name) as name) from hr.people limit 10

--- read; reads web.hits; flags no_limit
select user_id, at from web.hits where true qualify row_number() over (partition by user_id order by at desc) = 1

--- read; reads ds.b; flags no_limit
with a as (select 1 as id union all select 2), b as (select * from ds.b) select a.id from a left join b on a.id = b.id

--- read; reads orders
with orders as (select * from orders) select count(1) from orders

--- read; reads ds.edges
with recursive t as (select 1 as n union all select n + 1 from t join ds.edges e on e.src = t.n) select max(n) from t

--- read; reads ds.a, ds.b, ds.c
(select id from ds.a except distinct select id from ds.b) union all (select id from ds.c intersect distinct select 1)

--- read; flags
select 1 as one, [1, 2, 3][offset(0)], current_date("Asia/Tokyo"), @@project_id

--- read; reads ds.orders; flags no_limit
select o.id, i.sku from ds.orders o, unnest(o.items) as i with offset as pos where pos < 3

--- read; reads ds.orders
select o.id, item.sku from ds.orders as o cross join o.items as item

--- read; reads ds.orders
select orders.id, items.sku from ds.orders, orders.items left join unnest(items.tags) t

--- read; reads ds.orders, ds.bad_tags; flags no_limit
select array(select as struct sku, qty from unnest(o.items) where qty > 1 order by qty) as big,
  exists (select * from unnest(o.tags) t where t in (select tag from ds.bad_tags)) as bad
  from ds.orders o

--- read
select * from unnest([struct<id int64, name string>(1, "a"), (2, "b")]) with offset

--- read; reads ds.t
select as value struct(a, b as bb, [c]) from ds.t limit 1

--- read; reads ds.real; flags
select r'\d+ from x', b"bytes", """multi
  line "quoted" from ds.fake; drop table y""", '''it's''' from ds.real # from ds.comment
  -- from ds.other
  limit 3

--- read; reads raw.docs; flags no_limit
select json_value(body, '$.a."b"'), body.items[0].sku, lax_string(body.k), safe.parse_date('%F', d), safe_cast(x as int64)
  from raw.docs where body.user.name is not null

--- read; reads ds.t; flags no_limit
select extract(dayofweek from at), timestamp_trunc(at, week(monday)), cast(at as string format 'YYYY-MM'),
  date_diff(a, b, month), interval 3 day, date '2025-01-01', numeric '1.5', any_value(x having max at)
  from ds.t group by at

--- read; reads ds.t; flags no_limit
select array_agg(distinct x ignore nulls order by x desc limit 5), string_agg(s, ", " order by s) from ds.t

--- read; reads ds.ticks; flags no_limit
select sum(v) over w, lag(v) over (w rows between 2 preceding and current row) from ds.ticks
  window w as (partition by symbol order by at)

--- read; reads ds.orders; flags select_star, no_limit
select * from ds.orders as o for system_time as of timestamp_sub(current_timestamp(), interval 1 hour) where o.id = 1

--- read; reads ds.big; flags select_star, no_limit
select * from ds.big tablesample system (10 percent)

--- read; reads ds.sales
select * from (select product, quarter, n from ds.sales) pivot(sum(n) as s for quarter in ("Q1" as q1, "Q2"))

--- read; reads ds.wide
select * from ds.wide unpivot include nulls (n for quarter in (q1 as "one", q2)) as u

--- read; reads ds.customers; flags select_star, no_limit
select * from ml.predict(model ds.churn, (select * from ds.customers where active), struct(0.5 as threshold))

--- read; reads ds.customers; flags
select predicted_label from ml.predict(model `acme-prod.ds.churn`, table ds.customers) limit 10

--- read
select * from ML.FORECAST(MODEL ds.arima, STRUCT(30 AS horizon))

--- read; reads ds.docs, ds.queries; flags no_limit
select query.id, base.id, distance from vector_search(table ds.docs, 'embedding',
  (select id, embedding from ds.queries), top_k => 5, options => '{"use_brute_force": true}')

--- read; reads ds.orders
select _CHANGE_TYPE, id from appends(table ds.orders, null, current_timestamp())

--- read; reads ds.crm
select * from external_query("eu.pg_conn", '''select id from public.users''') u join ds.crm c on c.id = u.id

--- read
select * from ds.orders_by_region("EU", 5) where total > 3

--- read; reads ds.t
select with differential_privacy options (epsilon = 1.0, delta = 1e-5, privacy_unit_column = uid) avg(v) from ds.t

--- read; reads ds.t
select a, grouping(a) from ds.t group by grouping sets (a, rollup(b, c), ())

--- read; reads sales.orders
from sales.orders
  |> where total > 100
  |> extend total * 0.2 as tax
  |> aggregate sum(total) as s, count(*) as n group and order by region desc
  |> limit 10

--- read; reads sales.orders, sales.customers
from sales.orders as o |> join sales.customers as c on o.cid = c.id |> as j |> set total = 0 |> drop note |> rename a as b
  |> select id, total

--- read; reads ds.a, ds.b, ds.c
select * from ds.a |> where x = 1 |> union all (select * from ds.b), (select * from ds.c) |> distinct |> order by 1

--- read; reads ds.raw
with t as (from ds.raw |> where ok |> tablesample system (1 percent)) from t
  |> left join unnest(tags) as tag |> call ds.tvf(3) |> pivot(sum(v) for k in ("a", "b"))

--- write; reads web.hits; writes mart.daily
insert into mart.daily (d, n) select d, count(*) from web.hits group by d

--- write; writes mart.tags
insert mart.tags (id, names) values (1, ["a", "b"]), (2, default)

--- write; reads ds.src; writes acme-prod.mart.t
insert into `acme-prod.mart.t` (x) with s as (select 1 as x from ds.src) select x from s

--- write; writes mart.daily; flags
delete mart.daily where d < "2020-01-01"

--- write; writes mart.daily; flags
DELETE FROM mart.daily d WHERE true

--- write; writes acme-prod.mart.daily
delete from acme-prod.mart.daily where id not in (select id from unnest(@ids) id)

--- write; writes mart.stock; flags
update mart.stock set qty = 0, log = array_concat(log, [struct(current_timestamp() as at, "zero" as what)]) where sku = "A"

--- write; reads stg.deliveries, stg.days; writes mart.stock
update mart.stock s set qty = d.qty from stg.deliveries d, stg.days y where s.sku = d.sku and y.d = d.d

--- write; reads stg.moves; writes mart.stock
merge mart.stock t using (select sku, sum(q) as q from stg.moves group by sku) s on t.sku = s.sku
  when matched and s.q = 0 then delete
  when matched then update set q = s.q
  when not matched by target then insert row
  when not matched by source and t.q > 5 then update set q = 0

--- write; reads ds.b; writes ds.a
merge into ds.a as t using ds.b as s on false when not matched then insert (id) values (id) when not matched by source then delete

--- export; reads sales.orders, crm.c
export data options (uri = 'gs://bkt/out/*.csv', format = 'CSV', overwrite = true, header = true) as
  select o.id, c.name from sales.orders o join crm.c on c.id = o.cid

--- export; reads ds.t
EXPORT DATA WITH CONNECTION `eu.conn` OPTIONS (uri="s3://b/x*", format="PARQUET") AS SELECT * FROM ds.t

--- import; writes stg.orders
load data into stg.orders (id int64, total numeric) from files (format = 'CSV', uris = ['gs://b/o*.csv'], skip_leading_rows = 1)

--- import; writes stg.orders
load data overwrite stg.orders partitions (_PARTITIONTIME = timestamp '2025-01-01') partition by d cluster by id
  from files (format = 'PARQUET', uris = ['gs://b/*']) with partition columns (d date)

--- import; writes ids; temporary ids
load data into temp table ids from files (format = 'AVRO', uris = ['gs://b/a.avro'])

--- read; reads acme.shop.orders, acme.shop.users
SELECT `shop.orders`.`id` AS `id`, TIMESTAMP_TRUNC(`acme.shop.orders`.`created_at`, month, 'UTC') AS `m` FROM `acme.shop.orders` LEFT JOIN `acme.shop.users` AS `Users` ON `acme.shop.orders`.`uid` = `Users`.`id` LIMIT 2000

--- read; reads ga4-proj.analytics_1.events_20240101
select event_date, (select value.string_value from unnest(event_params) where key = 'page_location') as page, (select coalesce(p.value.int_value, 0) from unnest(event_params) p where p.key = 'from' limit 1) n from `ga4-proj.analytics_1.events_20240101` where event_name = 'x' and exists(select 1 from unnest(items) i where i.item_name = 'y')

--- read; reads d.t
select array(select as struct * except (a) from unnest(t.arr) with offset o where o < 3 order by o), struct<x int64, y array<string>>(1, ['a']), [struct(1 as `from`)], t.arr[safe_offset(0)].b, t.m['k'], (select as value x from unnest(t.xs) x limit 1) from d.t

--- read; reads d.t
select if(a, b, c), countif(x), approx_quantiles(y, 4)[offset(1)], percentile_cont(z, 0.5) over (partition by k), date_add(d, interval 1 week), timestamp_diff(a, b, second), extract(isoweek from d), extract(date from ts at time zone 'UTC'), cast('1' as numeric(10, 2)), safe_cast(x as bytes format 'hex'), regexp_extract(s, r"from '(\w+)'"), b'\x00', rb"a", json '{"a": 1}', range<date> '[2024-01-01, unbounded)', interval '1-2' year to month, generate_array(1, 3), net.host(u), `d`.fn(x), d.udf2(y), nullif(a, b) is distinct from c, not (a in unnest(@xs)), a like any ('x%', '%y'), {} from d.t as t

--- read; reads d.a, d.b
select a.*, b.* except (id) replace (b.v + 1 as v) from d.a as a full outer join d.b b using (id, k) where a.x between 1 and 2 and (a.x, a.y) in ((1, 2), (3, 4)) group by rollup(1, 2) having any_value(x having min y) > 3 limit 10 offset 2

--- read; reads d.a, d.b, d.c
with t as (select * from d.a), u as (with t as (select * from d.b) select * from t) select * from t, u, d.c as `c` , c.items, unnest(c.tags) tag where tag != ''

--- read; reads my-proj-1.d.t, d.tbl-2024
select * from my-proj-1.d.t x left join d.`tbl-2024` y on x.id = y.id

--- read; reads p.d.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS, p.region-us.INFORMATION_SCHEMA.JOBS, INFORMATION_SCHEMA.SCHEMATA
select * from `p.d.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS` c, `p`.`region-us`.INFORMATION_SCHEMA.JOBS j, INFORMATION_SCHEMA.SCHEMATA s

--- read; reads d.__TABLES__
select table_id, row_count from d.__TABLES__

--- read; reads d.t$20240101
select * from `d.t$20240101`

--- read; reads d.s, d.q
select * from d.s pivot (sum(a) as x, avg(b) as y for q in ('Q1' as q1, ('Q2'))) as p join (select * from d.q unpivot exclude nulls ((a, b) for k in ((a1, b1) as 'x', (a2, b2)))) u on true

--- read; reads d.x
select * from d.x for system_time as of timestamp '2024-01-01' as x join unnest([1, 2]) as n with offset as off on x.id = n

--- read; reads d.e
select * from d.e match_recognize (partition by u order by ts measures a.ts as s pattern (a b*? c+) define a as k = 'from', b as true, c as k = 'x')

--- read; reads d.docs
select * from search_docs.x(table d.docs, 'from') limit 3

--- read; reads d.m_in
select * from ml.generate_text(model `p.d.m`, (select concat('from ', x) as prompt from d.m_in), struct(0.2 as temperature, true as flatten_json_output))

--- read
select * from ml.evaluate(model d.m); select * from ml.weights(model d.m, struct(true as standardize)); select * from gap_fill_like(1)

--- read; reads d.ts_data
select * from gap_fill(table d.ts_data, ts_column => 'ts', bucket_width => interval 1 minute, value_columns => [('v', 'locf')])

--- read; reads d.o, d.c, d.l
from d.o |> as o |> left join d.c as c using (cid) |> where c.x in (select id from d.l) |> extend row_number() over (partition by cid order by at) as rn |> where rn = 1 |> aggregate count(*) as n group by region as r |> set n = n + 1 |> unpivot (v for k in (n)) |> assert n > 0 |> select as struct r, n |> limit 3

--- read; reads d.a, d.b
from d.a |> intersect distinct (from d.b |> select id) |> with x as (select 1) |> cross join x

--- write; reads p.d.s__x, d.s; writes p.d.t
MERGE `p`.`d`.`t` AS DBT_INTERNAL_DEST USING (WITH s AS (SELECT * FROM `p`.d.`s__x` LIMIT 0), q as (select * from d.s) SELECT * FROM q) AS DBT_INTERNAL_SOURCE ON FALSE WHEN NOT MATCHED BY SOURCE AND timestamp_trunc(DBT_INTERNAL_DEST.at, day) IN UNNEST([timestamp '2024-01-01']) THEN DELETE WHEN NOT MATCHED THEN INSERT (`id`, `v`) VALUES (`id`, `v`)

--- ddl; reads p.d.src, p.d.t, p.d.t__dbt_tmp; writes p.d.t__dbt_tmp, p.d.t
-- generated script to merge partitions into `p`.`d`.`t`
      declare dbt_partitions_for_replacement array<timestamp>;
      declare _dbt_max_partition timestamp default (select max(at) from `p`.`d`.`t` where at is not null);
      create or replace table `p`.`d`.`t__dbt_tmp` partition by timestamp_trunc(at, day) OPTIONS(description="""x "from" y""", expiration_timestamp=TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 12 hour)) as (select * from `p`.`d`.`src`);
      set (dbt_partitions_for_replacement) = (select as struct array_agg(distinct timestamp_trunc(at, day)) from `p`.`d`.`t__dbt_tmp`);
      merge into `p`.`d`.`t` as D using (select * from `p`.`d`.`t__dbt_tmp`) as S on FALSE when not matched by source and timestamp_trunc(D.at, day) in unnest(dbt_partitions_for_replacement) then delete when not matched then insert (`id`) values (`id`);
      drop table if exists `p`.`d`.`t__dbt_tmp`

--- write; writes d.t
insert into d.t (a, b, c) values (1, [struct('x' as k, 2 as v)], (select max(x) from unnest([1, 2]) x)), (default, null, cast('2' as int64))

--- write; reads d.u, d.w; writes d.t
update d.t t set t.a.b = u.x, t.c = (select array_agg(e order by e) from unnest(t.c) e where e not in (select id from d.w)) from d.u u where t.id = u.id

--- write; reads d.b, d.c; writes d.a
update d.a as a set v = c.v from d.b b inner join d.c c on b.id = c.id where a.id = b.id and true

--- write; writes d.t
delete from d.t where d in unnest([date '2024-01-01']) and _PARTITIONDATE < current_date()

--- write; reads d.u; writes p-1.d.t
merge p-1.d.t as t using d.u as u on t.id = u.id when matched and u.x then update set a = u.a, b.c = default when matched then delete when not matched by target and u.y > 1 then insert (id, a) row when not matched by source then update set z = true

--- ddl; reads d.other; writes p-1.d.t
create table if not exists p-1.d.t (id int64 not null options (description = "from"), n string(10) collate 'und:ci' default ('from x'), g string as (concat(n, 'x')) stored, s struct<a array<struct<b int64 not null options (description = 'x')>>, c numeric(10, 2)>, primary key (id) not enforced, constraint x foreign key (n) references d.other (n) not enforced) default collate 'und:ci' partition by range_bucket(id, generate_array(0, 100, 10)) cluster by n options (require_partition_filter = true); -- reads below

--- ddl; reads d.src; writes d.t
create temp function f(x any type) returns int64 as ((select count(*) from unnest(x) y)); create temp function g(a float64) returns float64 language js as 'return a; // from x'; create or replace table d.t cluster by a as select f(b) as a from d.src

--- ddl; reads ds.src; writes _tmp, ds.out; temporary _tmp
create or replace temp table _tmp as select * from ds.src; create table ds.out as select * from unnest([1]) x

--- ddl; writes d.t
alter table d.t add constraint pk primary key (id) not enforced, drop primary key, alter column a set data type numeric, alter column b drop not null, alter column c set options (description = 'from'), alter column d set default current_date(), set default collate 'und:ci'

--- ddl; writes d.t, d.v, d.mv
alter table d.t drop constraint if exists fk; alter view d.v alter column a set options (description = 'x'); alter materialized view if exists d.mv set options (max_staleness = interval '1' hour)

--- ddl
alter schema if exists d set options (labels = [('a', 'b')]); alter schema d add replica `eu` options (location = 'eu'); alter organization set options (`region-us.default_time_zone` = 'UTC'); create capacity `p.region-us.c` options (slot_count = 100); create assignment `p.region-us.r.a` options (assignee = 'projects/x', job_type = 'QUERY'); drop assignment `p.region-us.r.a`; drop function if exists d.f; drop procedure d.p; drop table function d.tf

--- ddl; writes d.ext
create or replace external table d.ext options (format = 'GOOGLE_SHEETS', uris = ['https://x'], sheet_range = 'from!A1:B2')

--- ddl; reads d.src; writes d.mv2, d.t
create or replace materialized view d.mv2 partition by d options (allow_non_incremental_definition = true) as select d from d.src group by d; drop materialized view d.mv2; create table d.t like d.src options (description = 'x')

--- ddl; reads d.t, d.snap; writes d.snap, d.c
create snapshot table d.snap clone d.t options (description = 'x'); create table d.c clone d.snap

--- ddl; reads d.train
create or replace model `p.d.m` transform (ml.standard_scaler(a) over () as a, label) options (model_type = 'linear_reg', input_label_cols = ['label']) as (with t as (select * from d.train) select a, label from t)

--- ddl
create or replace aggregate function d.agg(x float64 not aggregate, y int64) returns float64 as (sum(y) * x); create function d.remote(x int64) returns string remote with connection us.c options (endpoint = 'https://from')

--- ddl
create or replace procedure d.spark(in a int64) with connection `p.us.c` options (engine = 'SPARK', runtime_version = '1.1') language python as r"""
from pyspark.sql import SparkSession
spark.sql("drop table x")
"""

--- write; writes d.log; reads d.q, d.u
begin declare x int64; set x = (select count(*) from d.q); while x > 0 do insert into d.log values (x); set x = x - 1; if x = 5 then break; elseif x = 4 then continue; end if; end while; begin select 1 / 0; exception when error then select @@error.message, @@error.statement_text; end; for rec in (select id from d.u) do select rec.id; end for; repeat set x = x + 1; until x > 3 end repeat; case x when 1 then select 1; else select 2; end case; lbl: loop leave lbl; end loop; return; end

--- procedure
execute immediate concat('drop table ', t) into a using @x as y, 3; call d.p(1, [2], struct('from'))

--- write; reads d.b; writes d.a
execute immediate """insert into d.a select * from d.b where x = '''y'''""" using 1 as x

--- ddl; writes d.docs
create search index ix on d.docs (a, b options (column_granularity = 'x')) options (data_types = ['STRING']); drop search index if exists ix on d.docs; drop vector index vx on d.docs; alter vector index if exists vx on d.docs rebuild

--- dcl; writes d.t, d.v
grant `roles/bigquery.dataViewer` on table d.t to 'user:a@b.c'; revoke `roles/bigquery.dataViewer` on view d.v from 'group:x@y.z', 'specialGroup:allAuthenticatedUsers'

--- ddl; writes d.t
create row access policy if not exists p on d.t grant to ('user:a@b.c') filter using (email = session_user()); drop row access policy if exists p on d.t

--- export; reads d.t
export data with connection `us.c` options (uri = 'https://bigtable.googleapis.com/x', format = 'CLOUD_BIGTABLE') as (select * from d.t where x = '''from y''' limit 9)

--- import; writes d.t
load data into d.t from files (format = 'CSV', uris = ['gs://b/*.csv']) with partition columns with connection us.c; select 1

--- export
export model d.m1 options (uri = 'gs://x')

--- read; reads d.t
select * from d.t where st_dwithin(g, st_geogpoint(1, 2), 3) and contains_substr(t, 'from') and search(t, '`a b`') limit @lim offset @off

--- read; reads d.t, d.u
select distinct as struct a, b from d.t union all by name on (a) (select a from d.u) order by a nulls last

--- read; reads d.a, d.b
(select 1 from d.a) left outer union all by name select 2 from d.b

--- tcl
begin transaction; commit; rollback transaction

--- session
set @@query_label = "a:b"; set x = 5

--- read; reads d.übér
select `名前` from d.`übér` where x = "\"from y" and z = 'it\'s'

--- read; reads d.t
select # c from d.z
 -- x from d.y
 /* y from d.q */ 1 from d.t;

--- read
assert (select count(*) > 5 from unnest([1])) as 'from'

--- read; reads d.t
assert exists (select 1 from d.t) as 'x'

--- read; reads d.t
select * from d.t tablesample system (1 percent) s join unnest(generate_date_array('2024-01-01', current_date(), interval 1 day)) dt on s.d = dt window w as (order by d range between interval 1 day preceding and 3 following)

--- read; reads d.g_edges
select * from graph_table(d.g match (a:Person where a.id = 1)-[e:Knows]->{1,3}(b) return a.id as x, b.name) g join d.g_edges on true

--- ddl; reads d.person, d.knows
create or replace property graph d.g node tables (d.person key (id) label person properties (id, name)) edge tables (d.knows source key (a) references person (id) destination key (b) references person (id))

--- write; writes p-1.d.t
insert p-1.d.t (a) values (1)

--- write; writes p-1.d.t
delete p-1.d.t where true

--- write; reads d.u; writes p-1.d.t
merge p-1.d.t as t using d.u as u on t.id = u.id when not matched then insert row

--- ddl
drop table function if exists d.tf

--- ddl; writes d.docs
drop vector index vx on d.docs

--- ddl; writes d.docs
drop search index ix on d.docs

--- read; reads d.a
from d.a |> with x as (select 1) |> cross join x

--- read; reads shop.items, shop.wanted
select * from vector_search(table shop.items, 'embedding', table shop.wanted, top_k => 3)

--- other
raise using message = 'stop'

--- read; reads shop.people, shop.orders
select * from shop.report((select as struct * from shop.people), table shop.orders)
