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

--- read; reads dbo.Orders, dbo.Users
SELECT TOP(2000) [source].[d] AS [d], COUNT(*) AS [count] FROM (SELECT DATEFROMPARTS(YEAR([dbo].[Orders].[at]), MONTH([dbo].[Orders].[at]), 1) AS [d] FROM [dbo].[Orders] LEFT JOIN [dbo].[Users] AS [U - 1] ON [dbo].[Orders].[uid] = [U - 1].[id]) AS [source] GROUP BY [source].[d] ORDER BY [source].[d] ASC

--- read; reads dbo.Sales
select top (1000001) [_].[Region],[_].[Total] from (select [$Table].[Region] as [Region], convert(float, [$Table].[Total]) as [Total] from [dbo].[Sales] as [$Table]) as [_] where [_].[Region] = N'from' and [_].[Region] is not null order by [_].[Region] offset 0 rows

--- read; reads Blogs, Posts
SELECT [b].[BlogId], [b].[Url], [t].[PostId] FROM [Blogs] AS [b] LEFT JOIN (SELECT [p].[PostId], [p].[BlogId], ROW_NUMBER() OVER(PARTITION BY [p].[BlogId] ORDER BY [p].[PostId]) AS [row] FROM [Posts] AS [p]) AS [t] ON [b].[BlogId] = [t].[BlogId] AND [t].[row] <= 1 WHERE EXISTS (SELECT 1 FROM OPENJSON(@__ids_0) WITH ([value] int '$') AS [i] WHERE [i].[value] = [b].[BlogId])

--- write; writes Blogs
SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
UPDATE [Blogs] SET [Url] = @p0
OUTPUT 1
WHERE [BlogId] = @p1 AND [RowVersion] = @p2;

--- write; writes Blogs
SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
MERGE [Blogs] USING (
VALUES (@p0, 0),
(@p1, 1)) AS i ([Url], _Position) ON 1=0
WHEN NOT MATCHED THEN
INSERT ([Url])
VALUES (i.[Url])
OUTPUT INSERTED.[BlogId], i._Position;

--- read; reads sys.all_objects, sys.schemas, sys.extended_properties
exec sp_executesql N'SELECT
CAST(serverproperty(N''Servername'') AS sysname) AS [Server_Name],
db_name() AS [Database_Name],
SCHEMA_NAME(tbl.schema_id) AS [Schema]
FROM
sys.all_objects AS tbl INNER JOIN sys.schemas s ON s.schema_id = tbl.schema_id LEFT JOIN sys.extended_properties AS ep ON ep.major_id = tbl.object_id
WHERE (tbl.name=@_msparam_0)',N'@_msparam_0 nvarchar(4000)',@_msparam_0=N'x from y'

--- read; reads sys.dm_exec_requests
SELECT r.session_id, t.text, p.query_plan FROM sys.dm_exec_requests r CROSS APPLY sys.dm_exec_sql_text(r.sql_handle) t OUTER APPLY sys.dm_exec_query_plan(r.plan_handle) AS p WHERE r.session_id <> @@SPID

--- read; reads a, b, c, d
SELECT * FROM a LEFT OUTER LOOP JOIN b WITH (INDEX(ix1, 2), FORCESEEK (ix (x))) ON a.i = b.i RIGHT MERGE JOIN (c INNER REMOTE JOIN d ON c.i = d.i) ON b.i = c.i OPTION (FORCE ORDER, QUERYTRACEON 9481, USE HINT ('X'), OPTIMIZE FOR (@a = 1, @b UNKNOWN))

--- read; reads t
SELECT [a b] = x, 'c' = y, CASE WHEN a = 1 THEN 'from' END AS [select], CAST(a AS decimal(10, 2)), CONVERT(varchar(10), d, 120), TRY_PARSE('1' AS int USING 'en-US'), doc.value('(/x)[1]', 'int'), DATEADD(DAY, -1, GETDATE()), N'it''s', 0xFF, $5.2, a % b, ~a, a ^ b FROM t

