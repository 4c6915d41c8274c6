import { array, assert, constantFrom, nat, oneof, property, record, string, tuple } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statementKinds } from '../event-values.ts'
import type { Statement } from '../event.ts'
import { lexicalRules, sqlDialects, type SqlDialect } from './dialects.ts'
import { readSql } from './read-sql.ts'
import { Reading } from './reading.ts'
import { SqlLexer } from './sql-lexer.ts'
import { readCorpus } from './testing/read-corpus.ts'
import { respaceSql } from './testing/respace-sql.ts'

/** How long all texts are made up together: a minute where changes are checked, less at a desk. */
const fuzzMs = process.env.CI === undefined ? 9_000 : 60_000
/**
 * Looks at tokens that reading a text may take for each of its characters. The most that was seen are 104: each of the
 * 300 levels to which statements may hold each other looks for its end.
 */
const looksPerUnitMax = 2_000
/** A text of a few characters has looks as well. */
const looksMin = 4_000

const properties = 3
/** Printed with a failure; set FUZZ_SEED to meet the same texts again. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fffffff)
const bounds = { seed, interruptAfterTimeLimit: fuzzMs / properties, numRuns: 100_000_000 }
const timeoutMs = fuzzMs * 10

const corpus = sqlDialects.flatMap((dialect) => readCorpus(dialect).map(({ sql }) => ({ sql, dialect })))
const anyDialect = constantFrom<SqlDialect | undefined>(...sqlDialects, undefined)
const anyStatement = constantFrom(...corpus)

const openers = `' " \` [ ( /* $$ $a$ ''' """ q'[ E' N' { @" -- # /*!`.split(' ')
const leads = [
  '(',
  '((select ',
  'select * from (',
  'with a as (',
  'case when ',
  'explain ',
  'begin ',
  'if 1 = 1 then ',
  'exec (',
  "execute immediate '",
  'prepare p as ',
  'a.',
  'not ',
  '- ',
  '[1, ',
  'from a join ',
  'create schema s create table t as ',
  'insert into a select * from b; ',
]
/** Every word and sign that the corpus knows, so that soups are of the grammar. */
const pieces = [...new Set(corpus.flatMap(({ sql, dialect }) => tokensOf(sql, dialect)))]
const anyPiece = oneof(
  constantFrom(...pieces),
  constantFrom(...openers),
  string({ unit: 'binary', maxLength: 8 }),
)

/** Looks at tokens since the last text began. */
let looks = 0
let looksMax = Number.POSITIVE_INFINITY
// oxlint-disable-next-line typescript/unbound-method -- called with its own `this` where it is counted
const { token } = Reading.prototype
// oxlint-disable-next-line typescript/unbound-method -- called with its own `this` where it is counted
const { next } = SqlLexer.prototype

describe(`any text (seed ${seed})`, () => {
  beforeAll(() => {
    process.stdout.write(`texts are made up for ${fuzzMs / 1000} s with the seed ${seed}\n`)
    Reading.prototype.token = function count(at) {
      noteLook()
      return token.call(this, at)
    }
    SqlLexer.prototype.next = function count() {
      noteLook()
      return next.call(this)
    }
  })

  afterAll(() => {
    Reading.prototype.token = token
    SqlLexer.prototype.next = next
  })

  it(
    'is read whatever it is put together from, in work that grows with its length',
    { timeout: timeoutMs },
    () => {
      const soup = tuple(array(anyPiece, { maxLength: 80 }), constantFrom(' ', '', '\n')).map(
        ([parts, gap]) => parts.join(gap),
      )
      const tower = record({ lead: constantFrom(...leads), times: nat(3000), text: soup }).map(
        ({ lead, times, text }) => lead.repeat(times) + text,
      )
      const list = record({ item: constantFrom(...pieces, ...openers), times: nat(3000), text: soup }).map(
        ({ item, times, text }) => `${text} (${`${item}, `.repeat(times)}`,
      )
      assert(
        property(oneof({ weight: 8, arbitrary: soup }, tower, list), anyDialect, (text, dialect) => {
          expectWellFormed(readBounded(text, dialect))
        }),
        bounds,
      )
    },
  )

  it('is read where a statement was damaged', { timeout: timeoutMs }, () => {
    const change = record({
      how: constantFrom('drop', 'double', 'swap', 'put', 'cut', 'splice'),
      at: nat(),
      other: nat(),
      piece: anyPiece,
    })
    assert(
      property(
        anyStatement,
        anyStatement,
        array(change, { minLength: 1, maxLength: 6 }),
        anyDialect,
        (one, two, changes, dialect) => {
          const text = changes.reduce(
            (tokens, { how, at, other, piece }) =>
              damage(tokens, how, at, other, piece, tokensOf(two.sql, two.dialect)),
            tokensOf(one.sql, one.dialect),
          )
          expectWellFormed(readBounded(text.join(' '), one.dialect))
          readBounded(text.join(''), dialect)
        },
      ),
      bounds,
    )
  })

  it(
    'has one fingerprint whatever its literals, comments and blanks are, if it is understood',
    { timeout: timeoutMs },
    () => {
      const gaps = array(constantFrom(' ', '\n', '\t ', ' /* aside */ ', '\r\n'), {
        minLength: 5,
        maxLength: 5,
      })
      const piece = constantFrom(...pieces)
      assert(
        property(
          anyStatement,
          nat(),
          piece,
          gaps,
          nat(),
          nat(999_999),
          ({ sql, dialect }, at, put, blanks, which, value) => {
            // A statement as it is, or with one word of it replaced.
            const tokens = tokensOf(sql, dialect)
            const text = at % 2 === 0 ? sql : tokens.with(at % tokens.length, put).join(' ')
            const statement = readBounded(text, dialect)
            if (!statement.parsed) return
            expect(readBounded(respaceSql(text, dialect, blanks), dialect).fingerprint).toBe(
              statement.fingerprint,
            )
            const other = replaceLiteral(text, dialect, which, value)
            if (other !== undefined) expect(readBounded(other, dialect)).toEqual(statement)
          },
        ),
        bounds,
      )
    },
  )
})

