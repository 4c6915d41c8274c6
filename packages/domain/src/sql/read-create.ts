import {
  accountClasses,
  endOfRoutine,
  readList,
  readOn,
  readReadTable,
  readTarget,
  readWrittenTable,
  routineClasses,
  skipExistence,
  tableClasses,
} from './definition-parts.ts'
import { readParentheses, readQuery, walk } from './read-query.ts'
import { addReads, addWrite, readTableReference, type Source } from './read-sources.ts'
import type { Reading } from './reading.ts'
import { Scope, type StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'

const createModifiers = new Set(
  `or replace alter refresh temporary temp unlogged external transient global local secure materialized recursive dynamic iceberg
  foreign virtual hybrid live streaming unique clustered nonclustered bitmap fulltext spatial columnar volatile
  multiset set if not exists event force noforce editionable noneditionable public snapshot constraint trusted
  procedural aggregate default private immutable blockchain sharded duplicated definer sql security algorithm = undefined
  merge search vector xml primary row access temptable invoker window distributed`.split(/\s+/),
)

export function readCreate(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  let next = at + 1
  let isTemporary = false
  let isRecursive = false
  while (createModifiers.has(reading.word(next)) && !isClassHere(reading, next)) {
    isTemporary ||= reading.word(next) === 'temporary' || reading.word(next) === 'temp'
    isRecursive ||= reading.word(next) === 'recursive'
    const hasValue = reading.word(next) === '='
    next++
    // DEFINER = 'name'@'host'
    while (hasValue && next < to && !createModifiers.has(reading.word(next)) && !isClassHere(reading, next))
      next++
  }
  const word = reading.word(next)
  if (accountClasses.has(word) && !(word === 'user' && reading.word(next + 1) === 'mapping')) {
    facts.addKind('dcl')
    facts.flags.add('privilege_change')
    return to
  }
  facts.addKind('ddl')
  if (word === 'index' || (word === 'columnstore' && reading.word(next + 1) === 'index'))
    return readOn(reading, next + 1, to, place)
  if (word === 'policy' || word === 'rule' || word === 'trigger') return readOn(reading, next + 1, to, place)
  if (word === 'type')
    return walk(reading, next + 1, to, { scope: place.scope, isTop: false, isQuery: false })
  if (routineClasses.has(word)) return endOfRoutine(reading, next, to)
  if (word === 'statistics') return readLateQuery(reading, next + 1, to, place)
  if (word === 'model') return readModel(reading, next + 1, to, place)
  if (word === 'schema' || word === 'database') return readSchemaElements(reading, next + 1, to, place)
  if (!tableClasses.has(word)) {
    if (!reading.isName(next) && word !== '') reading.noteTrouble()
    return to
  }
  if (word === 'table' && reading.word(next + 1) === 'function') return endOfRoutine(reading, next, to)
  const scope = new Scope(place.scope)
  // A recursive view names itself in its query.
  if (isRecursive) scope.add(readPath(reading, next + 1)?.parts.at(-1) ?? '')
  return readCreateTable(reading, next + 1, to, { ...place, scope }, isTemporary)
}

/** A modifier that is the class itself, as in CREATE EVENT name. */
function isClassHere(reading: Reading, at: number): boolean {
  const word = reading.word(at)
  if (tableClasses.has(word)) return true
  if (word === 'event' || word === 'default' || word === 'aggregate')
    return (
      reading.word(at + 1) !== 'trigger' &&
      !tableClasses.has(reading.word(at + 1)) &&
      reading.word(at + 1) !== 'function'
    )
  return false
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
  if (word === 'to' && reading.dialect === 'clickhouse' && reading.isName(at + 1))
    return readWrittenTable(reading, at + 1)
  if (word === 'references') return readReadTable(reading, at + 1)
  // Snowflake: CREATE STREAM name ON TABLE orders.
  if (word === 'on' && (reading.word(at + 1) === 'table' || reading.word(at + 1) === 'view'))
    return readReadTable(reading, at + 2)
  if (word === 'for' && reading.word(at - 2) === 'synonym') return readReadTable(reading, at + 1)
  return reading.word(at) === '(' ? readParentheses(reading, at, to, scope) : at + 1
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
  if (
    reading.isName(at) &&
    word !== 'select' &&
    word !== 'with' &&
    word !== 'from' &&
    word !== 'values' &&
    word !== 'table'
  ) {
    if (reading.dialect === 'clickhouse') {
      const sources: Source[] = []
      const next = readTableReference(reading, at, to, scope, sources)
      addReads(reading, sources)
      return readTailQuery(reading, next, to, place)
    }
    return to
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
