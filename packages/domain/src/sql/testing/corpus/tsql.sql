--- read; reads dbo.orders; flags
SELECT TOP (20) id, total FROM dbo.orders WHERE customer_id = @p0 ORDER BY total DESC

--- read; reads Sales.Order Details; flags select_star, no_limit
select * from [Sales].[Order Details]

--- read; reads dbo.Orders, dbo.Customers; flags no_limit
SELECT "c"."Country", SUM("o"."Total") AS "Revenue" FROM "dbo"."Orders" "o"
  INNER JOIN "dbo"."Customers" "c" ON "c"."Id" = "o"."CustomerId" GROUP BY "c"."Country" HAVING COUNT(*) > 5

--- read; reads Orders, Customers; flags no_limit
SELECT id FROM Orders o WITH (NOLOCK), Customers c (NOLOCK) WHERE o.cid = c.cid OPTION (RECOMPILE, MAXDOP 1)

--- read; reads sys.databases; flags
SELECT name FROM sys.databases ORDER BY name OFFSET 0 ROWS FETCH NEXT 50 ROWS ONLY

--- read; reads INFORMATION_SCHEMA.TABLES; flags no_limit
SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_TYPE = 'BASE TABLE'

--- read; flags
SELECT @@VERSION, SUSER_SNAME(), NEXT VALUE FOR dbo.InvoiceNo

--- read; reads dbo.orders, crm.dbo.customers; flags no_limit
;WITH ranked AS (SELECT *, ROW_NUMBER() OVER (PARTITION BY cid ORDER BY made_at DESC) AS rn FROM dbo.orders)
  SELECT r.id, c.name FROM ranked r LEFT JOIN crm.dbo.customers c ON c.id = r.cid WHERE r.rn = 1

--- read; reads dbo.leads, dbo.customers, dbo.vip
SELECT name FROM dbo.leads EXCEPT (SELECT name FROM dbo.customers INTERSECT SELECT name FROM dbo.vip)

--- read; reads dbo.shops; flags no_limit
SELECT region, STRING_AGG(name, ', ') WITHIN GROUP (ORDER BY name), IIF(MAX(x) > 1, 'a', 'b')
  FROM dbo.shops GROUP BY ROLLUP (region)

--- read; reads dbo.jobs
DECLARE @n int;
SELECT @n = COUNT(*) FROM dbo.jobs WHERE state = 0;
PRINT @n;

--- read; reads dbo.order
SELECT 1 AS [from], 'x' AS "select" /* outer /* inner; DROP TABLE a */ still */ FROM dbo.[order]

--- read; reads srv-2.Arch ive.dbo.odd]name; flags no_limit
SELECT t.c FROM [srv-2].[Arch ive].[dbo].[odd]]name] AS t

--- read; reads archive..orders
SELECT TOP 5 id FROM archive..orders

--- read; reads dbo.orders; flags select_star
SELECT TOP 1 PERCENT WITH TIES o.* FROM dbo.orders AS o TABLESAMPLE (10 PERCENT) ORDER BY o.total

--- read; reads dbo.orders, dbo.lines; flags no_limit
SELECT o.id, li.sku, s.value, f.fee FROM dbo.orders o
  CROSS APPLY (SELECT TOP (1) sku FROM dbo.lines l WHERE l.order_id = o.id ORDER BY l.id) li
  OUTER APPLY STRING_SPLIT(o.tags, ';') s CROSS APPLY dbo.fn_fees(o.id, DEFAULT) AS f

--- read; reads dbo.orders
SELECT o.id, l.sku FROM dbo.orders o CROSS APPLY OPENJSON(o.doc, '$.lines')
  WITH (sku nvarchar(40) '$.sku', qty int, extra nvarchar(max) AS JSON) AS l FOR JSON PATH, ROOT('from')

--- read; reads dbo.sales; flags select_star, no_limit
SELECT * FROM (SELECT region, yr, amount FROM dbo.sales) AS s
  PIVOT (SUM(amount) FOR yr IN ([2023], [2024])) AS p

--- read; reads dbo.budget
SELECT u.dept, u.m, u.amount FROM dbo.budget AS b UNPIVOT (amount FOR m IN (jan, feb)) AS u

--- read
DECLARE @x xml = N'<r><i id="1"/></r>';
  SELECT t.c.value('@id', 'int') AS id FROM @x.nodes('/r/i') AS t(c)

