--- read; reads orders; flags
SELECT id, total FROM orders WHERE customer_id = $1 ORDER BY total DESC LIMIT 10

--- read; reads lake.main.Orders; flags select_star, no_limit
select * from lake.main.Orders

--- read; reads sales.orders, sales.customers; flags no_limit
SELECT c.country, date_trunc('month', o.ts) AS m, sum(o.total) FILTER (o.status = 'paid') AS paid
  FROM sales.orders o LEFT JOIN sales.customers c ON c.id = o.customer_id GROUP BY ALL ORDER BY ALL

--- read; reads My Orders; flags
SELECT "Order Id", "from" FROM "My Orders" WHERE "from" = 'web' LIMIT 10%

--- read; reads information_schema.tables; flags no_limit
SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'

--- read; flags no_limit
SELECT database_name, path FROM duckdb_databases() WHERE NOT internal

--- read; flags
select 42; -- done

--- read; reads orders
SELECT 1; SELECT count(*) FROM orders;

--- read; reads orders, customers; flags select_star, no_limit
WITH top AS MATERIALIZED (SELECT customer_id, sum(total) t FROM orders GROUP BY 1 ORDER BY 2 DESC LIMIT 5)
  SELECT * FROM top JOIN customers USING (customer_id)

--- read; reads customers, orders, leads
SELECT name FROM customers WHERE EXISTS (SELECT 1 FROM orders WHERE orders.cid = customers.id)
  UNION ALL BY NAME SELECT title AS name FROM leads

--- read; reads prices; flags no_limit
SELECT DISTINCT ON (sku) sku, price FROM prices ORDER BY sku, ts DESC

--- read; reads prices; flags
SELECT sku, row_number() OVER (PARTITION BY sku ORDER BY ts) AS rn FROM prices QUALIFY rn = 1 LIMIT 3

--- read; reads orders
FROM orders

--- read; reads sales.orders; flags
from sales.orders select id, total where total > 5 limit 3

--- read; reads orders, customers
FROM o: orders JOIN c: customers ON o.cid = c.id SELECT n: c.name, t: o.total

--- read; reads orders; flags select_star
SELECT * EXCLUDE (note) REPLACE (total / 100 AS total) FROM orders LIMIT 1

--- read; reads budget
SELECT min(COLUMNS('^q[1-4]$')), COLUMNS(c -> c LIKE 'from%') FROM budget

--- read; flags select_star
SELECT * FROM 'data/orders_2024.parquet' LIMIT 5

--- read; reads customers; flags no_limit
SELECT f.id, c.name FROM 's3://lake/orders/*.csv.gz' AS f JOIN customers c ON c.id = f.cid

--- read; flags no_limit
SELECT count(*) FROM read_parquet(['a.parquet', 'b.parquet'], hive_partitioning = true, filename := true)

--- read; flags no_limit
SELECT a FROM read_csv('x.csv', columns = {'a': 'INTEGER', 'from': 'VARCHAR'}, delim = ';')

--- read; reads lists; flags
SELECT [x * 2 FOR x IN ids IF x > 1] AS d, list_filter(ids, x -> x > 1), {'from': 1, b: [2, 3]} FROM lists LIMIT 1

--- read; reads lists
SELECT list_transform(ids, lambda x, i: x + i), ids[1:-1], doc.a.b FROM lists

--- read; reads parts; flags
SELECT EXTRACT(year FROM ts), trim(BOTH 'x' FROM code), substring(code FROM 2 FOR 3), position('a' IN code),
  overlay(code PLACING 'z' FROM 1), a IS NOT DISTINCT FROM b FROM parts LIMIT 1

--- read; reads trades, quotes; flags
SELECT t.sym, q.bid FROM trades t ASOF LEFT JOIN quotes q ON t.sym = q.sym AND t.ts >= q.ts LIMIT 7

--- read; reads a, b, c, d
SELECT a.id FROM a POSITIONAL JOIN b SEMI JOIN c ON a.id = c.id ANTI JOIN d USING (id)

--- read; reads orders, fees; flags no_limit
SELECT o.id, u.x, l.s FROM orders o, unnest(o.lines) AS u(x), LATERAL (SELECT o.total + f.fee AS s FROM fees f) AS l

