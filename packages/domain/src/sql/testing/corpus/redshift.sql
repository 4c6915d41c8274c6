--- read; reads sales.orders, sales.customers; flags
SELECT TOP 50 c.region, SUM(o.amount) AS total FROM Sales.Orders o JOIN Sales.Customers c ON c.id = o.customer_id
  GROUP BY c.region ORDER BY total DESC

--- read; reads dev.public.page_views; flags select_star, no_limit
select * from dev.public.page_views where view_day = getdate()::date - 1

--- read; reads mart.fact_sales; flags
select "Id", "Total" from "Mart"."Fact_Sales" limit 10

--- read; reads web.hits; flags no_limit
select approximate count(distinct user_id), median(ms), listagg(distinct path, ',') within group (order by path)
  from web.hits where not bot

--- read; reads lake.orders; flags no_limit
select o.o_id, i.sku, i.qty from lake.orders o, o.items i where i.qty > 2

--- read; reads lake.customers
select c.name, o.total, l.qty from lake.customers as c, c.c_orders as o, o.o_lines as l at idx where idx = 0

--- read; reads lake.events
select attr as k, val as v from lake.events e, unpivot e.props as val at attr where attr = 'from'

--- read; reads lake.events; flags no_limit
select e.payload.user."Id"::int, e.payload.items[0].sku, json_extract_path_text(e.raw, 'a', 'b')
  from lake.events e left join e.payload.items x on true

--- read; reads fin.revenue; flags select_star, no_limit
select * from (select quarter, amount from fin.revenue) pivot (sum(amount) for quarter in ('Q1', 'Q2' as second))

--- read; reads fin.wide; flags select_star, no_limit
select * from fin.wide unpivot include nulls (amount for quarter in (q1, q2, q3))

--- read; reads web.hits; flags no_limit
select user_id, at from web.hits h qualify row_number() over (partition by user_id order by at desc) = 1

--- read; reads hr.people
select * exclude (ssn, dob) from hr.people limit 5

--- read; reads hr.staff; flags no_limit
with recursive chain(id, boss, lvl) as (
  select id, boss, 1 from hr.staff where boss is null
  union all select s.id, s.boss, c.lvl + 1 from hr.staff s, chain c where s.boss = c.id)
  select max(lvl) from chain

--- read; reads hr.staff
select level, id from hr.staff start with boss is null connect by prior id = boss order siblings by id

--- read; reads inv.old, inv.new
select sku from inv.old minus select sku from inv.new

--- read; reads stl_query; flags
select query, trim(querytxt) from stl_query where userid > 1 and starttime > dateadd(hour, -1, getdate())
  order by query desc limit 100

--- read; reads pg_table_def; flags no_limit
select schemaname, tablename, "column", type, encoding, distkey from pg_table_def where tablename = 'orders'

--- read; reads svv_table_info
select "table", size, pct_used from svv_table_info order by size desc

--- read; reads spectrum.events, public.sales; flags no_limit
select s.buyer, e.venue from spectrum.events e join public.sales s on s.event_id = e.id
  where e."$path" like '%2025%'

--- read; reads ops.jobs
select convert_timezone('UTC', 'Asia/Tokyo', at), datediff(day, a, b), nvl2(x, 1, 0), decode(k, 1, 'from', 'into')
  from ops.jobs limit all

--- read; reads mart.cube_src
select grouping_id(a, b), sum(v) from mart.cube_src group by cube(a, b)

--- export; reads sales.orders
unload ('select * from sales.orders where state = ''open'' and note <> ''it''''s''')
  to 's3://bucket/out/' iam_role default format parquet partition by (day)

--- export; reads stage.a, stage.b
UNLOAD ('SELECT a.id, b.name FROM stage.a JOIN "Stage"."B" b ON b.id = a.id WHERE a.k = \'x\'')
  TO 's3://bucket/ab_' IAM_ROLE 'arn:aws:iam::1:role/r' DELIMITER '|' GZIP ALLOWOVERWRITE PARALLEL OFF

