import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitStatements } from './split-statements.ts'

const split = (sql: string, backslashes = false): string[] | undefined =>
  splitStatements(sql, { max: 100, backslashes })

test.each<[string, string, string[]]>([
  ['one', 'select 1', ['select 1']],
  ['one with its semicolon', ' select 1 ; ', ['select 1']],
  ['two', 'select 1;select 2', ['select 1', 'select 2']],
  ['none', ' ; ;; ', []],
  ['comments alone', '-- nothing ; here\n/* nor ; here */;', []],
  ['a comment before', '/* tool */ select 1; -- end', ['/* tool */ select 1']],
  ['nested comments', '/* a /* ; */ ; */ select 1; select 2', ['/* a /* ; */ ; */ select 1', 'select 2']],
  ['a string', `select 'a;b'; select 2`, [`select 'a;b'`, 'select 2']],
  ['a doubled quote', `select 'it''s; fine'; select 2`, [`select 'it''s; fine'`, 'select 2']],
  ['an escaped string', String.raw`select E'a\';b'; select 2`, [String.raw`select E'a\';b'`, 'select 2']],
  ['a backslash that is none', String.raw`select 'a\'; select 'b'`, [String.raw`select 'a\'`, `select 'b'`]],
  ['a name', 'select 1 as "a;b"; select 2', ['select 1 as "a;b"', 'select 2']],
  ['dollar quotes', 'do $$ begin; end $$; select 2', ['do $$ begin; end $$', 'select 2']],
  ['tagged dollar quotes', 'select $a$ $$;$b$; $a$; select 2', ['select $a$ $$;$b$; $a$', 'select 2']],
  [
    'a rule with statements in parentheses',
    'create rule r as on insert to t do also (insert into a values (1); notify b); select 2',
    ['create rule r as on insert to t do also (insert into a values (1); notify b)', 'select 2'],
  ],
  [
    'a body of SQL',
    'create or replace procedure p() begin atomic select 1; select case when true then 2 end; end; select 3',
    [
      'create or replace procedure p() begin atomic select 1; select case when true then 2 end; end',
      'select 3',
    ],
  ],
  ['a transaction', 'begin; select 1; end; select 2', ['begin', 'select 1', 'end', 'select 2']],
  [
    'a view with CASE',
    'create view v as select case when true then 1 end; select 2',
    ['create view v as select case when true then 1 end', 'select 2'],
  ],
])('%s', (_, sql, statements) => {
  expect(split(sql)).toEqual(statements)
})

test('a backslash escapes in plain strings where the session says so', () => {
  expect(split(String.raw`select 'a\'; b'; select 2`, true)).toEqual([
    String.raw`select 'a\'; b'`,
    'select 2',
  ])
})

test('more than may be are not split', () => {
  expect(splitStatements('select 1;'.repeat(101), { max: 100, backslashes: false })).toBeUndefined()
  expect(splitStatements('select 1;'.repeat(100), { max: 100, backslashes: false })).toHaveLength(100)
})

test('nothing that stands in a text is lost', () => {
  const pieces = fc.array(
    fc.constantFrom(';', "'", '"', '$$', '(', ')', '--', '\n', '/*', '*/', 'begin', 'end', ' ', 'x'),
  )
  fc.assert(
    fc.property(pieces, (texts) => {
      const sql = texts.join(' ')
      const statements = split(sql) ?? []
      let from = 0
      for (const statement of statements) {
        const at = sql.indexOf(statement, from)
        expect(at).toBeGreaterThanOrEqual(from)
        from = at + statement.length
      }
    }),
  )
})
