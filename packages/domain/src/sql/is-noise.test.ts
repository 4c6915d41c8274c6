import { describe, expect, it } from 'vitest'
import { isNoise } from './is-noise.ts'
import { readSql } from './read-sql.ts'

const noise = (sql: string): boolean => isNoise(readSql(sql, 'postgres'))

describe('statements of programs', () => {
  it.each([
    'begin',
    'set statement_timeout = 5',
    'show server_version',
    'select 1',
    'select version(), current_database()',
    'select c.relname, pg_get_expr(d.adbin, d.adrelid) from pg_catalog.pg_class c join pg_catalog.pg_attrdef d on true',
    'select table_name from information_schema.tables where table_schema in (1, 2)',
  ])('are put aside: %s', (sql) => expect(noise(sql)).toBe(true))

  it.each([
    'select * from orders',
    'set role admin',
    'select pg_terminate_backend(5)',
    'select export()',
    'select "Evil"()',
    'select evil() from pg_catalog.pg_class limit 1',
    "select lo_export(5, '/tmp/x') from pg_class",
    'select rolname from pg_authid',
    'delete from pg_catalog.pg_class',
    'selekt 1',
  ])('are never what could do something: %s', (sql) => expect(noise(sql)).toBe(false))
})
