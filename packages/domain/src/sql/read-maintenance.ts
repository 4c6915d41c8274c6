import type { StatementKind } from '../event.ts'
import { readExplain } from './read-explain.ts'
import { readQuery } from './read-query.ts'
import { addRead, addWrite } from './read-sources.ts'
import type { Reading } from './reading.ts'
import type { StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'
import { endInTsql } from './tsql-boundaries.ts'

/** Words that a name must follow: they may be one themselves. */
const classWords = new Set(
  `table tables view dictionary index database schema system function privileges lazy materialized dynamic local only stream streaming
  compute repair foreign if exists external cache sort delete reindex boost recluster partition read write`.split(
    /\s+/,
  ),
)
/** These cannot name a table. */
const optionWords = new Set(
  `concurrently verbose full freeze analyze analyse no_write_to_binlog statistics`.split(/\s+/),
)
const behindNames =
  /^(?:in|for|using|on|with|select|where|zorder|final|partition|resume|into|boost|to|from|partitions)$/

/** Commands that keep tables in order, save them or lock them. Undefined if the statement is none of them. */
export function readMaintenance(
  reading: Reading,
  at: number,
  to: number,
  place: StatementPlace,
): number | undefined {
  switch (reading.word(at)) {
    case 'restore':
    case 'backup':
      return readSaved(reading, at, to)
    case 'update':
      // T-SQL: UPDATE STATISTICS orders.
      if (reading.dialect !== 'tsql') return undefined
      readMaintained(reading, at + 1, to, 'maintenance', 'read')
      return endInTsql(reading, at + 2, to)
    case 'lock':
      if (reading.word(at + 1) === 'instance') return undefined
      return readMaintained(reading, at, to, 'tcl', 'read')
    case 'system':
      return reading.dialect === 'clickhouse' ? readSystem(reading, at, to) : undefined
    case 'generate':
      // Databricks: GENERATE symlink_format_manifest FOR TABLE orders.
      if (reading.word(at + 2) !== 'for') return undefined
      return readMaintained(reading, at + 2, to, 'maintenance', 'read')
    case 'clear':
      // Spark: CLEAR CACHE.
      return plainly(reading, to)
    case 'vacuum':
      // SQLite: VACUUM main INTO 'file' is for a whole database.
      if (reading.dialect === 'sqlite') return plainly(reading, to)
      return readMaintained(reading, at, to, 'maintenance', 'write')
    case 'flush':
      return readFlush(reading, at, to)
    case 'optimize':
    case 'reindex':
    case 'cluster':
    case 'repair':
    case 'msck':
    case 'fsck':
    case 'reorg':
    case 'refresh':
      return readMaintained(reading, at, to, 'maintenance', 'write')
    case 'analyze':
      if (explainsByAnalyze(reading, at)) return readExplain(reading, at, to, place)
      return readMaintained(reading, at, to, 'maintenance', 'read')
    case 'check':
      // ClickHouse: CHECK ALL TABLES, CHECK GRANT.
      if (!/^(?:table|view)$/.test(reading.word(at + 1))) return plainly(reading, to)
      return readMaintained(reading, at, to, 'maintenance', 'read')
    case 'analyse':
    case 'checksum':
    case 'uncache':
      return readMaintained(reading, at, to, 'maintenance', 'read')
    case 'cache':
      return readCache(reading, at, to, place)
    default:
      return undefined
  }
}

/** For no table that the text names. */
function plainly(reading: Reading, to: number): number {
  reading.facts.addKind('maintenance')
  return to
}

/** RESTORE TABLE orders (ClickHouse, Databricks), BACKUP TABLE orders; ClickHouse may restore it under another name. */
function readSaved(reading: Reading, at: number, to: number): number | undefined {
  const isRestored = reading.word(at) === 'restore'
  const isTable = /^(?:temporary|table|view|dictionary)$/.test(reading.word(at + 1))
  // Databricks may leave the word TABLE out.
  const mayLackClass = isRestored && /^(?:databricks|spark)$/.test(reading.dialect)
  if (!isTable && !mayLackClass) return undefined
  if (!isRestored) return readMaintained(reading, at, to, 'maintenance', 'read')
  let name = at
  for (let next = at + 1; next < to; next++) {
    if (reading.word(next) === '(') next = reading.closeOf(next)
    if (/^(?:,|from|to)$/.test(reading.word(next))) break
    if (reading.word(next) === 'as' && reading.dialect === 'clickhouse') name = next
  }
  return readMaintained(reading, name, to, 'write', 'write')
}

/** ClickHouse: behind these words of SYSTEM stands a table, as in SYSTEM STOP MERGES orders. */
const systemObjects =
  /^(?:merges|moves|fetches|sends|queues|replica|distributed|dictionary|view|table|cleanup|pulling)$/

/** ClickHouse: SYSTEM FLUSH DISTRIBUTED orders; most commands of SYSTEM are for the server. */
function readSystem(reading: Reading, at: number, to: number): number {
  reading.facts.addKind('maintenance')
  for (let next = at + 1; next < to; next++) {
    if (!systemObjects.test(reading.word(next)) || reading.word(next - 1) === 'database') continue
    let name = next + 1
    if (reading.word(name) === 'on' && reading.word(name + 1) === 'cluster') name += 3
    if (reading.word(name) === 'if') name += 2
    const path = /^(?:on|from)$/.test(reading.word(name)) ? undefined : readPath(reading, name)
    if (!path || systemObjects.test(reading.word(name))) continue
    addWrite(reading, path.parts)
    return to
  }
  return to
}

/** MySQL: FLUSH TABLES a, b WITH READ LOCK. */
function readFlush(reading: Reading, at: number, to: number): number | undefined {
  const next = /^(?:local|no_write_to_binlog)$/.test(reading.word(at + 1)) ? at + 2 : at + 1
  const isTables = /^tables?$/.test(reading.word(next)) && next + 1 < to
  return isTables ? readMaintained(reading, at, to, 'maintenance', 'read') : undefined
}

/** MariaDB: ANALYZE statement, which is EXPLAIN ANALYZE elsewhere. */
function explainsByAnalyze(reading: Reading, at: number): boolean {
  const { dialect } = reading
  const isExplained = /^(?:format|select|insert|update|delete|with|replace)$/.test(reading.word(at + 1))
  return isExplained && (dialect === 'mysql' || dialect === 'mariadb')
}

/** Spark: CACHE TABLE orders; CACHE TABLE name AS SELECT ... gives the name to the answer. */
function readCache(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  // MySQL: CACHE INDEX orders IN hot_cache.
  if (reading.word(at + 1) === 'index') return readMaintained(reading, at + 1, to, 'maintenance', 'read')
  for (let next = at; next < to; next++) {
    if (reading.word(next) === '(') next = reading.closeOf(next)
    else if (reading.word(next) === 'select' || reading.word(next) === 'as') {
      reading.facts.addKind('maintenance')
      const query = reading.word(next) === 'as' ? next + 1 : next
      return readQuery(reading, query, to, { scope, isTop: false })
    }
  }
  return readMaintained(reading, at, to, 'maintenance', 'read')
}

/** VACUUM orders, REFRESH MATERIALIZED VIEW orders, LOCK TABLE orders IN ... MODE. */
function readMaintained(
  reading: Reading,
  at: number,
  to: number,
  kind: StatementKind,
  access: 'read' | 'write',
): number {
  reading.facts.addKind(kind)
  let next = at + 1
  if (reading.word(next) === '(') next = reading.closeOf(next) + 1
  while (next < to) {
    const names = skipWords(reading, next, to)
    const path = names === undefined ? undefined : readPath(reading, names)
    if (names === undefined || !path || behindNames.test(reading.word(names))) return to
    if (access === 'write') addWrite(reading, path.parts)
    else addRead(reading, path.parts)
    next = path.next
    if (reading.word(next) === '(') next = reading.closeOf(next) + 1
    if (reading.word(next) === 'as' || reading.word(next) === 'read' || reading.word(next) === 'write') {
      while (next < to && reading.word(next) !== ',') next++
    }
    if (reading.word(next) !== ',') return to
    next++
  }
  return to
}

/** Where the names begin; undefined if what is maintained is no table. */
function skipWords(reading: Reading, at: number, to: number): number | undefined {
  for (let next = at; next < to; next++) {
    const word = reading.word(next)
    const following = reading.word(next + 1)
    const isOption =
      optionWords.has(word) ||
      // Redshift: ANALYZE COMPRESSION, ANALYZE PREDICATE COLUMNS.
      (reading.dialect === 'redshift' && (word === 'compression' || following === 'columns'))
    if (following === 'columns' && isOption) return undefined
    if (following === '.' || !(isOption || (classWords.has(word) && next + 1 < to))) return next
    if (/^(?:index|database|schema|system|function|privileges)$/.test(word)) return undefined
  }
  return undefined
}