--- read; reads dbo.docs; flags no_limit
WITH XMLNAMESPACES ('urn:a' AS a, DEFAULT 'urn:b')
  SELECT n.c.value('(./a:t/text())[1]', 'nvarchar(50)') FROM dbo.docs d CROSS APPLY d.body.nodes('/doc/tag') n(c)

--- read; reads dbo.tags, dbo.customers
SELECT c.id, STUFF((SELECT ',' + t.name FROM dbo.tags t WHERE t.cid = c.id
  FOR XML PATH(''), TYPE).value('.', 'nvarchar(max)'), 1, 1, '') AS tags FROM dbo.customers c

--- read; reads dbo.prices
SELECT total FROM dbo.prices FOR SYSTEM_TIME BETWEEN '2024-01-01' AND @to AS p WHERE p.sku = 'a'

--- read; reads Person, knows
SELECT p2.name FROM Person p1, knows k, Person p2
  WHERE MATCH(p1-(k)->p2) AND p1.name = 'Ann' AND p2.x IS NOT DISTINCT FROM p1.x

--- read
SELECT r.a FROM OPENROWSET(BULK N'https://x.example/a.parquet', FORMAT = 'PARQUET') AS r

--- read
SELECT v.id, TRIM(BOTH 'x' FROM v.t), v.d AT TIME ZONE 'UTC' FROM (VALUES (1, 'x', @d)) AS v (id, t, d)

--- read; reads dbo.a, dbo.b, dbo.c, dbo.d
SELECT a.id FROM dbo.a INNER HASH JOIN dbo.b ON b.id = a.id FULL JOIN (dbo.c CROSS JOIN dbo.d) ON c.id = a.id

--- write; writes dbo.customers
INSERT INTO dbo.customers (name, email) OUTPUT inserted.id VALUES (N'Ann', N'it''s'), (@n, @e)

--- write; writes dbo.hits
INSERT [dbo].[hits] DEFAULT VALUES

--- write; reads dbo.orders; writes archive.dbo.orders
insert top (5) into archive.dbo.orders select * from dbo.orders

--- write; writes dbo.products; flags no_where
UPDATE dbo.products SET price *= 1.05

--- write; writes dbo.sessions; flags
DELETE dbo.sessions WHERE last_seen < DATEADD(day, -30, SYSUTCDATETIME())

--- write; writes dbo.logs; flags no_where
DELETE TOP (1000) FROM dbo.logs

--- write; reads sales.fx; writes sales.orders; flags
UPDATE o SET o.rate = f.rate FROM sales.orders AS o JOIN sales.fx f ON f.cur = o.cur WHERE o.rate IS NULL

--- write; reads hr.employees; writes hr.employees; flags no_where
UPDATE e SET boss = m.name FROM hr.employees e JOIN hr.employees m ON m.id = e.manager_id

--- write; reads dbo.rates; writes dbo.orders
UPDATE dbo.orders SET vat = r.vat FROM dbo.orders JOIN dbo.rates r ON r.c = orders.c WHERE r.id > 1

--- write; reads dbo.users; writes dbo.carts; flags
DELETE FROM c FROM dbo.carts AS c LEFT JOIN dbo.users u ON u.id = c.user_id WHERE u.id IS NULL

--- write; writes dbo.queue; flags
UPDATE TOP (5) q SET q.taken_at = GETDATE() OUTPUT inserted.id, deleted.state
  FROM dbo.queue AS q WITH (READPAST, ROWLOCK) WHERE q.taken_at IS NULL

--- write; reads dbo.queue; writes dbo.queue, dbo.queue_done; flags
DELETE FROM dbo.queue WITH (READPAST) OUTPUT deleted.id, GETDATE() INTO dbo.queue_done (id, at)
  WHERE id IN (SELECT TOP (10) id FROM dbo.queue ORDER BY id)

--- write; writes dbo.leads; flags
WITH d AS (SELECT id, ROW_NUMBER() OVER (PARTITION BY email ORDER BY id) AS rn FROM dbo.leads)
  DELETE FROM d WHERE rn > 1

--- write; reads stg.a; writes dbo.a
WITH src AS (SELECT id FROM stg.a) INSERT INTO dbo.a (id) SELECT id FROM src

