--- read; reads ORDERS; flags
select id, total from orders where customer_id = :cid order by total desc fetch first 10 rows only

--- read; reads HR.EMPLOYEES; flags select_star, no_limit
SELECT * FROM hr.Employees

--- read; reads SCOTT.EMP, SCOTT.DEPT; flags no_limit
SELECT e.ename, d.dname FROM scott.emp e, scott.dept d WHERE e.deptno = d.deptno (+)

--- read; reads Sales.OrderLines, CRM.Customer; flags no_limit
SELECT "Id", "from" FROM "Sales"."OrderLines" ol JOIN crm."Customer" c ON c.id = ol."Id"

--- read; reads DUAL
SELECT 1 FROM dual

--- read; reads ALL_TABLES; flags no_limit
SELECT owner, table_name FROM all_tables WHERE owner = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')

--- read; reads V$SESSION; flags no_limit
SELECT sid, serial# FROM v$session WHERE username IS NOT NULL

--- read; reads SALES.ORDERS, SALES.MONTHLY
WITH m AS (SELECT /*+ MATERIALIZE */ TRUNC(made_at, 'MM') mon, SUM(total) t FROM sales.orders GROUP BY TRUNC(made_at, 'MM'))
  SELECT mon, t, LAG(t) OVER (ORDER BY mon) prev FROM m MINUS SELECT mon, t, prev FROM sales.monthly

--- read; reads EMP; flags
SELECT deptno, LISTAGG(ename, ',') WITHIN GROUP (ORDER BY ename), MAX(sal) KEEP (DENSE_RANK FIRST ORDER BY hired)
  FROM emp GROUP BY CUBE (deptno) ORDER BY 1 OFFSET 5 ROWS FETCH NEXT 10 PERCENT ROWS WITH TIES

--- read; reads NOTES
select q'[it's; drop table "emp"]' a, nq'!from x!' b, date '2024-01-01' d from notes where rownum < 2

--- read; reads EMP; flags no_limit
SELECT LPAD(' ', 2 * LEVEL) || ename, SYS_CONNECT_BY_PATH(ename, '/'), CONNECT_BY_ROOT ename FROM emp
  START WITH mgr IS NULL CONNECT BY NOCYCLE PRIOR empno = mgr ORDER SIBLINGS BY ename

--- read; reads SALES; flags select_star, no_limit
SELECT * FROM (SELECT region, q, amt FROM sales)
  PIVOT (SUM(amt) AS s, COUNT(*) AS n FOR q IN ('Q1' AS q1, 'Q2' AS q2)) p

--- read; reads BUDGET
SELECT dept, m, v FROM budget UNPIVOT INCLUDE NULLS (v FOR m IN (jan AS 'J', feb AS 'F'))

--- read; reads ORDERS
SELECT total FROM orders AS OF TIMESTAMP SYSTIMESTAMP - INTERVAL '1' HOUR o WHERE o.id = 5

--- read; reads ORDERS
SELECT versions_xid, total FROM orders VERSIONS BETWEEN SCN MINVALUE AND MAXVALUE

--- read; reads ORDERS; flags no_limit
SELECT o.id, x.sku, j.qty, l.column_value FROM orders o,
  XMLTABLE('/o/l' PASSING o.body COLUMNS sku VARCHAR2(20) PATH '@sku', n FOR ORDINALITY) x,
  JSON_TABLE(o.doc, '$.lines[*]' COLUMNS (qty NUMBER PATH '$.qty', NESTED PATH '$.t[*]' COLUMNS (t PATH '$'))) j,
  TABLE(o.line_ids) l

--- read; flags select_star
SELECT * FROM TABLE(pkg_report.rows_for(DATE '2024-01-01')) t FETCH FIRST ROW ONLY

--- read; reads DEPT, EMP, BONUS; flags no_limit
SELECT d.dname, t.ename FROM dept PARTITION (p_eu) d OUTER APPLY
  (SELECT ename FROM emp SAMPLE (10) SEED (3) e WHERE e.deptno = d.deptno) t, LATERAL (SELECT 1 x FROM bonus) b

--- read; reads SALES
SELECT region, yr, amt FROM sales MODEL PARTITION BY (region) DIMENSION BY (yr) MEASURES (amt)
  RULES UPSERT (amt[2026] = amt[2025] * 1.1, amt[FOR yr FROM 2027 TO 2029 INCREMENT 1] = 0)

--- read; reads TICKS; flags select_star, no_limit
SELECT m.* FROM ticks MATCH_RECOGNIZE (PARTITION BY sym ORDER BY ts MEASURES FIRST(strt.ts) AS s,
  LAST(up.ts) AS e ONE ROW PER MATCH AFTER MATCH SKIP TO LAST up PATTERN (strt down+ up+)
  DEFINE down AS price < PREV(price), up AS price > PREV(price)) m

