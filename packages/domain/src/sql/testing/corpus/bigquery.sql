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
