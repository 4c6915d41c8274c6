--- ddl; reads MART.CUSTOMERS; writes MART.ORDERS
create or replace transient table mart.orders (
  id number autoincrement start 1 increment 1, customer_id number not null references mart.customers (id),
  v variant, tag varchar default 'from' collate 'en-ci' comment 'a; b',
  constraint pk primary key (id)) cluster by (to_date(v:at::timestamp)) data_retention_time_in_days = 7

--- ddl; reads MART.MOVES; writes MART.TOP
create or replace table mart.top as select sku, sum(q) q from mart.moves group by sku

--- ddl; reads MART.ORDERS; writes MART.ORDERS_LIKE
create table mart.orders_like like mart.orders copy grants

--- ddl; reads PROD.MART.ORDERS; writes DEV.MART.ORDERS
create table dev.mart.orders clone prod.mart.orders at (offset => -3600)

--- ddl; reads MART.ORDERS; writes TMP_X; temporary TMP_X
create or replace temporary table tmp_x clone mart.orders before (statement => '8e5d0ca9')

--- ddl; writes My Tmp; temporary My Tmp; flags multi_statement
create temp table if not exists "My Tmp" (a int); insert into "My Tmp" values (1)

--- ddl; writes RAW.AUTO
create table raw.auto using template (select array_agg(object_construct(*))
  from table(infer_schema(location => '@raw.landing/x', file_format => 'ff')))

--- ddl; writes EXT.LOGS
create external table ext.logs (d date as to_date(split_part(metadata$filename, '/', 2), 'YYYY-MM-DD'))
  partition by (d) location = @ext.lake/logs/ auto_refresh = true file_format = (type = parquet)

--- ddl; reads RAW.ORDERS, DIM.SKUS; writes MART.LIVE_TOTALS
create or replace dynamic table mart.live_totals target_lag = '5 minutes' warehouse = etl_wh refresh_mode = auto
  as select o.sku, sum(o.q) q from raw.orders o join dim.skus s on s.sku = o.sku group by o.sku

--- ddl; reads MART.ORDERS, DIM.REGIONS; writes SHARE.V_ORDERS
create or replace secure view share.v_orders (id comment 'x', total) copy grants comment = 'from here'
  as select id, total from mart.orders where region in (select region from dim.regions)

--- ddl; reads MART.ORDERS; writes MART.MV
create materialized view mart.mv cluster by (d) as select d, count(*) n from mart.orders group by d

--- ddl; writes MART.ORDERS, MART.ORDERS_NEW
alter table mart.orders swap with mart.orders_new

--- ddl; writes MART.ORDERS, MART.ORDERS_OLD
alter table if exists mart.orders rename to mart.orders_old

--- ddl; writes MART.ORDERS; flags destructive
alter table mart.orders drop column if exists legacy, note

--- ddl; writes HR.PEOPLE
alter table hr.people modify column ssn set masking policy sec.mask_ssn using (ssn, role_name) force

--- ddl; writes HR.PEOPLE
alter table hr.people add row access policy sec.by_region on (region)

--- ddl; writes REPORTS.V
alter view reports.v set secure

--- ddl; writes MART.ORDERS; flags
alter table mart.orders cluster by linear(d, customer_id)

--- ddl; writes STG.ORDERS; flags destructive
truncate table if exists stg.orders

--- ddl; writes STG.ORDERS; flags destructive
drop table if exists stg.orders cascade

--- ddl; writes STG.ORDERS
undrop table stg.orders

--- ddl; writes MART.ORDERS
comment if exists on table mart.orders is 'one row per order'

--- ddl
comment on schema mart is $$drop table x$$

--- ddl; flags destructive
drop database if exists playground

--- ddl; reads RAW.ORDERS; writes STG.ORDERS_STREAM
create or replace stream stg.orders_stream on table raw.orders append_only = true

--- ddl
create database dev_copy clone prod at (timestamp => '2025-01-01'::timestamp)

--- ddl
create stage if not exists raw.landing url = 's3://bkt/in/' storage_integration = s3_int directory = (enable = true)

--- ddl
create or replace file format raw.ff type = csv field_delimiter = ';' null_if = ('from')

