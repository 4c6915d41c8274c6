--- read; reads shop.Orders; flags
SELECT id, total FROM shop.Orders WHERE customer_id = 42 ORDER BY total DESC LIMIT 20

--- read; reads events; flags select_star, no_limit
select * from events

--- read; reads shop.orders, shop.customers; flags no_limit
SELECT toStartOfMonth(o.at) AS m, c.country, sumIf(o.total, o.status = 'paid') AS paid, uniq(o.customer_id)
  FROM shop.orders AS o INNER JOIN shop.customers AS c ON c.id = o.customer_id
  GROUP BY m, c.country WITH TOTALS ORDER BY m

--- read; reads system.tables; flags no_limit
SELECT name, engine FROM system.tables WHERE database = currentDatabase() FORMAT JSON

--- read; flags
SELECT timezone(), version() FORMAT TabSeparated

--- read; reads shop.odd-name; flags no_limit
SELECT count() FROM `shop`.`odd-name` WHERE "from" IN (1, 2, 3)

--- read; reads shop.vip, shop.orders; flags
WITH ids AS (SELECT id FROM shop.vip) SELECT total FROM shop.orders WHERE customer_id IN ids LIMIT 5

--- read; reads shop.customers, shop.leads, shop.partners, shop.blocked
SELECT name FROM shop.customers UNION ALL SELECT name FROM shop.leads
  UNION DISTINCT (SELECT name FROM shop.partners EXCEPT SELECT name FROM shop.blocked)

--- read; reads orders
SELECT id, row_number() OVER (PARTITION BY cid ORDER BY at) AS rn, lagInFrame(total) OVER w
  FROM orders WINDOW w AS (ORDER BY at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) QUALIFY rn = 1

--- read; reads shop.orders; flags
SELECT {name:String} AS n, id FROM shop.orders WHERE id = {id:UInt64} LIMIT 1

--- read; reads system.numbers; flags
SELECT number FROM system.numbers LIMIT 10 SETTINGS max_threads = 1, max_block_size = 5

--- read; reads shop.events; flags no_limit
SELECT user_id FROM shop.events AS e FINAL SAMPLE 1/10 OFFSET 1/2 PREWHERE day = today() WHERE e.kind = 3

--- read; reads shop.products; flags no_limit
SELECT sku, tag, n FROM shop.products ARRAY JOIN tags AS tag, arrayEnumerate(tags) AS n WHERE n < 3

--- read; reads products, categories; flags
SELECT p.sku, a.k, c.name FROM products p LEFT ARRAY JOIN attrs AS a LEFT JOIN categories c ON c.id = p.cat LIMIT 1

--- read; reads dist.orders, shop.vip, shop.refunds; flags no_limit
SELECT id FROM dist.orders WHERE customer_id GLOBAL IN (SELECT id FROM shop.vip) AND id GLOBAL NOT IN shop.refunds

--- read; reads orders, shop.pairs, blocked
SELECT count() FROM orders WHERE (cid, day) IN shop.pairs AND cid NOT IN blocked

--- read; reads trades, quotes; flags no_limit
SELECT t.sym, q.bid FROM trades t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.at >= q.at

--- read; reads a, b, c, d
SELECT a.id FROM a GLOBAL ANY LEFT JOIN b USING id LEFT ANTI JOIN c ON c.id = a.id CROSS JOIN d

--- read; reads shop.orders
SELECT x, y FROM (SELECT number AS x FROM numbers(5)) AS l PASTE JOIN (SELECT id AS y FROM shop.orders) AS r

--- read; reads shop.orders; flags
FROM shop.orders SELECT id, total WHERE total > 5 LIMIT 3

--- read; reads shop.hits; flags
SELECT toDate(at) AS d, count() FROM shop.hits GROUP BY d
  ORDER BY d WITH FILL FROM toDate('2024-01-01') TO toDate('2024-02-01') STEP INTERVAL 1 DAY LIMIT 31

--- read; reads orders; flags
SELECT cid, id FROM orders ORDER BY total DESC LIMIT 3 BY cid LIMIT 10 WITH TIES

