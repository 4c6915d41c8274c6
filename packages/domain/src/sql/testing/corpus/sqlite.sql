--- read; reads notes; flags
SELECT id, title FROM notes WHERE folder_id = ?1 ORDER BY updated_at DESC LIMIT 50

--- read; reads main.Notes; flags select_star, no_limit
select * from main.Notes

--- read; reads sqlite_master; flags no_limit
SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY 1

--- read; reads folders, notes; flags no_limit
SELECT f.name, count(n.id) FILTER (WHERE n.pinned) AS pinned, group_concat(n.title, ', ')
  FROM folders AS f LEFT OUTER JOIN notes n ON n.folder_id = f.id GROUP BY f.id HAVING count(*) > 1

--- read; flags
select 1; -- done

--- read; reads mail box; flags
SELECT [from], `order`, "to" FROM [mail box] WHERE "to" IS NOT NULL LIMIT 5

--- read; reads notes
SELECT id FROM 'notes' LIMIT 1

--- read; reads notes, starred, main.hidden_folders
SELECT title FROM notes WHERE id IN starred AND folder_id NOT IN main.hidden_folders

--- read; reads notes; flags no_limit
SELECT n.id, j.value ->> '$.from' AS sender FROM notes n, json_each(n.doc, '$.mails') AS j
  WHERE n.doc -> 'a' IS DISTINCT FROM 'null' AND j.key <> :key

--- read; reads sqlite_schema
SELECT m.name, p.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'

--- read; reads days; flags
WITH RECURSIVE cnt(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM cnt WHERE x < 10),
  d AS NOT MATERIALIZED (SELECT day FROM days)
  SELECT x, day FROM cnt, d LIMIT 10 OFFSET 2

--- read; reads readings, sensors, sites; flags no_limit
SELECT a.id, lag(a.n, 1, 0) OVER win FROM readings AS a INDEXED BY ix_readings NATURAL JOIN (sensors
  CROSS JOIN sites) WHERE a.n ISNULL OR a.n == 0x1F WINDOW win AS (PARTITION BY a.sensor_id ORDER BY a.at
  ROWS 2 PRECEDING EXCLUDE CURRENT ROW)

--- read; flags
VALUES (1, 'a'), (2, 'b')

--- read; reads docs_fts; flags
SELECT rowid, snippet(docs_fts, 0, '[', ']', '...', 8) FROM docs_fts WHERE docs_fts MATCH 'audit NEAR log' LIMIT 9

--- read; reads notes, trash
SELECT title FROM notes EXCEPT SELECT title FROM (SELECT title FROM trash UNION VALUES ('x'))

--- write; writes notes
INSERT INTO notes (title, body) VALUES ('a', 'it''s; from x'), (@t, $b)

--- write; writes counters
INSERT INTO counters AS c (key, n) VALUES ('hits', 1)
  ON CONFLICT (key) WHERE n > 0 DO UPDATE SET n = c.n + excluded.n WHERE c.n < 1000 RETURNING n

--- write; reads staging; writes cache
INSERT OR REPLACE INTO cache SELECT * FROM staging WHERE true ON CONFLICT DO NOTHING

--- write; writes settings
REPLACE INTO settings DEFAULT VALUES

--- write; writes docs_fts
INSERT INTO docs_fts(docs_fts) VALUES ('optimize')

--- write; reads trash; writes notes
WITH t AS (SELECT id FROM trash) INSERT INTO notes (id) SELECT id FROM t

--- write; writes notes; flags no_where
UPDATE OR IGNORE notes SET pinned = NOT pinned

--- write; reads deliveries; writes stock; flags
UPDATE stock AS s SET (qty, at) = (d.qty, d.at) FROM (SELECT sku, sum(qty) qty, max(at) at FROM deliveries GROUP BY sku) AS d WHERE d.sku = s.sku

--- write; writes main.sessions; flags no_where
DELETE FROM main.sessions

--- write; reads folders; writes notes; flags
delete from notes where folder_id not in (select id from folders) returning id

--- ddl; reads folders; writes notes; flags
CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY AUTOINCREMENT, folder_id INT NOT NULL
  REFERENCES folders (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, title TEXT COLLATE NOCASE,
  size INT GENERATED ALWAYS AS (length(title)) STORED, CHECK (size < 100)) STRICT

--- ddl; writes kv
CREATE TABLE kv (key TEXT PRIMARY KEY, value) WITHOUT ROWID

--- ddl; reads notes; writes recent; temporary recent
create temp table recent as select * from notes where at > 5

--- ddl; writes docs_fts
CREATE VIRTUAL TABLE docs_fts USING fts5(title, body, tokenize = 'porter ascii')

--- ddl; reads notes; writes open_notes
CREATE VIEW IF NOT EXISTS open_notes (a) AS SELECT id FROM notes WHERE done = 0

--- ddl; writes notes
CREATE UNIQUE INDEX IF NOT EXISTS main.ux_title ON notes (lower(title) DESC) WHERE done = 0

--- ddl; writes notes; flags
CREATE TRIGGER notes_ad AFTER DELETE ON notes WHEN old.id > 0 BEGIN
  INSERT INTO trash SELECT old.id, old.title; DELETE FROM tags WHERE note_id = old.id; END;

--- ddl; writes main.notes, notes_old; flags
ALTER TABLE main.notes RENAME TO notes_old

--- ddl; writes notes; flags
ALTER TABLE notes RENAME body TO content

--- ddl; writes notes; flags destructive
ALTER TABLE notes DROP COLUMN pinned

--- ddl; writes open_notes; flags destructive
DROP VIEW IF EXISTS open_notes

--- ddl; flags destructive
DROP INDEX ux_title

--- read; reads notes, folders
EXPLAIN QUERY PLAN SELECT * FROM notes JOIN folders USING (id)

--- read; reads notes, trash
EXPLAIN INSERT INTO notes (title) SELECT title FROM trash

--- session; flags
PRAGMA foreign_keys = ON

--- session; reads main.notes
PRAGMA main.table_info(notes)

--- session; flags
ATTACH DATABASE 'file:old.db?mode=ro' AS old

--- maintenance; reads main.notes
ANALYZE main.notes

--- maintenance; flags
VACUUM

--- write; reads old.tags; writes tags; flags multi_statement
BEGIN IMMEDIATE; INSERT INTO tags SELECT * FROM old.tags; SAVEPOINT s; RELEASE s; END TRANSACTION

--- tcl; flags
ROLLBACK TRANSACTION TO SAVEPOINT s1

--- maintenance
vacuum main into '/tmp/copy.db'

--- session; reads aux1.orders
pragma aux1.table_info('orders')