--- read; flags no_limit
SELECT i, g FROM range(10) t(i) CROSS JOIN generate_series(1, 3) s(g)

--- read; reads sales
PIVOT sales ON year, quarter USING sum(amount) AS a, count(*) GROUP BY region

--- read; reads sales; flags select_star, no_limit
SELECT * FROM sales PIVOT (sum(amount) AS s FOR year IN (2023, 2024) q IN ('a', 'b') GROUP BY region) AS p

--- read; reads budget
UNPIVOT budget ON COLUMNS(* EXCLUDE (dept)) INTO NAME month VALUE amount

--- read; reads hr.budget
FROM (UNPIVOT hr.budget ON jan, feb INTO NAME m VALUE v) SELECT avg(v)

--- read; reads sales
WITH p AS (PIVOT sales ON year USING sum(amount)) SELECT * FROM p

--- read; reads lake.main.orders
SUMMARIZE lake.main.orders

--- read; reads orders; flags no_limit
SELECT id FROM orders TABLESAMPLE reservoir(10 ROWS) REPEATABLE (7)

--- read; reads orders
SELECT id FROM orders WHERE total > 1 USING SAMPLE 10% (bernoulli)

--- read; flags
VALUES (1, 'a'), (2, 'b')

--- read
FROM (VALUES (1, 2)) AS v(a, b) SELECT a

--- read; reads customers
TABLE customers

--- read; reads notes; flags
SELECT $$it's; drop table orders$$ AS a, e'\'from x\n', $tag$ from y $tag$ FROM notes LIMIT 1

--- read; reads ducklake.orders; flags no_limit
SELECT total FROM ducklake.orders AT (VERSION => 3) WHERE id = 1

--- read; reads edges; flags no_limit
WITH RECURSIVE walk(node, depth) USING KEY (node) AS (SELECT 1, 0 UNION
  SELECT e.dst, w.depth + 1 FROM walk w JOIN edges e ON e.src = w.node)
  SELECT max(depth) FROM walk

--- read; reads main.thresholds; flags select_star
SELECT getvariable('cut'), t.* FROM main.thresholds t LIMIT 1

--- read; reads sales
SELECT region, sum(n) FROM sales GROUP BY GROUPING SETS ((region), ROLLUP (region, year), ())

--- read; flags
SELECT 10 // 3, 2 ** 3, 'a' ^@ 'b', 1_000_000, x'AB'::BLOB, INTERVAL (3) DAY

--- write; writes customers
INSERT INTO customers VALUES (1, 'Ann'), (2, DEFAULT)

--- write; reads hits; writes totals
INSERT INTO totals BY NAME SELECT day, sum(n) AS n FROM hits GROUP BY day

--- write; writes sales.orders
INSERT INTO sales.orders FROM 'orders.csv'

--- write; writes cache
INSERT OR REPLACE INTO cache (k, v) VALUES ('a', 1) RETURNING *

--- write; reads staging.items; writes items
WITH src AS (FROM staging.items WHERE ok) INSERT INTO items AS t SELECT * FROM src
  ON CONFLICT (sku) DO UPDATE SET qty = t.qty + EXCLUDED.qty WHERE t.qty IS DISTINCT FROM EXCLUDED.qty

--- write; writes orders; flags no_where
UPDATE orders SET total = 0

--- write; reads fixes; writes orders; flags
update orders as o set total = f.total from fixes as f where f.id = o.id returning o.id

--- write; writes lake.main.events; flags
DELETE FROM lake.main.events WHERE ts < now() - INTERVAL 30 DAYS

--- write; reads blocked, regions; writes orders
DELETE FROM orders o USING blocked b, regions WHERE o.cid = b.id

--- write; reads receipts; writes stock
MERGE INTO stock AS t USING (SELECT sku, sum(qty) AS qty FROM receipts GROUP BY sku) AS s USING (sku)
  WHEN MATCHED AND s.qty = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET qty = t.qty + s.qty
  WHEN NOT MATCHED THEN INSERT BY NAME RETURNING merge_action, sku

--- export; reads orders
COPY orders TO 'out/orders.parquet' (FORMAT parquet, PARTITION_BY (year, month), COMPRESSION zstd)

--- export; reads sales.orders, customers
COPY (SELECT id FROM sales.orders JOIN customers USING (cid)) TO '/dev/stdout' WITH (HEADER)