function noteLook(): void {
  looks++
  if (looks > looksMax) throw new Error(`more than ${looksMax} looks at tokens`)
}

/** Reads a text, in no more work than its length allows. Without a dialect six are tried. */
function readBounded(text: string, dialect: SqlDialect | undefined): Statement {
  looks = 0
  looksMax = (looksMin + text.length * looksPerUnitMax) * (dialect === undefined ? 6 : 1)
  return readSql(text, dialect)
}

function expectWellFormed({ kind, parsed, tables, fingerprint, normalized, flags }: Statement): void {
  expect(statementKinds).toContain(kind)
  expect(typeof parsed).toBe('boolean')
  expect(typeof normalized).toBe('string')
  expect(fingerprint).toMatch(/^[0-9a-f]{16}$/)
  expect(flags).toEqual([...new Set(flags)])
  const accesses = tables.map(({ name, access }) => `${access} ${name}`)
  expect(accesses).toEqual([...new Set(accesses)])
  for (const { name, access, temporary } of tables) {
    expect(name).not.toBe('')
    expect(['read', 'write']).toContain(access)
    expect([undefined, true]).toContain(temporary)
  }
}

function tokensOf(sql: string, dialect: SqlDialect): string[] {
  const lexer = new SqlLexer(sql, lexicalRules[dialect])
  const tokens: string[] = []
  while (lexer.next() !== 'end') tokens.push(sql.slice(lexer.start, lexer.end))
  return tokens
}

function damage(
  tokens: string[],
  how: 'drop' | 'double' | 'swap' | 'put' | 'cut' | 'splice',
  at: number,
  other: number,
  piece: string,
  second: string[],
): string[] {
  const one = at % (tokens.length + 1)
  const two = other % (tokens.length + 1)
  switch (how) {
    case 'drop':
      return tokens.toSpliced(one, 1)
    case 'double':
      return tokens.toSpliced(one, 0, ...tokens.slice(Math.min(one, two), Math.max(one, two)))
    case 'swap':
      return tokens.map((token_, i) =>
        i === one ? (tokens[two] ?? '') : i === two ? (tokens[one] ?? '') : token_,
      )
    case 'put':
      return tokens.toSpliced(one, 0, piece)
    case 'cut':
      return [...tokens.slice(0, one), (tokens[one] ?? '').slice(0, other % 4)]
    case 'splice':
      return [...tokens.slice(0, one), ...second.slice(other % (second.length + 1))]
  }
}

/** The text with another value in one of its literals; undefined if that one is no value but a name or a statement. */
function replaceLiteral(text: string, dialect: SqlDialect, which: number, value: number): string | undefined {
  const lexer = new SqlLexer(text, lexicalRules[dialect])
  const literals: [number, number, string][] = []
  while (lexer.next() !== 'end') {
    if (lexer.kind === 'number') literals.push([lexer.start, lexer.end, String(value)])
    if (lexer.kind === 'string') literals.push([lexer.contentStart, lexer.contentEnd, `zq${value}`])
  }
  const literal = literals[which % literals.length]
  if (literal === undefined) return undefined
  const [start, end, put] = literal
  const other = text.slice(0, start) + put + text.slice(end)
  return readSql(other, dialect).normalized.includes(put) ? undefined : other
}