--- read; reads dbo.t, u
SELECT LAG(a, 1, 0) IGNORE NULLS OVER (PARTITION BY b ORDER BY c), SUM(a) OVER w AS s, STRING_AGG(CONVERT(nvarchar(max), a), ',') WITHIN GROUP (ORDER BY a DESC), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a) OVER (PARTITION BY b), JSON_OBJECT('from': a, 'b': JSON_ARRAY(1, 2 NULL ON NULL)), $PARTITION.pf(a), a COLLATE Latin1_General_CI_AS, t.$ROWGUID FROM dbo.t AS t WHERE a > ALL (SELECT x FROM u) AND b LIKE '%[_]%' ESCAPE '\' AND CONTAINS((c, d), 'FORMSOF(INFLECTIONAL, "from")') GROUP BY GROUPING SETS ((a), ROLLUP(b, c), ()) WINDOW w AS (PARTITION BY a ORDER BY b ROWS UNBOUNDED PRECEDING)

--- read; reads dbo.docs
SELECT k.[KEY], k.RANK, d.* FROM dbo.docs d INNER JOIN CONTAINSTABLE(dbo.docs, (title, body), N'"x" NEAR "from"', 10) AS k ON k.[KEY] = d.id INNER JOIN FREETEXTTABLE(dbo.docs, *, 'y') f ON f.[KEY] = d.id

--- read; reads hist, dbo.cur
SELECT * FROM hist FOR SYSTEM_TIME CONTAINED IN ('2024-01-01', @b) h JOIN dbo.cur FOR SYSTEM_TIME ALL AS c ON c.i = h.i FOR XML PATH('x'), ELEMENTS XSINIL, ROOT('from'), TYPE

--- read; reads src
SELECT p.[from], p.[2024] FROM src PIVOT (MAX(v) FOR k IN ([from], [2024])) p UNPIVOT (z FOR y IN (a, b)) u ORDER BY 1 OFFSET @o ROWS FETCH FIRST (@n) ROWS ONLY

--- read
SELECT * FROM OPENQUERY(LNK, 'SELECT * FROM remote.t'), OPENDATASOURCE('SQLNCLI', 'x').db.dbo.t AS t2, OPENROWSET('SQLNCLI', 'Server=x', 'select * from y') AS o, GENERATE_SERIES(1, 10), OPENXML(@h, '/x', 1) WITH (a int) ox, ::fn_helpcollations() c, dbo.tvf(1, N'x') AS [f]

--- read; reads LNK.db.dbo.t, db2..t2
SELECT * FROM LNK.db.dbo.t a, db2..t2 b

--- read; reads Ünï.Täb, dbo.表
SELECT [ü].* FROM Ünï.Täb AS [ü], dbo.[表] WHERE x = N'日本 from y'

--- read; reads dbo.x
SELECT 1 FROM dbo.x -- FROM y
/* FROM z /* nested FROM q */ ; DROP TABLE r */
WHERE a = 'multi
line FROM w';

--- write; reads dbo.src; writes dbo.tgt
WITH cte (a, b) AS (SELECT a, b FROM dbo.src UNION ALL SELECT 1, 2), c2 AS (SELECT * FROM cte) MERGE TOP (10) PERCENT dbo.tgt WITH (TABLOCK) t USING c2 AS s ON t.a = s.a WHEN MATCHED AND EXISTS (SELECT s.b EXCEPT SELECT t.b) THEN UPDATE SET b = s.b WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.b) WHEN NOT MATCHED BY SOURCE AND t.a > 3 THEN DELETE OUTPUT $action, inserted.*, deleted.a;

--- write; reads src, Blogs; writes dbo.log
INSERT INTO dbo.log WITH (TABLOCK) (a, b) OUTPUT inserted.id INTO @ids SELECT TOP (5) WITH TIES a, b FROM src s WHERE NOT EXISTS (SELECT * FROM Blogs WHERE Blogs.a = s.a) ORDER BY a

--- write; writes dbo.log
INSERT dbo.log EXEC dbo.usp_get @a = 1; INSERT INTO dbo.log EXECUTE ('SELECT 1')

