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