--- export
COPY (FROM 'a.csv') TO 'a.parquet'

--- import; writes staging.orders
copy staging.orders (id, total) from 'orders.csv' (auto_detect true)

--- export; flags
EXPORT DATABASE 'backup' (FORMAT parquet)

--- import; flags
IMPORT DATABASE 'backup'

--- ddl; reads customers; writes sales.orders; flags
CREATE TABLE IF NOT EXISTS sales.orders (id INTEGER PRIMARY KEY DEFAULT nextval('ids'), cid INTEGER
  REFERENCES customers (id), lines STRUCT(sku VARCHAR, qty INT)[], tags MAP(VARCHAR, INT),
  vat DECIMAL(10, 2) AS (total * 0.2), total DECIMAL(10, 2) CHECK (total >= 0))

--- ddl; writes raw; flags
CREATE OR REPLACE TABLE raw AS FROM read_json_auto('events/*.json')

--- ddl; reads orders; writes empty_orders
CREATE TABLE empty_orders AS FROM orders LIMIT 0

--- ddl; reads orders, ids; writes ids; temporary ids
CREATE TEMP TABLE ids AS SELECT id FROM orders; SELECT count(*) FROM ids

--- ddl; reads orders; writes v_paid
CREATE OR REPLACE VIEW v_paid (a, b) AS SELECT id, total FROM orders

--- ddl; reads sales
CREATE TYPE region AS ENUM (SELECT DISTINCT region FROM sales)

--- ddl; flags
CREATE OR REPLACE MACRO vat(x, rate := 0.2) AS x * rate

--- ddl; flags
CREATE MACRO last_orders(n) AS TABLE SELECT * FROM orders ORDER BY id DESC LIMIT n

--- ddl; writes sales.orders
CREATE UNIQUE INDEX ux ON sales.orders (id, (total + 1))

--- ddl; writes orders; flags destructive
ALTER TABLE orders DROP COLUMN IF EXISTS note CASCADE

--- ddl; writes orders; flags
ALTER TABLE orders ALTER COLUMN total SET DATA TYPE DOUBLE USING CAST(total AS DOUBLE)

--- ddl; writes v_paid, v_done; flags
ALTER VIEW v_paid RENAME TO v_done

--- ddl; writes sales.orders; flags
COMMENT ON COLUMN sales.orders.total IS 'gross'

--- ddl; flags destructive
DROP SCHEMA IF EXISTS staging CASCADE

--- ddl; writes old orders; flags destructive
DROP TABLE "old orders"

--- ddl; writes orders; flags destructive
TRUNCATE orders

--- read; reads orders
EXPLAIN DELETE FROM orders

--- write; reads hits; writes totals
EXPLAIN ANALYZE INSERT INTO totals SELECT * FROM hits

--- read; reads customers
PREPARE q AS SELECT name FROM customers WHERE id = ?

--- session; flags
ATTACH IF NOT EXISTS 'dbname=shop host=db1' AS pg (TYPE postgres, READ_ONLY)

--- write; reads old.orders; writes orders; flags multi_statement
ATTACH 'old.db' AS old; INSERT INTO orders SELECT * FROM old.orders; DETACH old

--- read; reads main.orders
INSTALL httpfs; LOAD httpfs; SELECT count(*) FROM "main"."orders"

--- session; flags
USE lake.main

--- session; flags
SET SESSION memory_limit = '4GB'

--- session; reads orders
SET VARIABLE cut = (SELECT max(total) FROM orders)

--- session; flags
SHOW ALL TABLES

--- session; reads sales.orders
DESCRIBE sales.orders

--- procedure; flags
CALL pragma_version()

--- maintenance; flags
VACUUM

--- tcl; flags
BEGIN TRANSACTION

--- read; reads orders, users
SELECT "source"."d" AS "d", count(*) AS "count" FROM (SELECT date_trunc('month', "main"."orders"."at") AS "d" FROM "orders" LEFT JOIN "users" AS "U" ON "orders"."uid" = "U"."id") AS "source" GROUP BY "source"."d" ORDER BY "source"."d" ASC

