import { format, type SqlLanguage } from 'sql-formatter'

const languages: Record<string, SqlLanguage> = {
  postgres: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite: 'sqlite',
  snowflake: 'snowflake',
  bigquery: 'bigquery',
  redshift: 'redshift',
  databricks: 'spark',
  spark: 'spark',
  clickhouse: 'clickhouse',
  duckdb: 'duckdb',
  tsql: 'transactsql',
  oracle: 'plsql',
  trino: 'trino',
}

const redactions = /«redacted:([a-z_]+):([0-9a-f]{8})»/g
const nameStart = 'redacted_x_'
const names = /redacted_x_([a-z_]+?)_x_([0-9a-f]{8})/g

/** SQL with line breaks and indentation; null where the formatter cannot read it. `dialect` as in `data.dialect`. */
export function formatSql(sql: string, dialect: string | undefined): string | null {
  // A redaction stands where a value or a name would; the formatter knows names.
  if (sql.includes(nameStart)) return null
  const named = sql.replaceAll(redactions, `${nameStart}$1_x_$2`)
  try {
    return format(named, {
      language: languages[dialect ?? ''] ?? 'sql',
      tabWidth: 2,
      keywordCase: 'preserve',
    }).replaceAll(names, '«redacted:$1:$2»')
  } catch {
    return null
  }
}
