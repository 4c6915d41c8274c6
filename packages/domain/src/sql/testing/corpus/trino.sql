--- read; reads hive.web.visits; flags
SELECT nationkey, count(*) FROM Hive.Web.Visits WHERE ds >= '2025-01-01' GROUP BY nationkey ORDER BY 2 DESC LIMIT 10

--- read; reads pg.public.orders, hive.crm.customers; flags select_star, no_limit
select o.*, c.name from pg.public.orders o left join hive.crm.customers c on c.id is not distinct from o.cid

--- read; reads orders
select * from orders order by id offset 10 rows fetch next 5 rows with ties

--- read; reads hive.web.visits$partitions; flags no_limit
select ds, file_count from hive.web."visits$partitions"

--- read; reads system.runtime.queries; flags no_limit
select query_id, "user", state from system.runtime.queries where state = 'RUNNING'

--- read; reads hive.information_schema.columns
select table_name from hive.information_schema.columns where column_name = 'from'

--- read; reads hive.web.visits; flags no_limit
select extract(year from at), trim(both 'x' from name), substring(name from 2 for 3), position('a' in name),
  normalize(name, nfc), at at time zone 'UTC', interval '3' day, decimal '1.5', x'65ff', u&'caf\00e9 from y'
  from hive.web.visits

--- read; reads hive.odd.words; flags no_limit
select date, time, "timestamp", count, year, type, data, row from hive.odd.words where map = 1 and array is null

--- read; reads orders; flags no_limit
select o.id, t.item, t.n from orders o cross join unnest(o.items, o.prices) with ordinality as t (item, price, n)

--- read
select * from unnest(array[1, 2], map(array[1], array['a'])) as t (n, k, v)

--- read; reads hive.lake.t
select transform(xs, x -> x + 1), reduce(xs, 0, (s, x) -> s + x, s -> s), any_match(xs, x -> x = 3), m['from'], r.f[1]
  from hive.lake.t

--- read; reads mart.f; flags no_limit
select region, listagg(name, ',' on overflow truncate '...' with count) within group (order by name),
  sum(v) filter (where ok), approx_percentile(v, 0.5), grouping(region, city)
  from mart.f group by grouping sets ((region, city), cube (region), ())

--- read; reads ticks; flags no_limit
select first_value(p) ignore nulls over w, nth_value(p, 2) respect nulls over (w groups between 1 preceding and current row)
  from ticks window w as (partition by s order by at)

--- read; reads ticks; flags select_star, no_limit
select * from ticks match_recognize (
  partition by s order by at
  measures running last(b.p) as low, match_number() as n
  all rows per match with unmatched rows
  after match skip past last row
  pattern (^ a b+? {- c* -} permute(d, e) $)
  subset u = (b, c)
  define b as b.p < prev(b.p, 1), c as c.p > b.p) as m

--- read; reads hive.web.visits
select * from table(exclude_columns(input => table(hive.web.visits), columns => descriptor(ip, agent)))

--- read; reads mart.f
select * from table(ml.system.score(input => table(select * from mart.f) as f partition by k prune when empty order by at, depth => 1))

--- read
select * from table(pg.system.query(query => 'select * from public.secret'))

--- read; reads mart.f
select * from table(sequence(start => 1, stop => 5)) s join mart.f on f.k = s.sequential_number

--- read; reads hive.raw.docs
select j.* from hive.raw.docs d, json_table(d.body, 'lax $.items[*]' columns (id for ordinality, sku varchar path 'lax $.s')) as j

--- read; reads hive.raw.docs; flags no_limit
select json_value(body, 'lax $.a' returning int default 0 on empty), json_exists(body, 'strict $.b'), json_query(body, '$.c' with array wrapper)
  from hive.raw.docs

--- read; reads ice.db.t; flags no_limit
select count(*) from ice.db.t for version as of 8954597067493422955

--- read; reads ice.db.t
select * from ice.db.t for timestamp as of timestamp '2025-01-01 00:00:00 UTC' as old tablesample bernoulli (10)

--- read
with recursive t (n) as (values (1) union all select n + 1 from t where n < 4) select sum(n) from t

--- read; reads mart.f, mart.g; flags select_star, no_limit
with t as (table mart.f) select * from t where v > all (select v from mart.g) and k <> some (values 1, 2)

--- read; reads mart.f
with function plus(x bigint) returns bigint begin declare y bigint default 1; return x + y; end
  select plus(k) from mart.f limit 2

--- read; reads t1, t2, t3
select a from t1 intersect select a from t2 except all (select a from t3)

