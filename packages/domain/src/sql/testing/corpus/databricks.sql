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

--- read; reads main.sales.orders
SELECT `t`.`region` AS `region`, CAST(SUM(`t`.`total`) AS DOUBLE) AS `sum_total_ok` FROM (SELECT `C1`, `region`, `total` FROM `Main`.`Sales`.`Orders` WHERE `total` IS NOT NULL) `t` GROUP BY 1 HAVING (COUNT(1) > 0)

--- read; reads samples.nyctaxi.trips
SELECT DATE_TRUNC("DAY", tpep_pickup_datetime) AS date, percentile_approx(fare, 0.5), count_if(x), any_value(y) FILTER (WHERE y > 1) FROM samples.nyctaxi.trips GROUP BY ALL LIMIT 100

--- write; reads main.dbt.snap__dbt_tmp; writes main.dbt.snap
merge into `main`.`dbt`.`snap` as DBT_INTERNAL_DEST
    using `main`.`dbt`.`snap__dbt_tmp` as DBT_INTERNAL_SOURCE
    on DBT_INTERNAL_SOURCE.dbt_scd_id = DBT_INTERNAL_DEST.dbt_scd_id
    when matched and DBT_INTERNAL_DEST.dbt_valid_to is null and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete') then update set dbt_valid_to = DBT_INTERNAL_SOURCE.dbt_valid_to
    when not matched and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert' then insert *

--- ddl; reads main.stg.a; writes main.mart.a
create or replace table `main`.`mart`.`a` using delta options ('mergeSchema' = 'true') partitioned by (d) tblproperties ('delta.columnMapping.mode' = 'name') location 'abfss://c@a.dfs.core.windows.net/x' comment 'from; x' as with s as (select * from main.stg.a) select /*+ REPARTITION(3, d), COALESCE(1) */ * from s

--- write; reads main.mart.t__dbt_tmp; writes main.mart.t
insert overwrite table `main`.`mart`.`t` partition (d, h) select `id`, `d`, `h` from `main`.`mart`.`t__dbt_tmp`

--- read; reads a, b, c, d, e
select * from a left semi join b on a.x = b.x left anti join c using (x) full outer join d on true cross join lateral (select e.y from e where e.x = a.x) z natural inner join values (1, 2) as v(x, q)

--- read; reads t
select from_json(j, 'a INT, b STRUCT<c: STRING>').b.c, j:a[0].b::int, j:`odd key`, named_struct('from', 1), array(1, 2)[0], map('k', 'v')['k'], transform(arr, x -> struct(x as y)), zip_with(a, b, (x, y) -> x + y), aggregate(arr, cast(0 as double), (s, x) -> s + x, s -> s), interval '1' year, interval 3 days 2 hours, date'2024-01-01', timestamp_ntz '2024-01-01', 1L, 2.0BD, X'1A', r"\d", x <=> y, try_divide(a, b), a like any ('x%', 'y'), b rlike '^from', x is distinct from y, cast(x as map<string, array<int>>), extract(week from d), substring(s from 2 for 3), trim(both 'x' from s), position('a' in s), a::decimal(10, 2), if(a, b, c) from t

--- read; reads t
select * except (a, b), t.*, _metadata.*, row_number() over w as rn, sum(x) over (order by d range between interval 7 days preceding and current row) from t window w as (partition by a order by b desc nulls last) qualify rn = 1 order by all limit 3 offset 2

--- read; reads a, b
select * from a timestamp as of '2024-01-01' as x join b for system_time as of current_timestamp() - interval 1 hour y on x.i = y.i

--- read; reads t
select * from t@v3 as x

--- read; reads db.t
select /*+ broadcast(t) */ k, c from db.t lateral view explode(xs) as k lateral view outer inline(array(struct(1, 'from'))) y as c, d where k > 1 group by k, c grouping sets ((k), (k, c)) having count(*) > 1 distribute by k sort by c

--- read; reads db.t
select * from db.t pivot (max(a) as x, min(b) for (c, d) in (('x', 1) as x1, ('y', 2))) where x1_x > 1

--- read; reads db.t
select * from db.t unpivot exclude nulls ((a, b) for k in ((a1, b1) as one, (a2, b2) as `two from`)) as u

--- read; reads db.t
select * from table(db.f(table(db.t) partition by x order by y, 3)), explode(array(1, 2)) as e(c), range(10)

--- read; reads db.src
select * from my_tvf(table => table(select * from db.src where x = 'from y') with single partition)

--- read
select * from table_changes('db.t', 2, 5) where _change_type != 'update_preimage'

--- read
select * from csv.`/Volumes/a/b/c.csv`, json.`dbfs:/x/*.json`, read_kafka(bootstrapServers => 'x'), binaryFile.`/z`, text.`/a`

--- read; reads cat.sch.t
select * from identifier('cat' || '.sch.' || 't') union all by name select 1 as x from cat.sch.t

--- read; reads a, b, c
with a1 as (select * from a), b1(x, y) as (table b) select * from a1 intersect all (select * from b1 minus distinct select * from c) order by 1

