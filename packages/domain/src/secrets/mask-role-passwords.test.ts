import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskSql } from './mask-secrets.ts'

const hashSecret = (secret: string): string => createHmac('sha256', 'key').update(secret).digest('hex')
const mark = (secret: string): string => `«redacted:password:${hashSecret(secret).slice(0, 8)}»`
const beside = (sql: string, message: string): string =>
  maskSql(sql, 'postgres', hashSecret).maskBeside(message)
const masked = (sql: string): string => maskSql(sql, 'postgres', hashSecret).text

describe('statements that scan keep everything but the password', () => {
  const cases: [string, string][] = [
    [`create role ann password 'hunter2'`, `create role ann password '${mark('hunter2')}'`],
    [
      `ALTER USER "Ann" WITH LOGIN ENCRYPTED PASSWORD 'hunter2' VALID UNTIL '2027-01-01'; select 'x'`,
      `ALTER USER "Ann" WITH LOGIN ENCRYPTED PASSWORD '${mark('hunter2')}' VALID UNTIL '2027-01-01'; select 'x'`,
    ],
    [
      `alter role ann /* why */ password -- because\n 'it''s'`,
      `alter role ann /* why */ password -- because\n '${mark("it's")}'`,
    ],
    [`alter role ann password E'a\\'b'`, `alter role ann password E'${mark(`a'b`)}'`],
    [`alter role ann password $x$hunter2$x$`, `alter role ann password $x$${mark('hunter2')}$x$`],
    [`alter role ann password U&'hunter2'`, `alter role ann password U&'${mark('hunter2')}'`],
    [`create user ann identified by 'hunter2'`, `create user ann identified by '${mark('hunter2')}'`],
    [
      `create user ann identified with sha256_password by 'hunter2'`,
      `create user ann identified with sha256_password by '${mark('hunter2')}'`,
    ],
    [
      `select 1; create user a password 'x1'; alter user b password 'x2'`,
      `select 1; create user a password '${mark('x1')}'; alter user b password '${mark('x2')}'`,
    ],
    [
      `create user mapping for ann server s options (user 'bob', password 'hunter2')`,
      `create user mapping for ann server s options (user 'bob', password '${mark('hunter2')}')`,
    ],
    [
      `do $$ begin create role a password 'hunter2'; end $$`,
      `do $$ begin create role a password '${mark('hunter2')}'; end $$`,
    ],
    [
      `do 'begin create role a password ''hunter2''; end'`,
      `do 'begin create role a password ''${mark('hunter2')}''; end'`,
    ],
    [
      `-- alter role ann password 'hunter2'\nselect 1`,
      `-- alter role ann password '${mark('hunter2')}'\nselect 1`,
    ],
    [`alter role password password 'hunter2'`, `alter role password password '${mark('hunter2')}'`],
  ]
  test.each(cases)('%s', (sql, expected) => {
    expect(masked(sql)).toBe(expected)
    expect(masked(expected)).toBe(expected)
    expect(maskSql(sql, 'postgres', hashSecret).hasSecret).toBe(true)
  })
})

describe('statements without a password are left as they are', () => {
  test.each([
    'select 1',
    `create table t (password text default 'x', "user" text)`,
    `alter role ann password null`,
    `alter role ann set search_path = 'a', 'b'`,
    `create role ann valid until '2027-01-01'`,
    `select password from users; select 'create'`,
    `alter role password rename to secret`,
    `comment on role ann is 'the user who lost her password'`,
    `select $1 -- the user's password`,
    `create user 'bob'@'%'`,
    `create function f() returns text as $$ begin return 'user'; end $$ language plpgsql`,
  ])('%s', (sql) => {
    expect(masked(sql)).toBe(sql)
  })
})