--- read; reads shop.budget
SELECT COLUMNS('^amount_') APPLY(sum), COLUMNS(a, b) APPLY(x -> x + 1) FROM shop.budget

--- read; reads shop.orders; flags select_star
SELECT * EXCEPT (raw) REPLACE (total / 100 AS total) FROM shop.orders LIMIT 1

--- read; reads lists; flags
SELECT arrayMap((k, v) -> (k, v * 2), ks, vs) AS p, p[1].2, total > 5 ? 'big' : 'small', [1, 2] AS a,
  {'from': 1, 'to': 2}['from'], total::Decimal(9, 2) FROM lists LIMIT 1

--- read; reads shop.orders, shop.hits; flags no_limit
WITH 30 AS days, (SELECT max(at) FROM shop.orders) AS last_at
  SELECT count() FROM shop.hits WHERE at > last_at - INTERVAL days DAY

--- read; reads parts; flags
SELECT EXTRACT(YEAR FROM at), trim(BOTH 'x' FROM code), substring(code FROM 2 FOR 3), a IS NOT DISTINCT FROM b,
  CAST(n AS Nullable(UInt8)), quantiles(0.5, 0.9)(n), DATE '2024-01-01' FROM parts LIMIT 1

--- read; reads notes; flags
SELECT 'it\'s; drop table orders' AS a, $$from 'x'$$ AS b, 0xFF, 1_000 FROM notes LIMIT 1 # end

--- read; flags select_star
SELECT * FROM s3('https://b.example/o/*.parquet', 'Parquet') LIMIT 5

--- read; reads shop.fix
SELECT r.id FROM remote('db2:9000', 'shop', 'orders', 'bi', 'x') AS r JOIN shop.fix f ON f.id = r.id, numbers(3) AS n

--- read; reads shop.shops; flags no_limit
SELECT dictGetOrDefault('shop.regions', 'name', toUInt64(region), '?') FROM shop.shops

--- read; reads shop.orders_of
SELECT id FROM shop.orders_of(cid = 5, since = {since:Date})

--- export; reads shop.orders
SELECT id FROM shop.orders WHERE total > 5 INTO OUTFILE 'orders.csv.gz' COMPRESSION 'gzip' FORMAT CSV

--- read; reads t
SELECT sum(n) FROM t GROUP BY GROUPING SETS ((a, b), (a), ()) HAVING sum(n) > 1

--- write; writes shop.customers
INSERT INTO shop.customers (id, name) VALUES (1, 'Ann'), (2, 'it''s')

--- write; writes shop.hits
INSERT INTO shop.hits (* EXCEPT (raw)) SETTINGS async_insert = 1, wait_for_async_insert = 0 VALUES (1, 2)

--- write; writes shop.hits; flags
INSERT INTO shop.hits FORMAT JSONEachRow {"id": 1, "note": "a; drop table b"} {"id": 2, "note": "select 1 from c"}

--- write; writes hits; flags
INSERT INTO hits (id, name) FORMAT CSV
1,"from ""x"""
2,"; select * from y"


--- write; reads shop.hits; writes shop.totals
INSERT INTO TABLE shop.totals SELECT day, sum(n) FROM shop.hits GROUP BY day

--- write; reads b, a; writes a
INSERT INTO a WITH x AS (SELECT id FROM b) SELECT id FROM x WHERE id NOT IN (SELECT id FROM a)

--- write; reads shop.fix; writes shop.orders
ALTER TABLE shop.orders UPDATE status = 'void', total = 0 WHERE id IN (SELECT id FROM shop.fix)

--- write; writes shop.events
ALTER TABLE shop.events ON CLUSTER '{cluster}' DELETE WHERE at < now() - INTERVAL 1 YEAR

--- write; writes shop.orders; flags
DELETE FROM shop.orders ON CLUSTER main WHERE id = 7 SETTINGS mutations_sync = 2

