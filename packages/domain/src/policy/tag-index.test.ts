import { describe, expect, test } from 'vitest'
import type { Statement } from '../event.ts'
import { buildTagIndex, type TagRule } from './tag-index.ts'

const rules: TagRule[] = [
  { pattern: 'prod.hr.people', tags: ['hr'] },
  { pattern: 'Prod.Hr.*', tags: ['pii'] },
  { pattern: 'sales.orders', tags: ['sales'] },
  { pattern: 'prod.shop.customers', column: 'IBAN', tags: ['bank'] },
  { pattern: 'prod.shop.customers', tags: ['shop'] },
]
const index = buildTagIndex(rules)

function tagsOf(table: string, database = '', more: Partial<Statement> = {}): readonly string[] {
  const statement: Statement = {
    kind: 'read',
    parsed: true,
    fingerprint: '',
    normalized: '',
    flags: [],
    tables: [{ name: table, access: 'read' }],
    ...more,
  }
  return index.tagsOf(statement, 0, database)
}

describe('tables have the tags of every rule that means them', () => {
  test.each([
    ['prod.hr.people', '', ['hr', 'pii']],
    ['PROD.HR.PEOPLE', '', ['hr', 'pii']],
    ['hr.people', 'prod', ['hr', 'pii']],
    ['hr.people', 'Prod', ['hr', 'pii']],
    ['hr.people', 'staging', []],
    ['hr.people', '', ['hr']],
    ['people', 'prod', ['hr']],
    ['people', 'staging', []],
    ['people', '', ['hr']],
    ['hr.salaries', 'prod', ['pii']],
    ['prod.sales.orders', '', ['sales']],
    ['orders', 'anything', ['sales']],
    ['x.orders', '', []],
    ['', '', []],
    ['other', '', []],
  ])('%s in %j: %j', (table, database, tags) => {
    expect(tagsOf(table, database)).toEqual(tags)
  })
})

describe('the tags of a column count for a query that names it', () => {
  test.each([
    ['select iban from shop.customers', [], ['bank', 'shop']],
    ['select c."IBAN" from shop.customers c', [], ['bank', 'shop']],
    ['select iban_hash from shop.customers', [], ['shop']],
    ['select my_iban, ibanx from shop.customers', [], ['shop']],
    ['select xiban, iban from shop.customers', [], ['bank', 'shop']],
    ['select * from shop.customers', ['select_star'], ['bank', 'shop']],
    ['select city from shop.customers', [], ['shop']],
  ])('%s', (normalized, flags, tags) => {
    expect(tagsOf('shop.customers', 'prod', { normalized, flags })).toEqual(tags)
    // Also when it is asked again, as the query of a fingerprint.
    const again = { normalized, flags, fingerprint: normalized }
    expect(tagsOf('shop.customers', 'prod', again)).toEqual(tags)
    expect(tagsOf('shop.customers', 'prod', again)).toBe(tagsOf('shop.customers', 'prod', again))
  })
})

test('names that no engine knows neither take long nor stay in memory', () => {
  const many = Array.from({ length: 500 }, (_, i) => ({ pattern: `*pr${i}*d.*h${i}.*`, tags: ['a'] }))
  const patterns = buildTagIndex([...many, { pattern: 'prod.hr.people', tags: ['hr'] }])
  const look = (name: string, database: string): readonly string[] => {
    const tables = [{ name, access: 'read' as const }]
    const statement = {
      kind: 'read' as const,
      parsed: true,
      fingerprint: '',
      normalized: '',
      flags: [],
      tables,
    }
    return patterns.tagsOf(statement, 0, database)
  }
  const started = performance.now()
  for (const parts of [100, 1000, 10_000, 100_000]) {
    const name = Array.from({ length: parts }, () => 'prd').join('.')
    expect(look(name, '')).toEqual([])
    expect(look(`${name}.prod.hr.people`, '')).toEqual(parts === 100 || parts === 1000 ? ['hr'] : [])
  }
  for (let i = 0; i < 200; i++) expect(look(`t${i}`, `${i}.${'prd.'.repeat(100_000)}`)).toEqual([])
  expect(performance.now() - started).toBeLessThan(5000)
  expect(look('people', 'x'.repeat(2000))).toEqual(['hr'])
})

test('a statement of very many tables is looked up like any other, and in no time', () => {
  const many = Array.from({ length: 500 }, (_, i) => ({ pattern: `*pr${i}*d.*h${i}.*`, tags: ['a'] }))
  const wanted = [
    { pattern: 'Shop.*', tags: ['shop'] },
    { pattern: '*.T40000', tags: ['one'] },
    { pattern: 'shop.t4000*', tags: ['ten'] },
    { pattern: '*.*.x', tags: ['x'] },
    { pattern: 'shop.*', column: 'iban', tags: ['bank'] },
  ]
  const patterns = buildTagIndex([...many, ...wanted])
  const names = Array.from({ length: 50_000 }, (_, i) => (i === 7 ? 'any.y.X' : `t${i}`))
  const statement: Statement = {
    kind: 'read',
    parsed: true,
    fingerprint: '',
    normalized: `select city from ${names.join(', ')}`,
    flags: [],
    tables: names.map((name) => ({ name, access: 'read' })),
  }
  const started = performance.now()
  const tags = names.map((_, place) => patterns.tagsOf(statement, place, 'shop').join())
  expect(performance.now() - started).toBeLessThan(3000)
  expect([tags[7], tags[8], tags[40_000], tags[40_001]]).toEqual(['x', 'shop', 'one,shop,ten', 'shop,ten'])
  // Statements that are alike share their tables.
  expect(patterns.tagsOf(statement, 40_000, 'other')).toEqual(['one'])
})

test('many thousand tagged tables are looked up in no time', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => ({
    pattern: `prod.s${i % 100}.t${i}`,
    tags: [`tag${i % 50}`],
  }))
  const large = buildTagIndex(many)
  const started = performance.now()
  for (let i = 0; i < 20_000; i++) {
    const statement: Statement = {
      kind: 'read',
      parsed: true,
      fingerprint: '',
      normalized: '',
      flags: [],
      tables: [{ name: `s${i % 100}.t${i}`, access: 'read' }],
    }
    expect(large.tagsOf(statement, 0, 'prod')).toEqual([`tag${i % 50}`])
  }
  expect(performance.now() - started).toBeLessThan(5000)
})
