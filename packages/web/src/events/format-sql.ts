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

/** SQL with line breaks and indentation; null where the formatter cannot read it. `dialect` as in `data.dialect`. */
export function formatSql(sql: string, dialect: string | undefined): string | null {
  try {
    return format(sql, { language: languages[dialect ?? ''] ?? 'sql', tabWidth: 2, keywordCase: 'preserve' })
  } catch {
    return null
  }
}
