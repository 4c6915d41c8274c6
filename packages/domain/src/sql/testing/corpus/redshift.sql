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