--- read; reads hive.lake.t; flags no_limit
select try(cast(x as row(a bigint, b array(varchar)))), if(x is null, 1), t.r.a from hive.lake.t t -- from hidden

--- read
values (1, 'a'), (2, 'b')

--- read; reads mart.f
table mart.f order by k limit 3

--- read; reads mart.f
prepare q1 from select * from mart.f where k = ?

--- write; reads mart.f; writes mart.log
execute immediate 'insert into mart.log select k from mart.f where v = ?' using 5

--- write; reads hive.web.visits; writes mart.daily
insert into mart.daily (d, n) select d, count(*) from hive.web.visits group by d

--- write; writes mart.pairs
insert into mart.pairs values row(1, 'a'), row(2, 'b')

--- write; reads stg.q; writes mart.stock; flags
update mart.stock set qty = (select max(q) from stg.q) where sku = 'A'

--- write; writes mart.stock; flags no_where
delete from mart.stock

--- write; reads stg.moves; writes ice.db.stock
merge into ice.db.stock as t using (select * from stg.moves) as s on t.sku = s.sku
  when matched and s.q = 0 then delete
  when matched then update set q = t.q + s.q
  when not matched then insert (sku, q) values (s.sku, s.q)

--- ddl; reads pg.public.orders; writes hive.mart.orders
create table if not exists hive.mart.orders (id bigint not null comment 'from', like pg.public.orders including properties, d date)
  comment 'x; y' with (format = 'ORC', partitioned_by = array['d'])

--- ddl; reads mart.f; writes ice.db.top
create or replace table ice.db.top (k, n) with (format = 'PARQUET') as (select k, count(*) from mart.f group by k) with no data

--- ddl; reads mart.f; writes reports.v
create or replace view reports.v security invoker as select * from mart.f

--- ddl; reads mart.f; writes ice.db.mv
create materialized view if not exists ice.db.mv grace period interval '5' minute comment 'c' with (format = 'ORC') as select * from mart.f

--- maintenance; writes ice.db.mv
refresh materialized view ice.db.mv

--- ddl; writes mart.f; flags destructive
alter table if exists mart.f drop column if exists note

--- ddl; writes mart.f, mart.f_old
alter table mart.f rename to mart.f_old

--- ddl; writes mart.f
alter table mart.f add column r.b row(x bigint) first

--- ddl; writes mart.f
alter table mart.f set authorization role owner_role

--- ddl; writes mart.f
alter table mart.f set properties partitioning = array['day(at)'], x = default

--- ddl; writes mart.f; flags destructive
truncate table mart.f

--- ddl; writes ice.db.t; flags destructive
drop table if exists ice.db.t

--- ddl; writes ice.db.t
comment on column ice.db.t.k is 'the key'

--- ddl
create function mem.util.twice(x bigint) returns bigint language sql return x * 2

--- ddl
create catalog shop using postgresql with ("connection-url" = 'jdbc:postgresql://h/db')

--- dcl; writes mart.f; flags privilege_change
grant select, insert on mart.f to role analyst with grant option

--- dcl; writes mart.f; flags privilege_change
deny delete on table mart.f to user jo

--- dcl; writes mart.f; flags privilege_change
revoke grant option for all privileges on mart.f from "jo@acme.test"

--- dcl; flags privilege_change
create role analyst with admin current_user in hive

--- dcl; flags privilege_change
grant analyst to user jo, role lead granted by current_role in hive

--- dcl; flags privilege_change
grant create on schema hive.mart to user jo

--- session; reads hive.web.visits
show columns from hive.web.visits like 'a%'

--- session; reads hive.web.visits
show create table hive.web.visits

--- session; reads hive.web.visits
describe hive.web.visits

--- session
show tables from hive.web like 'v%' escape '$'

--- session
describe output q1

--- session
set session hive.insert_existing_partitions_behavior = 'OVERWRITE'

--- session
set role all in hive

--- session
use hive.web

--- procedure
call hive.system.sync_partition_metadata('web', 'visits', 'ADD')

--- maintenance; reads hive.web.visits
analyze hive.web.visits with (partitions = array[array['2025-01-01']])

--- tcl
start transaction isolation level repeatable read, read only

--- tcl
rollback

--- read; reads mart.a, mart.b
explain (type distributed, format json) insert into mart.a select * from mart.b

--- write; writes mart.a
explain analyze verbose delete from mart.a where k = 1

--- session; reads hive.sales.orders
show stats for hive.sales.orders
