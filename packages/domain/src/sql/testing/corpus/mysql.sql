--- read; reads orders; flags
select id, total from orders where customer_id = 42 order by created_at desc limit 20

--- read; reads shop.orders, shop.customers; flags no_limit
SELECT c.country, COUNT(*) AS n, SUM(o.total) AS revenue
  FROM shop.orders AS o INNER JOIN shop.customers AS c ON c.id = o.customer_id
  WHERE o.created_at >= '2024-01-01' GROUP BY c.country HAVING SUM(o.total) > 1000 ORDER BY revenue DESC

--- read; reads shop.orders, shop.customers; flags
SELECT `source`.`region` AS `region`, COUNT(*) AS `count` FROM (SELECT `shop`.`orders`.`region` AS `region` FROM `shop`.`orders` LEFT JOIN `shop`.`customers` AS `Customers` ON `shop`.`orders`.`customer_id` = `Customers`.`id`) AS `source` GROUP BY `source`.`region` LIMIT 2000

--- read; reads Products; flags select_star, no_limit
SELECT * FROM Products;

--- read; reads orders, customers; flags select_star
select o.*, c.name from orders o, customers c where o.customer_id = c.id limit 10, 5

--- read; flags
/* ping */ SELECT 1

--- read; flags
SELECT @@session.auto_increment_increment AS ai, @@character_set_client AS cs, DATABASE(), USER()

--- read; reads information_schema.TABLES; flags no_limit
SELECT TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'

--- read; reads customers, leads
(SELECT name FROM customers WHERE vip = 1 LIMIT 5) UNION ALL
  (SELECT name FROM leads ORDER BY score DESC LIMIT 5) ORDER BY name

--- read; reads products, order_items, categories; flags no_limit
select p.name from products p where not exists
  (select 1 from order_items i where i.product_id = p.id) and p.category_id in (select id from categories)