describe('text that does not scan or goes on strangely is masked more, not less', () => {
  test.each([
    `alter role ann password 'hunter2`,
    `alter role ann password hunter2`,
    `alter role ann password "hunter2"`,
    `alter role ann password 'it's hunter2'`,
    `alter role ann password 'it' in 'hunter2'`,
    `alter role ann password $$hunter2`,
    `alter role ann password$$hunter2$$`,
    `alter role ann pasword 'hunter2'`,
    `altr role ann password 'hunter2'`,
    `alter rol ann password 'hunter2'`,
    `alter role ann password = 'hunter2'`,
    `alter role ann password := 'hunter2'`,
    `alter role ann password 'a' 'hunter2'`,
    `alter role ann password 'a'\n'hunter2'`,
    `alter role 'x password 'hunter2'`,
    `alter role ann password 'a\\'hunter2'`,
    `select 'it's'; alter role ann password 'hunter2'`,
    `/* alter role ann password 'hunter2'`,
    `alter role ann password e'hunter2`,
    `select format('alter role %I password %L', 'ann', 'hunter2')`,
    `select 'alter role ann password ''' || 'hunter2' || ''''`,
    `do $$ begin execute 'alter role ann password ' || quote_literal('hunter2'); end $$`,
    `do E'begin create role a password \\'hunter2\\'; end'`,
    `do $a$ begin execute $b$ alter role ann password 'hunter2' $b$; end $a$`,
    `alter role ann password /*1*/ /*2*/ /*3*/ /*4*/ /*5*/ /*6*/ /*7*/ /*8*/ /*9*/ /*10*/ /*11*/ 'hunter2'`,
    `alter user ann set password 'hunter2'`,
    `alter user ann password U&"hunter2"`,
    `grant all on *.* to ann identified by 'hunter2'`,
  ])('%s', (sql) => {
    const once = maskSql(sql, 'postgres', hashSecret)
    expect(once.text).not.toContain('hunter2')
    expect(once.hasSecret).toBe(true)
    expect(masked(once.text)).toBe(once.text)
  })
})

test('an error message loses every word of the password that PostgreSQL quotes in it', () => {
  expect(beside('alter role ann password hunter2', 'syntax error at or near "hunter2"')).toBe(
    `syntax error at or near "${mark('hunter2')}"`,
  )
  expect(beside(`alter role ann password 'it's secret'`, 'syntax error at or near "s"')).not.toContain('"s"')
  expect(
    beside(`alter role ann password 'tulip rose`, `unterminated quoted string at or near "'tulip rose"`),
  ).not.toMatch(/tulip|rose/)
  expect(beside('select 1/0', 'division by zero')).toBe('division by zero')
  expect(beside(`alter role ann password '!?'`, 'near "!?"')).toBe(`near "${mark('!?')}"`)
})

const fragments = fc.constantFrom(
  ...`create|alter|role|user|group| ann |password|encrypted|identified by|with|;|'|''|"|$$|$x$|E'|U&'|--|\n|/*|*/|\\|(|)|,|null| valid until |=|select `.split(
    '|',
  ),
)

test('whatever stands around it, a password behind its keyword never comes through', () => {
  const quotes: [string, string][] = [
    [`'`, `'`],
    [`E'`, `'`],
    ['$$', '$$'],
    [`'`, ''],
    ['', ''],
    ['"', '"'],
  ]
  fc.assert(
    fc.property(
      fc.array(fragments, { maxLength: 12 }),
      fc.array(fragments, { maxLength: 12 }),
      fc.constantFrom(...quotes),
      (before, after, [open, close]) => {
        const sql = `${before.join(' ')} ; create role ann password ${open}hunter2${close} ${after.join(' ')}`
        expect(masked(sql)).not.toContain('hunter2')
      },
    ),
    { numRuns: 5000 },
  )
})

test('a megabyte of hostile text is read to its end before the time limit of a test, which quadratic time would not be', () => {
  const unit = [
    `password `,
    `password 'a' `,
    `create role `,
    `$a$`,
    `'`,
    `/*`,
    `"`,
    `\\'`,
    `create role a password $1 `,
  ]
  for (const piece of unit) {
    const sql = `create role x ${piece.repeat(1_000_000 / piece.length)}`
    expect(masked(sql)).toBeDefined()
  }
})