--- ddl
create warehouse if not exists etl_wh with warehouse_size = 'XSMALL' auto_suspend = 60

--- ddl
alter warehouse etl_wh resume if suspended

--- ddl
create or replace task stg.merge_orders warehouse = etl_wh schedule = 'USING CRON 0 9 * * * UTC'
  when system$stream_has_data('stg.orders_stream') as insert into mart.orders select id, v from stg.orders_stream

--- ddl
create or replace function util.area(r float) returns float as $$ select pi() * r * r from mart.consts $$

--- ddl
create or replace procedure util.purge(days float) returns string language javascript execute as caller as
  $$ snowflake.execute({sqlText: "delete from logs.hits"}); return 'ok'; $$

--- ddl
create or replace procedure util.load() returns int language sql as
  begin
  truncate table stg.x;
  insert into stg.x select * from raw.x;
  return 1;
  end

--- ddl
create masking policy sec.mask_ssn as (val string) returns string ->
  case when current_role() in ('HR') then val else '***' end

--- ddl
create tag if not exists cost_center allowed_values 'fin', 'eng'

--- procedure
call util.purge(30)

--- procedure
call system$wait(5)

--- write; writes LOGS.HITS
execute immediate 'delete from logs.hits where at < ?' using (cutoff)

--- write; reads RAW.ORDERS; writes MART.SEEN, RAW.ORDERS
execute immediate $$
  declare
  n int default 0;
  c1 cursor for select id from raw.orders;
  begin
  for r in c1 do
  let x int := r.id;
  insert into mart.seen (id) values (:x);
  n := n + 1;
  end for;
  if (n > 10) then
  delete from raw.orders where id < 100;
  else
  return 'few';
  end if;
  return n;
  exception
  when other then return sqlerrm;
  end;
  $$

--- ddl; reads DIM.SKUS; writes TMP.A
begin
  let res resultset := (select id from dim.skus);
  create or replace table tmp.a as select 1 as x;
  while (false) do update tmp.a set x = 2 where x = 1; end while;
  return table(res);
  end;

--- read; reads FIN.LEDGER
declare total number; begin select sum(v) into :total from fin.ledger where id = 7; return total; end

--- write; reads CTL.LOCKS; writes CTL.LOCKS
begin
  if (exists (select 1 from ctl.locks)) then update ctl.locks set n = 0 where k = 'a';
  else insert into ctl.locks values ('a', 0); end if;
  end

--- dcl; writes MART.ORDERS; flags privilege_change
grant select, insert on table mart.orders to role analyst

--- dcl; writes SHARE.V_ORDERS; flags privilege_change
grant select on view share.v_orders to share sales_share

--- dcl; writes MART.ORDERS
grant ownership on table mart.orders to role owner revoke current grants

--- dcl; flags privilege_change
grant select on future tables in schema prod.mart to role analyst

--- dcl; flags privilege_change
grant role analyst to user "jo@acme.test"

--- dcl; flags privilege_change
grant usage, operate on warehouse etl_wh to role loader with grant option

--- dcl; flags privilege_change
revoke all privileges on all tables in schema mart from role temp_role

--- dcl; flags privilege_change
grant database role prod.reader to role analyst

--- dcl; flags privilege_change
create user if not exists jo password = 'x' default_role = analyst must_change_password = true

--- dcl; flags privilege_change
alter user jo set rsa_public_key = 'MIIB'

--- dcl; flags privilege_change
create role if not exists analyst comment = 'reads'

--- session
use role analyst

--- read; reads ORDERS
use warehouse etl_wh; use schema prod.mart; select count(*) from orders

--- session
show terse tables like 'ORD%' in schema prod.mart starts with 'O' limit 10

--- session
show grants to role analyst

--- session; reads MART.ORDERS
describe table mart.orders type = columns

--- session; reads SHARE.V_ORDERS
desc view share.v_orders

--- session
desc procedure util.purge(float)

--- session
set (lo, hi) = (1, 'from x')

--- session
unset lo

--- session
alter session set timezone = 'UTC', week_start = 1

--- tcl
begin transaction name t4

--- tcl
rollback work