--- ddl; writes shop.events; flags
CREATE TABLE IF NOT EXISTS shop.events ON CLUSTER main (id UInt64 CODEC(Delta, ZSTD(3)), at DateTime64(3, 'UTC'),
  day Date MATERIALIZED toDate(at), tags Array(LowCardinality(String)), n Nested(k String, v UInt8),
  INDEX ix_t tags TYPE bloom_filter GRANULARITY 4, CONSTRAINT pos CHECK id > 0,
  PROJECTION p (SELECT day, count() GROUP BY day)) ENGINE = ReplicatedMergeTree('/ch/{shard}/e', '{replica}')
  PARTITION BY toYYYYMM(at) ORDER BY (at, id) SAMPLE BY id TTL at + INTERVAL 1 MONTH DELETE
  SETTINGS index_granularity = 8192 COMMENT 'raw; all'

--- ddl; reads shop.hits; writes shop.daily
CREATE TABLE shop.daily ENGINE = SummingMergeTree ORDER BY d AS SELECT d, n FROM shop.hits

--- ddl; reads shop.events; writes shop.events_all
CREATE TABLE shop.events_all AS shop.events ENGINE = Memory

--- ddl; reads shop.orders; writes shop.copy
CREATE OR REPLACE TABLE shop.copy CLONE AS shop.orders

--- ddl; reads shop.vip; writes ids; temporary ids; flags multi_statement
CREATE TEMPORARY TABLE ids (id UInt64) ENGINE = Memory; INSERT INTO ids SELECT id FROM shop.vip

--- ddl; reads shop.orders; writes shop.orders_of
CREATE VIEW shop.orders_of AS SELECT id FROM shop.orders WHERE cid = {cid:UInt64}

--- ddl; reads shop.events; writes shop.mv_days
CREATE MATERIALIZED VIEW shop.mv_days ENGINE = AggregatingMergeTree ORDER BY day POPULATE
  AS SELECT day, uniqState(user_id) AS u FROM shop.events GROUP BY day

--- ddl; reads shop.hits; writes shop.mv, shop.daily
CREATE MATERIALIZED VIEW IF NOT EXISTS shop.mv TO shop.daily (d Date, n UInt64) AS SELECT d, count() AS n FROM shop.hits GROUP BY d

--- ddl; writes shop.regions
CREATE DICTIONARY shop.regions (id UInt64, name String DEFAULT '?') PRIMARY KEY id
  SOURCE(CLICKHOUSE(TABLE 'regions' DB 'ref')) LAYOUT(HASHED()) LIFETIME(MIN 300 MAX 600)

--- ddl; flags
CREATE FUNCTION vat AS (x, r) -> x * r

--- ddl; flags
CREATE DATABASE IF NOT EXISTS shop ENGINE = Atomic

--- ddl; writes shop.orders; flags
ALTER TABLE shop.orders ADD COLUMN IF NOT EXISTS note String DEFAULT '' AFTER total, MODIFY TTL at + INTERVAL 1 DAY

--- ddl; writes shop.orders; flags destructive
ALTER TABLE shop.orders MODIFY COLUMN total Decimal(18, 2), DROP COLUMN note

--- ddl; writes shop.events; flags destructive
ALTER TABLE shop.events DROP PARTITION '202401'

--- ddl; reads stage.events; writes shop.events
ALTER TABLE shop.events REPLACE PARTITION ID '202401' FROM stage.events

--- ddl; writes shop.events, cold.events
ALTER TABLE shop.events MOVE PARTITION tuple(2024, 1) TO TABLE cold.events

--- ddl; writes shop.a, shop.b, shop.c, old.c; flags
RENAME TABLE shop.a TO shop.b, shop.c TO old.c ON CLUSTER main

--- ddl; writes shop.orders, shop.orders_new
EXCHANGE TABLES shop.orders AND shop.orders_new

--- ddl; writes shop.staging; flags destructive
TRUNCATE TABLE IF EXISTS shop.staging SYNC

--- ddl; writes shop.a, shop.b; flags destructive
DROP TABLE IF EXISTS shop.a, shop.b SYNC

--- ddl; writes shop.mv; flags destructive
DROP VIEW shop.mv

--- ddl; writes shop.orders
DETACH TABLE shop.orders PERMANENTLY

