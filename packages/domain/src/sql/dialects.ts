/** The dialects of SQL that are read: the values of `data.dialect`. */
export const sqlDialects = [
  'postgres',
  'mysql',
  'mariadb',
  'sqlite',
  'snowflake',
  'bigquery',
  'redshift',
  'databricks',
  'spark',
  'clickhouse',
  'duckdb',
  'tsql',
  'oracle',
  'trino',
] as const

export type SqlDialect = (typeof sqlDialects)[number]

/** How a dialect writes names, literals and comments, and what it makes of the case of names. */
export type LexicalRules = {
  /** What stands between double quotes. */
  doubleQuotes: 'name' | 'string'
  /** Names between backticks, and between brackets. */
  backticks: boolean
  brackets: boolean
  /** A backslash escapes the next character in every string. */
  backslashes: boolean
  /** Not in `r'text'`. */
  rawStrings: boolean
  /** `$$text$$`, with or without a tag between the signs. */
  dollarQuotes: boolean
  /** Strings between three quotes. */
  tripleQuotes: boolean
  /** `q'[text]'`. */
  qQuotes: boolean
  /** Comments that begin with `#`, and with `//`. */
  hashComments: boolean
  slashComments: boolean
  /** `--` begins a comment only before a blank. */
  dashesNeedBlank: boolean
  nestedComments: boolean
  /** `/*! text *\/` is not a comment but SQL. */
  executableComments: boolean
  /** What the database makes of a name without quotes. */
  folding: 'lower' | 'upper' | 'none'
  /** Names in quotes are folded as well. */
  foldsQuoted: boolean
  /** Two names that differ in case alone mean two tables. */
  caseSensitiveTables: boolean
  /** A name may have `-` in it: `my-project.data.orders`. */
  dashedNames: boolean
  /** A name may begin with `#` (a temporary table) or `@` (a variable). */
  signedNames: boolean
}

const plain: LexicalRules = {
  doubleQuotes: 'name',
  backticks: false,
  brackets: false,
  backslashes: false,
  rawStrings: false,
  dollarQuotes: false,
  tripleQuotes: false,
  qQuotes: false,
  hashComments: false,
  slashComments: false,
  dashesNeedBlank: false,
  nestedComments: false,
  executableComments: false,
  folding: 'none',
  foldsQuoted: false,
  caseSensitiveTables: false,
  dashedNames: false,
  signedNames: false,
}

const postgres: LexicalRules = { ...plain, dollarQuotes: true, nestedComments: true, folding: 'lower' }
const mysql: LexicalRules = {
  ...plain,
  doubleQuotes: 'string',
  backticks: true,
  backslashes: true,
  hashComments: true,
  dashesNeedBlank: true,
  executableComments: true,
  caseSensitiveTables: true,
}
const spark: LexicalRules = {
  ...plain,
  doubleQuotes: 'string',
  backticks: true,
  backslashes: true,
  rawStrings: true,
  nestedComments: true,
  folding: 'lower',
  foldsQuoted: true,
}

/** The sources are the manuals of the databases, in their chapters on lexical structure. */
export const lexicalRules: Record<SqlDialect, LexicalRules> = {
  postgres,
  redshift: { ...postgres, backslashes: true, signedNames: true, foldsQuoted: true },
  duckdb: { ...postgres, folding: 'none' },
  mysql,
  mariadb: mysql,
  spark,
  databricks: { ...spark, dollarQuotes: true },
  sqlite: { ...plain, backticks: true, brackets: true },
  snowflake: {
    ...plain,
    backslashes: true,
    dollarQuotes: true,
    slashComments: true,
    folding: 'upper',
  },
  bigquery: {
    ...plain,
    doubleQuotes: 'string',
    backticks: true,
    backslashes: true,
    tripleQuotes: true,
    hashComments: true,
    caseSensitiveTables: true,
    dashedNames: true,
  },
  clickhouse: {
    ...plain,
    backticks: true,
    backslashes: true,
    dollarQuotes: true,
    hashComments: true,
    nestedComments: true,
    caseSensitiveTables: true,
  },
  tsql: { ...plain, brackets: true, nestedComments: true, signedNames: true },
  oracle: { ...plain, qQuotes: true, folding: 'upper' },
  trino: { ...plain, folding: 'lower' },
}

/** Other names under which the dialects are known. */
const otherNames: ReadonlyMap<string, SqlDialect> = new Map(
  Object.entries({
    postgresql: 'postgres',
    pg: 'postgres',
    sqlserver: 'tsql',
    mssql: 'tsql',
    'transact-sql': 'tsql',
    hive: 'spark',
    sparksql: 'spark',
    presto: 'trino',
    athena: 'trino',
  } as const),
)

/** The dialect of this name, whatever its case; undefined if it is not known. */
export function findDialect(name: string): SqlDialect | undefined {
  const key = name.trim().toLowerCase()
  return sqlDialects.find((dialect) => dialect === key) ?? otherNames.get(key)
}
