--- read; reads main.sales.orders; flags select_star
SELECT * FROM Main.Sales.Orders WHERE order_date >= current_date() - INTERVAL 7 DAYS LIMIT 1000

--- read; reads main.sales.orders, main.crm.customers; flags no_limit
select c.region, sum(o.total) as t from main.sales.orders o join `main`.`crm`.`customers` c on c.id = o.cid group by all

--- read; reads my-catalog.sales.order lines; flags
select id, `order`, `from` from `my-catalog`.sales.`order lines` limit 3

--- read; reads hr.people
select * except (ssn) from hr.people limit all

--- read; reads system.query.history; flags no_limit
select statement_id, executed_by, total_duration_ms from system.query.history where start_time > now() - interval 1 hour

--- read; reads main.information_schema.tables; flags no_limit
select table_name from main.information_schema.tables where table_schema = :schema order by 1

--- read; reads web.hits; flags no_limit
select user_id, at from web.hits qualify row_number() over (partition by user_id order by at desc) = 1

--- read; reads bronze.raw, silver.done; flags no_limit
with t as (select * from bronze.raw), u (id) as (select id from t) select count(*) from u left anti join silver.done d on d.id = u.id

--- read; reads org; flags select_star, no_limit
with recursive tree (id, lvl) max recursion level 20 as (select id, 0 from org where boss is null
  union all select o.id, lvl + 1 from org o join tree t on o.boss = t.id) select * from tree

--- read
select 1; select 2

--- read; reads bronze.docs; flags no_limit
select raw:store.bicycle.price::double, raw:items[*].sku, raw:['a b'], v::variant:x from bronze.docs

--- read; reads gold.carts; flags
select transform(items, (x, i) -> x.qty * i), filter(tags, t -> t <> 'from'), aggregate(vals, 0, (acc, x) -> acc + x, acc -> acc / 2),
  exists(vals, v -> v > 3) from gold.carts limit 5

--- read; reads gold.t; flags no_limit
select "double; from x", 'it\'s', r'\d from y', x'1F' /* nested /* from z */ comment */ from gold.t -- from q

--- read; reads main.sales.orders; flags select_star, no_limit
select * from main.sales.orders version as of 12

--- read; reads orders
select a.id from orders timestamp as of date_sub(current_date(), 1) a minus select id from orders for version as of 3

--- read; reads main.sales.orders; flags no_limit
select count(*) from main.sales.orders@v123

--- read; reads orders
select * from orders@20250102000000000

--- read
select * from delta.`/mnt/lake/orders` limit 10

--- read
select _metadata.file_path, * from parquet.`s3://bkt/in/2025/*.parquet`

--- read
select * from read_files('/Volumes/main/raw/in', format => 'csv', header => true)

--- read; reads stg.comments; flags select_star
select c.*, ai_query('model-x', c.body) from stg.comments c limit 2

--- read; reads gold.props; flags no_limit
select k, v from gold.props lateral view outer explode(map_col) m as k, v lateral view posexplode(arr) as p, e

--- read; reads gold.orders
select o.id, e.col from gold.orders o, lateral explode(o.items) as e, range(3) r

--- read; reads gold.big
select * from gold.big tablesample (5 percent) repeatable (7) t

--- read; reads fin.rev; flags select_star, no_limit
select * from (select y, q, amt from fin.rev) pivot (sum(amt) as s for (y, q) in ((2024, 1) as a, (2025, 1) as b))

--- read; reads fin.wide
select * from fin.wide unpivot include nulls (amt for q in (q1 as `Q 1`, q2))

--- read; reads main.sales.orders
select * from identifier('Main.Sales.Orders') where id = 3

--- read
select count(*) from identifier(:tbl)

--- read
select * from values (1, 'a'), (2, 'b') as t (id, name)

--- read; reads main.sales.orders
from main.sales.orders |> where total > 3 |> aggregate sum(total) as s group by region |> order by s desc |> limit 3