--- write; reads stg.receipts; writes dbo.stock, audit.stock_log
MERGE INTO dbo.stock WITH (HOLDLOCK) AS t
  USING (SELECT sku, SUM(qty) AS qty FROM stg.receipts GROUP BY sku) AS s ON t.sku = s.sku
  WHEN MATCHED AND t.qty + s.qty = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET t.qty += s.qty
  WHEN NOT MATCHED BY TARGET THEN INSERT (sku, qty) VALUES (s.sku, s.qty)
  WHEN NOT MATCHED BY SOURCE THEN UPDATE SET t.stale = 1
  OUTPUT $action, inserted.sku, deleted.qty INTO audit.stock_log (act, sku, qty) OPTION (HASH JOIN);

--- write; writes dbo.kv
MERGE dbo.kv AS t USING (VALUES (@k, @v)) AS s (k, v) ON s.k = t.k
  WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.k, s.v);

--- write; writes audit.price_log, dbo.prices
INSERT INTO audit.price_log (sku, old) SELECT sku, old FROM (UPDATE dbo.prices SET price = price * 1.02
  OUTPUT inserted.sku, deleted.price WHERE cur = 'EUR') AS c (sku, old) WHERE old > 100

--- write; reads dbo.a; writes dbo.b
DECLARE @t TABLE (id int PRIMARY KEY, n int);
  INSERT INTO @t (id) SELECT id FROM dbo.a WHERE x = 1;
  UPDATE b SET b.flag = 1 FROM dbo.b AS b INNER JOIN @t AS t ON t.id = b.id;

--- write; writes dbo.docs
UPDATE dbo.docs SET body.modify('replace value of (/d/@v)[1] with 2') WHERE id = 3

--- write; writes #who; temporary #who
INSERT INTO #who EXEC sp_who2

--- import; writes stg.orders
BULK INSERT stg.orders FROM 'D:\in\orders.csv' WITH (FORMAT = 'CSV', FIRSTROW = 2)

--- write; reads dbo.settings; writes dbo.settings
SET NOCOUNT ON
IF EXISTS (SELECT 1 FROM dbo.settings WHERE k = @k)
  UPDATE dbo.settings SET v = @v WHERE k = @k
ELSE
  INSERT INTO dbo.settings (k, v) VALUES (@k, @v)
SELECT @@ROWCOUNT

--- ddl; reads dbo.sessions, #old; writes #old, dbo.hits; temporary #old; flags no_where, destructive, multi_statement
DECLARE @cut date = DATEADD(day, -90, GETDATE())
SELECT id INTO #old FROM dbo.sessions WHERE last_seen < @cut
DELETE h FROM dbo.hits h JOIN #old o ON o.id = h.session_id
DROP TABLE #old

--- write; writes dbo.events
WHILE 1 = 1
BEGIN
  DELETE TOP (5000) FROM dbo.events WHERE at < '2023-01-01'
  IF @@ROWCOUNT < 5000 BREAK
  WAITFOR DELAY '00:00:01'
END

--- write; writes dbo.accounts, dbo.transfers, dbo.errors
BEGIN TRY
  BEGIN TRAN
  UPDATE dbo.accounts SET balance -= 5 WHERE id = 1
  INSERT dbo.transfers (src, amount) SELECT 1, 5
  COMMIT
END TRY
BEGIN CATCH
  IF XACT_STATE() <> 0 ROLLBACK
  INSERT INTO dbo.errors (msg) VALUES (ERROR_MESSAGE());
  THROW
END CATCH

--- procedure; reads dbo.orders
DECLARE c CURSOR LOCAL FAST_FORWARD FOR SELECT id FROM dbo.orders WHERE state = 'open'
OPEN c
FETCH NEXT FROM c INTO @id
WHILE @@FETCH_STATUS = 0
BEGIN
  EXEC dbo.usp_touch @id
  FETCH NEXT FROM c INTO @id
END
CLOSE c DEALLOCATE c

--- ddl; reads sys.indexes; writes dbo.orders
IF NOT EXISTS (SELECT * FROM sys.indexes WHERE name = N'ix_a')
  CREATE NONCLUSTERED INDEX ix_a ON dbo.orders (a DESC) INCLUDE (b) WHERE a IS NOT NULL WITH (ONLINE = ON)

--- ddl; writes #t; temporary #t
IF OBJECT_ID('tempdb..#t') IS NOT NULL DROP TABLE #t;

--- ddl; reads dbo.a, #t; writes #t; temporary #t
CREATE TABLE #t (id int) INSERT #t SELECT id FROM dbo.a SELECT * FROM #t TRUNCATE TABLE #t

