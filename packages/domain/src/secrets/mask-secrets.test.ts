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

function fill(form: string): { sql: string; secrets: string[] } {
  const secrets: string[] = []
  const sql = form.replaceAll(/\{([a-z])\}/g, (_, letter: string) => {
    const secret = makers[letter]?.() ?? ''
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
  test.each(forms)('%s', (form) => {
    for (const [place, put] of Object.entries(places)) {
      const { sql, secrets } = fill(form)
      const at = sql.indexOf(secrets.at(-1) ?? '')
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
