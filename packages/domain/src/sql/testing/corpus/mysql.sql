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

--- read; reads orders, people
SELECT `source`.`PRODUCT` AS `PRODUCT`, COUNT(*) AS `count` FROM (SELECT `orders`.`product_id` AS `PRODUCT`, STR_TO_DATE(CONCAT(DATE_FORMAT(`orders`.`created_at`, '%Y-%m'), '-01'), '%Y-%m-%d') AS `m` FROM `orders` LEFT JOIN `people` AS `P - User` ON `orders`.`user_id` = `P - User`.`id` WHERE (`orders`.`created_at` >= DATE_ADD(NOW(6), INTERVAL -30 day))) AS `source` GROUP BY `source`.`PRODUCT` LIMIT 10000

--- read; reads information_schema.STATISTICS
SELECT TABLE_SCHEMA TABLE_CAT, NULL TABLE_SCHEM, TABLE_NAME, NON_UNIQUE, INDEX_NAME, CASE WHEN INDEX_TYPE = 'HASH' THEN 2 ELSE 3 END AS TYPE FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = 'shop' ORDER BY NON_UNIQUE, INDEX_NAME, SEQ_IN_INDEX

--- read; reads django_session
SELECT (1) AS `a` FROM `django_session` WHERE `django_session`.`session_key` = 'abc' LIMIT 1

--- read; reads hibernate_owner, pets
select distinct owner0_.id as id1_0_0_, pets1_.id as id1_1_1_, pets1_.owner_id as owner_id4_1_0__ from hibernate_owner owner0_ left outer join pets pets1_ on owner0_.id=pets1_.owner_id where owner0_.last_name like ? order by owner0_.last_name limit ?, ? for update

--- read; reads t1, t2, t3, t4
select * from t1 inner join (t2 cross join t3) on t1.a = t2.a natural right outer join t4 force index for join (ix1, `primary`) use index ()

--- read; reads a, b, c
select 1 from a where (x, y) not in (select x, y from b where z > all (select z from c for share)) lock in share mode

--- read; reads `from`, Ünïcode.表
select f.`select`, u.`wert` from ```from``` as f, Ünïcode.表 u where f.a rlike 'x' xor u.b regexp binary 'y' and f.c sounds like 'z'

--- read; reads t
select 'a' 'b' "c", N'x', _latin1 x'41', b'01', 0x1F, @a := @a + 1, @@global.sql_mode, a->'$.from', a->>"$.b", cast(a as json), convert(a using utf8mb4), convert(a, unsigned), char(77 using utf8), null <=> a, !a, a div 2 mod 3, a && b, a || b, ~a from t -- tail; from y

--- read; reads t
select group_concat(distinct a, b order by a desc, b separator ' from '), count(distinct a, b), json_arrayagg(a), extract(day_minute from ts), date_add(ts, interval '1:1' minute_second), timestampdiff(month, a, b), get_format(date, 'USA'), position('a' in b), trim(trailing from b), substr(b from -2), weight_string(a as char(3)) from t group by a with rollup having grouping(a) = 1

--- read; reads t
select # hash comment from z
  /* c; from y */ a --	tab comment from q
  , b-- 1
  from t

--- read; reads hist
select id, first_value(p) over w, nth_value(p, 2) from last over (w rows between interval 1 day preceding and current row), lead(p) respect nulls over (order by id) from hist window w as (partition by s order by at), w2 as (w)

--- read; reads emp, hist
with recursive cte (n, path) as (select id, cast(id as char(200)) from emp where mgr is null union distinct select e.id, concat(c.path, ',', e.id) from cte as c join emp as e on c.n = e.mgr limit 10), h as (table hist) select /*+ NO_MERGE(h) SET_VAR(sort_buffer_size = 16M) */ * from cte, h

--- read; reads a, b, c
(select a from a order by a limit 1) union (select b from b intersect select c from c) except values row(1), row(2) order by 1 limit 3

--- read; reads shop.orders
select o.id into @a from shop.orders as o partition (p0, p1) where o.id = 3 for update of o nowait

--- write; writes users
INSERT INTO `users` (`name`, `email`, `created_at`) VALUES ('A', 'b@c.de', NOW()) AS `new` ON DUPLICATE KEY UPDATE `email` = `new`.`email`, `updated_at` = CURRENT_TIMESTAMP()

--- write; reads src; writes dst
insert high_priority ignore into dst partition (p1) (a, b) select a, b from (select 1 as a, x.b from src as x) as dt on duplicate key update b = dt.b + dst.b

--- write; reads other, base; writes dst
insert into dst with c as (select * from base) select c.*, (select max(id) from other) from c

--- write; reads dst; writes dst
replace into dst (select id + 1, 'from' from dst)

--- write; writes t
replace delayed t set a = 1, b = default(b)

--- write; reads s.b, c; writes s.a
update low_priority ignore s.a inner join s.b on a.id = b.id set a.x = b.x, a.y = (select max(y) from c) where a.z is null