--- write; reads a; writes b
UPDATE x SET x.v += a.v, @n = x.v = 3 FROM a INNER JOIN b x ON x.i = a.i WHERE CURRENT_TIMESTAMP > x.d

--- write; reads u; writes dbo.t
UPDATE dbo.t SET doc.WRITE(N'x', 0, 1), a = (SELECT COUNT(*) FROM u) FROM dbo.t WHERE CURRENT OF cur

--- write; reads v; writes t
WITH d AS (SELECT TOP (10) * FROM t WITH (ROWLOCK, READPAST) ORDER BY id) UPDATE d SET done = 1 OUTPUT inserted.id WHERE d.x IN (SELECT x FROM v)

--- write; writes dbo.t; reads dbo.u
DELETE FROM t OUTPUT deleted.* FROM dbo.t AS t WHERE NOT EXISTS (SELECT 1 FROM dbo.u u WHERE u.i = t.i) OPTION (MAXDOP 1)

--- write; reads b; writes OPENX
DELETE OPENX WHERE i IN (SELECT i FROM b)

--- ddl; reads dbo.p, dbo.q; writes dbo.t, dbo.t_hist
CREATE TABLE [dbo].[t](
	[id] [int] IDENTITY(1,1) NOT FOR REPLICATION NOT NULL,
	[a] [nvarchar](max) COLLATE Latin1_General_CI_AS SPARSE NULL CONSTRAINT [df] DEFAULT (N'from') ,
	[b] AS ([a]+'x') PERSISTED NOT NULL,
	[c] uniqueidentifier ROWGUIDCOL DEFAULT newsequentialid() REFERENCES dbo.p (id) ON DELETE CASCADE,
	[d] xml (CONTENT dbo.xs), [e] varchar(10) MASKED WITH (FUNCTION = 'partial(1,"x",0)'), [f] int ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = k, ENCRYPTION_TYPE = DETERMINISTIC, ALGORITHM = 'x'),
	s datetime2 GENERATED ALWAYS AS ROW START HIDDEN, e2 datetime2 GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e2),
 CONSTRAINT [PK_t] PRIMARY KEY CLUSTERED ([id] ASC)WITH (PAD_INDEX = OFF, IGNORE_DUP_KEY = OFF) ON [PRIMARY],
 CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES dbo.q (a, b) ON UPDATE NO ACTION NOT FOR REPLICATION, CHECK (len([a]) > 3), INDEX ix (a) WHERE a IS NOT NULL
) ON [ps]([id]) TEXTIMAGE_ON [PRIMARY] WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.t_hist), DATA_COMPRESSION = PAGE ON PARTITIONS (1, 3 TO 5))

--- ddl; writes dbo.t; reads dbo.src
CREATE TABLE dbo.t WITH (DISTRIBUTION = HASH(id), CLUSTERED COLUMNSTORE INDEX ORDER (id)) AS SELECT a.*, 'from' AS f FROM dbo.src a OPTION (LABEL = 'x')

--- ddl; writes ext.t
CREATE EXTERNAL TABLE ext.t (a int, b nvarchar(10)) WITH (LOCATION = '/x/', DATA_SOURCE = ds, FILE_FORMAT = ff, REJECT_TYPE = VALUE, REJECT_VALUE = 0)

--- ddl; writes n, e; reads x
CREATE TABLE n (id int, nm varchar(9)) AS NODE; CREATE TABLE e (w int, CONSTRAINT c CONNECTION (n TO n) ON DELETE CASCADE) AS EDGE; ALTER TABLE e ADD CONSTRAINT fk FOREIGN KEY (w) REFERENCES x (i)

--- ddl; reads dbo.other; writes dbo.t
ALTER TABLE [dbo].[t]  WITH CHECK ADD  CONSTRAINT [fk] FOREIGN KEY([a])
REFERENCES [dbo].[other] ([id])
GO
ALTER TABLE [dbo].[t] CHECK CONSTRAINT [fk]
GO