--- read; reads main.sales.regions
table main.sales.regions

--- write; reads web.hits; writes gold.daily
insert into gold.daily (d, n) select d, count(*) from web.hits group by d

--- write; writes gold.daily
insert into table gold.daily by name select 1 as n, current_date() as d

--- write; reads stg.daily; writes gold.daily
insert overwrite gold.daily partition (d = '2025-01-01') select n from stg.daily

--- write; reads stg.daily; writes gold.daily
insert into gold.daily replace where d = '2025-01-01' select * from stg.daily

--- write; reads stg.daily; writes gold.copy
insert into gold.copy table stg.daily

--- write; reads stg.tiers; writes gold.customers; flags
update gold.customers c set tier = (select max(t) from stg.tiers s where s.id = c.id), note = default where c.id > 4

--- write; writes gold.customers; flags no_where
update gold.customers set tier = null

--- write; reads crm.optouts; writes gold.customers; flags
delete from gold.customers as c where exists (select 1 from crm.optouts o where o.id = c.id)

--- write; writes main.stg.feed; flags no_where
delete from main.stg.feed

--- write; reads stg.customers; writes gold.customers
merge with schema evolution into gold.customers as t using (select * from stg.customers) as s on t.id = s.id
  when matched and s.op = 'D' then delete
  when matched then update set *
  when not matched then insert *
  when not matched by source and t.at < current_date() - interval 30 days then update set t.stale = true

--- write; reads main.gold.a; writes main.gold.a
merge into main.gold.a t using main.gold.a version as of 1 s on s.id = t.id when matched then update set t.v = s.v

--- import; writes bronze.events
copy into bronze.events from 's3://bkt/events/' fileformat = json pattern = '*.json'
  format_options ('mergeSchema' = 'true') copy_options ('mergeSchema' = 'true')

--- import; writes bronze.events
copy into bronze.events from (select id::int, body, _metadata.file_name from '/Volumes/main/raw/e') fileformat = parquet files = ('a', 'b')

--- export; reads gold.daily
insert overwrite directory 's3://bkt/out' using csv options (header 'true') select * from gold.daily

--- ddl; reads main.crm.customers; writes main.gold.orders
create or replace table main.gold.orders (
  id bigint generated always as identity, cid bigint not null,
  d date generated always as (cast(at as date)), at timestamp, note string collate utf8_lcase default 'from' comment 'x; y',
  constraint pk primary key (id), constraint fk foreign key (cid) references main.crm.customers (id))
  using delta cluster by (cid, d) tblproperties ('delta.appendOnly' = 'true')

--- ddl; reads gold.moves; writes gold.top
create table if not exists gold.top using parquet partitioned by (d) location 's3://b/top' as select * from gold.moves

--- ddl; reads main.gold.orders; writes dev.gold.orders
create table dev.gold.orders shallow clone main.gold.orders version as of 4

--- ddl; reads gold.orders; writes backup.orders
create or replace table backup.orders deep clone gold.orders timestamp as of '2025-01-01' tblproperties (a = 'b')

--- ddl; reads gold.orders; writes gold.like_t
create table gold.like_t like gold.orders using delta

--- ddl; reads bronze.raw; writes v_in; temporary v_in
create or replace temporary view v_in as select * from bronze.raw

--- ddl; reads gold.orders; writes reports.v
create view if not exists reports.v (id comment 'key', total) with schema binding as select id, total from gold.orders

--- ddl; writes bronze.clicks
create or refresh streaming table bronze.clicks schedule every 1 hour as
  select * from stream read_files('s3://b/clicks', format => 'json')

--- ddl; reads bronze.clicks; writes silver.clicks
create or refresh streaming table silver.clicks (constraint ok expect (id is not null) on violation drop row)
  as select id, at from stream(bronze.clicks)

--- ddl; reads silver.clicks; writes gold.mv
create materialized view gold.mv schedule cron '0 0 * * * ?' as select d, count(*) n from silver.clicks group by d