--- ddl; writes shop.orders
ATTACH TABLE shop.orders

--- dcl; flags privilege_change
CREATE USER etl IDENTIFIED WITH sha256_password BY 'x' HOST IP '10.0.0.0/8' DEFAULT ROLE loader

--- dcl; writes shop.orders; flags privilege_change
GRANT SELECT(id, total), INSERT ON shop.orders TO analyst WITH GRANT OPTION

--- dcl; flags privilege_change
GRANT ON CLUSTER main SELECT ON shop.* TO bi

--- dcl; flags privilege_change
REVOKE ADMIN OPTION FOR loader FROM etl

--- session; flags
SET max_threads = 4, join_algorithm = 'hash'

--- session; flags
SHOW TABLES FROM shop LIKE 'ord%'

--- session; reads shop.orders
SHOW CREATE TABLE shop.orders

--- session; reads shop.orders
DESCRIBE TABLE shop.orders SETTINGS describe_compact_output = 1

--- read; reads shop.orders
EXPLAIN indexes = 1 SELECT id FROM shop.orders WHERE id = 5

--- read; reads a, b
EXPLAIN PIPELINE graph = 1 SELECT count() FROM a JOIN b USING (id)

--- maintenance; writes shop.orders
OPTIMIZE TABLE shop.orders PARTITION 202401 FINAL DEDUPLICATE BY * EXCEPT (at)

--- other; flags
KILL QUERY WHERE user = 'bi' SYNC

--- read; reads default.orders, shop.users
SELECT `source`.`d` AS `d`, count() AS `count` FROM (SELECT toStartOfMonth(toDateTime(`default`.`orders`.`at`, 'UTC')) AS `d`, `default`.`orders`.`uid` AS u FROM `default`.`orders` GLOBAL LEFT JOIN `shop`.`users` AS `U` ON `default`.`orders`.`uid` = `U`.`id`) AS `source` GROUP BY `source`.`d` ORDER BY `source`.`d` ASC LIMIT 2000 FORMAT RowBinaryWithNamesAndTypes

--- read; reads system.parts, system.columns, system.query_log
SELECT database, table, formatReadableSize(sum(bytes)) AS size, (SELECT count() FROM system.columns AS c WHERE c.table = 'x') FROM system.parts WHERE active AND (database, table) IN (SELECT arrayJoin(databases), arrayJoin(tables) FROM system.query_log WHERE event_date >= today() - 1) GROUP BY ALL SETTINGS max_threads = 1 FORMAT PrettyCompact

--- read; reads a, b, c, d
SELECT * FROM a ALL INNER JOIN b USING (id) ANY LEFT JOIN c ON a.x = c.x SEMI RIGHT JOIN d USING id

--- read; reads db.t
SELECT DISTINCT ON (a) a, b FROM db.t FINAL SAMPLE 0.1 PREWHERE a = 1 WHERE b IN [1, 2] GROUP BY a, b WITH CUBE HAVING count() > 1 ORDER BY a DESC NULLS LAST COLLATE 'en', b WITH FILL FROM 1 TO 10 STEP 2 INTERPOLATE (b AS b + 1) LIMIT 1, 2 BY a LIMIT 5 OFFSET 1

--- read; reads t
SELECT arrayMap(x -> (x, 'from'), arr) AS m, arr[-1], tup.1, tup.name, map('a', 1)['a'], CAST(a, 'Nullable(String)'), a::Array(Tuple(x UInt8, `from` String)), {p:Array(String)}, a ? b : c, INTERVAL '1 day', INTERVAL 1 WEEK + toDate('2024-01-01'), DATE '2024-01-01', NOT a, a == b, a <> b, a ILIKE '%from%', a NOT IN (1, 2), sumIf(x, y) FILTER (WHERE z), quantileExact(0.9)(x), groupArray(10)(x), argMax(tuple(a, b), c), -1e-3, 0b11, inf, nan, `from`, "into", * EXCEPT ('^x'), COLUMNS('a') EXCEPT b REPLACE (c + 1 AS c) APPLY (toString), dictGet('d.x', ('a', 'b'), tuple(k)), row_number() OVER (PARTITION BY a ORDER BY b ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING) FROM t