--- export; reads crm.leads
unload ($$with t as (select id from crm.leads where src = 'from web') select * from t$$)
  to 's3://bucket/leads/' credentials 'aws_access_key_id=X;aws_secret_access_key=Y' header csv

--- import; writes stage.orders
copy stage.orders from 's3://bucket/in/orders.manifest' iam_role 'arn:aws:iam::1:role/r' manifest
  delimiter '|' gzip timeformat 'auto' maxerror 10

--- import; writes stage.events
COPY Stage.Events (id, at, body) FROM 's3://bucket/events/' IAM_ROLE DEFAULT FORMAT AS JSON 'auto ignorecase' REGION 'eu-west-1'

--- import; writes catalog.items
copy catalog.items from 'dynamodb://Items' iam_role default readratio 50

--- ddl; writes stage.orders; flags destructive, multi_statement
begin; truncate stage.orders; copy stage.orders from 's3://b/o' iam_role default csv ignoreheader 1; commit

--- write; reads web.hits; writes mart.daily
insert into mart.daily (day, n) (select day, count(*) from web.hits group by day)

--- write; writes lake.events
insert into lake.events select 1, json_parse('{"from": "x"}')

--- write; writes web.hits; flags
delete web.hits where at < '2020-01-01'

--- write; reads mart.orders; writes stage.orders
delete from stage.orders using mart.orders where stage.orders.id = mart.orders.id

--- write; reads crm.optouts; writes crm.leads
with gone as (select id from crm.optouts) delete from crm.leads where id in (select id from gone)

--- write; reads stage.tiers; writes mart.customers
update mart.customers set tier = s.tier from stage.tiers s where mart.customers.id = s.id

--- write; writes mart.customers; flags no_where
update mart.customers set tier = null

--- write; reads stage.customers; writes mart.customers
merge into mart.customers using stage.customers s on mart.customers.id = s.id remove duplicates

--- write; reads stage.moves; writes mart.stock
merge into mart.stock using (select sku, sum(q) as q from stage.moves group by sku) as d on mart.stock.sku = d.sku
  when matched then update set q = d.q when not matched then insert values (d.sku, d.q)

--- ddl; reads mart.customers; writes mart.facts
create table mart.facts (id bigint identity(1,1) encode az64, cust int references mart.customers(id),
  day date not null encode raw, props super) backup no diststyle key distkey (cust) compound sortkey (day, cust)

--- ddl; reads mart.moves; writes mart.top_skus
create table mart.top_skus distkey(sku) sortkey(total) as select sku, sum(q) as total from mart.moves group by 1

--- ddl; reads web.hits; writes #recent; temporary #recent
create table #recent (like web.hits); insert into #recent select * from web.hits where at > sysdate - 1;

--- ddl; reads crm.leads; writes tmp_ids; temporary tmp_ids
create local temp table tmp_ids diststyle all as select id from crm.leads

--- ddl; reads crm.leads; writes picked; temporary picked
select id into temp picked from crm.leads where hot

--- ddl
create external schema spectrum from data catalog database 'lake' iam_role default create external database if not exists

--- ddl; writes spectrum.clicks
create external table spectrum.clicks (id int, "position" struct<x:int,y:array<int>>) partitioned by (day date)
  row format serde 'org.openx.data.jsonserde.JsonSerDe' stored as textfile location 's3://b/clicks/'
  table properties ('skip.header.line.count'='1')

--- ddl; writes spectrum.clicks; flags
alter table spectrum.clicks add if not exists partition (day='2025-01-01') location 's3://b/clicks/day=1/'

--- ddl; writes spectrum.clicks; flags destructive
alter table spectrum.clicks drop partition (day='2019-01-01')

--- ddl; writes mart.facts
alter table mart.facts alter distkey cust, alter compound sortkey (day)