--- read; reads dbo.orders
EXECUTE AS USER = 'ann'; SELECT id FROM dbo.orders; REVERT;

--- write; writes dbo.a
SET IDENTITY_INSERT dbo.a ON; INSERT INTO dbo.a (id) VALUES (1)

--- procedure; flags
EXEC @rc = dbo.usp_close_day @day = '2024-01-31', @n = @n OUTPUT

--- procedure; flags
sp_who2 active

--- procedure
{call [reports].[refresh](?, ?)}

--- write; writes dbo.queue
EXEC ('DELETE FROM dbo.queue WHERE done = 1') AT [ARCHIVE_SRV]

--- ddl; writes stg.orders
EXECUTE(N'TRUNCATE TABLE stg.orders;')

--- write; writes dbo.t
exec sp_executesql N'UPDATE dbo.t SET a = @p0 WHERE id = @p1',N'@p0 int,@p1 int',@p0=1,@p1=2

--- ddl; reads crm.customers; writes sales.orders; flags
CREATE TABLE sales.orders (id int IDENTITY(1,1) NOT NULL CONSTRAINT pk_o PRIMARY KEY CLUSTERED,
  cid int NOT NULL FOREIGN KEY REFERENCES crm.customers (id), total AS (qty * price) PERSISTED, qty int,
  price money, INDEX ix_q NONCLUSTERED (qty)) ON [PRIMARY]

--- ddl; reads dbo.orders; writes archive.dbo.orders_2023
SELECT o.* INTO archive.dbo.orders_2023 FROM dbo.orders o WHERE yr = 2023

--- ddl; reads dbo.orders; writes dbo.v_open; flags
CREATE OR ALTER VIEW dbo.v_open WITH SCHEMABINDING AS SELECT id FROM dbo.orders WHERE open_ = 1 WITH CHECK OPTION

--- ddl; writes dbo.orders; flags
CREATE TRIGGER dbo.tr_o ON dbo.orders AFTER INSERT, UPDATE AS
BEGIN
  SET NOCOUNT ON;
  INSERT INTO audit.log (id) SELECT id FROM inserted;
END

--- ddl; flags
CREATE PROC dbo.usp_x @a int = 1 AS
DELETE FROM dbo.a WHERE id = @a
SELECT id FROM dbo.b

--- ddl; writes dbo.orders; flags
ALTER TABLE dbo.orders ADD note nvarchar(200) NULL, vat AS (total * 0.2)

--- ddl; writes dbo.orders; flags destructive
ALTER TABLE dbo.orders DROP COLUMN note, vat

--- ddl; writes dbo.orders, arc.orders
ALTER TABLE dbo.orders SWITCH PARTITION 3 TO arc.orders PARTITION 3

--- ddl; writes dbo.a, b c; flags destructive
DROP TABLE IF EXISTS dbo.a, [b c]

--- ddl; writes dbo.orders; flags destructive
DROP INDEX ix_a ON dbo.orders

--- ddl; writes dbo.events; flags destructive
TRUNCATE TABLE dbo.events WITH (PARTITIONS (2, 4 TO 6))

--- ddl; flags
CREATE TYPE dbo.IdList AS TABLE (id int NOT NULL)

--- dcl; flags privilege_change
CREATE LOGIN etl WITH PASSWORD = N'x', CHECK_POLICY = OFF

--- dcl; flags privilege_change
ALTER ROLE db_datareader ADD MEMBER [ACME\ann]

--- dcl; writes dbo.orders; flags privilege_change
GRANT SELECT, INSERT ON dbo.orders TO analyst WITH GRANT OPTION

--- dcl; flags privilege_change
GRANT EXECUTE ON SCHEMA::sales TO [app role]

--- dcl; writes hr.salaries; flags privilege_change
DENY SELECT ON OBJECT::hr.salaries (pay, bonus) TO public

--- dcl; writes dbo.orders; flags privilege_change
REVOKE GRANT OPTION FOR SELECT ON dbo.orders FROM analyst CASCADE

--- session; flags
USE [shop]

--- session; flags multi_statement
SET ANSI_NULLS ON SET QUOTED_IDENTIFIER ON

--- tcl; flags
BEGIN TRANSACTION tx WITH MARK

--- tcl
IF @@TRANCOUNT > 0 ROLLBACK TRAN

--- other; flags
KILL 53
