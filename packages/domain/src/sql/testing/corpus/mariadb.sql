--- read; reads shop.Products; flags
SELECT `id`, `sku` FROM `shop`.`Products` WHERE `sku` LIKE ? LIMIT 25

--- read; reads customers, orders; flags no_limit
select c.name from customers c left join orders o using (customer_id) where o.id is null

--- read; reads orders; flags
SELECT id FROM orders ORDER BY id OFFSET 5 ROWS FETCH FIRST 10 ROWS WITH TIES

--- read; reads orders; flags no_limit
SELECT total FROM orders FOR SYSTEM_TIME AS OF TIMESTAMP '2024-05-01 00:00:00' AS o WHERE o.id = 3

--- read; reads customers, leads, optouts
SELECT email FROM customers INTERSECT ALL SELECT email FROM leads EXCEPT SELECT email FROM optouts

--- read; flags
SELECT NEXT VALUE FOR shop.invoice_no, PREVIOUS VALUE FOR shop.invoice_no

--- read; reads suppliers
SET STATEMENT max_statement_time = 10 FOR SELECT name FROM suppliers

--- read
SELECT 1 FROM dual

--- write; writes tags
INSERT INTO tags (name) VALUES ('new') RETURNING id, name

--- write; writes carts; flags
DELETE FROM carts WHERE seen_at < NOW() - INTERVAL 7 DAY RETURNING id

--- write; writes prices
DELETE HISTORY FROM prices BEFORE SYSTEM_TIME '2023-01-01'

--- write; writes rates; flags
UPDATE rates FOR PORTION OF valid FROM '2024-01-01' TO '2024-07-01' SET rate = 0.2 WHERE country = 'DE'

--- write; writes carts
EXECUTE IMMEDIATE 'DELETE FROM carts WHERE id = ?' USING 5

--- write; reads jobs; writes alerts
BEGIN NOT ATOMIC
  IF (SELECT COUNT(*) FROM jobs) > 100 THEN INSERT INTO alerts (msg) VALUES ('many'); END IF;
  END

--- write; writes orders
ANALYZE FORMAT=JSON UPDATE orders SET total = 0 WHERE id = 1

--- read; reads orders
ANALYZE SELECT id FROM orders WHERE total > 9

--- maintenance; reads orders
ANALYZE TABLE orders PERSISTENT FOR ALL

--- ddl; writes rates
CREATE OR REPLACE TABLE rates (id INT, s DATE, e DATE, PERIOD FOR valid (s, e)) WITH SYSTEM VERSIONING

--- ddl; flags
CREATE SEQUENCE shop.invoice_no START WITH 100 INCREMENT BY 1 CACHE 20

--- ddl; writes orders, orders_old
RENAME TABLE IF EXISTS orders WAIT 5 TO orders_old

--- ddl; writes orders; flags destructive
ALTER TABLE IF EXISTS orders NOWAIT DROP COLUMN IF EXISTS note

--- ddl; writes orders
/*M!100100 ALTER TABLE orders ADD COLUMN note TEXT */

--- dcl; flags privilege_change
CREATE ROLE analyst WITH ADMIN CURRENT_USER

--- session; flags
SET ROLE analyst

--- read; reads stock, shelves
select s.item from stock s join shelves using (item) lock in share mode