--- ddl; reads stage.facts; writes mart.facts
alter table mart.facts append from stage.facts ignoreextra

--- ddl; writes mart.facts, facts_2024
alter table mart.facts rename to facts_2024

--- ddl; reads spectrum.clicks; writes reports.v
create or replace view reports.v as select f.* from spectrum.clicks f with no schema binding

--- ddl; reads web.hits; writes reports.mv
create materialized view reports.mv backup no distkey(id) auto refresh yes as select id, count(*) as n from web.hits group by id

--- ddl; reads crm.training
create model ml.churn from (select age, plan, churned from crm.training where split = 'train') target churned
  function predict_churn iam_role default settings (s3_bucket 'b')

--- ddl
create or replace function util.f_tax(a float, b float) returns float stable as $$ select $1 * $2 $$ language sql

--- ddl
create or replace procedure util.sp_load(in d date) nonatomic as $$
  begin delete from mart.daily where day = d; insert into mart.daily select * from stage.daily; end; $$ language plpgsql

--- procedure
call util.sp_load('2025-03-01')

--- ddl; writes stage.orders; flags destructive
truncate Stage.Orders

--- ddl; writes stage.a, stage.b; flags destructive
drop table if exists stage.a, "Stage"."B" cascade

--- dcl; writes mart.facts; flags privilege_change
grant select on table mart.facts to group bi_users, role analyst

--- dcl; flags privilege_change
grant usage on datashare sales_share to namespace '86b5169f-01dc-4a6f-9fbb-e2e24359e9a8'

--- dcl; flags privilege_change
grant assumerole on 'arn:aws:iam::1:role/r' to etl_user for copy, unload

--- dcl; flags privilege_change
revoke all on schema stage from group bi_users

--- dcl; flags privilege_change
create user loader password 'md5abc' syslog access restricted in group etl

--- dcl; writes mart.facts; flags multi_statement, privilege_change
create role sales_ro; grant select on mart.facts to role sales_ro;

--- session
set query_group to 'nightly'

--- session
show tables from schema dev.public like 'ord%' limit 5

--- session; reads dev.public.orders
show columns from table dev.public.orders

--- session; reads mart.facts
show table mart.facts

--- read; reads web.hits
declare cur cursor for select * from web.hits; fetch forward 1000 from cur;

--- maintenance; writes mart.facts
vacuum delete only mart.facts to 75 percent boost

--- maintenance; writes mart.facts
vacuum reindex mart.facts

--- maintenance; reads mart.facts
analyze verbose mart.facts predicate columns

--- maintenance; reads mart.facts
analyze compression mart.facts (cust, day) comprows 100000

--- maintenance; writes reports.mv
refresh materialized view reports.mv

--- tcl; reads mart.facts
lock mart.facts

--- tcl
end transaction

--- read; reads mart.facts, mart.customers
explain verbose select count(*) from mart.facts f, mart.customers c

--- other
cancel 18764 'too long'

--- read; reads public.orders, public.users
SELECT "t0"."state" AS "state", SUM("orders"."total") AS "sum:total:ok" FROM "public"."orders" "orders" LEFT JOIN "public"."users" "t0" ON ("orders"."user_id" = "t0"."id") WHERE (DATE_TRUNC( 'YEAR', CAST("orders"."created_at" AS TIMESTAMP WITHOUT TIME ZONE) ) = (TIMESTAMP '2024-01-01 00:00:00.000')) GROUP BY 1

--- read; reads svv_tables, stv_blocklist, pg_class_info, stv_tbl_perm
select trim(pgn.nspname) as schema, trim(a.name) as table, id as tableid, b.mbytes, a.rows from (select db_id, id, name, sum(rows) as rows from stv_tbl_perm a group by db_id, id, name) as a join pg_class_info as pgc on pgc.oid = a.id join svv_tables as pgn on pgn.table_name = a.name join (select tbl, count(*) as mbytes from stv_blocklist group by tbl) b on a.id = b.tbl order by mbytes desc

