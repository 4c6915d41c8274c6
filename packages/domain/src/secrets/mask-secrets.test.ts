import { createHmac, randomBytes, randomInt } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SqlDialect } from '../sql/dialects.ts'
import { maskSql, maskText } from './mask-secrets.ts'
import { secretForms } from './testing/secret-forms.ts'

const hashSecret = (secret: string): string => createHmac('sha256', 'key').update(secret).digest('hex')
const mark = (kind: string, secret: string): string => `«redacted:${kind}:${hashSecret(secret).slice(0, 8)}»`

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const pick = (from: string, length: number): string =>
  Array.from({ length }, () => from[randomInt(from.length)] ?? '').join('')

/** A fresh secret for each place of a form, and what must not be left of it. */
const makers: Record<string, () => string> = {
  p: () => `q${pick(letters, 15)}`,
  s: () => `q${pick(letters, 4)}#${pick(letters, 3)},(;${pick(letters, 4)}&)=${pick(letters, 6)}`,
  k: () => `AKIA${pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
  a: () => pick(`${letters}/+`, 40),
  h: () => randomBytes(24).toString('hex'),
  g: () => `ghp_${pick(letters, 36)}`,
  j: () => `eyJ${pick(letters, 20)}.eyJ${pick(letters, 30)}.${pick(letters, 40)}`,
  x: () => `xoxb-${pick('0123456789', 12)}-${pick(letters, 24)}`,
  l: () => `glpat-${pick(letters, 20)}`,
  y: () => `sk_live_${pick(letters, 24)}`,
  z: () => `AIza${pick(letters, 35)}`,
}

/** A password that could be the name of one. */
const likeName = 'Summerx1Pw'

function fill(form: string, password?: string): { sql: string; secrets: string[] } {
  const secrets: string[] = []
  const sql = form.replaceAll(/\{([a-z])\}/g, (_, letter: string) => {
    const secret = letter === 'p' && password !== undefined ? password : (makers[letter]?.() ?? '')
    secrets.push(secret)
    return secret
  })
  return { sql, secrets }
}

const pieceUnits = 6

/** The pieces of the secrets that are left in a text; what stands in the form anyway is none. */
function left(text: string, secrets: readonly string[], form: string): string[] {
  return secrets.flatMap((secret) =>
    Array.from({ length: secret.length - pieceUnits + 1 }, (_, at) =>
      secret.slice(at, at + pieceUnits),
    ).filter((piece) => text.includes(piece) && !form.includes(piece)),
  )
}

const doubled = (sql: string): string => sql.replaceAll("'", "''")
const backslashed = (sql: string): string => sql.replaceAll('\\', '\\\\').replaceAll("'", "\\'")

/** Where a form may stand. The first argument is the SQL, the second the place in it where its last secret begins. */
const places: Record<string, (sql: string, secretAt: number, dialect: SqlDialect) => string | undefined> = {
  'as a whole': (sql) => sql,
  'cut in the middle of its secret': (sql, at) => sql.slice(0, at + 9),
  'between other statements': (sql) => `select 'it''s', "a" from b; ${sql}; select 'x' as y`,
  'in a block comment': (sql) => (sql.includes('*/') ? undefined : `select 1 /* ${sql} */ from t`),
  'in a line comment': (sql) => `select 1 -- ${sql.replaceAll('\n', ' ')}\nfrom t`,
  'in a comment that is cut': (sql, at) => `select 1 /* ${sql.slice(0, at + 9)}`,
  'in a string': (sql) => `select run('${doubled(sql)}', 1)`,
  'in a string in a string': (sql) => `select run('select run(''${doubled(doubled(sql))}'')')`,
  'in a string that is cut': (sql, at) => `exec run '${doubled(sql.slice(0, at + 9))}`,
  'in dollar quotes': (sql, _, dialect) =>
    ['postgres', 'snowflake', 'clickhouse', 'duckdb'].includes(dialect)
      ? `do $$ begin ${sql}; end $$`
      : undefined,
  'in a string in dollar quotes': (sql, _, dialect) =>
    ['postgres', 'snowflake', 'clickhouse', 'duckdb'].includes(dialect)
      ? `do $b$ begin execute '${doubled(sql)}'; end $b$`
      : undefined,
  'in a string with backslashes': (sql, _, dialect) =>
    ['mysql', 'snowflake', 'clickhouse'].includes(dialect) ? `select run('${backslashed(sql)}')` : undefined,
  'in upper case': (sql, at) => sql.slice(0, at).toUpperCase() + sql.slice(at),
  'behind a string that ends in its middle': (sql) => `select 'it's'; ${sql}`,
}

describe.each(Object.entries(secretForms))('no piece of a secret comes through in %s', (name, forms) => {
  // The keys of the forms are names of dialects.
  const dialect = name as SqlDialect
  const each = forms.flatMap((form) => [
    [form, undefined] as const,
    ...(form.includes('{p}') ? [[form, likeName] as const] : []),
  ])
  test.each(each)('%s, password %s', (form, password) => {
    for (const [place, put] of Object.entries(places)) {
      const { sql, secrets } = fill(form, password)
      const at = sql.lastIndexOf(secrets.at(-1) ?? '')
      // Upper case must leave the secrets as they are: only what stands before the first is changed.
      const first = sql.indexOf(secrets[0] ?? '')
      const text = put(sql, place === 'in upper case' ? first : at, dialect)
      if (text === undefined) continue
      for (const told of [dialect, undefined]) {
        const masked = maskSql(text, told, hashSecret)
        const seen = `${place}, ${told ?? 'no dialect'}: ${masked.text}`
        expect(left(masked.text, secrets, form), seen).toEqual([])
        expect(masked.hasSecret, seen).toBe(true)
        expect(maskSql(masked.text, told, hashSecret).text).toBe(masked.text)
      }
    }
  })
})

describe('ordinary SQL stays as it is', () => {
  test.each([
    `select password, token_count, reset_token_at from users u join tokens t on t.user_id = u.id where u.name = 'ann'`,
    `select u.* from users u, secrets s where u.token = s.token and u.secret_id = 'a'`,
    `create table t (password text not null default 'x', token varchar(20) comment 'the token')`,
    `grant select on secrets to 'bob'@'%'`,
    `comment on column users.password is 'the hashed password'`,
    `select category_key, product_key from dim where category_key = 'A' and primary_key = 'b'`,
    `update users set password_changed_at = '2026-01-01', must_change_password = 'yes' where id = 5`,
    `update users set token = null, password = default where token = 7`,
    `copy t from 's3://b/x' iam_role 'arn:aws:iam::123456789012:role/x' csv`,
    `copy t from 's3://b/x' credentials 'aws_iam_role=arn:aws:iam::123456789012:role/x' csv`,
    `select http_get('https://example.com:8443/a@b?x=1')`,
    `create function f() returns trigger as $$ begin new.password := crypt(new.password, gen_salt('bf')); end $$`,
    `declare @token uniqueidentifier = newid(); select @token`,
    `select type, 'password' from auth where method = 'password' and kind = 'x'`,
    `select * from t where note = 'I forgot my password' and x = 'y'`,
    `select * from logs where message like '%invalid token%' and host = 'a'`,
    `set role admin`,
    `set search_path to a, b`,
    `select decode(type, 'password', 'Password') from t where kind = 'a'`,
    `select md5(concat(a, '|', b)) from t where x = 'y'`,
    `create user 'bob'@'%' comment 'reads reports' account lock`,
    `create user ann rsa_public_key = 'MIIB' email = 'ann@acme.com' default_role = 'ANALYST'`,
    `create secret s (type s3, provider credential_chain, region 'eu-west-1')`,
    `select * from s3('https://b.s3.amazonaws.com/x.csv', 'CSV', 'a Int32, b String')`,
    `select * from remote('db:9000', crm.orders, 'ann')`,
    `insert into users (name, password) values ('ann', null)`,
    `alter system set max_connections = '100'`,
  ])('%s', (sql) => {
    for (const dialect of [undefined, 'postgres', 'mysql', 'snowflake', 'tsql'] as const) {
      expect(maskSql(sql, dialect, hashSecret).text).toBe(sql)
    }
  })
})

describe('what stands around a secret stays as it is', () => {
  test.each([
    [
      `select * from users where token = 'abc' and name = 'ann'`,
      `select * from users where token = '${mark('token', 'abc')}' and name = 'ann'`,
    ],
    [
      `update u set password = 'it''s', name = 'x'`,
      `update u set password = '${mark('password', "it's")}', name = 'x'`,
    ],
    [
      `insert into users (name, password, age) values ('ann', 'x1', 5), ('bob', 'x2', 6)`,
      `insert into users (name, password, age) values ('ann', '${mark('password', 'x1')}', 5), ('bob', '${mark('password', 'x2')}', 6)`,
    ],
    [
      `select pgp_sym_encrypt(name, 'k', 'cipher-algo=aes256') from t where a = 'b'`,
      `select pgp_sym_encrypt(name, '${mark('key', 'k')}', '${mark('key', 'cipher-algo=aes256')}') from t where a = 'b'`,
    ],
    [
      `create user ann identified by x1y2 default tablespace users`,
      `create user ann identified by ${mark('password', 'x1y2')} default tablespace users`,
    ],
    [
      `select dblink('host=a password=b c=d', 'select 1')`,
      `select dblink('host=a password=${mark('password', 'b')} c=d', 'select 1')`,
    ],
    [`select 'https://u:p@h/x'`, `select 'https://u:${mark('url_password', 'p')}@h/x'`],
  ])('%s', (sql, expected) => {
    expect(maskSql(sql, 'postgres', hashSecret).text).toBe(expected)
  })
})

describe('tokens of well-known forms are found by their form alone', () => {
  const body = `${letters.slice(0, 30)}0123456789`
  test.each([
    `AKIA${'A2B3'.repeat(4)}`,
    `ASIA${'A2B3'.repeat(4)}`,
    `ghp_${body}`,
    `gho_${body}`,
    `github_pat_${body}`,
    `glpat-${body}`,
    `xoxb-12345-${body}`,
    `xoxp-12345-${body}`,
    `sk-${body}`,
    `sk-proj-${body}`,
    `sk_live_${body}`,
    `AIza${body}`,
    `ya29.${body}`,
    `eyJ${body}.eyJ${body}.${body}`,
    `npm_${body}`,
    `dop_v1_${'ab12'.repeat(16)}`,
    `hf_${body}`,
    `aal_${body}`,
    `dapi${'ab12'.repeat(8)}`,
    `hvs.${body}`,
    `pypi-${body}`,
    `-----BEGIN RSA PRIVATE KEY-----\n${body}\n${body}\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}`,
  ])('%s', (token) => {
    for (const text of [token, `x = '${token}'`, `see ${token} there`, JSON.stringify({ a: token })]) {
      const masked = [maskText(text, hashSecret).text, maskSql(text, 'postgres', hashSecret).text]
      for (const one of masked) {
        expect(one).not.toContain(body.slice(4, 20))
        expect(one).not.toContain(token.slice(-8))
      }
    }
  })

  test.each([
    [`Authorization: Bearer ${body}`, body],
    [`bearer ${body}`, body],
    [`https://a.blob.core.windows.net/c?sv=1&sig=${body}&x=1`, body],
    [`https://hooks.slack.com/services/T1/B2/${body}`, body],
    [`postgres://ann:${body}@host/db`, body],
    [`Server=a;Uid=b;Pwd=${body} x;`, body],
    [`mysql --password=${body} -u root`, body],
    [`{"private_key": "${body}", "id": 1}`, body],
    [`<password>${body}</password>`, body],
  ])('%s', (text, secret) => {
    expect(left(maskText(text, hashSecret).text, [secret], '')).toEqual([])
  })
})

test.each([
  `Ann's password was reset and Bob's token isn't valid`,
  `password_reset`,
  `3 tokens used, task-force-of-the-year, risk_live_test`,
  `https://example.com:8080/a?b=c`,
  `ann@acme.com signed in`,
  `{"max_tokens": 512, "token_type": "bearer"}`,
])('a text that is no secret stays as it is: %s', (text) => {
  expect(maskText(text, hashSecret).text).toBe(text)
})

const fragments = fc.constantFrom(
  ...`create|alter|role|user|password|token|'|''|"|$$|E'|--|\n|/*|*/|\\|(|)|,|;|=|:|select|insert into t (password)|values|encrypt(|set|secret|identified by|@|{|}|://a:b@c|«redacted:token:abcd1234»|x|'ab'`.split(
    '|',
  ),
)
const someSql = fc.array(fragments, { maxLength: 16 }).map((pieces) => pieces.join(' '))
const someDialect = fc.constantFrom(undefined, 'postgres', 'mysql', 'snowflake', 'bigquery', 'tsql' as const)

