import {
  isAccount,
  isViewLog,
  readList,
  readOn,
  readPublished,
  readReadTable,
  readTarget,
  readWrittenTable,
  skipExistence,
  skipModifiers,
  tableClasses,
} from './definition-parts.ts'
import { isQueryWord } from './query-start.ts'
import { readParentheses, readQuery, walk } from './read-query.ts'
import { addReads, addWrite, readTableReference, type Source } from './read-sources.ts'
import type { Reading } from './reading.ts'
import { endOfRoutine, routineClasses } from './routines.ts'
import { Scope, type StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'
import { endInTsql, startsTsqlStatement } from './tsql-boundaries.ts'

export function readCreate(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  const next = skipModifiers(reading, at + 1, to)
  const hasModifier = (pattern: RegExp): boolean => {
    for (let word = at + 1; word < next; word++) if (pattern.test(reading.word(word))) return true
    return false
  }
  const word = reading.word(next)
  if (isAccount(reading, next)) {
    facts.addKind('dcl')
    facts.flags.add('privilege_change')
    return endInTsql(reading, next + 1, to)
  }
  facts.addKind('ddl')
  // An event is no table, nor is what an event trigger stands on.
  if (word === 'trigger' && reading.word(next - 1) === 'event') return to
  if (isViewLog(reading, next)) return readOn(reading, next + 2, to, place)
  if (/^(?:index|policy|rule|trigger)$/.test(word)) return readOn(reading, next + 1, to, place)
  if (word === 'columnstore' && reading.word(next + 1) === 'index')
    return readOn(reading, next + 2, to, place)
  if (word === 'statistics' && reading.dialect === 'tsql') return readOn(reading, next + 1, to, place)
  if (word === 'type' && reading.word(next + 1) !== 'body')
    return walk(reading, next + 1, to, { scope: place.scope, isTop: false, isQuery: false })
  if (routineClasses.has(word)) return endOfRoutine(reading, next, to)
  if (word === 'statistics') return readLateQuery(reading, next + 1, to, place)
  if (word === 'model') return readModel(reading, next + 1, to, place)
  if (word === 'property' && reading.word(next + 1) === 'graph') return readGraph(reading, next + 2, to)
  if (word === 'publication') return readPublished(reading, next + 1, to)
  if (word === 'flow') return readFlow(reading, next + 1, to, place)
  if (word === 'schema' || word === 'database') return readSchemaElements(reading, next + 1, to, place)
  if (!tableClasses.has(word)) {
    if (!reading.isName(next) && word !== '') reading.noteTrouble()
    return to
  }
  if (word === 'table' && reading.word(next + 1) === 'function') return endOfRoutine(reading, next, to)
  const scope = new Scope(place.scope)
  // A recursive view names itself in its query.
  if (hasModifier(/^recursive$/)) scope.add(readPath(reading, next + 1)?.parts.at(-1) ?? '')
  const isTemporary = hasModifier(/^temp(?:orary)?$/)
  return readCreateTable(reading, next + 1, to, { ...place, scope }, isTemporary)
}

function readCreateTable(
  reading: Reading,
  at: number,
  to: number,
  place: StatementPlace,
  isTemporary: boolean,
): number {
  const { scope } = place
  let next = skipExistence(reading, at)
  const target = readTarget(reading, next)
  if (!target) {
    reading.noteTrouble()
    return walk(reading, next, to, { scope, isTop: false, isQuery: true })
  }
  addWrite(reading, target.parts, isTemporary)
  next = target.next
  while (next < to) {
    const word = reading.word(next)
    if (startsTsqlStatement(reading, next)) return next
    if (word === '(') {
      if (isQuery(reading, next + 1) && !isBehindValues(reading, next))
        return readQuery(reading, next, to, { scope, isTop: false })
      readColumns(reading, next + 1, Math.min(reading.closeOf(next), to), scope)
      next = reading.closeOf(next) + 1
    } else if (word === 'as') return readMadeFrom(reading, next + 1, to, place)
    else if (word === 'select' || (word === 'with' && isCommonTable(reading, next))) {
      return readQuery(reading, next, to, { scope, isTop: false })
    } else next = readCreateOption(reading, next, to, scope)
  }
  return to
}

/** PARTITION OF orders FOR VALUES IN (...): no query makes this table. */
function isBehindValues(reading: Reading, at: number): boolean {
  return /^(?:in|from|to|values)$/.test(reading.word(at - 1))
}

/** LIKE, CLONE, INHERITS, PARTITION OF, TO: other tables that the definition names. Returns the next place. */
function readCreateOption(reading: Reading, at: number, to: number, scope: Scope): number {
  const word = reading.word(at)
  if (word === 'like' || word === 'clone' || word === 'copy' || (word === 'for' && !reading.isName(at))) {
    if (word === 'copy' && reading.word(at + 1) === 'grants') return at + 2
    if (word === 'clone' && reading.word(at + 1) === 'as') return readReadTable(reading, at + 2)
    return readReadTable(reading, at + 1)
  }
  if (word === 'inherits' && reading.word(at + 1) === '(') {
    return readList(reading, at + 2, reading.closeOf(at + 1), 'read')
  }
  if (word === 'partition' && reading.word(at + 1) === 'of') return readReadTable(reading, at + 2)
  if (word === 'to' && isTarget(reading, at + 1)) return readWrittenTable(reading, at + 1)
  if (word === 'references') return readReadTable(reading, at + 1)
  // Snowflake: CREATE TABLE name FROM ARCHIVE OF orders.
  if (word === 'archive' && reading.word(at + 1) === 'of') return readReadTable(reading, at + 2)
  // Databricks: CREATE STREAMING TABLE name FLOW AUTO CDC FROM orders.
  if (word === 'cdc' && reading.word(at + 1) === 'from') {
    const sources: Source[] = []
    const next = readTableReference(reading, at + 2, to, scope, sources)
    addReads(reading, sources)
    return next
  }
  // Snowflake: CREATE STREAM name ON [EXTERNAL] TABLE orders.
  if (word === 'on') {
    const source = /^(?:external|dynamic|event|iceberg)$/.test(reading.word(at + 1)) ? at + 2 : at + 1
    if (/^(?:table|view)$/.test(reading.word(source))) return readReadTable(reading, source + 1)
  }
  // Snowflake: CREATE SEMANTIC VIEW name TABLES (o AS orders PRIMARY KEY (id)).
  if (word === 'tables' && reading.word(at + 1) === '(') return readListedTables(reading, at + 1)
  if (word === 'for' && reading.word(at - 2) === 'synonym') return readReadTable(reading, at + 1)
  return reading.word(at) === '(' ? readParentheses(reading, at, to, scope) : at + 1
}

/** `(orders KEY (id), c AS customers)`: what a semantic view or a graph is made from. Returns the place behind it. */
function readListedTables(reading: Reading, open: number): number {
  const close = reading.closeOf(open)
  for (let next = open + 1; next < close; next++) {
    if (reading.word(next) === '(') next = reading.closeOf(next)
    else if (next === open + 1 || reading.word(next - 1) === ',') {
      const hasAlias = reading.dialect === 'snowflake' && reading.word(next + 1) === 'as'
      next = Math.max(next, readReadTable(reading, hasAlias ? next + 2 : next) - 1)
    }
  }
  return close + 1
}

/** BigQuery: CREATE PROPERTY GRAPH name NODE TABLES (...) EDGE TABLES (...). */
function readGraph(reading: Reading, at: number, to: number): number {
  for (let next = at; next < to; next++) {
    if (reading.word(next) === 'tables' && reading.word(next + 1) === '(')
      next = readListedTables(reading, next + 1) - 1
  }
  return to
}

/** ClickHouse: a view may write TO a table; the time to live of rows may move them TO DISK 'name'. */
function isTarget(reading: Reading, at: number): boolean {
  return reading.dialect === 'clickhouse' && reading.isName(at) && reading.token(at + 1).kind !== 'parameter'
}

/** Columns and constraints: what they reference, and LIKE. */
function readColumns(reading: Reading, at: number, to: number, scope: Scope): void {
  for (let next = at; next < to;) {
    const word = reading.word(next)
    const isFirst = next === at || reading.word(next - 1) === ','
    if (word === 'references' && reading.isName(next + 1)) next = readReadTable(reading, next + 1)
    else if (word === 'like' && isFirst && reading.isName(next + 1)) next = readReadTable(reading, next + 1)
    else if (word === '(') next = readParentheses(reading, next, to, scope)
    else next++
  }
}

/** What stands behind AS: a query, in ClickHouse also a table or a table function. */
function readMadeFrom(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { scope } = place
  const word = reading.word(at)
  if (word === 'replica' && reading.word(at + 1) === 'of') return readReadTable(reading, at + 2)
  if (word === 'execute' || word === 'materialize') return to
  // ClickHouse: ATTACH TABLE orders AS [NOT] REPLICATED.
  if (reading.dialect === 'clickhouse' && (word === 'not' || (word === 'replicated' && at + 1 >= to)))
    return to
  if (reading.isName(at) && !isQueryWord(reading, at)) {
    // Redshift, Hive: STORED AS PARQUET ... AS SELECT.
    if (reading.dialect !== 'clickhouse') return readTailQuery(reading, at, to, place)
    const sources: Source[] = []
    const next = readTableReference(reading, at, to, scope, sources)
    addReads(reading, sources)
    return readTailQuery(reading, next, to, place)
  }
  if (word === '' && reading.token(at).kind === 'parameter') return to
  return readQuery(reading, at, to, { scope, isTop: false })
}

function readTailQuery(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  for (let next = at; next < to; next++) {
    if (
      reading.word(next) === 'as' &&
      (reading.word(next + 1) === 'select' || reading.word(next + 1) === 'with')
    ) {
      return readQuery(reading, next + 1, to, { scope, isTop: false })
    }
  }
  return to
}

/** A query somewhere behind a name: CREATE MODEL ... AS SELECT, CREATE STATISTICS ... FROM orders. */
function readLateQuery(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  return walk(reading, at, to, { scope, isTop: false, isQuery: true })
}

/** CREATE MODEL name AS SELECT ... (BigQuery), CREATE MODEL name FROM orders | (SELECT ...) (Redshift). */
function readModel(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  for (let next = at; next < to;) {
    const word = reading.word(next)
    if (word === '(') next = readParentheses(reading, next, to, scope)
    else if (word === 'as' && reading.word(next + 1) !== '(')
      return readQuery(reading, next + 1, to, { scope, isTop: false })
    else if (word === 'from' && reading.isName(next + 1)) next = readReadTable(reading, next + 1)
    else next++
  }
  return to
}

/** Databricks: CREATE FLOW name AS INSERT INTO ..., or AS AUTO CDC INTO .... */
function readFlow(reading: Reading, at: number, to: number, place: StatementPlace): number {
  let next = at
  while (next < to && reading.word(next) !== 'as') next++
  const inner = { ...place, isTop: false }
  return next + 1 < to ? reading.grammar.readStatement(reading, next + 1, to, inner) : to
}

/** CREATE SCHEMA name CREATE TABLE ... */
function readSchemaElements(reading: Reading, at: number, to: number, place: StatementPlace): number {
  for (let next = at; next < to; next++) {
    if (reading.word(next) !== 'create' && reading.word(next) !== 'grant') continue
    let end = next + 1
    while (end < to && reading.word(end) !== 'create' && reading.word(end) !== 'grant') end++
    reading.grammar.readStatement(reading, next, end, { ...place, isTop: false })
    next = end - 1
  }
  return to
}

function isCommonTable(reading: Reading, at: number): boolean {
  const second = reading.word(at + 2)
  return (
    reading.isName(at + 1) &&
    (second === 'as' || (reading.word(at + 1) === 'recursive' && reading.isName(at + 2)))
  )
}

function isQuery(reading: Reading, at: number): boolean {
  const next = reading.behindOpen(at)
  return reading.word(next) === 'select' || (reading.word(next) === 'with' && isCommonTable(reading, next))
}