--- read; reads stl_load_errors, sys_query_history
select le.starttime, d.query, line_number, colname, value, err_reason from stl_load_errors le, sys_query_history d where le.query = d.query_id and d.query_text ilike '%copy % from %' order by le.starttime desc limit 100

--- read; reads a, b, c
select * from a left join (b inner join c using (k)) on a.id = b.id where (a.x, a.y) in (select x, y from c) and a.z similar to '%(from|to)%' and not a.q ~ '^x'

--- read; reads ext.nested
select c.id, o.shipdate, l.price, c.name.given from ext.nested c, c.orders o left join o.lines l on true where c.tags[0] = 'from'

--- read; reads t
select pg_catalog.pg_get_userbyid(1), json_extract_path_text(j, 'a', true), t.s.a.b[0]."C", object_transform(s keep '"a"' set '"b"', 1), dateadd(month, -1, sysdate), date_part(dow, d), extract(epoch from ts), ratio_to_report(x) over (partition by y), listagg(x, ',') within group (order by x) over (partition by y), percentile_cont(0.5) within group (order by x), approximate percentile_disc(0.5) within group (order by x), x::super, 'a' || b, interval '1 day', interval '3' year, "from", cast(a as varbyte), array(1, 2), regexp_substr(a, '(?i)from') from t

--- read; reads lake.e
select a.k, v from lake.e as e, unpivot e.s as v at k, e.arr as a at i where object(1, 2) is not null and e.s."from" is not null

--- read; reads db2.s.t, t
select top 10 distinct t.*, x.* exclude (a) from "DB2".s."T" x cross join t where x.a = any (select a from t)

--- read; reads e, m
with recursive r (id, p) as (select id, cast(id as varchar(99)) from e where m is null union all select e.id, r.p || '>' || e.id from e join r on e.m = r.id where r.p not like '%from%') select * from r, m minus select * from r, m

--- read; reads t
select a, sum(v) from t group by grouping sets ((a), rollup(a, b), cube(c)) having sum(v) > (select avg(v) from t) order by 1 limit 3 offset 2

--- read; reads t
select * from t pivot (count(*) as n, max(x) as m for c in ('red' as r, 'from')) as p (a, b) where true

--- read; reads t
select id, sum(x) over (partition by id order by d rows between unbounded preceding and 1 preceding) as s from t qualify s > 3 and row_number() over (partition by id order by d) = 1

--- write; reads stage_orders; writes public.orders
begin transaction;
delete from public.orders using stage_orders where public.orders.id = stage_orders.id and orders.d > '2024-01-01';
insert into public.orders select * from stage_orders;
end transaction;

--- ddl; reads public.target, #stage; writes #stage, public.target; temporary #stage
create table #stage (like public.target including defaults); copy #stage from 's3://b/x.gz' iam_role 'arn:aws:iam::0:role/r' gzip csv; begin; merge into public.target using #stage s on target.id = s.id when matched then delete when not matched then insert values (s.id, s.v); end; drop table #stage

--- ddl; reads a, tmp_a, b; writes tmp_a, b; temporary tmp_a
create temporary table tmp_a diststyle even as (select * from a); insert into b (select x.* from tmp_a x where not exists (select 1 from b where b.id = x.id)); analyze b

--- write; writes t
insert into t (a, b, c) values (1, default, json_parse('{"from": [1]}')), (2, null, array(1, 'x'))

--- write; reads t2, t3; writes t1
update t1 set a = t2.a, b = (select max(b) from t3) from t2 join t3 on t2.id = t3.id where t1.id = t2.id

--- write; reads t; writes t
delete from t using (select id, row_number() over (partition by k order by at) r from t) d where t.id = d.id and d.r > 1

--- import; writes s.t
copy s.t (a, b "c") from 's3://b/p' credentials 'aws_iam_role=arn:aws:iam::1:role/r' format as parquet