--- ddl; writes dbo.t
ALTER TABLE dbo.t ALTER COLUMN a nvarchar(10) NOT NULL WITH (ONLINE = ON); ALTER TABLE dbo.t ADD b int CONSTRAINT df DEFAULT 0 WITH VALUES, CONSTRAINT ck CHECK (b > 0); ALTER TABLE dbo.t NOCHECK CONSTRAINT ALL; ALTER TABLE dbo.t ENABLE TRIGGER ALL; ALTER TABLE dbo.t SET (SYSTEM_VERSIONING = OFF); ALTER TABLE dbo.t REBUILD PARTITION = ALL WITH (DATA_COMPRESSION = ROW); ALTER TABLE dbo.t DROP CONSTRAINT IF EXISTS df, COLUMN b; ALTER TABLE dbo.t SET (LOCK_ESCALATION = AUTO); ALTER TABLE dbo.t ENABLE CHANGE_TRACKING

--- ddl; writes dbo.t
CREATE CLUSTERED COLUMNSTORE INDEX cci ON dbo.t WITH (DROP_EXISTING = ON, COMPRESSION_DELAY = 10 MINUTES) ON ps(a); CREATE SPATIAL INDEX s ON dbo.t(g) USING GEOMETRY_GRID WITH (BOUNDING_BOX = (0, 0, 1, 1)); CREATE PRIMARY XML INDEX px ON dbo.t(d); CREATE XML INDEX sx ON dbo.t(d) USING XML INDEX px FOR PATH; CREATE FULLTEXT INDEX ON dbo.t(a LANGUAGE 1033, b TYPE COLUMN c) KEY INDEX pk ON ft WITH STOPLIST = SYSTEM; CREATE STATISTICS st ON dbo.t (a, b) WHERE a > 1 WITH FULLSCAN

--- ddl; writes dbo.t
ALTER INDEX ALL ON dbo.t REBUILD WITH (FILLFACTOR = 80, SORT_IN_TEMPDB = ON); ALTER INDEX [ix] ON dbo.t REORGANIZE PARTITION = 3 WITH (LOB_COMPACTION = ON)

--- maintenance; reads dbo.t
UPDATE STATISTICS dbo.t (ix, st2) WITH FULLSCAN, NORECOMPUTE

--- maintenance
DBCC CHECKDB (N'x') WITH NO_INFOMSGS; DBCC SHRINKFILE (N'x_log', 10); CHECKPOINT; DBCC FREEPROCCACHE

--- maintenance
BACKUP DATABASE [x] TO DISK = N'D:\b\x.bak' WITH FORMAT, COMPRESSION, STATS = 10; BACKUP LOG x TO URL = 'https://from'

--- ddl; reads sys.tables; writes dbo.t
IF OBJECT_ID(N'dbo.t', N'U') IS NULL BEGIN CREATE TABLE dbo.t (a int) END ELSE IF (SELECT COUNT(*) FROM sys.tables) > 3 PRINT 'from x' ELSE ALTER TABLE dbo.t ADD c int

--- ddl; writes dbo.v
CREATE OR ALTER VIEW dbo.v (a, b) WITH SCHEMABINDING, VIEW_METADATA AS WITH c AS (SELECT 1 AS x) SELECT x, x + 1 FROM c

--- ddl; reads dbo.a, dbo.b; writes dbo.v2
ALTER VIEW dbo.v2 AS SELECT a.x FROM dbo.a a FULL OUTER JOIN dbo.b ON a.i = b.i

--- ddl
CREATE OR ALTER FUNCTION dbo.f (@a int = 1, @b dbo.tt READONLY) RETURNS @r TABLE (id int PRIMARY KEY, n nvarchar(9)) WITH SCHEMABINDING, EXECUTE AS OWNER AS BEGIN INSERT @r SELECT id, n FROM dbo.x; RETURN; END

--- ddl
CREATE FUNCTION dbo.itvf (@a int) RETURNS TABLE AS RETURN (SELECT * FROM dbo.t WHERE a = @a)

