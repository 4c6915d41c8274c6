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