--- read; reads lake.s.t, a.b
FROM lake.s.t SELECT x, y: z + 1, COUNT(*) OVER () QUALIFY row_number() OVER (PARTITION BY x ORDER BY y DESC NULLS LAST) = 1 UNION ALL BY NAME FROM a.b ORDER BY ALL DESC LIMIT 10% OFFSET 1

--- read; reads t
SELECT list_reduce(xs, (a, b) -> a + b), list_apply(xs, lambda x : x), [x + 1 for x in xs if x > 'from'::INT], xs[1:3:-1], s.a['b'], {'from': 1, into: t.x}.from, MAP {'k': [1]}['k'], struct_pack(a := 1), row(1, 2), columns(* LIKE 'x%'), * EXCLUDE (a) RENAME (b AS c) REPLACE (d + 1 AS d), t.* LIKE 'z%', a::DECIMAL(10, 2)[3], TRY_CAST(x AS UNION(n INT, s VARCHAR)), x IS DISTINCT FROM y, INTERVAL '1' MONTH, INTERVAL 3 days, DATE '2024-01-01', 1e3, 0xFF, a // b, a ** b, a ^ b, !a, abs(a), j->'$.from', j->>'x', a SIMILAR TO 'x', a GLOB '*', x NOT ILIKE 'y', EXTRACT(epoch FROM ts), epoch_ms(x), first(x ORDER BY y), arg_max(x, y, 3), string_agg(DISTINCT x, ',' ORDER BY y) FILTER (WHERE z), percentile_cont(0.5) WITHIN GROUP (ORDER BY x), sum(x) OVER (ORDER BY d RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM t

--- read; reads a, b, c
SELECT * FROM a NATURAL FULL OUTER JOIN b ASOF JOIN c USING (k, ts) CROSS JOIN (VALUES (1)) v(x), UNNEST([1, 2]) WITH ORDINALITY AS u(e, o), range(10) r

--- read; reads a, b
SELECT (FROM a SELECT max(x)), EXISTS (FROM b WHERE b.x = 1), ARRAY(SELECT x FROM a), 1 IN (FROM b SELECT y)

--- read; reads t
SELECT unnest(xs, recursive := true), unnest(s) FROM t TABLESAMPLE 10% WHERE x = ANY(xs) GROUP BY CUBE (a, b), GROUPING SETS ((c), ()) HAVING count(*) > 1 WINDOW w AS (PARTITION BY a)

--- read; reads s.t
PIVOT s.t ON year || '_' || q IN ('2023_1', '2024_1') USING sum(v) AS s, max(v) GROUP BY a ORDER BY a LIMIT 3

--- read; reads t, u
SELECT * FROM (PIVOT (SELECT * FROM t WHERE x) ON y USING first(z)) p JOIN (UNPIVOT u ON (a, b) AS ab, (c, d) INTO NAME n VALUE v1, v2) q ON true

--- read; reads t
SELECT * FROM t UNPIVOT INCLUDE NULLS (v FOR k IN (a, b, COLUMNS('x'))) AS u

--- read; reads t
WITH t2 AS NOT MATERIALIZED (FROM t), "from" AS (SELECT 1 AS x), m(a, b) AS MATERIALIZED (VALUES (1, 2)) FROM t2, "from", m

--- read; reads t
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r, t

--- read; reads db1.main.t
SELECT * FROM db1.main.t AT (TIMESTAMP => now() - INTERVAL '1 week') x JOIN 'b.csv' y USING (id) JOIN read_xlsx('x.xlsx', sheet = 'from') z USING (id)

--- read; reads x.parquet
FROM 'hf://datasets/x/y/*.parquet' SELECT * LIMIT 1; FROM read_csv(['a.csv', 'b.csv'], union_by_name = true, columns = {'a': 'INT'}) t(a, b); SELECT * FROM "x.parquet"

--- read
SELECT * FROM query('SELECT 1'), query_table(['a', 'b']), glob('*'), duckdb_tables(), pragma_table_info('t'), sniff_csv('x'), postgres_scan('h', 's', 't'), sqlite_scan('x.db', 't'), iceberg_scan('s3://x'), delta_scan('y')

--- read; reads information_schema.columns, main.sqlite_master
SELECT * FROM information_schema.columns c JOIN main.sqlite_master m ON m.name = c.table_name WHERE c.table_name = 'x'