--- read; reads ITEMS
WITH FUNCTION net (p NUMBER) RETURN NUMBER IS BEGIN RETURN p / 1.2; END;
  SELECT net(price) FROM items

--- read; reads EMP, DEPT
SELECT d.dname, CURSOR(SELECT e.ename FROM emp e WHERE e.deptno = d.deptno) FROM dept d

--- read; reads PARTS; flags no_limit
SELECT EXTRACT(DAY FROM (SYSDATE - made_at) DAY TO SECOND), TRIM(LEADING '0' FROM code) FROM parts

--- read; reads EMP; flags no_limit
SELECT e.sal FROM emp e WHERE e.empno = 7 FOR UPDATE OF e.sal NOWAIT

--- read; reads HR.EMP@PROD_LINK
SELECT id FROM hr.emp@prod_link

--- write; writes CUSTOMERS
INSERT INTO customers (id, name) VALUES (cust_seq.NEXTVAL, 'O''Neil') RETURNING id INTO :id

--- write; reads STG.FACTS; writes DWH.FACTS
insert /*+ append */ into dwh.facts partition (p2024) select * from stg.facts

--- write; reads ORDERS; writes BIG_ORDERS, MID_ORDERS, SMALL_ORDERS
INSERT FIRST WHEN total > 1000 THEN INTO big_orders (id, total) VALUES (id, total)
  WHEN total > 100 THEN INTO mid_orders ELSE INTO small_orders SELECT id, total FROM orders

--- write; reads DUAL; writes TAGS, APP.TAGS2
INSERT ALL INTO tags (name) VALUES ('a') INTO app.tags2 (name) VALUES ('b') SELECT * FROM dual

--- write; reads EMP, DEPT; writes EMP; flags
UPDATE emp e SET (sal, comm) = (SELECT AVG(x.sal), MAX(x.comm) FROM emp x WHERE x.deptno = e.deptno)
  WHERE e.deptno IN (SELECT deptno FROM dept WHERE loc = 'ROME')

--- write; writes EMP; flags no_where
update emp set sal = sal + 1

--- write; writes SESSIONS; flags
DELETE sessions s WHERE s.seen < SYSDATE - 30

--- write; reads RECEIPTS; writes STOCK
MERGE INTO stock t USING (SELECT sku, SUM(qty) q FROM receipts GROUP BY sku) s ON (t.sku = s.sku)
  WHEN MATCHED THEN UPDATE SET t.qty = t.qty + s.q WHERE s.q <> 0 DELETE WHERE t.qty = 0
  WHEN NOT MATCHED THEN INSERT (sku, qty) VALUES (s.sku, s.q) WHERE s.q > 0

--- write; reads ORDERS; writes DAILY_TOTALS
DECLARE
  v_total orders.total%TYPE;
BEGIN
  SELECT SUM(total) INTO v_total FROM orders WHERE day = TRUNC(SYSDATE);
  INSERT INTO daily_totals (day, total) VALUES (TRUNC(SYSDATE), v_total);
  COMMIT;
EXCEPTION
  WHEN NO_DATA_FOUND THEN NULL;
END;

--- write; reads FX_RATES; writes ORDERS
BEGIN
  FOR r IN (SELECT id, rate FROM fx_rates) LOOP
  UPDATE orders SET rate = r.rate WHERE fx_id = r.id;
  IF SQL%ROWCOUNT = 0 THEN
  dbms_output.put_line('none for ' || r.id);
  END IF;
  END LOOP;
END;

--- write; reads OLD_CARTS; writes CARTS
DECLARE
  CURSOR c IS SELECT id FROM old_carts;
  TYPE t_ids IS TABLE OF NUMBER;
  l t_ids;
BEGIN
  OPEN c;
  FETCH c BULK COLLECT INTO l LIMIT 100;
  FORALL i IN 1 .. l.COUNT DELETE FROM carts WHERE id = l(i);
  CLOSE c;
END;

--- ddl; writes STG.ORDERS
BEGIN EXECUTE IMMEDIATE 'TRUNCATE TABLE stg.orders'; END;

--- procedure
BEGIN dbms_stats.gather_table_stats('HR', 'EMP'); END;

--- procedure; flags
CALL hr.pkg_pay.run(:1, :2)

--- ddl; reads APP.CUSTOMERS; writes APP.ORDERS; flags
CREATE TABLE app.orders (id NUMBER GENERATED BY DEFAULT AS IDENTITY, cid NUMBER(10) NOT NULL, day DATE DEFAULT SYSDATE,
  CONSTRAINT fk_c FOREIGN KEY (cid) REFERENCES app.customers (id)) TABLESPACE users PARTITION BY RANGE (day)
  INTERVAL (NUMTOYMINTERVAL(1, 'MONTH')) (PARTITION p0 VALUES LESS THAN (DATE '2024-01-01'))

