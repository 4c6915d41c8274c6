import { describe, expect, it } from 'vitest'
import { readSql } from './read-sql.ts'

/** `r:orders w:log`: the tables with their access; `~` marks a temporary one. */
function tablesOf(sql: string, dialect = 'postgres'): string {
  return readSql(sql, dialect)
    .tables.map(({ name, access, temporary }) => `${access[0]}${temporary ? '~' : ''}:${name}`)
    .join(' ')
}

describe('reading SQL', () => {
  it('sees through common tables, subqueries and functions to the tables that are stored', () => {
    expect(tablesOf('with orders as (select * from orders) select count(*) from orders')).toBe('r:orders')
    expect(
      tablesOf('select extract(year from day), trim(both from name) from a where x is distinct from 3'),
    ).toBe('r:a')
    expect(tablesOf('select * from generate_series(1, 3) n, lateral (select * from b where b.n = n) x')).toBe(
      'r:b',
    )
    expect(tablesOf('with d as (delete from a returning *) insert into log select * from d')).toBe(
      'w:a w:log',
    )
  })

  it('tells the statement in a string that is run', () => {
    const unload = readSql(
      `unload ('select * from sales where day = \\'2026-01-01\\'') to 's3://x'`,
      'redshift',
    )
    expect(unload).toMatchObject({
      kind: 'export',
      parsed: true,
      tables: [{ name: 'sales', access: 'read' }],
    })
    expect(
      tablesOf(`do $$ begin delete from a; if true then insert into b select * from c; end if; end $$`),
    ).toBe('w:a w:b r:c')
  })

  it('tells of a text that is put together what it shows, and that it is run', () => {
    expect(readSql("exec('drop table ' + @name)", 'tsql')).toMatchObject({ kind: 'procedure', tables: [] })
    expect(readSql("execute immediate 'delete from a where b = ' || c", 'snowflake')).toMatchObject({
      kind: 'procedure',
      parsed: true,
      tables: [{ name: 'A', access: 'write' }],
    })
  })

  it('passes over the body of a routine, wherever it ends', () => {
    expect(tablesOf('create proc p as delete from a; delete from b;\ngo\ndelete from c', 'tsql')).toBe('w:c')
    expect(
      tablesOf('create procedure p is n int; begin delete from a; end;\n/\ndelete from c', 'oracle'),
    ).toBe('w:C')
    expect(
      tablesOf(
        'create trigger t before insert on a for each row if x then delete from b; end if; delete from c',
        'mysql',
      ),
    ).toBe('w:a w:c')
  })

  it('gives up on statements that hold each other too deeply', () => {
    for (const lead of ['explain ', 'prepare p as ', 'with a as (select 1) ', 'create flow f as '])
      expect(readSql(lead.repeat(5000), 'postgres').parsed).toBe(false)
  })

  it('says what it did not understand, and what it knows all the same', () => {
    expect(readSql('selekt * from orders', 'postgres')).toMatchObject({
      kind: 'other',
      parsed: false,
      tables: [{ name: 'orders', access: 'read' }],
    })
    expect(readSql("select 'never closed", 'postgres').parsed).toBe(false)
    expect(readSql('select * from', 'postgres').parsed).toBe(false)
    expect(readSql('', 'postgres')).toMatchObject({ kind: 'other', parsed: false, tables: [] })
  })

  it('tries dialects where none is told, and says so', () => {
    const guessed = readSql('select `order`.`id` from `order`', undefined)
    expect(guessed).toMatchObject({ parsed: true, tables: [{ name: 'order', access: 'read' }] })
    expect(guessed.flags).toContain('dialect_guessed')
  })
})