--- read; reads sales, dim
from sales |> where x = 'from' |> extend x as y |> join dim using (k) |> aggregate sum(v) group by y |> set y = 1 |> drop z |> as q |> union all table sales |> tablesample (3 rows) |> select *

--- write; reads src, dst; writes dst
with s as (select * from src) insert into dst (a, b) select * from s where not exists (select 1 from dst d where d.a = s.a)

--- write; reads src; writes db.a, db.b
from (select * from src where x is not null) q insert into table db.a select a insert overwrite db.b partition (p = 'x') select b where b > 1

--- write; writes t
insert into t (a, b) values (1, array(struct('x' as y))), (default, map())

--- write; reads s; writes t
insert into t replace using (a, b) table s

--- write; reads b, c; writes t
merge into t using (select * from b where id in (select id from c)) s on t.id = s.id when matched and t.x <=> s.x then update set x = s.x, y = default when not matched by target and s.x > 1 then insert (id, x) values (s.id, s.x) when not matched by source then delete

--- write; writes t
delete from delta.`/mnt/x/y` where a = 1; update t set a.b = 1, c = c[0]

--- import; writes cat.s.t
copy into cat.s.t by position from (select _c0::bigint id, _c1 as `from` from 's3://b/x' ) with (credential (aws_access_key = 'x', aws_secret_key = 'y')) fileformat = csv validate 15 rows format_options ('header' = 'true', 'sep' = ';') copy_options ('force' = 'true')

--- ddl; writes t; reads p.k
create table if not exists t (id bigint generated by default as identity (start with 1 increment by 2) primary key rely, v variant, iv interval day to second, g geometry(4326), k int references p.k, constraint c check (id > 0), m string mask f using columns (id, 'x')) using delta partitioned by (d date) with row filter rf on (id) cluster by auto default collation utf8_binary

--- ddl; writes ext
create external table ext (a int) using csv options (path '/x', header true) partitioned by (p string)

--- ddl; reads src.a; writes dst.a, dst.b
create table dst.a clone src.a; create or replace table dst.b shallow clone parquet.`/x/y`

--- ddl; reads live.raw; writes silver
create or refresh streaming live table silver (constraint ok expect (a > 0) on violation fail update) comment 'x' tblproperties ('quality' = 'silver') as select * from stream(live.raw)

--- ddl; reads src; writes tgt
create or refresh streaming table tgt; create flow f as auto cdc into tgt from stream(src) keys (id) apply as delete when op = 'D' sequence by ts columns * except (op) stored as scd type 2

--- write; reads live.stream_src; writes live.tgt
apply changes into live.tgt from stream(live.stream_src) keys (id) sequence by ts

--- ddl; reads a, b; writes cat.s.mv
create or replace materialized view cat.s.mv (id not null comment 'x') partitioned by (d) comment 'y' schedule refresh every 3 hours with row filter f on (id) as select a.id, d from a join b using (id)

--- ddl; reads db.t; writes gv; temporary gv
create or replace global temporary view gv as select * from db.t

--- ddl; writes cat.s.metric
create view cat.s.metric with metrics language yaml as $$
version: 0.1
source: cat.s.src
dimensions:
  - name: a
    expr: a
$$

--- ddl; writes t
alter table t add column (a int first, b struct<x: int, `from`: string> comment 'y' after c); alter table t alter column a type bigint; alter table t rename column a to b; alter table t drop column if exists b; alter table t set tblproperties ('a.b' = 'c'); alter table t unset tblproperties if exists ('x'); alter table t add constraint ck check (a > 1 and b in (1, 2)); alter table t drop constraint if exists ck cascade; alter table t cluster by none; alter table t drop row filter; alter table t alter column a drop mask; alter table t drop feature deletionVectors truncate history; alter table t enable predictive optimization; alter table t owner to `x@y.z`; alter table t recover partitions

--- ddl; writes t
alter table t partition (p = 1) rename to partition (p = 2); alter table t add partition (p = 'x') location '/y' partition (p = 'z'); alter table t drop if exists partition (p = 'x'); alter table t set location '/z'; alter table t set tags ('k' = 'v'); alter table t alter a unset tags ('k')

--- ddl; reads q; writes v, mv
alter view v as select * from q; alter view v set tblproperties (a = 1); alter materialized view mv add schedule cron '0 * * * * ?'

--- ddl; writes a.v, a.w
alter view a.v rename to a.w

--- ddl
create connection c type postgresql options (host 'x', user secret('a', 'b')); create foreign catalog fc using connection c options (database 'x'); create external location if not exists l url 's3://x' with (storage credential c); create share s; create recipient r using id 'x'; drop volume a.b.c; create temporary function f as 'a.b.C' using jar 'x'; drop function if exists a.f; alter schema s set owner to x; comment on catalog c is 'from'; comment on volume a.b.c is 'x'

--- ddl; writes cat.t
alter share s add table cat.t with history partition (x = 1)

--- ddl; reads c.s.t; writes c.s.t2
create table c.s.t2 as select * from c.s.t version as of 3 where a = :p and b = ?