--- read; reads ünï.täb, 表
SELECT ü.ä FROM ünï.täb ü, "表" WHERE ü.x = 'it''s from q' -- from w
 /* from e */ AND $$from r; drop$$ <> x

--- read; reads t
SELECT $1, ?, $name FROM t

--- read; reads a, b
(FROM a) EXCEPT ALL (FROM b SELECT * INTERSECT SELECT 1)

--- write; reads src; writes dst
INSERT INTO dst (a, b) FROM src SELECT x, y WHERE z ON CONFLICT DO NOTHING RETURNING a, b AS "from"

--- write; reads src; writes lake.dst
INSERT OR IGNORE INTO lake.dst BY POSITION (SELECT * FROM src)

--- write; writes dst
INSERT INTO dst BY NAME FROM 'x.json'; INSERT INTO dst DEFAULT VALUES

--- write; reads u, v; writes t
UPDATE t SET a = u.a, b = (SELECT max(x) FROM v), c.d = 1 FROM u JOIN v USING (id) WHERE t.id = u.id

--- write; reads u; writes t
WITH d AS (FROM u) DELETE FROM t USING d WHERE t.id = d.id RETURNING t.*

--- write; reads lake.s; writes lake.t
MERGE INTO lake.t AS t USING (FROM lake.s WHERE x) AS s ON t.id = s.id WHEN MATCHED AND s.op = 'D' THEN DELETE WHEN MATCHED THEN UPDATE WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED BY TARGET AND s.x = 1 THEN INSERT (id) VALUES (s.id) WHEN NOT MATCHED THEN ERROR

--- ddl; reads p; writes t
CREATE OR REPLACE TABLE t (id UUID DEFAULT gen_random_uuid(), e ENUM('from', 'into') NOT NULL, m MAP(VARCHAR, STRUCT(a INT, b VARCHAR[])), l INT[3], g INT GENERATED ALWAYS AS (x + 1) VIRTUAL, u UNION(a INT, b VARCHAR), x INT UNIQUE CHECK (x > 0) COLLATE nocase, ts TIMESTAMP_NS, PRIMARY KEY (id, x), FOREIGN KEY (x) REFERENCES p (id))

--- ddl; reads a, b; writes m.t
CREATE TABLE IF NOT EXISTS m.t AS SELECT * FROM a ANTI JOIN b USING (id) WITH NO DATA

--- ddl; reads t; writes v; temporary v
CREATE OR REPLACE TEMP VIEW v AS FROM t SELECT x

--- ddl; reads t; writes v2
CREATE VIEW v2 AS PIVOT t ON y USING sum(z)

--- ddl; writes rv
CREATE RECURSIVE VIEW rv(n) AS SELECT 1 UNION ALL SELECT n + 1 FROM rv WHERE n < 10

--- ddl; writes t
ALTER TABLE t ADD COLUMN IF NOT EXISTS x INT DEFAULT 3; ALTER TABLE t RENAME COLUMN x TO y; ALTER TABLE t ALTER y SET DEFAULT 4; ALTER TABLE t ALTER y DROP NOT NULL; ALTER TABLE t ADD PRIMARY KEY (y); ALTER TABLE t ALTER y TYPE VARCHAR USING concat(y, 'from x'); ALTER TABLE t SET PARTITIONED BY (y, year(z)); ALTER TABLE t RENAME s.a TO b

--- ddl; writes s.t, t_old
ALTER TABLE IF EXISTS s.t RENAME TO t_old

--- ddl
CREATE SEQUENCE s START 1 INCREMENT BY 2 MINVALUE 1 CYCLE; CREATE TYPE st AS STRUCT(a INT, "from" VARCHAR); CREATE OR REPLACE TEMP MACRO f(a, b := 2) AS (SELECT max(x) FROM t WHERE y = a + b), (a) AS a; CREATE FUNCTION g(x) AS TABLE FROM t; CREATE OR REPLACE PERSISTENT SECRET sec (TYPE s3, KEY_ID 'x', SECRET 'y', SCOPE 's3://b'); DROP MACRO f; DROP MACRO TABLE g; DROP SEQUENCE s; DROP TYPE st; DROP SECRET sec; CREATE SCHEMA IF NOT EXISTS a.b