--- ddl
ALTER PROCEDURE [dbo].[p] @a int OUTPUT, @b varchar(10) = 'from' WITH RECOMPILE, EXECUTE AS 'x' AS SET NOCOUNT ON BEGIN TRY DELETE t WHERE a = @a END TRY BEGIN CATCH ;THROW END CATCH RETURN 1

--- ddl; writes dbo.v
CREATE TRIGGER dbo.tr ON dbo.v WITH ENCRYPTION INSTEAD OF UPDATE, DELETE NOT FOR REPLICATION AS IF UPDATE(a) BEGIN MERGE x USING inserted i ON 1=1 WHEN MATCHED THEN DELETE; END

--- ddl
CREATE TRIGGER ddl_tr ON ALL SERVER FOR DROP_DATABASE, LOGON AS PRINT 'x'; DROP TABLE q

--- ddl; writes dbo.s
CREATE SYNONYM dbo.s FOR srv.db.dbo.t; CREATE SEQUENCE dbo.sq AS bigint START WITH 1 INCREMENT BY 1 NO CACHE; CREATE PARTITION FUNCTION pf (date) AS RANGE RIGHT FOR VALUES ('2024-01-01', '2024-02-01'); CREATE PARTITION SCHEME ps AS PARTITION pf ALL TO ([PRIMARY]); ALTER PARTITION FUNCTION pf() SPLIT RANGE ('2025-01-01'); CREATE TYPE dbo.tt AS TABLE (a int INDEX ix); CREATE TYPE dbo.z FROM varchar(10) NOT NULL; CREATE SCHEMA s AUTHORIZATION dbo; ALTER DATABASE x SET RECOVERY SIMPLE WITH ROLLBACK IMMEDIATE; CREATE ASSEMBLY a FROM 'c:\x.dll' WITH PERMISSION_SET = SAFE; DROP PROCEDURE IF EXISTS dbo.p, q; DROP FUNCTION dbo.f; DROP TYPE dbo.z; DROP DATABASE IF EXISTS y

--- ddl; writes dbo.t
ALTER SCHEMA s TRANSFER OBJECT::dbo.t

--- ddl; writes dbo.t
CREATE SECURITY POLICY sp ADD FILTER PREDICATE sec.fn(uid) ON dbo.t, ADD BLOCK PREDICATE sec.fn(uid) ON dbo.t AFTER INSERT WITH (STATE = ON); DROP TRIGGER IF EXISTS dbo.tr

--- procedure
EXEC sp_rename 'dbo.t.a', 'b', 'COLUMN'; EXECUTE sys.sp_addextendedproperty @name = N'MS_Description', @value = N'from x', @level0type = N'SCHEMA', @level0name = N'dbo'; DECLARE @r int; EXEC @r = [srv].[db].[dbo].[p;1] 1, DEFAULT, @x OUT WITH RECOMPILE

--- dcl
CREATE USER [ACME\x] FOR LOGIN [ACME\x] WITH DEFAULT_SCHEMA = dbo; ALTER LOGIN x DISABLE; DROP USER IF EXISTS y; ALTER SERVER ROLE sysadmin ADD MEMBER z; CREATE ROLE r AUTHORIZATION dbo; GRANT VIEW SERVER STATE TO x; GRANT CONTROL ON DATABASE::db TO x; GRANT IMPERSONATE ON USER::a TO b; REVOKE SELECT ON SCHEMA::s FROM r; DENY VIEW ANY DATABASE TO PUBLIC; CREATE APPLICATION ROLE ar WITH PASSWORD = 'x'; ALTER AUTHORIZATION ON SCHEMA::s TO dbo

--- dcl; writes dbo.t, dbo.u
GRANT SELECT (a, b), UPDATE ON OBJECT::dbo.t TO [x], y AS dbo; DENY DELETE ON dbo.u TO z CASCADE; REVOKE SELECT ON [dbo].[t] TO x

--- ddl; reads #a, ##g, dbo.x; writes #a, ##g; temporary #a, ##g
SELECT TOP 3 * INTO #a FROM dbo.x; CREATE TABLE ##g (a int); INSERT INTO ##g SELECT a FROM #a; SELECT * FROM ##g; DROP TABLE IF EXISTS #a, ##g