--- write; reads c; writes a, b
update a left join b using (id) join c on c.id = a.id set a.x = 1, b.y = 2

--- write; reads a; writes a
update a, (select id from a group by id having count(*) > 1) d set a.dup = 1 where a.id = d.id

--- write; writes t
update t set a = b, b = default order by id desc limit 5

--- write; reads t2; writes t1
delete t1 from t1 inner join t2 on t1.id = t2.id where t2.gone

--- write; reads t3; writes s.t1, s.t2
delete low_priority from s.t1.*, s.t2.* using s.t1, s.t2, t3 where t1.id = t2.id and t2.id = t3.id

--- write; writes t
delete from t as x partition (p3) where x.id > 3 order by x.id limit 1

--- write; reads dead; writes live
with recursive d as (select id from dead union select id + 1 from d) update live join d on d.id = live.id set live.ok = 0

--- import; writes t
load xml local infile '/tmp/x.xml' into table t rows identified by '<row>' (a, @b) set b = upper(@b)

--- import; writes shop.t
load data concurrent infile 'x.txt' ignore into table shop.t partition (p0) fields terminated by '\t' escaped by '\\' lines starting by 'x' terminated by '\r\n' ignore 2 rows

--- export; reads t
select * from t where a > 3 order by a limit 3 into outfile '/tmp/x' character set utf8mb4 fields optionally enclosed by '"' lines terminated by '\n'

--- ddl; reads customers, items, ignored; writes orders
create table `orders` (
  `id` int unsigned not null auto_increment primary key comment 'the ''key''; from',
  `c` int not null references ignored (id),
  `total` decimal(10,2) generated always as (`a` * `b`) virtual,
  `e` enum('from','into') character set utf8mb4 collate utf8mb4_bin default 'from',
  `at` timestamp(6) null default current_timestamp(6) on update current_timestamp(6),
  `g` geometry srid 4326 not null, spatial index (g), fulltext key ft (`note`) with parser ngram,
  key ((cast(doc->'$.a' as unsigned array))), check (total > 0) not enforced,
  constraint `fk1` foreign key `ix` (`c`) references `customers` (`id`) on delete set null on update no action,
  foreign key (`i`, `j`) references `items` (`i`, `j`) match full
) engine=innodb auto_increment=7 row_format=dynamic partition by range columns (`at`, `id`) subpartition by hash (id) subpartitions 2 (partition p0 values less than ('2020-01-01', maxvalue) engine innodb, partition p1 values less than (maxvalue, maxvalue))

--- ddl; writes tmp_x; temporary tmp_x; reads base
create temporary table if not exists tmp_x (id int primary key, v varchar(9)) ignore select id, v from base

--- ddl; reads base; writes shop.copy
create table shop.copy (like base)

--- ddl; writes shop.t
alter table shop.t add column a int first, add column (b int, c text), modify column d bigint not null after a, change e f varchar(3), drop primary key, add unique key u (a), rename index x to y, rename column q to r, alter g set default 3, convert to character set utf8mb4, order by a, lock=none, engine=innodb

--- ddl; writes t
alter table t reorganize partition p0, p1 into (partition p2 values in (1,2,3)); alter table t truncate partition p1; alter table t coalesce partition 2; alter table t remove partitioning

--- ddl; reads parent; writes child
alter table child add constraint fk foreign key (pid) references parent (id), drop foreign key old_fk, drop check ck, alter index ix invisible

--- ddl; reads a, b; writes v
alter algorithm=temptable definer=current_user sql security definer view v (x, y) as select a.x, b.y from a join b on a.id = b.id with local check option

--- ddl; writes t
create fulltext index ft on t (a, b) with parser ngram comment 'from' algorithm=inplace lock=none

--- ddl; writes v1, shop.v2
drop view if exists v1, shop.v2 restrict

--- ddl; writes tmp1, tmp2
drop temporary table if exists tmp1, tmp2

--- ddl
drop trigger if exists shop.trg

--- ddl
create database if not exists shop default character set utf8mb4 collate utf8mb4_0900_ai_ci encryption 'N'; alter database shop read only = 1; create event e on schedule at current_timestamp + interval 1 hour on completion preserve disable comment 'x' do update t set a = 1; alter event e enable

--- ddl
create function f(a int) returns int deterministic reads sql data return (select max(id) from t where id < a)

--- ddl
CREATE DEFINER=`root`@`localhost` PROCEDURE `p`(IN a INT, OUT b INT)
    MODIFIES SQL DATA
BEGIN
  DECLARE done INT DEFAULT FALSE;
  DECLARE c CURSOR FOR SELECT id FROM t;
  DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = TRUE;
  OPEN c;
  lbl: LOOP
    FETCH c INTO b;
    IF done THEN LEAVE lbl; END IF;
    CASE b WHEN 1 THEN DELETE FROM x; ELSE INSERT INTO y VALUES (b); END CASE;
  END LOOP;
  CLOSE c;