--- import; writes s.t
copy s.t from 's3://b/from/x' iam_role default fixedwidth 'a:3,b:4' compupdate off statupdate on acceptinvchars '^' blanksasnull emptyasnull dateformat 'auto' truncatecolumns noload region as 'eu-west-1'

--- import; writes s.t
copy s.t from 'emr://j-1/out/part-*' iam_role default json 's3://b/jp.json' ssh; commit

--- import; writes s.t
copy s.t from 's3://x/' iam_role default csv quote as '"' delimiter as ',' job create nightly auto on

--- export; reads s.t, u
unload ('select a, b from s.t where c = \'from \\\' x\' and d in (select d from u)') to 's3://b/x_' iam_role default parquet maxfilesize 100 mb partition by (a, b) include cleanpath extension 'pq' manifest verbose

--- export; reads s.t
unload ('with q as (select * from s.t -- from zz
) select * from q') to 's3://b/x' credentials 'x' fixedwidth as '0:3' addquotes null as 'from' kms_key_id 'k' encrypted

--- ddl; reads p; writes s.t
create table if not exists s.t (id int generated by default as identity (1, 1) not null sortkey, a varchar(max) default 'from' collate case_insensitive encode zstd, b int distkey references p (id), v varbyte, h hllsketch, primary key (id), foreign key (a, b) references p (a, b), unique (a)) diststyle auto sortkey auto encode auto

--- ddl; writes ext.t
create external table ext.t (a int, s array<struct<b:varchar(10), c:map<string,int>>>) partitioned by (d date, h int) stored as parquet location 's3://b/x/' table properties ('numRows' = '10')

--- ddl; reads s.t; writes ext.t
create external table ext.t partitioned by (d) row format delimited fields terminated by '|' stored as textfile location 's3://b/' as select * from s.t

--- write; reads s.t; writes ext.t
insert into ext.t select * from s.t where d = current_date

--- ddl; reads s.src; writes s.mv
create materialized view s.mv diststyle key distkey (a) sortkey (b) auto refresh no as select a, b from s.src

--- ddl; reads kds.topic; writes s.mv_stream
create materialized view s.mv_stream auto refresh yes as select approximate_arrival_timestamp, json_parse(kinesis_data) as p from kds.topic where can_json_parse(kinesis_data)

--- ddl; writes s.t
alter table s.t add column c int default 1 encode az64; alter table s.t drop column c cascade; alter table s.t alter column a type varchar(20); alter table s.t alter column a encode lzo, alter column b encode raw; alter table s.t alter diststyle even; alter table s.t alter sortkey none; alter table s.t alter encode auto; alter table s.t owner to x; alter table s.t rename column a to b; alter table s.t row level security on conjunction type or for datashares; alter table s.t masking on for datashares

--- ddl; writes s.t
attach rls policy p on s.t to role r, public; detach rls policy p on table s.t from user u; attach masking policy m on s.t (a, b) using (a, c) to role r priority 10; detach masking policy m on s.t (a) from public

--- ddl
create rls policy p with (a varchar(10)) as t using (a = current_user and a in (select x from lookup)); create masking policy m with (c varchar(256)) using ('***'::varchar(256)); drop rls policy if exists p cascade; create identity provider i type azure namespace 'x' application_id 'y'; create library l language plpythonu from 's3://x'; create datashare d set publicaccessible true; alter datashare d add schema s; alter schema s quota unlimited; create database x collate case_insensitive; create database y from datashare d of namespace 'z'

--- ddl; writes s.t
alter datashare d add table s.t

--- ddl
create external function f(varchar, int) returns varchar stable lambda 'from' iam_role default; create or replace function py(a float) returns float immutable as $$
  # select * from x
  return a
$$ language plpythonu; drop function f(varchar, int)