--- read; reads t, u
WITH (SELECT max(x) FROM t) AS m, now() AS n, 'from x' AS s, u1 AS (SELECT * FROM u) SELECT m, n, s, * FROM u1, t

--- read; reads t
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r LEFT JOIN t ON t.n = r.n SETTINGS join_algorithm = 'hash', max_rows_to_read = 10

--- read; reads db.events
SELECT e.id, k, v FROM db.events AS e LEFT ARRAY JOIN mapKeys(e.m) AS k, mapValues(e.m) AS v, [1, 2] AS z ARRAY JOIN arrayZip(e.a, e.b) AS ab WHERE k = 'from'

--- read
SELECT * FROM merge('db', '^x_') AS m INNER JOIN cluster('c', db.t) AS c USING id, clusterAllReplicas(default, system, one) AS s

--- read; reads db.x
SELECT * FROM remoteSecure('h{1..3}', db, y) AS r, url('https://x/{a,b}.csv', CSV, 'a String, `from` UInt8'), file('x.tsv'), numbers_mt(10), values('a UInt8', 1, 2), generateRandom('a Int8'), input('x'), mysql('h:3306', 'd', 't', 'u', 'p'), db.x AS x, view(SELECT 1 AS q)

--- read; reads db.inner_t
SELECT * FROM view(SELECT a FROM db.inner_t WHERE x = 'from') AS v

--- read; reads a, b, c
(SELECT * FROM a) UNION ALL (SELECT * FROM b INTERSECT DISTINCT SELECT * FROM c) ORDER BY 1 LIMIT 3

--- read; reads t
SELECT a FROM t WHERE a = 1 AND b LIKE 'x\'; DROP TABLE y' -- FROM z
  /* FROM q */
  LIMIT 10 OFFSET 5

--- read; reads db.t
select arrayFilter((x, y) -> x in (select id from db.t), a, b) from (select [1] as a, [2] as b)

--- read; reads set_t, db.main
SELECT * FROM db.main WHERE id IN set_t AND (x GLOBAL IN (1, 2) OR y NOT IN (SELECT 1))

--- read; reads db.базa, Tbl
SELECT `стол`.* FROM db.`базa` AS `стол` ASOF JOIN "Tbl" AS t ON `стол`.id = t.id AND `стол`.at >= t.at

--- write; reads staging.o; writes db.o
INSERT INTO db.o (id, v) SETTINGS async_insert = 0 SELECT id, argMax(v, _airbyte_emitted_at) FROM staging.o GROUP BY id SETTINGS max_insert_threads = 4

--- write; writes db.t
INSERT INTO db.t FROM INFILE 'x.csv.gz' COMPRESSION 'gzip' FORMAT CSV

--- write; writes db.t
INSERT INTO TABLE db.t (a, b, * EXCEPT c) FORMAT Values (1, 'from x'), (2, now());

--- write; reads t
INSERT INTO FUNCTION s3('https://b/x.csv', 'CSV', 'a String') PARTITION BY a SELECT * FROM t

--- write; reads t
INSERT INTO TABLE FUNCTION remote('h', 'd.t', 'u') SELECT a FROM t

--- write; writes t
INSERT INTO t VALUES (1, [1, 2], {'a': 'b'}, (1, 'x'), NULL, DEFAULT, now() - INTERVAL 1 DAY)

--- write; reads lookup; writes db.t
ALTER TABLE db.t ON CLUSTER '{cluster}' UPDATE a = b + 1, c = (SELECT max(x) FROM lookup) IN PARTITION '2024' WHERE id = 1 SETTINGS mutations_sync = 1

--- write; reads u; writes db.t
DELETE FROM db.t IN PARTITION '2024' WHERE id IN (SELECT id FROM u)

--- write; writes db.t
UPDATE db.t SET a = a + 1, b = 'from' WHERE c = 2

