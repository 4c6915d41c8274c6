import {
  isAccount,
  isViewLog,
  readList,
  readNames,
  readOn,
  readOtherOns,
  readPublished,
  readReadTable,
  readTarget,
  readWrittenTable,
  skipExistence,
  skipModifiers,
  tableClasses,
} from './definition-parts.ts'
import { readObjects } from './read-permissions.ts'
import { readParentheses, readQuery } from './read-query.ts'
import { addWrite } from './read-sources.ts'
import type { Reading } from './reading.ts'
import { endOfRoutine, routineClasses } from './routines.ts'
import type { Scope } from './scope.ts'
import { readPath } from './table-names.ts'
import { endInTsql, startsBehindAlter } from './tsql-boundaries.ts'

export function readAlter(reading: Reading, at: number, to: number, scope: Scope): number {
  const { facts } = reading
  const place = { scope, isTop: false }
  const next = skipModifiers(reading, at + 1, to)
  const word = reading.word(next)
  if (/^(?:session|system|account)$/.test(word) && reading.word(next + 1) !== 'policy') {
    facts.addKind('session')
    return to
  }
  if (isAccount(reading, next) || (word === 'default' && reading.word(next + 1) === 'privileges')) {
    facts.addKind('dcl')
    facts.flags.add('privilege_change')
    return endInTsql(reading, next + 1, to)
  }
  if (isViewLog(reading, next)) {
    facts.addKind('ddl')
    return readOn(reading, next + 2, to, place)
  }
  const isTable = tableClasses.has(word) && !isTableFunction(reading, next)
  if (isTable) return readAlterTable(reading, next + 1, to, scope)
  facts.addKind('ddl')
  const isOnTable =
    /^(?:policy|trigger|rule)$/.test(word) ||
    (word === 'index' && (reading.dialect === 'tsql' || reading.dialect === 'mysql'))
  if (isOnTable && reading.word(next - 1) !== 'event') return readOn(reading, next + 1, to, place)
  if (word === 'schema' && reading.dialect === 'tsql') return readSchemaTransfer(reading, next, to)
  // T-SQL: ALTER AUTHORIZATION ON [OBJECT::]orders TO ann.
  if (word === 'authorization') {
    readObjects(reading, next + 2, to)
    return endInTsql(reading, next + 2, to)
  }
  if (word === 'publication') return readPublished(reading, next + 1, to)
  if (word === 'share' || word === 'datashare') return readSharedTables(reading, next + 1, to)
  return routineClasses.has(word) ? endOfRoutine(reading, next, to) : to
}

/** BigQuery: DROP TABLE FUNCTION name. */
function isTableFunction(reading: Reading, at: number): boolean {
  return reading.word(at) === 'table' && reading.word(at + 1) === 'function' && reading.isName(at + 2)
}

/** ALTER SHARE name ADD TABLE orders, ALTER DATASHARE name REMOVE TABLE a, b: who may read these tables changes. */
function readSharedTables(reading: Reading, at: number, to: number): number {
  for (let next = at; next < to; next++) {
    if (!/^(?:table|view)$/.test(reading.word(next)) || !reading.isName(next + 1)) continue
    next = Math.max(next, readList(reading, next + 1, to, 'write') - 1)
  }
  return to
}

/** T-SQL: ALTER SCHEMA sales TRANSFER [OBJECT::]dbo.orders. */
function readSchemaTransfer(reading: Reading, at: number, to: number): number {
  let next = at
  while (next < to && reading.word(next) !== 'transfer') next++
  next++
  const isObject = reading.word(next) === 'object' && reading.word(next + 1) === '::'
  if (isObject) next += 2
  if (next < to && reading.word(next + 1) !== '::') readWrittenTable(reading, next)
  return to
}

function readAlterTable(reading: Reading, at: number, to: number, scope: Scope): number {
  const { facts } = reading
  let next = skipExistence(reading, at)
  if (reading.word(next) === 'only') next++
  if (reading.word(next) === 'all' && reading.word(next + 1) === 'in') {
    facts.addKind('ddl')
    return to
  }
  const path = readTarget(reading, next)
  if (!path) {
    facts.addKind('ddl')
    reading.noteTrouble()
    return to
  }
  addWrite(reading, path.parts)
  return readAlterActions(reading, path.next, to, scope)
}