--- read; reads orders; flags no_limit
SELECT id, total, RANK() OVER w AS r, SUM(total) OVER (PARTITION BY customer_id ORDER BY created_at
  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running FROM orders WINDOW w AS (ORDER BY total DESC)

--- read; reads tags; flags no_limit
SELECT IFNULL(`rank`, 0), GROUP_CONCAT(DISTINCT tag ORDER BY tag SEPARATOR "; ") FROM tags GROUP BY 1

--- read; reads jobs; flags
SELECT id FROM jobs WHERE state = 'new' ORDER BY id LIMIT 1 FOR UPDATE OF jobs SKIP LOCKED

--- read; reads orders
select MAX(id) into @last_id from orders

--- read; reads parts; flags
SELECT EXTRACT(YEAR_MONTH FROM made_at), TRIM(LEADING '0' FROM code), SUBSTRING(code FROM 2 FOR 3),
  POSITION('x' IN code), CHAR(77 USING utf8mb4), CONVERT(code USING latin1) FROM parts LIMIT 1

--- read; flags
select 5--1 as six, 3 # one more; drop table orders

--- read
SELECT 1+1 FROM DUAL

--- read; reads notes; flags
SELECT 'it\'s; delete from orders; -- no' AS a, "say ""from nowhere""" AS b FROM notes LIMIT 1

--- read; reads 2024_orders
select count(*) from 2024_orders where total <=> null

--- read; reads inbox; flags
select m.from, m.to, m.group, m.select from inbox m limit 3

--- read; reads odd`name; flags
select `o``k`.`id` from `odd``name` as `o``k` limit 1

--- read; reads customers, orders; flags no_limit
SELECT /*+ JOIN_ORDER(c, o) MAX_EXECUTION_TIME(5000) */ SQL_NO_CACHE o.id
  FROM customers c STRAIGHT_JOIN orders PARTITION (p2024, p2025) AS o
  USE INDEX FOR ORDER BY (ix_created) IGNORE INDEX (ix_total) ON o.customer_id = c.id

--- read; reads a, b
SELECT /*! STRAIGHT_JOIN */ a.id FROM a NATURAL LEFT JOIN b

--- read; reads invoices, payments, accounts; flags no_limit
SELECT a.id FROM invoices a LEFT JOIN (payments p, accounts k) ON (p.invoice_id = a.id AND k.id = p.acct)

--- read; reads customers, orders
SELECT c.id FROM { OJ customers c LEFT OUTER JOIN orders o ON o.customer_id = c.id } WHERE o.id IS NULL

--- read; reads orders; flags no_limit
SELECT o.id, jt.sku FROM orders o, JSON_TABLE(o.doc, '$.lines[*]' COLUMNS (n FOR ORDINALITY,
  sku VARCHAR(20) PATH '$.sku' DEFAULT '"-"' ON EMPTY NULL ON ERROR)) AS jt WHERE o.doc->>'$.from' = 'web'

--- read; reads orders, order_items; flags no_limit
SELECT o.id, last_item.sku FROM orders o JOIN LATERAL
  (SELECT i.sku FROM order_items i WHERE i.order_id = o.id ORDER BY i.id DESC LIMIT 1) AS last_item ON TRUE

--- read; reads categories; flags select_star
WITH RECURSIVE tree (id, depth) AS (
  SELECT id, 0 FROM categories WHERE parent_id IS NULL
  UNION ALL SELECT c.id, t.depth + 1 FROM categories c JOIN tree t ON c.parent_id = t.id)
  SELECT * FROM tree LIMIT 100

--- read; reads shop.orders; flags no_limit
with orders as (select * from shop.orders where total > 10) select id from orders

--- read; reads drafts, x; flags
SELECT d.id FROM (WITH x AS (SELECT id FROM drafts) SELECT id FROM x) d JOIN x ON x.id = d.id LIMIT 9

--- read; reads countries
TABLE countries ORDER BY name LIMIT 10 OFFSET 5

--- read
VALUES ROW(1, 'a'), ROW(2, 'b') ORDER BY column_0

--- read; reads docs; flags
SELECT id FROM docs WHERE MATCH (title, body) AGAINST ('+audit -draft' IN BOOLEAN MODE) LIMIT 5

--- read; reads t1; flags
SELECT _utf8mb4'x' COLLATE utf8mb4_bin, x'4D', 0b11, 7 MEMBER OF (ids), INTERVAL(5, 1, 9) FROM t1 LIMIT 1

--- write; writes customers
INSERT INTO customers (name, email) VALUES ('Ann', 'ann@example.com'), (?, ?)

--- write; writes orders; flags
update orders set status = "paid" where id = 17

--- write; writes shop.products; flags no_where
UPDATE shop.products SET price = price * 1.05

--- write; writes sessions; flags no_where
delete from sessions

--- write; writes logs; flags
DELETE QUICK FROM logs WHERE at < NOW() - INTERVAL 30 DAY ORDER BY at LIMIT 10000

--- write; reads orders; writes daily_sales
insert into daily_sales (day, total) select date(created_at), sum(total) from orders group by 1
  on duplicate key update total = values(total)

--- write; writes stock
INSERT INTO stock (sku, qty) VALUES ('a', 1) AS new (s, q) ON DUPLICATE KEY UPDATE qty = stock.qty + new.q

--- write; writes tally
INSERT tally SET day = CURDATE(), n = 1

--- write; reads tags; writes archive.tags
INSERT IGNORE INTO archive.tags TABLE tags

--- write; writes settings
REPLACE LOW_PRIORITY INTO settings VALUES (1, DEFAULT)

--- write; reads orders; writes orders
insert into orders (customer_id, total) select customer_id, total from orders where id = 5

--- write; reads order_items; writes orders; flags
UPDATE orders o JOIN (SELECT order_id, SUM(qty * price) AS t FROM order_items GROUP BY order_id) s
  ON s.order_id = o.id SET o.total = s.t WHERE o.status = 'open'

--- write; writes prices, price_list; flags
UPDATE prices, price_list AS pl SET prices.amount = pl.amount, pl.used = 1 WHERE prices.sku = pl.sku

--- write; reads customers; writes shop.orders; flags
DELETE o FROM shop.orders AS o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.id IS NULL

--- write; reads refunds; writes orders, order_items; flags
DELETE FROM o, i USING orders AS o INNER JOIN order_items AS i ON i.order_id = o.id
  LEFT JOIN refunds r ON r.order_id = o.id WHERE r.id IS NULL

--- write; reads carts; writes cart_items; flags
WITH stale AS (SELECT id FROM carts WHERE seen_at < '2024-01-01')
  DELETE FROM cart_items WHERE cart_id IN (SELECT id FROM stale)

--- import; writes staging.orders
LOAD DATA LOCAL INFILE '/tmp/orders.csv' REPLACE INTO TABLE staging.orders CHARACTER SET utf8mb4
  FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' IGNORE 1 LINES (id, @d, total)
  SET created_at = STR_TO_DATE(@d, '%d/%m/%Y')

--- export; reads orders
SELECT id, total INTO OUTFILE '/var/lib/out.csv' FIELDS TERMINATED BY ',' FROM orders WHERE total > 5

--- export; reads docs
select body from docs where id = 3 into dumpfile '/tmp/doc.bin'

--- ddl; reads shop.customers; writes shop.orders; flags
CREATE TABLE IF NOT EXISTS shop.orders (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, customer_id INT,
  total DECIMAL(10,2) DEFAULT 0, note TEXT COMMENT 'free; text', PRIMARY KEY (id), KEY ix_c (customer_id),
  CONSTRAINT fk_c FOREIGN KEY (customer_id) REFERENCES shop.customers (id) ON DELETE CASCADE)
  ENGINE=InnoDB DEFAULT CHARSET=utf8mb4

--- ddl; reads shop.orders; writes orders_copy
CREATE TABLE orders_copy LIKE shop.orders

--- ddl; reads customers; writes top_customers
create table top_customers (key (id)) engine = memory select id, name from customers where vip

--- ddl; reads orders, recent; writes recent; temporary recent
CREATE TEMPORARY TABLE recent AS SELECT * FROM orders WHERE created_at > CURDATE();
  SELECT COUNT(*) FROM recent

--- ddl; reads orders; writes v_open; flags
CREATE OR REPLACE ALGORITHM = MERGE DEFINER = 'dba'@'localhost' SQL SECURITY INVOKER VIEW v_open AS SELECT id FROM orders WHERE status = 'open' WITH CASCADED CHECK OPTION

--- ddl; writes orders; flags
ALTER TABLE orders ADD COLUMN note TEXT NULL AFTER total, ALGORITHM=INSTANT

--- ddl; writes orders; flags destructive
alter table orders drop note

--- ddl; writes events; flags destructive
ALTER TABLE events DROP PARTITION p2022, p2023

--- ddl; writes shop.orders, shop.orders_old; flags
ALTER TABLE shop.orders RENAME TO shop.orders_old

--- ddl; writes orders, orders_bak, orders_new; flags
RENAME TABLE orders TO orders_bak, orders_new TO orders

--- ddl; writes events, events_p1
ALTER TABLE events EXCHANGE PARTITION p1 WITH TABLE events_p1

--- ddl; writes customers; flags
CREATE UNIQUE INDEX ux_email ON customers (email(40), (LOWER(name)))

--- ddl; writes customers; flags destructive
DROP INDEX ux_email ON customers

--- ddl; writes old-orders, shop.tmp_x; flags destructive
DROP TABLE IF EXISTS `old-orders`, shop.tmp_x

--- ddl; flags destructive
DROP DATABASE test_42

--- ddl; writes staging.orders; flags destructive
TRUNCATE staging.orders

--- ddl; writes orders; flags
CREATE TRIGGER trg_ins BEFORE INSERT ON orders FOR EACH ROW FOLLOWS trg_a
  BEGIN INSERT INTO audit_log (t) VALUES ('orders'); SET NEW.total = 0; END

--- ddl; flags
CREATE PROCEDURE close_day (IN d DATE) BEGIN
  DELETE FROM open_orders WHERE day = d; UPDATE totals SET done = 1 WHERE day = d; END

--- ddl; flags
CREATE EVENT purge ON SCHEDULE EVERY 1 DAY DO DELETE FROM logs WHERE at < NOW()

--- ddl; writes orders; flags
/*!40000 ALTER TABLE `orders` DISABLE KEYS */;

--- dcl; flags privilege_change
CREATE USER IF NOT EXISTS 'etl'@'10.0.%' IDENTIFIED BY 'x' REQUIRE SSL

--- dcl; writes shop.orders; flags privilege_change
GRANT SELECT (id, total), INSERT ON shop.orders TO 'etl'@'10.0.%'

--- dcl; flags privilege_change
GRANT SELECT, SHOW VIEW ON `shop`.* TO 'bi'@'%'

--- dcl; flags privilege_change
GRANT 'analyst'@'%' TO 'ann'@'%'

--- dcl; flags privilege_change
GRANT EXECUTE ON PROCEDURE shop.close_day TO 'app'@'%'

--- dcl; flags privilege_change
revoke all privileges, grant option from 'ann'@'%'

--- write; writes accounts, transfers; flags multi_statement
START TRANSACTION; UPDATE accounts SET balance = balance - 10 WHERE id = 1;
  INSERT INTO transfers (src, amount) VALUES (1, 10); COMMIT;

--- tcl; reads orders, customers
LOCK TABLES orders READ, customers AS c WRITE

--- tcl; flags
ROLLBACK TO SAVEPOINT before_fix

--- session; flags
SET NAMES utf8mb4 COLLATE utf8mb4_general_ci

--- session; reads orders
SET @top = (SELECT MAX(total) FROM orders), @n = 1

--- session; flags
SHOW FULL TABLES FROM `shop` WHERE Table_type <> 'VIEW'

--- session; reads shop.orders
SHOW FULL COLUMNS FROM shop.orders LIKE 'c%'

--- session; reads shop.orders
SHOW COLUMNS FROM orders FROM shop

--- session; reads shop.orders
SHOW CREATE TABLE `shop`.`orders`

--- session; flags
USE shop

--- session; reads orders
DESC orders customer_id

--- session; reads orders
EXPLAIN orders

--- read; reads orders
EXPLAIN FORMAT=JSON UPDATE orders SET total = 0

--- read; reads orders
EXPLAIN ANALYZE SELECT id FROM orders WHERE total > 5

--- write; writes carts
PREPARE q FROM 'DELETE FROM carts WHERE id = ?'

--- procedure; flags
CALL shop.close_day('2024-01-31', @n)

--- procedure; flags
DO RELEASE_LOCK('nightly')

--- maintenance; reads orders
ANALYZE TABLE orders UPDATE HISTOGRAM ON total WITH 32 BUCKETS

--- maintenance; writes shop.orders, logs
OPTIMIZE NO_WRITE_TO_BINLOG TABLE shop.orders, logs

--- other; flags
KILL QUERY 8812