--- ddl; writes db.t
CREATE TABLE db.t UUID '11111111-1111-1111-1111-111111111111' (`id` UInt64 DEFAULT generateUUIDv4() COMMENT 'from' CODEC(DoubleDelta, LZ4), `e` Enum8('from' = 1, 'into' = 2), `j` JSON(max_dynamic_paths = 10, a.b UInt8, SKIP c), `ag` AggregateFunction(uniq, UInt64), `sa` SimpleAggregateFunction(sum, UInt64), `al` String ALIAS concat(a, 'x'), `ep` UInt8 EPHEMERAL, `d` DateTime TTL d + INTERVAL 1 DAY, `v` Variant(String, UInt8), `t` Tuple(a String, b Nullable(Float64)), INDEX i1 (lower(x)) TYPE ngrambf_v1(3, 256, 2, 0) GRANULARITY 1, INDEX i2 v TYPE set(100), PROJECTION p1 (SELECT a, sum(b) GROUP BY a ORDER BY a), CONSTRAINT c ASSUME a > 0, PRIMARY KEY (id)) ENGINE = ReplacingMergeTree(ver, is_deleted) PARTITION BY (toYYYYMM(d), e) PRIMARY KEY id ORDER BY (id, e) TTL d + INTERVAL 1 WEEK TO VOLUME 'cold', d + INTERVAL 1 MONTH GROUP BY id SET x = max(x) SETTINGS storage_policy = 'x', index_granularity = 1024

--- ddl; writes db.dist; reads db.local
CREATE TABLE db.dist ON CLUSTER c AS db.local ENGINE = Distributed(c, db, local, cityHash64(id))

--- ddl; writes q
CREATE TABLE q (a String) ENGINE = Kafka SETTINGS kafka_broker_list = 'h:9092', kafka_topic_list = 't from x', kafka_format = 'JSONEachRow'

--- ddl; writes p
CREATE OR REPLACE TABLE p ENGINE = PostgreSQL('h:5432', 'd', 't', 'u', 'p', 's')

--- ddl; writes x
CREATE TABLE x AS s3('https://x', 'CSV')

--- ddl; reads a.src; writes x
CREATE TABLE x EMPTY AS WITH y AS (SELECT * FROM a.src) SELECT * FROM y

--- ddl; reads q, dim; writes mv, db.target
CREATE MATERIALIZED VIEW mv ON CLUSTER c TO db.target AS WITH d AS (SELECT * FROM dim) SELECT q.a, d.b, count() AS n FROM q ANY LEFT JOIN d USING (k) GROUP BY 1, 2

--- ddl; reads db.src; writes rmv, db.t2
CREATE MATERIALIZED VIEW rmv REFRESH EVERY 1 HOUR OFFSET 5 MINUTE RANDOMIZE FOR 1 MINUTE DEPENDS ON db.other_mv SETTINGS refresh_retries = 3 APPEND TO db.t2 DEFINER = alice SQL SECURITY DEFINER AS SELECT * FROM db.src

--- ddl; reads db.src; writes lv
CREATE OR REPLACE VIEW lv (a, b) DEFINER = CURRENT_USER SQL SECURITY INVOKER AS (SELECT a, b FROM db.src UNION ALL SELECT 1, 2) COMMENT 'from x'

--- ddl; writes d
CREATE OR REPLACE DICTIONARY d ON CLUSTER c (k UInt64, p Array(Array(Float64)) EXPRESSION rand(), v String DEFAULT 'from' HIERARCHICAL) PRIMARY KEY k, v SOURCE(HTTP(URL 'http://x' FORMAT 'TSV' CREDENTIALS(USER 'u' PASSWORD 'p'))) LAYOUT(COMPLEX_KEY_HASHED(PREALLOCATE 1)) RANGE(MIN a MAX b) LIFETIME(300) SETTINGS(x = 1) COMMENT 'c'