--- ddl; writes s.t
CREATE INDEX IF NOT EXISTS i ON s.t USING rtree (g) WITH (max_node_capacity = 4); DROP INDEX i; COMMENT ON TABLE s.t IS NULL

--- ddl; writes v, m
DROP VIEW IF EXISTS v CASCADE; COMMENT ON VIEW v IS 'from x'; COMMENT ON INDEX i IS 'a'; DROP TABLE m

--- export; reads t
COPY (FROM t SELECT * WHERE x = 'from') TO 's3://b/x' (FORMAT csv, HEADER, DELIMITER '|', PARTITION_BY (a), OVERWRITE_OR_IGNORE, FILENAME_PATTERN 'f_{i}')

--- export; reads s.t
COPY s.t (a, b) TO '/dev/stdout' WITH (FORMAT 'json', ARRAY true); COPY s.t TO 'x.csv' DELIMITER ';' HEADER

--- import; writes t
COPY t FROM 'x*.csv' (HEADER, NULL 'from', DATEFORMAT '%d'); COPY t (a) FROM 's3://b/x.parquet' WITH (FORMAT parquet)

--- import
COPY FROM DATABASE a TO b (SCHEMA)

--- read; reads t
EXPLAIN (FORMAT json) FROM t; SUMMARIZE t; SUMMARIZE SELECT * FROM t

--- read; reads t
EXPLAIN ANALYZE SELECT * FROM t WHERE x = 1

--- read; reads t
DESCRIBE SELECT * FROM t

--- session; reads s.t
DESC s.t; SHOW s.t; DESCRIBE TABLE s.t; PRAGMA table_info('s.t')

--- session
SHOW TABLES; SHOW TABLES FROM db.s; SHOW DATABASES; PRAGMA enable_profiling = 'json'; PRAGMA database_list; SET threads TO 4; RESET threads; SET VARIABLE x = 3; RESET VARIABLE x; USE memory; DETACH DATABASE IF EXISTS x; INSTALL spatial FROM community; LOAD 'x'; SET GLOBAL search_path = 'a,b'; ATTACH 'ducklake:meta.db' AS lake (DATA_PATH 'x/', ENCRYPTED); ATTACH OR REPLACE ':memory:' AS m

--- session; reads t
SET VARIABLE v = (SELECT list(x) FROM t)

--- procedure
CALL dbgen(sf = 0.1); CALL lake.snapshots(); CALL ducklake_expire_snapshots('lake', older_than => now())

--- procedure; reads t
PREPARE p AS SELECT * FROM t WHERE x = $a; EXECUTE p(a := 1); DEALLOCATE p

--- maintenance; writes t
VACUUM ANALYZE t

--- maintenance
CHECKPOINT; FORCE CHECKPOINT db; VACUUM

--- maintenance; reads t
ANALYZE t

--- tcl
START TRANSACTION; ABORT; BEGIN; COMMIT; ROLLBACK

--- write; reads o; writes t
BEGIN; DELETE FROM t WHERE id IN (FROM o SELECT id); INSERT INTO t FROM o; COMMIT

--- read; reads sales
SELECT * FROM sales GROUP BY ALL HAVING sum(x) > 1 QUALIFY rank() OVER w = 1 WINDOW w AS (ORDER BY x) USING SAMPLE reservoir(50 ROWS) REPEATABLE (1)

--- read; reads t
FROM t AS x(a, b) SELECT x.a, max(b) AS "select" GROUP BY a

--- read; reads t
SELECT date, time, key, type, value, row_number() OVER (), "end" FROM t AS left_ WHERE left_.date > '2024-01-01' COLLATE NOCASE

--- ddl; reads t; writes x
create table x as pivot t on y using sum(z)

--- ddl; reads t; writes x
create or replace table x as unpivot t on a, b into name n value v

--- ddl; reads t; writes x
create table x as summarize t

--- write; reads t; writes x
insert into x pivot t on y using sum(z)

--- read; reads t
from (describe t)

--- read; reads t
select column_name from (summarize t)

--- read
select name from (show tables)

--- read; reads t
pivot_wider t on y using sum(x)

--- session; reads t
show t

--- maintenance
force checkpoint db

--- write; writes orders; reads staged
insert into orders (from staged)

--- session; reads orders
pragma table_info('orders')