--- write; reads Q; writes Q, Q_LOG; flags multi_statement
begin; delete from q where done; insert into q_log select * from q; commit;

--- read; reads A, B
explain using tabular select * from a, b where a.id = b.id

--- read
show tables in schema mart ->> select "name" from $1 where "rows" > 0

--- read; reads SALES.PUBLIC.ORDERS; flags select_star
select * from sales.public.orders limit 100

--- read; reads ORDERS, DIM.CUSTOMERS; flags no_limit
select c.region, sum(o.amount)::number(18,2) as total from orders o join dim.customers c using (customer_id)
  where o.placed_at >= dateadd(day, -7, current_timestamp()) group by all order by total desc

--- read; reads Crm.Contacts; flags
SELECT "id", "Full Name" FROM "Crm"."Contacts" FETCH FIRST 5 ROWS ONLY

--- read; reads RAW.Mixed.TBL; flags
select top 10 id, "ID" from Raw."Mixed".tbl

--- read; reads WEB.EVENTS; flags no_limit
select user_id, event from web.events qualify row_number() over (partition by user_id order by at desc) = 1

--- read; reads HR.PEOPLE
select * exclude (ssn) rename (dob as birthday) from hr.people

--- read; reads FIN.LEDGER
select * ilike '%amount%' replace (amount * 100 as amount) from fin.ledger limit 1

--- read; reads OPS.RUNS; flags
select count_if(ok), iff(a > b, 1, 0), zeroifnull(x), array_agg(k) within group (order by k), $my_var
  from ops.runs where id = :id or name = ? // from hidden.one
  limit 3

--- read; reads SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY; flags
select query_id, user_name, total_elapsed_time from snowflake.account_usage.query_history
  where start_time > dateadd('hour', -1, current_timestamp()) order by start_time desc limit 500

--- read; reads MYDB.INFORMATION_SCHEMA.TABLES
select table_name, row_count from mydb.information_schema.tables where table_schema ilike 'PUBLIC'

--- read
select column1, column2 from values (1, 'a'), (2, 'b') as v

--- read; reads MART.F
select region, product, sum(v) from mart.f group by grouping sets ((region), (product), ())

--- read; reads STAFF; flags select_star, no_limit
with recursive tree as (select id, boss from staff where boss is null
  union all select s.id, s.boss from staff s join tree t on s.boss = t.id) select * from tree

--- read; reads STAFF
select id, sys_connect_by_path(name, '/') from staff start with boss is null connect by boss = prior id

--- read; reads RAW.JSON_ORDERS; flags no_limit
select src:customer.name::string, src:"Order Items"[0].sku, get_path(src, 'a.b'), src['k']::int
  from raw.json_orders where src:total::float > 10

--- read; reads RAW.ORDERS; flags no_limit
select o.id, f.index, f.value:sku::string from raw.orders o, lateral flatten(input => o.v:items, outer => true) f

--- read; reads RAW.ORDERS
select f.key, f.value from raw.orders, table(flatten(v, recursive => true)) as f

--- read
select t.$1:a.b::int, metadata$filename, metadata$file_row_number from @raw.landing/2025/ (file_format => 'ff_json', pattern => '.*[.]json') t

--- read
select $1, $2 from '@~/upload/x.csv.gz'

--- read
select seq4(), uniform(1, 10, random()) from table(generator(rowcount => 100))

--- read
select * from table(result_scan(last_query_id(-2))) where "name" = 'X'

--- read
select * from table(information_schema.warehouse_metering_history(current_date - 7))

--- read; reads DATES
select d.day, r.x from dates d, table(util.split_range(d.a, d.b) over (partition by d.a order by d.b)) r

--- read; reads SPLIT_SRC; flags select_star
select s.* from split_src s, lateral split_to_table(s.csv, ',') as p limit 5

--- read; reads CARTS; flags no_limit
select transform(items, i int -> i + 1), filter(v, x -> x:qty > 2), reduce(items, 0, (acc, x) -> acc + x) from carts

--- read; reads MART.FCT.ORDERS; flags select_star
select * from identifier('Mart.Fct.Orders') limit 1