--- write; writes dbo.t
DECLARE @tv dbo.tt; INSERT @tv VALUES (1), (2); DELETE d FROM dbo.t d JOIN @tv v ON v.a = d.a; MERGE dbo.t USING @tv s ON s.a = dbo.t.a WHEN NOT MATCHED THEN INSERT DEFAULT VALUES;

--- write; reads dbo.q; writes dbo.t, dbo.l
BEGIN TRY
  BEGIN TRANSACTION
    SAVE TRAN sp
    ;WITH c AS (SELECT * FROM dbo.q)
    INSERT dbo.t SELECT * FROM c
  COMMIT TRANSACTION
END TRY
BEGIN CATCH
  IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION sp
  DECLARE @m nvarchar(max) = ERROR_MESSAGE()
  RAISERROR (N'from %s', 16, 1, @m) WITH NOWAIT
  INSERT dbo.l VALUES (@m)
  GOTO done
END CATCH
done:
RETURN

--- session
SET XACT_ABORT, NOCOUNT ON; SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED; SET LOCK_TIMEOUT 100; SET DATEFORMAT dmy; SET ROWCOUNT 0; SET @x = 3; DECLARE @y int = 1, @z table (a int); SET CONTEXT_INFO 0x1; SET STATISTICS IO, TIME ON; SET SHOWPLAN_XML OFF

--- import; writes dbo.t
COPY INTO dbo.t (a 1, b DEFAULT 'x' 2) FROM 'https://x/*.parquet' WITH (FILE_TYPE = 'PARQUET', CREDENTIAL = (IDENTITY = 'Managed Identity'))

--- import; writes db.dbo.t
BULK INSERT db.dbo.t FROM '\\srv\x.csv' WITH (FIELDTERMINATOR = ',', ROWTERMINATOR = '0x0a', TABLOCK, ORDER (a ASC), ERRORFILE = 'from')

--- write; writes dbo.imgs
INSERT INTO dbo.imgs (b) SELECT BulkColumn FROM OPENROWSET(BULK 'c:\x.jpg', SINGLE_BLOB) AS x

--- ddl; reads dbo.s; writes ext.o
CREATE EXTERNAL TABLE ext.o WITH (LOCATION = '/o/', DATA_SOURCE = d, FILE_FORMAT = f) AS SELECT * FROM dbo.s

--- other
WAITFOR DELAY '00:00:05'

--- read; reads dbo.t
DECLARE @s nvarchar(max) = N'SELECT * FROM ' + QUOTENAME(@n); DECLARE c SCROLL CURSOR FOR SELECT a FROM dbo.t FOR UPDATE OF a; OPEN GLOBAL c; FETCH ABSOLUTE 3 FROM c INTO @a; CLOSE c; DEALLOCATE c

--- maintenance; reads dbo.t
update statistics dbo.t with fullscan

--- maintenance; reads dbo.t
update statistics dbo.t ix with sample 10 percent, norecompute

--- ddl
create procedure dbo.p as
set nocount on;
delete from x where a = 1;

--- ddl
create proc p as print 'x'; drop table q

--- ddl; writes dbo.t
create or alter trigger tr on dbo.t after insert as
set nocount on;
insert into audit select * from inserted;

--- ddl
create trigger tr on all server for logon as print 'x'; drop table q

--- ddl
create procedure dbo.p as
begin try
  delete from x;
end try
begin catch
  throw;
end catch;
delete from y;

--- write; reads s; writes dbo.t
merge dbo.t with (tablock) t using s on 1 = 1 when matched then delete;

--- dcl
alter server role sysadmin add member z

--- dcl
create server role r

--- dcl
create application role r with password = 'x'

--- ddl; writes dbo.t, dbo.u
drop index ix on dbo.t, iy on dbo.u

--- ddl; writes dbo.t
drop index dbo.t.ix

--- ddl; writes dbo.t
create statistics st on dbo.t (a)

