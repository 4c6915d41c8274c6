--- read; reads dwh.facts, dwh.dims; flags no_limit
SELECT /*+ BROADCAST(d) */ f.k, f.v FROM Dwh.Facts f LEFT SEMI JOIN dwh.dims d ON d.k = f.k

--- read; reads spark_catalog.default.events; flags select_star
select * from spark_catalog.default.events where ds = "2025-01-01" limit 20

--- write; reads raw.events; writes silver.clicks, silver.views
from raw.events e
  insert overwrite table silver.clicks partition (ds) select e.id, e.ds where e.kind = 'click'
  insert into silver.views select e.id where e.kind = 'view'

--- read; reads raw.events
from raw.events select id, kind where id > 3

--- write; reads stg.daily; writes dwh.daily
insert overwrite table dwh.daily partition (ds = '2025-01-01', hr) select n, hr from stg.daily distribute by hr sort by n

--- export; reads dwh.t
insert overwrite local directory '/tmp/out' row format delimited fields terminated by ',' stored as textfile
  select a, b from dwh.t

--- import; writes stg.lines
load data local inpath '/in/x.txt' overwrite into table stg.lines partition (ds = '2025-01-01')

--- read; reads stg.lines
select transform (id, body) using 'cat' as (k string, v string) from stg.lines cluster by k

--- ddl; writes stg.logs
create external table if not exists stg.logs (msg string, at timestamp) partitioned by (ds string)
  row format serde 'org.apache.hadoop.hive.serde2.RegexSerDe' with serdeproperties ('input.regex' = '(.*) from (.*)')
  stored as textfile location '/data/logs'

--- ddl; writes dwh.imp
create table dwh.imp using org.apache.spark.sql.json options (path '/in/x.json')

--- ddl; writes csv_in; temporary csv_in
create temporary view csv_in (a int) using csv options (path '/in/a.csv', header 'true')

--- ddl
create temporary function norm as 'org.acme.Norm' using jar '/jars/n.jar'

--- ddl; writes stg.logs; flags
alter table stg.logs add if not exists partition (ds = '2025-01-02') location '/data/logs/2'

--- ddl; writes stg.logs; flags destructive
alter table stg.logs drop if exists partition (ds = '2019-01-01') purge

--- ddl; writes dwh.t
alter table dwh.t change column a aa bigint comment 'x'

--- maintenance; reads dwh.dims
cache table dwh.dims

--- maintenance; writes dwh.facts
refresh table dwh.facts

--- maintenance; writes stg.logs
msck repair table stg.logs

--- maintenance; reads stg.logs
analyze table stg.logs partition (ds = '2025-01-01') compute statistics noscan

--- session; reads dwh.facts
describe extended dwh.facts

--- session; reads dwh.facts
show columns from dwh.facts

--- session
show databases like 'dw*'

--- session
set spark.sql.shuffle.partitions=64

--- session
set -v

--- session
use dwh

--- read; reads dwh.a, dwh.b
explain cost select * from dwh.a union all select * from dwh.b

--- read; reads dwh.f; flags no_limit
select k, grouping_id(), sum(v) from dwh.f group by k, j with cube having sum(v) is not null

--- read; reads dwh.a, dwh.b; flags no_limit
select a.k from dwh.a a full outer join dwh.b b on a.k <=> b.k lateral view inline(a.structs) s as x, y

--- read; reads dwh.a`b; flags no_limit
select `a``b`.c, date_format(at, "yyyy-MM"), v rlike "^from .*", arr[0].x, m["k"] from dwh.`a``b`

--- read; reads dwh.t
select * from dwh.t tablesample (bucket 3 out of 16), range(5)

--- write; reads stg.s; writes dwh.t
with x as (select id from stg.s) insert into dwh.t select id from x

--- write; reads ice.db.u; writes ice.db.t
merge into ice.db.t using (select * from ice.db.u) s on t.id = s.id when matched then update set t.v = s.v when not matched then insert *

--- procedure
call ice.system.expire_snapshots(table => 'db.t', older_than => timestamp '2025-01-01 00:00:00')

--- ddl; writes dwh.v; flags destructive
drop view if exists dwh.v

--- read
select name from parquet.`exports/people.parquet`

--- read; reads notes
select r'\' as back from notes -- from others

--- import; writes orders
import table orders from '/exports/orders'