--- read
select count(*) from identifier($tbl)

--- read; reads T1; flags no_limit
select $$a 'from' b; drop table x$$ as txt, 'it''s', 'back\'slash from y' from t1

--- read; reads ORDERS
select * from orders at(timestamp => '2025-05-01 10:00'::timestamp_ltz) o where o.id = 5

--- read; reads ORDERS; flags no_limit
select count(*) from orders before(statement => '01a2-8e5d') b join orders at(offset => -60*5) a on a.id = b.id

--- read; reads MART.CUSTOMERS
select metadata$action, id from mart.customers changes(information => append_only)
  at(timestamp => $ts1) end(timestamp => $ts2)

--- read; reads BIG, DIM
select * from big sample bernoulli (3) seed (82) join dim tablesample (10 rows)

--- read; reads TICKS; flags select_star, no_limit
select * from ticks match_recognize (
  partition by symbol order by at
  measures match_number() as n, first(at) as s, classifier() as c
  one row per match after match skip to last down
  pattern (strt down+ {- flat* -} up{2,})
  define down as price < lag(price), up as price > lag(price)) as m

--- read; reads PAY; flags select_star, no_limit
select * from (select emp, month, amt from pay) pivot(sum(amt) for month in (any order by month)) as p (emp, jan, feb)

--- read; reads WIDE
select * from wide unpivot include nulls (amt for month in (jan as 'January', feb)) order by 1

--- read; reads TRADES, QUOTES; flags no_limit
select t.id, q.px from trades t asof join quotes q match_condition (t.at >= q.at) using (symbol)

--- read; reads A, B; flags select_star, no_limit
select a.*, b.n from a inner join lateral (select count(*) as n from b where b.id = a.id) b

--- read; reads A, B
select sku from a minus select sku from b

--- write; reads WEB.EVENTS; writes MART.DAILY
insert into mart.daily (d, n) select d, count(*) from web.events group by d

--- write; reads STAGE_DAILY; writes MART.DAILY
insert overwrite into mart.daily select * from stage_daily

--- write; writes RAW.DOCS
insert into raw.docs (id, v) select 1, parse_json($${"from": "x"}$$)

--- write; reads RAW.ORDERS; writes EU.ORDERS, US.ORDERS
insert all
  into eu.orders (id, v) values (id, v)
  into us.orders
  select id, v from raw.orders

--- write; reads RAW.ORDERS; writes BIG_ONES, REVIEW, MID_ONES, SMALL_ONES
insert overwrite first
  when amount > 1000 then into big_ones values (id, amount) into review values (id, default)
  when amount > 10 then into mid_ones
  else into small_ones
  select id, amount from raw.orders

--- write; reads T_OLD; writes T_NEW
insert into t_new with x as (select * from t_old) select * from x

--- write; reads STG.TIERS; writes MART.CUSTOMERS
update mart.customers c set c.tier = s.tier from (select id, tier from stg.tiers) s where s.id = c.id

--- write; writes MART.FLAGS; flags no_where
update mart.flags set on_off = false

--- write; reads STG.DEAD; writes MART.ORDERS
delete from mart.orders using stg.dead d where d.id = mart.orders.id

--- write; writes Tmp Things; flags no_where
delete from "Tmp Things"

--- write; reads STG.CUSTOMERS_STREAM; writes MART.CUSTOMERS
merge into mart.customers t using (select * from stg.customers_stream where metadata$action = 'INSERT') s
  on t.id = s.id
  when matched and s.deleted then delete
  when matched then update set t.name = s.name, t.at = current_timestamp
  when not matched then insert (id, name) values (s.id, s.name)

--- write; reads B; writes A
merge into a using b on a.id = b.id when matched then update all by name when not matched then insert all by name

--- import; writes RAW.ORDERS
copy into raw.orders from @raw.landing/orders/ file_format = (type = csv skip_header = 1 null_if = ('', 'NULL'))
  on_error = 'skip_file' purge = true

--- import; writes RAW.ORDERS
copy into raw.orders (id, total, src) from (select t.$1, t.$2::number, metadata$filename from @landing t)
  pattern = '.*orders.*[.]csv' match_by_column_name = none

