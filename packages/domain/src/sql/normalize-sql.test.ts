import { array, assert, constantFrom, nat, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sqlDialects, type SqlDialect } from './dialects.ts'
import { normalizeSql } from './normalize-sql.ts'
import { readSql } from './read-sql.ts'
import { readCorpus } from './testing/read-corpus.ts'
import { respaceSql } from './testing/respace-sql.ts'

function shape(sql: string, dialect: SqlDialect = 'postgres'): string {
  return normalizeSql(sql, dialect).text
}

function fingerprint(sql: string, dialect: SqlDialect = 'postgres'): string {
  return readSql(sql, dialect).fingerprint
}

describe('the shape of a text', () => {
  it.each([
    ['SELECT  a FROM t WHERE b = 5 -- now', "select a from t where b = 'x'"],
    ['select a from t where b in (1, 2, 3)', 'select a from t where b in (9)'],
    ['insert into t (a, b) values (1, 2), (3, 4)', "insert into t(a,b) values ('x', null)"],
    ['select a from t where b = -5', 'select a from t where b = 5'],
    ['select a from "t" where b = $1', 'select a from T where B = :name'],
    ['select a from t where b = any(array[1,2])', 'select a from t where b = any(array[7, 8, 9])'],
    ['select /*+ hint */ a from t;', 'select a from t'],
    [
      "unload ('select a from t where b = 1') to 's3://a'",
      "unload ('select a from t where b = 27') to 's3://b'",
    ],
  ])('is the same for %s and %s', (one, other) => {
    expect(shape(one)).toBe(shape(other))
    expect(fingerprint(one)).toBe(fingerprint(other))
  })

  it.each([
    ['delete from a.t', 'delete from b.t'],
    ['set role bob', 'set role eve'],
    ["set role 'bob'", "set role 'eve'"],
    ['select a from t where b > 1', 'select a from t where b >= 1'],
    ['select a from t where b is null', 'select a from t where b is not null'],
    ['select a from t', 'select "A" from t'],
    ["unload ('select a from t') to 'x'", "unload ('select a from u') to 'x'"],
    ["grant select on t to 'ann'", "grant select on t to 'eve'"],
    ['select a - 1 from t', 'select a from t'],
  ])('differs for %s and %s', (one, other) => {
    expect(fingerprint(one)).not.toBe(fingerprint(other))
  })

  it.each<[SqlDialect, string, string]>([
    ['tsql', "execute as user = 'ann'", "execute as user = 'eve'"],
    ['tsql', "exec sys.sp_addrolemember 'db_owner', 'ann'", "exec sys.sp_addrolemember 'db_owner', 'eve'"],
    ['tsql', "sp_rename 'dbo.a', 'b'", "sp_rename 'dbo.a', 'c'"],
    [
      'mysql',
      "create definer = 'ann'@'%' view v as select 1",
      "create definer = 'eve'@'%' view v as select 1",
    ],
  ])('differs in %s for %s and %s, which name roles and objects', (dialect, one, other) => {
    expect(fingerprint(one, dialect)).not.toBe(fingerprint(other, dialect))
  })

  it('takes the strings of the statement behind a procedure for literals', () => {
    expect(shape("exec sp_rename 'a', 'b' select c from t where d = 'e'", 'tsql')).toBe(
      "exec sp_rename 'a', 'b' select c from t where d = ?",
    )
  })

  it('is the same for names in quotes that differ by their case, where that means nothing', () => {
    expect(fingerprint('select `Total` from `Main`.`Orders`', 'databricks')).toBe(
      fingerprint('select total from main.orders', 'databricks'),
    )
  })

  it('differs by the case of a table where that names another table', () => {
    expect(fingerprint('select A from Orders', 'mysql')).not.toBe(
      fingerprint('select A from orders', 'mysql'),
    )
    expect(fingerprint('select A from Orders', 'tsql')).toBe(fingerprint('SELECT a FROM orders', 'tsql'))
  })

  it('keeps what the comments at both ends say', () => {
    const { leadingComments, trailingComments } = normalizeSql(
      '/* a */ -- b\nselect /* no */ 1; /* c */',
      'postgres',
    )
    expect([leadingComments, trailingComments]).toEqual([[' a ', ' b'], [' c ']])
  })
})

const all = sqlDialects.flatMap((dialect) => readCorpus(dialect).map(({ sql }) => ({ sql, dialect })))
const anyCase = constantFrom(...all)

describe('reading any text', () => {
  it('gives the same shape when a shape is normalised again', () => {
    for (const { sql, dialect } of all) {
      const once = shape(sql, dialect)
      expect(shape(once, dialect)).toBe(once)
    }
  })

  it('sees the same whatever stands between the tokens, and however keywords are written', () => {
    const gaps = array(constantFrom(' ', '\n', '\t  ', ' /* aside */ ', '\n\n'), {
      minLength: 8,
      maxLength: 8,
    })
    assert(
      property(anyCase, gaps, ({ sql, dialect }, blanks) => {
        const other = respaceSql(sql, dialect, blanks)
        expect(fingerprint(other, dialect)).toBe(fingerprint(sql, dialect))
      }),
      { numRuns: 1500 },
    )
  })

  it('never throws, and says the same each time', () => {
    const piece = oneof(
      constantFrom(
        'select',
        'from',
        'with',
        'as',
        '(',
        ')',
        ',',
        ';',
        "'",
        '"',
        '`',
        '[',
        '--',
        '/*',
        '*/',
        '$$',
        'begin',
        'end',
        'if',
        'insert into',
        'update',
        'delete',
        'merge',
        'using',
        'create',
        'table',
        'grant',
        'on',
        'exec',
        'do',
        'unload',
        '.',
        '..',
        '@',
        '#',
        '?',
        ':',
        '{',
        "E'",
        "q'[",
        "'''",
      ),
      string({ unit: 'binary', maxLength: 12 }),
      constantFrom('a', 'b.c', '1', '-1.5e3', '«redacted:password:00000000»'),
    )
    assert(
      property(
        array(piece, { maxLength: 60 }),
        constantFrom(...sqlDialects),
        constantFrom(' ', ''),
        (pieces, dialect, gap) => {
          const text = pieces.join(gap)
          expect(readSql(text, dialect)).toEqual(readSql(text, dialect))
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('cuts any statement at any place without a mishap', () => {
    assert(
      property(anyCase, nat(), ({ sql, dialect }, at) => {
        readSql(sql.slice(0, at % (sql.length + 1)), dialect)
      }),
      { numRuns: 3000 },
    )
  })
})