--- ddl
CREATE OR REPLACE PROCEDURE s.p(a IN int, b INOUT refcursor) AS $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM x LOOP EXECUTE 'drop table ' || r.n; END LOOP; TRUNCATE y; END; $$ LANGUAGE plpgsql SECURITY DEFINER SET enable_x TO on

--- ddl; reads s.p
create model m from s.p function f (int, varchar) returns int iam_role default settings (s3_bucket 'b')

--- ddl; reads s.a, s.b; writes v
create view v (a, b) as (select * from s.a union all select * from s.b) with no schema binding; comment on view v is 'from'; comment on column v.a is 'x'

--- dcl; writes s.t, s.u
grant select (a, b), update on s.t, s.u to x with grant option; revoke grant option for insert on table s.t from group g restrict

--- dcl
grant all on schema s to group g; grant usage for schemas in database d to role r; grant execute on all procedures in schema s to role r; grant usage on language plpythonu to u; grant share on datashare d to u; grant alter on datashare d to group g; alter default privileges for user u in schema s grant select on tables to group g; grant role a to role b; grant access catalog to role r; grant select for tables in schema s database d to r; grant ignore rls to role r; grant explain masking to role r

--- dcl
create group g with user a, b; alter group g add user c; drop group g; alter user u set search_path to s, public; alter user u session timeout 60 password disable; drop user if exists u; drop role r force; create user u with password 'x' in group g valid until 'infinity' connection limit 3 externalid 'z'

--- session
set session authorization 'x'; reset query_group; set enable_result_cache_for_session = off; set wlm_query_slot_count to 3; show search_path; show databases from data catalog; show schemas from database d; use db2; show grants for role r; show datashares; deallocate x; show procedure s.p(int)

--- session; reads s.v
show view s.v

--- session
show grants on table d.s.t

--- maintenance; writes s.t
vacuum full s.t to 100 percent; vacuum sort only s.t; vacuum recluster s.t boost; vacuum

--- maintenance; reads s.t
analyze s.t (a, b); analyze s.t all columns; analyze compression; analyze

--- maintenance; writes s.mv
refresh materialized view s.mv cascade

--- read; reads s.t
begin; declare c cursor for select * from s.t where a = 'x'; fetch next from c; fetch 10 from c; close c; commit

--- procedure
call s.p(1, 'c'); call dev.s.p2(array(1), null)

--- procedure; reads s.t
prepare q (int, varchar) as select * from s.t where a = $1 and b = $2; execute q (1, 'x'); deallocate q

--- write; writes s.t
prepare q (int) as delete from s.t where a = $1

--- tcl
start transaction isolation level serializable read write; abort work; rollback; commit work

--- tcl; reads s.t, u
lock table s.t, u

--- ddl; reads src; writes newt
select distinct a, b into newt from src where c is not null

--- ddl; writes a.t, t2
alter table a.t rename to t2

--- read; reads ünïcode.täble
select * from Ünïcode."Täble" where a = 'x' /* from q /* nested from z */ still */ and b = $$from c$$

--- read; reads awsdatacatalog.db.t, dev.s.u
select count(*) from awsdatacatalog.db.t a join "dev"."s"."u" b on a.id = b.id where a."$path" like 's3%' and a."$size" > 3

--- other
cancel 123

--- ddl; reads s.t; writes e.t
create external table e.t stored as parquet location 's3://x' as select * from s.t

--- maintenance; writes s.t
vacuum recluster s.t

--- maintenance
analyze compression

--- maintenance
analyze predicate columns

--- ddl; writes s.t
attach rls policy p on s.t to role r

--- ddl; writes s.t
detach masking policy m on s.t (a) from public

--- ddl; reads a.b; writes s.v
create or replace external protected view s.v as select * from a.b

--- session; reads spectrum.sales
show external table spectrum.sales

--- ddl; writes public.sales, public.event
alter datashare partners add table public.sales, public.event

--- ddl
alter datashare partners add all tables in schema public