--- import; writes RAW.HITS
copy into raw.hits from 's3://bkt/hits/' storage_integration = s3_int file_format = (format_name = 'ff')

--- import; writes RAW.ORDERS
copy into raw.orders from @%orders files = ('a.csv', 'b.csv')

--- export; reads MART.DAILY
copy into @out_stage/daily/ from mart.daily partition by ('d=' || d) header = true

--- export; reads A, S.B
COPY INTO 's3://bkt/x/' FROM (SELECT a.id, b.v FROM a JOIN s.b ON b.id = a.id) FILE_FORMAT = (TYPE = PARQUET)

--- export; reads Crm.Contacts
copy into @~/mine.csv from "Crm"."Contacts" single = true

--- read; reads PROD.MART.ORDERS, PROD.MART.USERS
SELECT
    users."STATE"  AS "users.state",
        (TO_CHAR(DATE_TRUNC('month', CONVERT_TIMEZONE('UTC', 'America/Los_Angeles', CAST(orders."CREATED_AT"  AS TIMESTAMP_NTZ))), 'YYYY-MM')) AS "orders.created_month",
    COUNT(DISTINCT orders."ID" ) AS "orders.count"
FROM "PROD"."MART"."ORDERS"  AS orders
LEFT JOIN "PROD"."MART"."USERS"  AS users ON (orders."USER_ID") = (users."ID")
WHERE ((( orders."CREATED_AT"  ) >= ((CONVERT_TIMEZONE('America/Los_Angeles', 'UTC', CAST(DATEADD('month', -5, DATE_TRUNC('month', CURRENT_DATE())) AS TIMESTAMP_NTZ))))))
GROUP BY 1, 2
ORDER BY 2 DESC
FETCH NEXT 500 ROWS ONLY -- Looker Query Context '{"user_id":1,"history_slug":"x from y"}'

--- write; reads ANALYTICS.MART.ORDERS__dbt_tmp; writes ANALYTICS.MART.ORDERS
merge into analytics.mart.orders as DBT_INTERNAL_DEST
        using analytics.mart."ORDERS__dbt_tmp" as DBT_INTERNAL_SOURCE
        on ((DBT_INTERNAL_SOURCE.id = DBT_INTERNAL_DEST.id) and DBT_INTERNAL_DEST.d >= current_date)
    when matched then update set
        "ID" = DBT_INTERNAL_SOURCE."ID","V" = DBT_INTERNAL_SOURCE."V"
    when not matched then insert
        ("ID", "V")
    values
        ("ID", "V")
;

--- ddl; reads ANALYTICS.STG.ORDERS; writes ANALYTICS.MART.ORDERS__DBT_TMP; temporary ANALYTICS.MART.ORDERS__DBT_TMP
create or replace  temporary view analytics.mart.orders__dbt_tmp
  as (
    select * from analytics.stg.orders
where at > (select coalesce(max(at), '1900-01-01') from analytics.stg.orders)
  );

--- ddl; writes ANALYTICS.MART.V; reads ANALYTICS.STG.A, ANALYTICS.STG.B
create or replace view analytics.mart.v comment = $$from; it's$$ (
  "ID" comment $$k$$, "N"
) as ( with a as (select * from analytics.stg.a), b as (select * from analytics.stg.b) select a.id, count(*) over () n from a full outer join b on equal_null(a.id, b.id) );

--- write; reads _AIRBYTE_TMP.ORDERS; writes PUBLIC.ORDERS
BEGIN; DELETE FROM PUBLIC.ORDERS WHERE "_airbyte_raw_id" IN (SELECT "_airbyte_raw_id" FROM "_AIRBYTE_TMP"."ORDERS"); INSERT INTO PUBLIC.ORDERS SELECT * FROM _AIRBYTE_TMP.ORDERS QUALIFY ROW_NUMBER() OVER (PARTITION BY "id" ORDER BY "_ab_cdc_lsn" DESC NULLS LAST) = 1; COMMIT;

--- read; reads T
select a:b.c[0]."D e"::varchar(10)::date, a['x']['y']::array, try_cast(b as int), c:from::string as "from", $1:x:y, :1, ?::int from t where a:k is not null