--- dcl; writes c.s.t, c.s.v
grant select on c.s.t to `a@b.c`; revoke modify on table c.s.t from g; grant all privileges on view c.s.v to `x`; deny select on table c.s.t to y

--- dcl
grant select on schema s to g; grant create table on schema c.s to g; grant read files on external location l to g; grant usage on catalog c to g; grant manage on volume c.s.v to g; grant select on share x to recipient r; grant browse on catalog c to `account users`

--- maintenance; writes t
optimize t full; optimize delta.`/x`; vacuum t lite; vacuum '/data/x' retain 0 hours; fsck repair table t dry run; reorg table t apply (upgrade uniform (iceberg_compat_version = 2)); repair table t sync metadata

--- maintenance; reads a, t
analyze table t partition (p = 1) compute statistics noscan; analyze table t compute delta statistics for all columns; cache select * from a

--- maintenance; reads t, q
cache lazy table x options ('storageLevel' 'DISK_ONLY') as select * from q; analyze tables in db compute statistics; uncache table t

--- maintenance; writes s.t
refresh table s.t; refresh foreign table s.t; msck repair table s.t drop partitions

--- session; reads s.t
describe extended s.t partition (p = 1); describe formatted s.t a

--- session
describe catalog extended c; describe function f; show schemas in c like 'x'; show functions; show grants on schema s; show volumes; set spark.sql.shuffle.partitions = 3; set -v; reset; use default; use catalog c; set timezone local; list '/Volumes/x'

--- session; reads c.s.t
show partitions c.s.t partition (p = 'x')

--- session; reads c.s.t
show tblproperties c.s.t ('a'); show grants `u@x.y` on table c.s.t

--- read; reads q
describe query select * from q

--- read; reads a, b
explain cost insert into a select * from b

--- write; reads q; writes l, t
begin
  declare x int default (select max(id) from q);
  declare exit handler for sqlexception begin insert into l values ('err; from x'); end;
  lbl: loop set x = x - 1; if x < 0 then leave lbl; elseif x = 3 then iterate lbl; end if; end loop lbl;
  case x when 1 then select 1; else update t set a = x where b = 1; end case;
  repeat set x = x + 1; until x > 3 end repeat;
  signal sqlstate '45000' set message_text = 'from y';
end

--- write; writes t
execute immediate 'insert into t values (?, :a)' into x using 1, 2 as a; declare variable v string default 'x'; set variable (a, b) = (select 1, 2)

--- procedure
execute immediate stmt_var using (1 as a); call cat.s.p(1, b => 'from')

--- write; writes t
restore t to timestamp as of '2024-01-01'

--- ddl; writes c.s.t
undrop table with id 'a-b'; drop view if exists c.s.t; drop materialized view c.s.t; truncate table c.s.t partition (p = 1)

--- read; reads prod.straße.täble
select * from PROD.`Straße`.`Täble` -- from q
/* bracketed /* nested from z */ */ where "a" = 'it''s' and b = "say ""from"" x"

--- read; reads main.sales.orders
select * from `Main`.`Sales`.`Orders`

--- dcl; writes c.s.t
grant select on `C`.`S`.`T` to x

--- read
select * from identifier('a.b' || :c)

--- ddl; writes a
create table a clone delta.`/x/y`

--- session
describe history delta.`/x`

--- write; reads u; writes t
insert with schema evolution into t select * from u

--- ddl; writes t
alter table t partition (p = 1) rename to partition (p = 2)

--- ddl
undrop table with id 'a-b'

--- write; writes t
restore t to version as of 3

--- read; reads db.t
select * from f(table(db.t), 3)

--- maintenance; reads q
cache table x as select * from q

--- ddl; writes t
create bloomfilter index on table t for columns (a)

--- ddl; writes c.s.t
convert to delta c.s.t

--- read; reads notes
select r'\' as back, r"c:\" from notes -- from others

--- ddl; writes main.sales.orders, main.sales.stock
alter share partners add table main.sales.orders as shared.orders, add view main.sales.stock

--- ddl; writes main.sales.orders; reads hive_metastore.sales.orders
sync table main.sales.orders as external from hive_metastore.sales.orders set owner ann dry run

--- ddl
sync schema main.sales from hive_metastore.sales

--- maintenance
clear cache

--- maintenance
refresh function main.sales.tax

--- dcl
revoke select on any file from `ann@acme.com`

--- dcl
grant select on anonymous function to analysts

--- read; reads orders
select 2.5BD as big, 1.5e3f as small, 3D from orders

--- read; reads main.sales.orders
select * from identifier('main' || '.sales.orders')

--- read
select * from identifier('main.sales.' || :name)

--- maintenance
msck repair privileges from main

--- session
describe volume main.sales.files

--- dcl; writes arrivals
grant select on streaming table arrivals to analysts

--- maintenance; reads orders
generate symlink_format_manifest for table orders

--- ddl; writes orders
set tag on table orders owner = sales

--- ddl; writes main.people
unset tag on column main.people.email personal