test('masking twice is masking once, whatever the text', () => {
  fc.assert(
    fc.property(someSql, someDialect, (sql, dialect) => {
      const once = maskSql(sql, dialect, hashSecret).text
      expect(maskSql(once, dialect, hashSecret).text).toBe(once)
      const text = maskText(sql, hashSecret).text
      expect(maskText(text, hashSecret).text).toBe(text)
    }),
    { numRuns: 5000 },
  )
})

test('whatever stands around it, a literal that is set to a name of a secret never comes through', () => {
  const secretSql = fc.constantFrom(
    `update t set api_token = 'hunter2'`,
    `select pgp_sym_decrypt(x, 'hunter2')`,
    `set password = 'hunter2'`,
    `create secret s (type s3, secret 'hunter2')`,
    `select * from dblink('host=a password=hunter2')`,
    `insert into u (a, password) values ('x', 'hunter2')`,
    `create user a identified by 'hunter2'`,
    `copy t credentials = (aws_key_id = 'a' aws_secret_key = 'hunter2')`,
    `select 'https://u:hunter2@h'`,
    `exec sp_addlogin 'a', 'hunter2'`,
    `alter login a with password = 'hunter2'`,
    `select set_config('a.token', 'hunter2')`,
    `create user mapping for a server s options (user 'x', password 'hunter2')`,
  )
  fc.assert(
    fc.property(someSql, secretSql, someSql, someDialect, (before, sql, after, dialect) => {
      const text = `${before} ; ${sql} ${after}`
      expect(maskSql(text, dialect, hashSecret).text, text).not.toContain('hunter2')
    }),
    { numRuns: 5000 },
  )
})

