import { expect, test } from 'vitest'
import { needsIntent } from './needs-intent.ts'

test.each([
  'begin',
  ' BEGIN ISOLATION LEVEL SERIALIZABLE ; ',
  'start transaction read only',
  'commit',
  'END',
  'rollback to savepoint a',
  'abort',
  'savepoint a',
  'release a',
  'set search_path = a, public',
  `set local timezone to 'UTC'`,
  `SET application_name = 'dbt'`,
  'set  session  statement_timeout=5',
  'set transaction isolation level repeatable read',
])('%s needs none', (sql) => {
  expect(needsIntent(sql)).toBe(false)
})

test.each([
  undefined,
  '',
  'select 1',
  'begin; delete from t',
  'commit; drop table t',
  'begin /* ; */; delete from t',
  'set role admin',
  'set local role admin',
  'set session authorization ann',
  'SET  SESSION  ROLE admin',
  'set role = admin',
  'set  Role  to admin',
  'set "role" to admin',
  'set session_authorization to ann',
  'set local/**/role admin',
  'set a = 1; delete from t',
  'settle',
  'beginning',
  'commit and chain; select 1',
  `do $$ begin delete from t; end $$`,
  `set x = ${'1'.repeat(600)}`,
  '-- begin\ndelete from t',
])('%s needs one', (sql) => {
  expect(needsIntent(sql)).toBe(true)
})