END

--- ddl; writes t
CREATE TRIGGER `tr` AFTER UPDATE ON `t` FOR EACH ROW IF NEW.a <> OLD.a THEN INSERT INTO log VALUES (NEW.a); END IF

--- dcl
grant all privileges on *.* to 'root'@'%' with grant option; grant proxy on 'a'@'h' to 'b'@'h'; grant create temporary tables, lock tables, references on shop.* to app@localhost; flush privileges

--- dcl; writes shop.t
revoke select (a), update on table shop.t from 'x'@'%', y

--- dcl
create role if not exists r1, 'r2'@'%'; grant r1, r2 to u1@localhost with admin option; set default role all to u1@localhost; alter user u1@localhost account lock password expire never; rename user a to b; drop user if exists c; set password for 'bob'@'%' = 'x'

--- session
set session transaction isolation level read committed; set @@sql_mode = concat(@@sql_mode, ',STRICT_TRANS_TABLES'), @x = 1, global max_connections = 10; set persist_only a.b = 3; set role none; set character set utf8mb4

--- session; reads shop.t
show index from t in shop where key_name = 'PRIMARY'

--- session
show global status like 'Threads%'; show processlist; show engine innodb status; show variables; show grants for 'a'@'b'; show binary logs; show warnings limit 3; show create procedure shop.p; help 'select'

--- session; reads shop.t
show create view shop.t

--- session; reads shop.t
describe shop.t `col`

--- read; reads a, b
explain format=tree select * from a where id in (select id from b)

--- read; reads a, b
describe delete a from a join b using (id)

--- tcl
start transaction with consistent snapshot, read only; savepoint s; release savepoint s; rollback and chain no release; xa start 'x'; xa end 'x'; xa prepare 'x'; xa commit 'x'; unlock tables

--- maintenance; reads t1, t2
check table t1, t2 for upgrade; checksum table t1 extended

--- maintenance; writes t1
repair table t1 quick use_frm

--- ddl; writes t1
flush tables; alter table t1 force; optimize table t1

--- read; reads t
handler t open as h; handler h read first where a > 1 limit 3; handler h close

--- write; writes t
set @s = 'delete from x'; prepare st from @s; execute st using @a; deallocate prepare st; delete from t where id = 1

--- other
signal sqlstate '45000' set message_text = 'from x'

--- write; writes acct
/*!50003 SET @a = 1 */; UPDATE /*+ NO_INDEX(acct) */ acct SET a = 1 /*! , b = 2 */ WHERE id = 3

--- ddl; reads tbl; writes tbl
/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS `tbl`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
CREATE TABLE `tbl` (
  `id` int NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci;
LOCK TABLES `tbl` WRITE;
/*!40000 ALTER TABLE `tbl` DISABLE KEYS */;
INSERT INTO `tbl` VALUES (1),(2);
/*!40000 ALTER TABLE `tbl` ENABLE KEYS */;
UNLOCK TABLES;

--- write; writes t1
delete t1 from t1 where id = 1

--- write; reads t2; writes shop.t1
delete t1 from shop.t1 inner join t2 on t1.id = t2.id where t2.x = 1

--- write; reads t2; writes t1
delete from t1 using t1 join t2 on t1.id = t2.id where t2.x = 1

--- write; writes t1, t2
delete t1, t2 from t1 join t2 using (id) where t1.x = 1

--- read; reads a
select * from a force index for join (ix1, ix2)

--- ddl; reads b; writes v
alter definer=`a`@`b` view v as select a from b

--- ddl; reads b; writes v
alter sql security invoker view v as select a from b

--- ddl
create definer=`root`@`localhost` procedure `p`(in a int) begin declare done int default false; delete from x; end

--- ddl; writes x
create definer='a'@'b' trigger t before insert on x for each row begin delete from y; delete from z; end

--- ddl
create definer=`a`@`b` function f() returns int begin delete from y; return 1; end

--- dcl
set password for 'bob'@'%' = 'x'

--- tcl
lock instance for backup

--- read; reads stock
select item, count from stock lock in share mode

--- import
import table from '/tmp/moved/*.sdi'

--- maintenance; reads shop.orders, stock
flush local tables shop.orders, stock with read lock

--- maintenance
flush tables with read lock

--- maintenance; reads orders
cache index orders index (by_day) in hot_cache

--- maintenance; reads orders, stock
load index into cache orders index (by_day), stock ignore leaves

--- other
clone instance from 'donor'@'10.0.0.9':3306 identified by 'pw'

--- read; reads orders
select total from orders procedure analyse(10, 2000)

--- read; reads orders, stock
explain format = traditional select id from orders union select id from stock

--- ddl; writes orders, purchases
alter table orders rename purchases, add note text

--- ddl; writes orders
alter table orders rename column a to b, rename index c to d
