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
