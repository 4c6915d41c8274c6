import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Statement } from '../event.ts'
import { findDialect, lexicalRules, type SqlDialect } from './dialects.ts'
import { normalizeSql, type NormalizedSql } from './normalize-sql.ts'
import { readParentheses, readQuery } from './read-query.ts'
import { readScript } from './read-script.ts'
import { readStatement } from './read-statement.ts'
import { Reading, type Grammar } from './reading.ts'
import type { StatementFacts } from './statement-facts.ts'

/** Dialects that are tried in this order where it is not said which one a text is in. */
const triedDialects: readonly SqlDialect[] = [
  'postgres',
  'mysql',
  'tsql',
  'bigquery',
  'snowflake',
  'clickhouse',
]

const grammar: Grammar = { readScript, readStatement, readQuery, readParentheses }

/** Digits of SHA-256 that name a shape. */
const fingerprintDigits = 16

/**
 * Reads what a text of SQL does: kind, tables, flags and fingerprint of all its statements together. Takes any text,
 * in time linear in its length. What is not understood is `parsed: false`, with what is known all the same.
 */
export function readSql(text: string, dialect: string | undefined): Statement {
  const known = dialect === undefined ? undefined : findDialect(dialect)
  if (known !== undefined) return readNormalized(normalizeSql(text, known), known)
  return guess(text)
}

/** The reading in the first dialect that understands the text; it is marked as a guess. */
function guess(text: string): Statement {
  const readings = triedDialects.map((dialect) => () => readNormalized(normalizeSql(text, dialect), dialect))
  let first: Statement | undefined
  for (const read of readings) {
    const statement = read()
    first ??= statement
    if (statement.parsed) return { ...statement, flags: [...statement.flags, 'dialect_guessed'] }
  }
  return { ...(first as Statement), flags: [...(first as Statement).flags, 'dialect_guessed'] }
}

/** Reads a text that is normalised already. */
export function readNormalized(normalized: NormalizedSql, dialect: SqlDialect): Statement {
  const reading = new Reading(normalized.text, dialect, grammar)
  readScript(reading)
  const { facts } = reading
  if (facts.statements > 1) facts.flags.add('multi_statement')
  const isEmpty = reading.end === 0
  return {
    kind: facts.kind ?? 'other',
    parsed: normalized.closed && facts.understood && !isEmpty,
    tables: facts.tables,
    fingerprint: fingerprintOf(reading, facts),
    normalized: normalized.text,
    flags: [...facts.flags].toSorted(),
  }
}

/**
 * SHA-256 over the tokens in lower case, so that the case of keywords does not matter, and over the tables as they are
 * named, so that it does where two tables differ by it.
 */
function fingerprintOf(reading: Reading, facts: StatementFacts): string {
  const words = reading.tokens.map(({ kind, text, word }) =>
    kind === 'word' ? word : kind === 'sign' ? text : `\u0001${text}`,
  )
  const { caseSensitiveTables } = lexicalRules[reading.dialect]
  const tables = facts.tables.map(({ name }) => (caseSensitiveTables ? name : name.toLowerCase()))
  const bytes = utf8ToBytes(`${words.join(' ')}\u0000${tables.join('\u0000')}`)
  return bytesToHex(sha256(bytes)).slice(0, fingerprintDigits)
}