--- ddl; reads HR.EMP; writes EMP_BAK
create table emp_bak nologging parallel 4 as select * from hr.emp

--- ddl; reads ORDERS; writes ORA$PTT_IDS; temporary ORA$PTT_IDS
CREATE PRIVATE TEMPORARY TABLE ora$ptt_ids ON COMMIT DROP DEFINITION AS SELECT id FROM orders

--- ddl; writes GTT_IDS; temporary GTT_IDS
CREATE GLOBAL TEMPORARY TABLE gtt_ids (id NUMBER) ON COMMIT DELETE ROWS

--- ddl; reads SALES; writes MV_SALES
CREATE MATERIALIZED VIEW mv_sales BUILD IMMEDIATE REFRESH FAST ON COMMIT ENABLE QUERY REWRITE AS
  SELECT region, COUNT(*) n FROM sales GROUP BY region

--- ddl; reads HR.EMP; writes HR.vEmp
CREATE OR REPLACE FORCE EDITIONABLE VIEW hr."vEmp" (a) AS SELECT ename FROM hr.emp WITH READ ONLY

--- ddl; writes ORDERS; flags
CREATE OR REPLACE TRIGGER trg_o BEFORE INSERT OR UPDATE OF total ON orders FOR EACH ROW WHEN (NEW.id IS NULL)
BEGIN
  SELECT ord_seq.NEXTVAL INTO :NEW.id FROM dual;
END;

--- ddl; flags
CREATE OR REPLACE PROCEDURE p (d IN DATE) AS BEGIN DELETE FROM a WHERE day = d; UPDATE b SET x = 1; END p;

--- ddl; writes HR.EMP
CREATE BITMAP INDEX hr.ix_dep ON hr.emp (deptno) ONLINE

--- ddl; writes SALES; flags destructive
ALTER TABLE sales DROP PARTITION p2019 UPDATE GLOBAL INDEXES

--- ddl; writes EMP; flags
ALTER TABLE emp MODIFY (sal NUMBER(12, 2), ename VARCHAR2(80))

--- ddl; writes OLD_ORDERS, ORDERS_2019; flags
RENAME old_orders TO orders_2019

--- ddl; writes HR.EMP; flags
COMMENT ON COLUMN hr.emp.sal IS 'gross; per month'

--- ddl; writes oldOrders; flags destructive
DROP TABLE "oldOrders" CASCADE CONSTRAINTS PURGE

--- ddl; writes STG.ORDERS; flags destructive
TRUNCATE TABLE stg.orders DROP STORAGE CASCADE

--- dcl; writes HR.EMP; flags privilege_change
GRANT SELECT, UPDATE (sal) ON hr.emp TO ann, payroll_role WITH GRANT OPTION

--- dcl; flags privilege_change
GRANT CONNECT, RESOURCE TO etl IDENTIFIED BY "Secret;1"

--- dcl; flags privilege_change
CREATE USER ann IDENTIFIED BY "x" DEFAULT TABLESPACE users QUOTA 10M ON users

--- dcl; writes Sales.OrderLines; flags privilege_change
REVOKE ALL PRIVILEGES ON "Sales"."OrderLines" FROM PUBLIC

--- session; flags
ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD'

--- read; reads ORDERS, FIX
EXPLAIN PLAN SET STATEMENT_ID = 's1' FOR DELETE FROM orders WHERE id IN (SELECT id FROM fix)

--- maintenance; reads HR.EMP
ANALYZE TABLE hr.emp COMPUTE STATISTICS

--- tcl; reads EMP, HR.DEPT
LOCK TABLE emp, hr.dept IN SHARE MODE NOWAIT

--- tcl; flags
COMMIT WORK

--- write; writes ORDERS; reads CUSTOMERS
update (select o.status, c.vip from orders o join customers c on c.id = o.customer_id) set status = 'first' where vip = 1

--- write; writes ORDERS
delete from (select * from orders where day < sysdate - 400)

--- ddl; writes SHOP.ORDERS
flashback table shop.orders to before drop

--- read; reads ORDERS
explain plan set statement_id = 'mine' into shop.plans for select id from orders

--- procedure; reads ORDERS
begin execute immediate 'insert into log_' || to_char(sysdate, 'YYYY') || ' select * from orders'; end;

--- write; writes ORDERS, REJECTED; reads STAGED
insert into orders select * from staged log errors into rejected ('nightly') reject limit 10

--- ddl; writes ORDERS
create materialized view log on orders with rowid, sequence (total) including new values

--- ddl; writes ORDERS; flags destructive
drop materialized view log on orders

--- ddl; flags destructive
truncate cluster people_orders