--- read; reads RAW.DOCS
select d.id, i.value:sku::string, t.this, t.seq from raw.docs d, lateral flatten(input => d.v:items) i, table(flatten(input => i.value:tags, outer => true, mode => 'ARRAY')) t left join lateral (select 1 as x) z

--- read; reads A, B, C
select * from a natural full outer join b cross join lateral (select * from c where c.id = b.id) x

--- read; reads S.Tbl, Ünï.表
select t.* from s."Tbl" t inner join "Ünï"."表" u using (id) -- c; from z
 // other from q
 /* block from r */

--- read; reads A.B.C.D
select * from "A.B"."C.D"

--- read; reads MYDB..T
select * from mydb..t

--- read; reads WEEK_SALES
select * from week_sales pivot (max(amt) for d in (select distinct d from week_sales order by d) default on null (0)) p

--- read; reads Q, DAYS
select * from q pivot (sum(v), count(v) for k in (select k from days)) as p(a, b)

--- read; reads T
select * from t unpivot exclude nulls (v for k in (a as 'from', b)) u where u.k in ('x') order by all limit null offset 3

--- read; reads STOCK
select * from (select * from stock where x > 1) match_recognize(partition by c order by d measures final count(*) as n, avg(p) over (order by d) as a all rows per match omit empty matches after match skip past last row pattern((a b*)+ | permute(c, d) ) define a as p > 1, b as p < lag(p) over (order by d)) limit 3

--- read; reads EV, PR
select e.*, p.* from ev e asof left join pr p match_condition (e.at >= p.at) on e.sym = p.sym

--- read; reads T
select * exclude id rename (a as b, c as "d") replace (upper(x) as x), t.* exclude (a, b), max_by(a, b), array_agg(distinct a) within group (order by a), listagg(x, ',') within group (order by y) over (partition by z), ratio_to_report(a) over (), [1, 2, t.a], {'a': 1, 'from': t.b, *} from t sample system (3.5) repeatable (99)

--- read; reads T
select * from t at (stream => 's') where ts between '2024-01-01'::date and dateadd('day', 1, ts) and x rlike 'from' and y ilike any ('%a', 'b%') and z not regexp 'q'

--- read; reads A, B
with recursive a1 (n) as (select 1 union all select n + 1 from a1 where n < 10), b1 as (select * from a changes (information => default) at (timestamp => 'x'::timestamp)) select * from a1 join b1 join b on true

--- read; reads T1
select * from table('T1') limit 3

--- read
select * from table(my_udtf(1, 'from')) as f, lateral other_udtf(f.x), table($v), table(?) limit 1

--- read; reads MYDB.S.T
select count(*) from identifier('"MYDB"."S"."T"')

--- read
select $1:id::int, t.$2 from @db1.s1.stg/path/2024-01-01/file.csv.gz (file_format => db1.s1.ff) t where metadata$filename like '%from%'

--- session
list @~/x pattern = '.*from.*'; ls @db.sch.%tbl

--- import
put file:///tmp/data/my*.csv @%orders auto_compress = true overwrite = true

--- export
get @mystage/x file:///tmp/out/ parallel = 4 pattern = '.*'

--- other
rm @~/staged pattern = '.*csv'

--- import; writes DB.S.T
copy into db.s.t (a, b) from (select $1:a::int, parse_json($2):from from @db.s.st/dir/ (file_format => 'x') t) files = ('x.json') file_format = (type = 'json' strip_outer_array = true) on_error = continue force = true validation_mode = return_errors

--- export; reads DB.S.T
copy into @%t/result/data_ from (select object_construct(*) from db.s.t where d > current_date) file_format = (type = json compression = gzip) overwrite = true max_file_size = 4900000 include_query_id = true

--- export; reads T
copy into 'azure://acc.blob.core.windows.net/c/' from t storage_integration = x encryption = (type = 'NONE') header = true detailed_output = true

--- write; reads S1, S2; writes T1, T2, T3
insert all when a > 1 and b in (select id from s2) then into t1 (a, b) values ($1, $2) into t2 else into t3 select a, b from s1