test('half a megabyte of hostile text is read in time that grows with its length', () => {
  const units = [
    'password ',
    `password 'a' `,
    'create role ',
    '$a$',
    `'`,
    '/*',
    '"',
    `\\'`,
    'token = (',
    'token in (',
    'password = ',
    '://a:',
    '://a:b@',
    '-----BEGIN PRIVATE KEY-----',
    'AKIAAAAAAAAAAAAAAAAA ',
    'eyJ',
    'sk-',
    'password=',
    `password:' `,
    'insert into t (password) values (',
    `f('password', `,
    'encrypt(',
    'set a.password = ',
    'token::',
    '"password":"',
    '&sig=',
    'bearer ',
    'identified by ',
    'values (',
    'a.password ',
    `{'token':`,
    `''`,
    `password='`,
    'token /**/',
    '--password ',
    '<token>',
    '[secret',
    'set x.y.z.secret.',
    '«redacted:password:abcd1234»',
    '\\',
    'api key',
    ' ',
    'key',
  ]
  const cheapHash = (): string => 'abcd1234'
  for (const unit of units) {
    const text = unit.repeat(500_000 / unit.length)
    expect(maskSql(text, undefined, cheapHash).text).toBeDefined()
    expect(maskText(text.slice(0, 100_000), cheapHash).text).toBeDefined()
  }
}, 120_000)