/** Returns where the actions end. */
function readAlterActions(reading: Reading, at: number, to: number, scope: Scope): number {
  const { facts, dialect } = reading
  let isChange = false
  const start = reading.word(at) === 'on' && reading.word(at + 1) === 'cluster' ? at + 3 : at
  let next = start
  while (next < to && !(next > start && startsBehindAlter(reading, next))) {
    const word = reading.word(next)
    const following = reading.word(next + 1)
    const isFirst = next === start || reading.word(next - 1) === ','
    if (dialect === 'clickhouse' && (word === 'update' || word === 'delete') && isFirst) isChange = true
    if (word === 'drop' && !/^(?:default|not|constraint|expression|identity)$/.test(following))
      facts.flags.add('destructive')
    if (word === '(') next = readParentheses(reading, next, to, scope)
    else if (word === 'references' || (word === 'swap' && following === 'with')) {
      next = word === 'swap' ? readWrittenTable(reading, next + 2) : readReadTable(reading, next + 1)
    } else if (
      (word === 'attach' || word === 'detach') &&
      following === 'partition' &&
      reading.isName(next + 2) &&
      dialect === 'postgres'
    ) {
      next = readWrittenTable(reading, next + 2)
    } else if (word === 'table' && (reading.word(next - 1) === 'with' || reading.word(next - 1) === 'to')) {
      next = readWrittenTable(reading, next + 1)
    } else if (word === 'from' && dialect === 'clickhouse' && reading.isName(next + 1))
      next = readReadTable(reading, next + 1)
    else if (word === 'as' && following === 'select')
      next = readQuery(reading, next + 1, to, { scope, isTop: false })
    else if (word === 'rename' && renamesTable(reading, next)) {
      next = readWrittenTable(reading, /^(?:to|as)$/.test(following) ? next + 2 : next + 1)
    } else if (word === 'to' && dialect === 'tsql') next = readWrittenTable(reading, next + 1)
    else if (word === 'append' && following === 'from') next = readReadTable(reading, next + 2)
    else if (isFirst && (word === 'inherit' || (word === 'no' && following === 'inherit'))) {
      next = readReadTable(reading, word === 'no' ? next + 2 : next + 1)
    } else next++
  }
  facts.addKind(isChange ? 'write' : 'ddl')
  return next
}

/** RENAME TO name: the new name is a table like the old one. */
function renamesTable(reading: Reading, at: number): boolean {
  const following = reading.word(at + 1)
  // MySQL may leave the word TO out.
  const isBare = reading.dialect === 'mysql' || reading.dialect === 'mariadb'
  if (isBare && reading.isName(at + 1) && !/^(?:to|as|column|index|key)$/.test(following)) return true
  if (following !== 'to' && following !== 'as') return false
  const isPartition = reading.word(at + 2) === 'partition' && reading.word(at + 3) === '('
  return !isPartition && !reading.isName(at + 3)
}

export function readDrop(reading: Reading, at: number, to: number): number {
  const { facts } = reading
  let next = skipModifiers(reading, at + 1, to)
  const word = reading.word(next)
  facts.flags.add('destructive')
  if (isAccount(reading, next)) {
    facts.addKind('dcl')
    facts.flags.add('privilege_change')
    return endInTsql(reading, skipExistence(reading, next + 1), to)
  }
  facts.addKind('ddl')
  if (isViewLog(reading, next)) return readOtherOns(reading, next + 2, to)
  const isTable = tableClasses.has(word) || word === 'tables'
  if (isTable && !isTableFunction(reading, next)) return readNames(reading, next, to)
  if (word === 'all') next += 2
  if (/^(?:index|statistics)$/.test(word) && hasIndexPaths(reading)) readIndexPaths(reading, next + 1, to)
  if (/^(?:index|trigger|policy|policies|rule|all)$/.test(word)) return readOtherOns(reading, next, to)
  if (!reading.isName(next)) reading.noteTrouble()
  return endInTsql(reading, skipExistence(reading, next + 1), to)
}

/** Where the name of an index begins with that of its table. */
function hasIndexPaths({ dialect }: Reading): boolean {
  return dialect === 'tsql' || dialect === 'snowflake'
}

/** DROP INDEX orders.ix, DROP STATISTICS orders.st; without a table before the dot, ON names it. */
function readIndexPaths(reading: Reading, at: number, to: number): void {
  for (let next = skipExistence(reading, at); next < to; next++) {
    const path = readPath(reading, next)
    if (!path) return
    addWrite(reading, path.parts.slice(0, -1))
    if (reading.word(path.next) !== ',') return
    next = path.next
  }
}