--- ddl
create or replace function util.mask(s string) returns string language sql deterministic
  return case when is_account_group_member('hr') then s else (select max(m) from sec.masks) end

--- ddl
create function util.up(s string) returns string language python as $$
  return s.upper() # select * from x; drop table y
  $$

--- ddl
create or replace procedure util.load(in d date) language sql sql security invoker as begin
  delete from gold.daily where day = d;
  insert into gold.daily select * from stg.daily;
  end

--- ddl
create catalog if not exists sandbox managed location 's3://b/sandbox'

--- ddl
create volume main.raw.landing comment 'from s3'

--- ddl; writes gold.orders; flags
alter table gold.orders add columns (note string after id, tags array<struct<k: string, v: int>>)

--- ddl; writes gold.orders; flags destructive
alter table gold.orders drop columns (note, tags)

--- ddl; writes gold.orders, gold.orders_old
alter table gold.orders rename to gold.orders_old

--- ddl; writes hr.people
alter table hr.people alter column ssn set mask util.mask using columns (region)

--- ddl; writes hr.people
alter table hr.people set row filter sec.by_region on (region)

--- ddl; writes gold.orders
alter table gold.orders set tags ('pii' = 'yes')

--- ddl; writes stg.feed; flags destructive
drop table if exists stg.feed

--- ddl; writes stg.feed
undrop table stg.feed

--- ddl; writes stg.feed; flags destructive
truncate table stg.feed

--- ddl; writes gold.orders
comment on table gold.orders is 'orders; from sap'

--- ddl; flags destructive
drop schema if exists scratch cascade

--- dcl; writes main.gold.orders; flags privilege_change
grant select, modify on table main.gold.orders to `bi-team@acme.test`

--- dcl; flags privilege_change
grant use catalog, use schema on catalog main to analysts

--- dcl; flags privilege_change
revoke all privileges on schema main.gold from `jo@acme.test`

--- dcl; flags privilege_change
grant execute on function util.mask to `account users`

--- dcl; writes reports.v; flags privilege_change
grant select on view reports.v to partners

--- maintenance; writes main.gold.orders
optimize main.gold.orders where d >= '2025-01-01' zorder by (cid, at)

--- maintenance; writes gold.orders
vacuum gold.orders retain 168 hours dry run

--- write; writes gold.orders
restore table gold.orders to version as of 8

--- maintenance; writes gold.orders
reorg table gold.orders apply (purge)

--- maintenance; writes gold.mv
refresh materialized view gold.mv

--- maintenance; writes bronze.clicks
refresh streaming table bronze.clicks full

--- maintenance; reads gold.orders
analyze table gold.orders compute statistics for columns id, cid

--- session; reads main.gold.orders
describe history main.gold.orders limit 5

--- session; reads gold.orders
describe table extended gold.orders

--- session; reads gold.orders
desc detail gold.orders

--- session; reads gold.orders
show create table gold.orders

--- session; reads gold.orders
show columns in orders in gold

--- session
show tables in main.gold like 'ord*'

--- session
use catalog main

--- session
use schema main.gold

--- session
set time zone 'UTC'

--- read; reads gold.orders
declare or replace variable n int default 5; set var n = (select max(id) from gold.orders); select n

--- write; writes gold.orders
execute immediate 'delete from gold.orders where id = ?' using 5

--- write; reads stg.todo; writes gold.done, stg.todo
begin
  declare n int default 0;
  for r as select id from stg.todo do
  insert into gold.done values (r.id);
  set n = n + 1;
  end for;
  if n > 10 then delete from stg.todo where id < 5; else select 'few'; end if;
  while n > 0 do set n = n - 1; end while;
  end

--- procedure
call util.load(d => date'2025-01-01')

--- read; reads gold.orders, crm.customers
explain formatted select * from gold.orders o join crm.customers c using (id)