--- ddl; writes db.t
ALTER TABLE db.t ADD INDEX i a TYPE minmax GRANULARITY 1 FIRST, MATERIALIZE INDEX i IN PARTITION 1, CLEAR INDEX i, ADD PROJECTION p (SELECT a ORDER BY b), MATERIALIZE PROJECTION p, MODIFY ORDER BY (a, b), MODIFY SETTING x = 1, RESET SETTING y, COMMENT COLUMN a 'from', RENAME COLUMN IF EXISTS a TO b, CLEAR COLUMN c IN PARTITION '1', MODIFY COLUMN d REMOVE TTL, ADD CONSTRAINT c CHECK a > 0, MODIFY SAMPLE BY a, MATERIALIZE COLUMN z, MODIFY COMMENT 'x'

--- ddl; writes db.t
ALTER TABLE db.t FREEZE PARTITION '2024' WITH NAME 'b', DETACH PARTITION ALL, ATTACH PART 'x_1_1_0', FETCH PARTITION '1' FROM '/ch/x', DROP DETACHED PART 'y'

--- ddl; reads db.s; writes db.t
ALTER TABLE db.t ATTACH PARTITION tuple(1, '2') FROM db.s

--- ddl; writes db.t; reads x
ALTER TABLE db.t MODIFY QUERY SELECT a, count() FROM x GROUP BY a

--- ddl; writes t
ALTER TABLE t MODIFY TTL d + INTERVAL 1 DAY DELETE WHERE a = 'from', REMOVE SAMPLE BY, DROP INDEX i, DROP PROJECTION IF EXISTS p, DROP CONSTRAINT c

--- ddl; writes a.d1, a.d2
RENAME DICTIONARY a.d1 TO a.d2

--- ddl
RENAME DATABASE a TO b; CREATE NAMED COLLECTION n AS url = 'x', p = 1; DROP FUNCTION f

--- ddl; writes d1, t
EXCHANGE DICTIONARIES d1 AND t; DROP DICTIONARY IF EXISTS d1; DROP TABLE IF EMPTY t ON CLUSTER c NO DELAY; UNDROP TABLE t; DETACH VIEW t SYNC; ATTACH DICTIONARY d1

--- ddl; writes t
ATTACH TABLE t FROM '/path/x' (a UInt8) ENGINE = TinyLog; CREATE INDEX i ON t (a) TYPE bloom_filter; DROP INDEX i ON t

--- ddl; reads t; writes w
CREATE WINDOW VIEW w INNER ENGINE AggregatingMergeTree() ENGINE Memory WATERMARK STRICTLY_ASCENDING ALLOWED_LATENESS INTERVAL 2 SECOND AS SELECT count(), tumbleStart(wid) FROM t GROUP BY tumble(ts, INTERVAL '5' SECOND) AS wid

--- ddl; writes db.t
CREATE ROW POLICY IF NOT EXISTS p ON CLUSTER c ON db.t FOR SELECT USING a = currentUser() AS RESTRICTIVE TO r, u EXCEPT x

--- dcl
CREATE USER OR REPLACE u1, u2 IDENTIFIED WITH bcrypt_hash BY 'x' HOST LOCAL, NAME 'h', REGEXP 'r', LIKE 'l' VALID UNTIL '2027-01-01' IN access_storage DEFAULT DATABASE d GRANTEES ANY EXCEPT z SETTINGS max_memory_usage = 1 MIN 0 MAX 2 READONLY, PROFILE 'p'; CREATE ROLE r SETTINGS readonly = 1; CREATE QUOTA q FOR INTERVAL 1 HOUR MAX queries = 10 TO r; CREATE SETTINGS PROFILE sp SETTINGS max_threads = 1 TO u1; SET DEFAULT ROLE ALL TO u1; DROP USER u1, u2; DROP ROLE IF EXISTS r; ALTER USER u RENAME TO v

--- dcl; writes db.t
GRANT SELECT(a, b), INSERT, ALTER UPDATE, dictGet ON db.t TO u, r WITH GRANT OPTION WITH REPLACE OPTION; REVOKE ALL PRIVILEGES ON db.* FROM ALL EXCEPT u; GRANT CREATE TABLE, DROP ON *.* TO u; GRANT r1, r2 TO u WITH ADMIN OPTION; GRANT CURRENT GRANTS(SELECT ON db.*) TO x; GRANT SELECT ON db.pre_* TO u; REVOKE r1 FROM u