--- write; reads OLD_T; writes T
insert into t (a, b) select $1, to_variant($2) from values (1, 'x'), (2, 'y') union all select a, b from old_t

--- write; reads S; writes S
merge into s using (select *, row_number() over (partition by id order by at) rn from s) x on s.id = x.id and x.rn > 1 when matched and x.rn = 2 then update set s.dup = true when matched then delete

--- write; reads A, B; writes T
update t set t.a = x.n, t.b = null from a join (select count(*) n, id from b group by id) x using (id) where t.id = x.id

--- write; reads U, V; writes T
delete from t using u, (select id from v) w where t.id = u.id and u.k = w.id

--- ddl; writes DB.S.T
create or replace hybrid table db.s.t (id int primary key autoincrement, c int not null, v vector(float, 256), o object(a int, b varchar), m map(varchar, int), ar array(number) default [], x varchar(10) as (lower(v)) , index ix (c) include (v), unique (c)) comment = 'from'

--- ddl; writes T; reads P
create table if not exists t (id int constraint fk references p (id) match simple on delete cascade not enforced rely, ssn varchar with masking policy pol using (ssn, id) with tag (a.b.c = 'x', d = 'y'), e variant projection policy pp) with row access policy rp on (id) with tag (t = 'v') default_ddl_collation = 'en' enable_schema_evolution = true change_tracking = true stage_file_format = (type = csv)

--- ddl; writes LAKE.ICE
create iceberg table lake.ice (id int, d date) partition by (bucket(4, id), day(d)) catalog = 'SNOWFLAKE' external_volume = 'v' base_location = 'x/y'

--- ddl; writes T_NEW; reads T_OLD
create table t_new cluster by (d) copy grants as with c as (select * from t_old at (offset => -60)) select d, v from c

--- ddl; reads A, B; writes DT
create or replace dynamic iceberg table dt target_lag = downstream warehouse = w catalog = 'S' external_volume = 'v' base_location = 'b' initialize = on_create as select * from a union all by name select * from b

--- ddl; reads RAW.V; writes STG.ST
create stream if not exists stg.st on view raw.v at (stream => 'other') show_initial_rows = true comment = 'x'

--- ddl; writes STG.ST
create stream stg.st on stage raw.stg

--- ddl; reads S2; writes S1
create or replace stream s1 clone s2

--- ddl; writes T
alter table t add column if not exists a int default 1 with tag (x = 'y'), b varchar masking policy m; alter table t drop clustering key; alter table t suspend recluster; alter table t add search optimization on equality(a), substring(b); alter table t modify column a unset masking policy, column b set data type varchar(20); alter table t alter (c drop default, d set not null); alter table t drop all row access policies; alter table t set tag a = 'b'; alter table t unset comment

--- ddl; writes A.T, B.T
alter table a.t rename to b.t

--- ddl; writes T
alter table t drop constraint fk cascade; alter table t rename column a to "from"; alter table t add constraint pk primary key (a) enforced, unique (b)

--- ddl; writes DT
alter dynamic table dt suspend; alter dynamic table dt set target_lag = '1 hour'; alter dynamic table if exists dt refresh

--- ddl; writes EXT.T
alter external table ext.t refresh 'path'; alter external table ext.t add partition (p = 'x') location '2024/01'

--- ddl
create or replace pipe raw.p auto_ingest = true as copy into raw.t from @raw.s file_format = (type = json)

--- ddl
alter task a.t resume; execute task a.t; create alert al warehouse = w schedule = '1 minute' if (exists (select 1 from gauge where v > 200)) then insert into x values (1); create row access policy rp as (r varchar) returns boolean -> exists (select 1 from sec.map m where m.r = r); create network policy np allowed_ip_list = ('1.2.3.4'); alter account set timezone = 'UTC'; create secret s type = password username = 'a' password = 'b'; create share sh; alter share sh add accounts = x1, y2; create sequence s1 start = 1 increment = 1

--- ddl
create or replace function f (a int, b varchar default 'x') returns table (id int, n varchar) as 'select id, n from t where id = a'

--- ddl
create or replace function py(x variant) returns variant language python runtime_version = '3.10' packages = ('pandas') handler = 'run' as $$
def run(x):
    return x  # select * from z; drop table q
