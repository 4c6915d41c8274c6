import type { StatementKind } from '../event.ts'
import { readDescribe, readExplain, readShow, readTableOrQuery } from './read-explain.ts'
import { readMaintained } from './read-maintenance.ts'
import { readExpression, readQuery, walk } from './read-query.ts'
import { addReads, addWrite, readTableReference, type Source } from './read-sources.ts'
import type { Reading } from './reading.ts'
import type { StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'
import { startsTsqlStatement } from './tsql-boundaries.ts'

/** Commands that name no table, or none that is read out of them. */
const plainCommands: Readonly<Record<string, StatementKind>> = {
  begin: 'tcl',
  start: 'tcl',
  commit: 'tcl',
  rollback: 'tcl',
  abort: 'tcl',
  end: 'tcl',
  savepoint: 'tcl',
  release: 'tcl',
  save: 'tcl',
  unlock: 'tcl',
  reset: 'session',
  discard: 'session',
  listen: 'session',
  unlisten: 'session',
  notify: 'other',
  use: 'session',
  deallocate: 'session',
  close: 'session',
  move: 'session',
  list: 'session',
  ls: 'session',
  unset: 'session',
  help: 'session',
  add: 'session',
  attach: 'session',
  detach: 'session',
  fetch: 'read',
  open: 'read',
  call: 'procedure',
  system: 'maintenance',
  checkpoint: 'maintenance',
  kill: 'other',
  change: 'other',
  stop: 'other',
  uninstall: 'other',
  binlog: 'other',
  restart: 'other',
  shutdown: 'other',
  xa: 'tcl',
  cancel: 'other',
  revert: 'session',
  purge: 'maintenance',
  flush: 'maintenance',
  backup: 'maintenance',
  restore: 'maintenance',
  dbcc: 'maintenance',
  install: 'other',
  print: 'other',
  raiserror: 'other',
  throw: 'other',
  waitfor: 'other',
  go: 'other',
  signal: 'other',
  resignal: 'other',
  remove: 'other',
  rm: 'other',
  handler: 'read',
}

/** Everything that is neither a query, a change, a definition, a permission nor a transfer. Undefined if unknown. */
export function readCommand(
  reading: Reading,
  at: number,
  to: number,
  place: StatementPlace,
): number | undefined {
  const { facts } = reading
  const word = reading.word(at)
  switch (word) {
    case 'explain':
    case 'profile':
      return readExplain(reading, at, to, place)
    case 'describe':
    case 'desc':
      return readDescribe(reading, at, to, place)
    case 'show':
      return readShow(reading, at, to)
    case 'summarize':
      return readTableOrQuery(reading, at + 1, to, place)
    case 'pivot':
    case 'unpivot':
      facts.addKind('read')
      return readPivot(reading, at + 1, to, place)
    case 'prepare':
      return readPrepare(reading, at, to, place)
    case 'declare':
      return readDeclare(reading, at, to, place)
    case 'execute':
    case 'exec':
      return readExecute(reading, at, to)
    case 'do':
      return readDo(reading, at, to, place)
    case 'set':
    case 'let':
      return readSet(reading, at, to, place)
    case 'restore':
      if (reading.word(at + 1) !== 'table') return readPlain(reading, at, to, place)
      return readMaintained(reading, at, to, 'write', 'write')
    case 'pragma':
      return readPragma(reading, at, to)
    case 'lock':
      return readMaintained(reading, at, to, 'tcl', 'read')
    case 'vacuum':
    case 'optimize':
    case 'reindex':
    case 'cluster':
    case 'repair':
    case 'msck':
    case 'fsck':
      return readMaintained(reading, at, to, 'maintenance', 'write')
    case 'reorg':
    case 'refresh':
      return readMaintained(reading, at, to, 'maintenance', 'write')
    case 'analyze':
      if (explainsByAnalyze(reading, at)) return readExplain(reading, at, to, place)
      return readMaintained(reading, at, to, 'maintenance', 'read')
    case 'analyse':
    case 'check':
    case 'checksum':
    case 'cache':
    case 'uncache':
    case 'clear':
      return readMaintained(reading, at, to, 'maintenance', 'read')
    default:
      return readPlain(reading, at, to, place)
  }
}

function readPlain(reading: Reading, at: number, to: number, place: StatementPlace): number | undefined {
  if (reading.word(at) === 'bulk') return readBulkInsert(reading, at, to)
  const kind = Object.hasOwn(plainCommands, reading.word(at)) ? plainCommands[reading.word(at)] : undefined
  if (kind === undefined) return undefined
  reading.facts.addKind(kind)
  return walk(reading, at + 1, to, { scope: place.scope, isTop: false, isQuery: false })
}

/** DuckDB: PIVOT orders ON ... */
function readPivot(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  const sources: Source[] = []
  const name = reading.word(at + 1) === 'nulls' ? at + 2 : at
  const next = readTableReference(reading, name, to, scope, sources)
  addReads(reading, sources)
  return walk(reading, next, to, { scope, isTop: false, isQuery: true })
}

/** PREPARE name AS statement; PREPARE name FROM 'statement'. */
function readPrepare(reading: Reading, at: number, to: number, place: StatementPlace): number {
  for (let next = at + 1; next < to; next++) {
    const word = reading.word(next)
    if (word === '(') next = reading.closeOf(next)
    else if (word === 'transaction') break
    else if (word === 'as') return reading.grammar.readStatement(reading, next + 1, to, place)
    else if (word === 'from') {
      const { kind, text } = reading.token(next + 1)
      if (kind === 'string') {
        reading.readInside(text)
        return to
      }
      if (kind === 'word' && reading.dialect !== 'mysql' && reading.dialect !== 'mariadb')
        return reading.grammar.readStatement(reading, next + 1, to, place)
      break
    }
  }
  reading.facts.addKind(reading.word(at + 1) === 'transaction' ? 'tcl' : 'session')
  return to
}

/** DECLARE name CURSOR FOR query; variables with queries as their values. */
function readDeclare(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  for (let next = at + 1; next < to; next++) {
    const word = reading.word(next)
    if (word === '(') next = reading.closeOf(next)
    else if (
      (word === 'for' || word === 'is') &&
      reading.isAny(next + 1, new Set(['select', 'with', 'values', '(']))
    ) {
      facts.addKind('read')
      return readQuery(reading, next + 1, to, { scope: place.scope, isTop: false })
    }
  }
  facts.addKind('session')
  return walk(reading, at + 1, to, { scope: place.scope, isTop: false, isQuery: false })
}

/** EXECUTE IMMEDIATE 'statement', EXEC ('statement'), EXEC sp_executesql N'statement', or a procedure. */
function readExecute(reading: Reading, at: number, to: number): number {
  const { facts } = reading
  if (reading.word(at + 1) === 'as' && reading.dialect === 'tsql') {
    facts.addKind('session')
    return to
  }
  let end = at + 1
  while (end < to && (end === at + 1 || !startsTsqlStatement(reading, end))) end++
  const texts: string[] = []
  for (let next = at + 1; next < end; next++) {
    const { kind, text } = reading.token(next)
    if (kind === 'string') texts.push(text)
    // A part of the text that is not known.
    else if (kind === 'parameter' && texts.length > 0 && reading.word(next - 1) === '+') texts.push('?')
  }
  if (texts.length > 0) reading.readInside(texts.join(' '))
  if (texts.length === 0 || facts.kind === undefined) facts.addKind('procedure')
  return end
}

/** PostgreSQL: DO 'block'; the statements in it are run. MySQL: DO expression. */
function readDo(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  const kind = facts.kind
  for (let next = at + 1; next < to; next++) {
    const token = reading.token(next)
    if (token.kind === 'string') reading.readInside(token.text, true)
  }
  facts.kind = kind
  facts.addKind('procedure')
  readExpression(reading, at + 1, to, place.scope)
  return to
}

function readSet(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  if (reading.word(at + 1) === 'statement' && reading.dialect === 'mariadb') {
    // SET STATEMENT variable = value FOR statement
    for (let next = at; next < to; next++) {
      if (reading.word(next) === 'for')
        return reading.grammar.readStatement(reading, next + 1, to, { scope, isTop: true })
    }
  }
  reading.facts.addKind('session')
  return walk(reading, at + 1, to, { scope, isTop: false, isQuery: false })
}

/** MariaDB: ANALYZE statement, which is EXPLAIN ANALYZE elsewhere. */
function explainsByAnalyze(reading: Reading, at: number): boolean {
  const { dialect } = reading
  const isExplained = /^(?:format|select|insert|update|delete|with|replace)$/.test(reading.word(at + 1))
  return isExplained && (dialect === 'mysql' || dialect === 'mariadb')
}

/** SQLite: PRAGMA shop.table_info(orders) tells of the table. */
function readPragma(reading: Reading, at: number, to: number): number {
  reading.facts.addKind('session')
  const path = readPath(reading, at + 1)
  const asksTable = /^(?:table_x?info|index_list|foreign_key_list|foreign_key_check)$/.test(
    path?.parts.at(-1) ?? '',
  )
  const table =
    path && asksTable && reading.word(path.next) === '(' ? readPath(reading, path.next + 1) : undefined
  if (path && table) reading.facts.addTable([...path.parts.slice(0, -1), ...table.parts].join('.'), 'read')
  return to
}

/** T-SQL: BULK INSERT orders FROM 'file'. */
function readBulkInsert(reading: Reading, at: number, to: number): number | undefined {
  const path = reading.word(at + 1) === 'insert' ? readPath(reading, at + 2) : undefined
  if (!path) return undefined
  reading.facts.addKind('import')
  addWrite(reading, path.parts)
  return to
}