--- session; reads db.t
SHOW COLUMNS FROM t FROM db LIKE 'a%'

--- session; reads db.t
SHOW FULL INDEXES IN db.t

--- session; reads db.d
SHOW CREATE DICTIONARY db.d; DESC db.d; EXISTS TABLE db.d

--- session
SHOW DATABASES NOT LIKE 'x%'; SHOW PROCESSLIST; SHOW GRANTS FOR u; SHOW CREATE USER u; SHOW SETTINGS LIKE '%from%'; USE db; SET ROLE r; SET param_x = 'from'; SHOW FUNCTIONS; SHOW CLUSTER 'c'; EXISTS DATABASE x; SHOW ACCESS

--- session
DESCRIBE TABLE s3('https://x', 'CSV')

--- read; reads a, b
EXPLAIN SYNTAX run_query_tree_passes = 1 INSERT INTO a SELECT * FROM b

--- read; reads a
EXPLAIN AST SELECT * FROM a; EXPLAIN ESTIMATE SELECT * FROM a; EXPLAIN QUERY TREE passes = 1 SELECT 1 FROM a

--- maintenance; writes t
OPTIMIZE TABLE t ON CLUSTER c FINAL CLEANUP; OPTIMIZE TABLE t PARTITION ID 'x' DEDUPLICATE BY a, COLUMNS('x') EXCEPT b

--- maintenance; reads t
CHECK TABLE t PARTITION 1 SETTINGS x = 1

--- maintenance
SYSTEM RELOAD DICTIONARIES; SYSTEM FLUSH LOGS; SYSTEM DROP MARK CACHE; SYSTEM RELOAD CONFIG ON CLUSTER c

--- maintenance; writes db.t
SYSTEM SYNC REPLICA db.t STRICT; SYSTEM STOP MERGES db.t

--- maintenance; reads db.t
BACKUP TABLE db.t PARTITIONS '1' TO Disk('b', 'x.zip') SETTINGS base_backup = Disk('b', 'y')

--- other
KILL MUTATION WHERE database = 'd' AND table = 't' ASYNC; KILL QUERY ON CLUSTER c WHERE query_id IN ('x') TEST

--- tcl
BEGIN TRANSACTION; COMMIT

--- ddl; writes t
create table t (a UInt8) engine = MergeTree order by a ttl d to disk 'x'

--- ddl; reads s; writes v
create materialized view v (a UInt8) engine = MergeTree order by a ttl d to volume 'x' as select * from s

--- ddl; writes db.t
drop table if empty db.t

--- ddl
truncate all tables from db

--- ddl; writes db.t
create row policy p on cluster c on db.t using 1

--- ddl; writes db.t
alter row policy p on db.t rename to q

--- ddl; writes a, b
exchange dictionaries a and b

--- write; writes db.t
insert into db.t (a) from infile 'x' format CSV

--- dcl
grant select on db.pre_* to u

--- session; reads db.d
show create dictionary db.d

--- session; reads db.d
exists table db.d

--- write; writes shop.restored
restore table shop.orders as shop.restored from Disk('backups', '7.zip')

--- write; writes a2, b
restore table a as a2, table b from S3('https://backups/7', 'k', 's')

--- ddl; writes orders
attach table orders as not replicated

--- maintenance; writes shop.orders
system stop merges on cluster main shop.orders

--- maintenance; writes orders_all
system flush distributed orders_all

--- maintenance; writes shop.orders
system drop replica 'r2' from table shop.orders

--- maintenance
system sync database replica shop

--- maintenance
system stop merges on volume cold

--- dcl; writes shop.orders, shop.stock
grant select(id) on shop.orders, insert on shop.*, select, alter update on shop.stock to ann

--- ddl
create quota daily for interval 1 day max queries = 100 to ann

--- read; reads orders
select id, k, v from orders array join mapKeys(attributes) as k, mapValues(attributes) as v left array join notes

--- maintenance
check all tables

--- maintenance
check grant select on shop.orders

--- session; reads shop.orders
show create shop.orders

--- session; reads orders
show create temporary table orders

--- read; reads sums
watch sums limit 1