--- ddl; writes dbo.t
disable trigger tr on dbo.t

--- ddl; writes dbo.t
alter fulltext index on dbo.t add (a)

--- read
select * from ::fn_helpcollations() c

--- read; reads sys.tables
if exists (select 1 from sys.tables where name = 'orders') print 'there'

--- dcl
deny references on xml schema collection::dbo.notes to ann

--- dcl
grant execute on dbo.close_month to ann

--- ddl; writes orders; flags destructive
drop table orders
go

--- ddl; writes orders, stock
create table orders (id int)
go
create table stock (id int)
go

--- ddl; writes orders, stock
drop table orders create table stock (id int)

--- ddl; writes orders, stock; reads staged
truncate table stock
insert into orders select * from staged

--- procedure
dbo.close_month 2026, @month

--- read; reads orders
again: if @@error = 0 goto again; select id from orders

--- ddl; writes dbo.orders, purchases
rename object::dbo.orders to purchases

--- maintenance; reads dbo.old orders
dbcc checktable ('[dbo].[old orders]') with no_infomsgs

--- maintenance; writes dbo.orders
dbcc checkident (dbo.orders, reseed, 100)

--- read; reads dbo.orders
select c.id from changetable(changes dbo.orders, 7) as c

--- read; reads dbo.people
select p.score from predict(model = @m, data = dbo.people as d) with (score float) as p

--- read; reads docs
select k.rank from freetexttable(docs, body, 'spring') as k

--- ddl; writes dbo.orders, dbo.orders_before
alter table dbo.orders set (system_versioning = on (history_table = dbo.orders_before))

--- procedure
exec [sp_rename] 'dbo.orders', 'purchases'

--- procedure
exec ('drop table orders_' + @year)

--- procedure; writes orders
exec ('drop table orders ' + @rest)

--- procedure; reads stock
exec ('select * from stock, dbo.' + @table)

--- ddl
create certificate backups encryption by password = 'pw' with subject = 'for backups'

--- ddl; writes dbo.people, dbo.orders
add sensitivity classification to dbo.people.email, dbo.orders.note with (label = 'private', rank = high)

--- ddl; writes orders, stock
alter table orders add note text
alter table stock drop column note

--- ddl; writes orders; reads people, stock
alter table orders add constraint fk foreign key (person) references people (id) on delete set null on update cascade
alter table orders drop constraint old_fk, column old_person
select id from stock

--- dcl; writes orders, stock
grant select on orders to ann with grant option
deny insert on stock to eve

--- write; writes orders; reads staged
set nocount on
insert into orders select * from staged
exec close_month

--- write; writes orders
set identity_insert orders on
insert orders (id) values (7)
set identity_insert orders off

--- write; reads orders; writes stock
declare c cursor for select id from orders
open c
fetch next from c into @id
while @@fetch_status = 0
begin
  update stock set held = 1 where id = @id
  fetch next from c into @id
end
close c
deallocate c

--- ddl; writes everyone
drop procedure if exists p drop function f drop view everyone

--- dcl; writes orders
create user ann for login ann alter role readers add member ann grant select on orders to ann

--- ddl; reads sys.tables; writes orders, stock
if exists (select 1 from sys.tables where name = 'orders') drop table orders else create table stock (id int)

--- import; writes arrivals; reads stock
bulk insert arrivals from '/tmp/a.csv' with (tablock) select id from stock

--- write; reads stock; writes orders
if @rows = 0 return
update orders set held = 0
select id from stock

--- read; reads stock
goto behind
behind: select id from stock

--- write; writes orders
update late set held = 1 from (select top 5 * from orders order by day) late

--- write; writes orders; reads stock
delete twice from (select id, row_number() over (partition by id order by day) n from orders where item in (select id from stock)) as twice where n > 1

--- write; writes orders
with a as (select * from orders), b as (select * from a where held = 1) delete from b

--- ddl; writes dbo.orders
alter authorization on object::dbo.orders to ann

--- ddl; writes orders
alter authorization on orders to schema owner

--- ddl
alter authorization on schema::sales to ann