$$

--- ddl; writes T
drop dynamic table t; drop materialized view if exists t; drop external table t restrict; drop stage s; drop task t; drop pipe p; drop integration i

--- dcl; writes DB.S.V
grant select, references on view db.s.v to database role db.r; grant select on all views in database db to share sh; revoke select on future tables in schema db.s from role r cascade; grant create table, create view on schema db.s to role r; grant imported privileges on database snowflake to role r; grant monitor usage on account to role r; grant usage on function f(int, varchar) to role r; grant ownership on all tables in schema db.s to role r copy current grants; grant application role a.r to role q

--- dcl
use role securityadmin; drop role if exists r; alter role r set comment = 'x'; drop user "a@b.c"; create database role db.r; alter user if exists u set default_warehouse = w network_policy = np; revoke role a from role b

--- session; reads DB.S.T
show parameters like '%x%' in session; show tables history in account; show primary keys in table db.s.t; show warehouses; show roles; describe warehouse w; desc stage s; desc result last_query_id()

--- session; reads DB.S.T
show columns in table db.s.t

--- session; reads DB.S.T
desc table db.s.t type = stage

--- write; reads T, Q; writes L, T
execute immediate $$
declare
  rs resultset default (select id from q where x = 'it''s');
  cur cursor for rs;
  v variant;
begin
  let n number := (select count(*) from t);
  for i in 1 to 10 do
    insert into l (i) values (:i);
  end for;
  case when n > 3 then update t set a = :n where id = 1; when n = 2 then null; else return 'x'; end case;
  repeat n := n - 1; until (n = 0) end repeat;
  loop break; end loop;
  return table(rs);
exception
  when statement_error or other then raise;
end;
$$

--- procedure
with p as procedure (x varchar) returns varchar language sql as $$ begin return x; end; $$ call p('from')

--- procedure
call db.s.p('a', b => [1, 2], c => {'k': 'from'}); call s.q() into :r

--- read; reads A
show tables ->> select * from $1 join a on true

--- ddl; writes A
truncate a; truncate table if exists a

--- tcl
start transaction name x; commit work; rollback; begin

--- read; reads DB.INFORMATION_SCHEMA.COLUMNS
select /* DBeaver 24.0.0 - Metadata */ * from DB.INFORMATION_SCHEMA."COLUMNS" WHERE TABLE_SCHEMA='X' ORDER BY ORDINAL_POSITION

--- write; reads S, S2; writes T1, T2
insert first when a > 1 and b in (select id from s2) then into t1 else into t2 select a from s

--- write; reads Q, S; writes T1, T2
insert all into t1 (a) values ((select max(x) from q)) into t2 select a from s

--- session
desc result last_query_id()

--- dcl
create database role db.r

--- dcl
drop database role db.r

--- read; reads T
select c:from::string from t

--- export
copy files into @a from @b

--- procedure
execute immediate 'drop table ' || t

--- ddl; writes RESTORED; reads ORDERS
create table restored from archive of orders where day < '2020-01-01'

--- ddl
alter session policy short set session_idle_timeout_mins = 5

--- read
select metadata$filename from @"Daily Files"/2026 (file_format => 'f') d

--- read; reads SALES_VIEW
select * from semantic_view(sales_view dimensions customers.region metrics orders.total) as s

--- tcl
begin name nightly

--- dcl; writes STAGE
grant select on stage to role analyst

--- procedure; reads ORDERS
execute immediate 'select * from orders join orders_' || :year || ' using (id)'

--- procedure; reads ORDERS
execute immediate 'select * from orders ' || :rest

--- ddl; writes SALES_VIEW; reads SHOP.ORDERS, CUSTOMERS
create semantic view sales_view tables (o as shop.orders primary key (id), customers unique (email)) relationships (by_customer as o (customer_id) references customers) metrics (o.total as sum(price))

--- ddl; writes CHANGED; reads ARRIVALS
create stream changed on external table arrivals insert_only = true

--- dcl
grant monitor on resource monitor daily to role analyst

--- session; reads ARRIVALS
desc external table arrivals
