import type { StatementKind } from '../event.ts'
import { readDo, readExecute, readPrepare } from './read-execute.ts'
import { readDescribe, readExplain, readShow, readTableOrQuery } from './read-explain.ts'
import { readMaintenance } from './read-maintenance.ts'
import { readExpression, readQuery, walk } from './read-query.ts'
import { addRead, addReads, addWrite, readTableReference, splitName, type Source } from './read-sources.ts'
import type { Reading } from './reading.ts'
import type { StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'
import { endInTsql } from './tsql-boundaries.ts'

/** Commands that name no table, or none that is read out of them. */
const plainCommands: Readonly<Record<string, StatementKind>> = {
  begin: 'tcl',
  commit: 'tcl',
  rollback: 'tcl',
  abort: 'tcl',
  end: 'tcl',
  savepoint: 'tcl',
  release: 'tcl',
  save: 'tcl',
  lock: 'tcl',
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
  clone: 'other',
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
  update: 'other',
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
    case 'watch':
      if (reading.dialect !== 'clickhouse') return undefined
      return readTableOrQuery(reading, at + 1, to, place)
    case 'summarize':
      return readTableOrQuery(reading, at + 1, to, place)
    case 'pivot':
    case 'unpivot':
    case 'pivot_wider':
    case 'pivot_longer':
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
    case 'exists':
      return readExists(reading, at, to)
    case 'handler':
      return readHandler(reading, at, to, place)
    case 'pragma':
      return readPragma(reading, at, to)
    case 'dbcc':
      return readDbcc(reading, at, to, place)
    default:
      return readMaintenance(reading, at, to, place) ?? readPlain(reading, at, to, place)
  }
}

function readPlain(reading: Reading, at: number, to: number, place: StatementPlace): number | undefined {
  const word = reading.word(at)
  const following = reading.word(at + 1)
  if (word === 'bulk') return readBulkInsert(reading, at, to)
  let kind = Object.hasOwn(plainCommands, word) ? plainCommands[word] : undefined
  // START REPLICA is no transaction.
  if (word === 'start') kind = following === 'transaction' ? 'tcl' : 'other'
  if (word === 'force' && following === 'checkpoint') kind = 'maintenance'
  // BigQuery: a query whose answer must be true.
  if (word === 'assert') kind = 'read'
  if (kind === undefined) return undefined
  reading.facts.addKind(kind)
  return walk(reading, at + 1, to, { scope: place.scope, isTop: false, isQuery: false })
}

/** ClickHouse: EXISTS [TABLE | VIEW | DICTIONARY] orders. */
function readExists(reading: Reading, at: number, to: number): number | undefined {
  if (reading.dialect !== 'clickhouse') return undefined
  reading.facts.addKind('session')
  let next = at + 1
  while (/^(?:temporary|table|view|dictionary)$/.test(reading.word(next)) && reading.isName(next + 1)) next++
  const path = reading.word(next) === 'database' && next + 1 < to ? undefined : readPath(reading, next)
  if (path) addRead(reading, path.parts)
  return to
}

/** MySQL: HANDLER orders OPEN AS h; afterwards its name stands for the table. */
function readHandler(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  reading.facts.addKind('read')
  const path = readPath(reading, at + 1)
  if (path && reading.word(path.next) === 'open') addRead(reading, path.parts)
  readExpression(reading, at + 1, to, scope)
  return to
}

/** DuckDB: PIVOT orders ON ... */
function readPivot(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  const sources: Source[] = []
  const name = reading.word(at + 1) === 'nulls' ? at + 2 : at
  const next = readTableReference(reading, name, to, scope, sources)
  addReads(reading, sources)
  return walk(reading, next, to, { scope, isTop: false, isQuery: true })
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

function readSet(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  if (reading.word(at + 1) === 'password' && /^(?:mysql|mariadb)$/.test(reading.dialect)) {
    reading.facts.addKind('dcl')
    reading.facts.flags.add('privilege_change')
    return to
  }
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

/** SQLite: PRAGMA shop.table_info(orders) tells of the table. */
function readPragma(reading: Reading, at: number, to: number): number {
  reading.facts.addKind('session')
  const path = readPath(reading, at + 1)
  const asksTable = /^(?:table_x?info|index_list|foreign_key_list|foreign_key_check)$/.test(
    path?.parts.at(-1) ?? '',
  )
  const table = path && asksTable && reading.word(path.next) === '(' ? namedIn(reading, path.next) : undefined
  if (path && table) reading.facts.addTable([...path.parts.slice(0, -1), ...table].join('.'), 'read')
  return to
}

/** What DBCC does with a table, where it is for one. */
const checkedTables: Readonly<Record<string, 'read' | 'write'>> = {
  checktable: 'read',
  checkconstraints: 'read',
  show_statistics: 'read',
  checkident: 'write',
  cleantable: 'write',
  dbreindex: 'write',
}

/** T-SQL: DBCC CHECKTABLE ('orders'). */
function readDbcc(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  reading.facts.addKind('maintenance')
  const command = reading.word(at + 1)
  const access = Object.hasOwn(checkedTables, command) ? checkedTables[command] : undefined
  const parts = reading.word(at + 2) === '(' ? (namedIn(reading, at + 2) ?? []) : []
  if (access === 'read') addRead(reading, parts)
  if (access === 'write') addWrite(reading, parts)
  return walk(reading, at + 1, to, { scope, isTop: false, isQuery: false })
}

/** The name behind the parenthesis at `open`, also as a string. */
function namedIn(reading: Reading, open: number): string[] | undefined {
  const { kind, text } = reading.token(open + 1)
  return kind === 'string' ? splitName(reading, text) : readPath(reading, open + 1)?.parts
}

/** T-SQL: BULK INSERT orders FROM 'file'. */
function readBulkInsert(reading: Reading, at: number, to: number): number | undefined {
  const path = reading.word(at + 1) === 'insert' ? readPath(reading, at + 2) : undefined
  if (!path) return undefined
  reading.facts.addKind('import')
  addWrite(reading, path.parts)
  return endInTsql(reading, path.next, to)
}
