import { isQueryStart, isTelling } from './query-start.ts'
import type { Reading } from './reading.ts'
import { type Source, addRead, addReads, addWrite, readFromList, readTableReference } from './read-sources.ts'
import { ResultFlags } from './result-flags.ts'
import { startsTsqlStatement } from './tsql-boundaries.ts'
import { Scope } from './scope.ts'
import { isNoTable, readPath } from './table-names.ts'

/** How deep in the statement: what stands at its top says what it returns. */
export type Place = {
  scope: Scope
  /** It is the query of the statement itself, not one inside of another. */
  isTop: boolean
  /** FROM begins a list of tables here, as it does not in `extract(year from day)`. */
  isQuery: boolean
}

/**
 * Reads a query from `at` up to `to`, with its common table expressions, and everything nested in it.
 * Returns where it ends: `to`, or earlier where another statement begins without a semicolon.
 */
export function readQuery(reading: Reading, at: number, to: number, place: Omit<Place, 'isQuery'>): number {
  // (select ...): parentheses around all of it change nothing.
  if (reading.word(at) === '(' && at + 1 < to && reading.closeOf(at) === to - 1) {
    reading.nest(() => readQuery(reading, at + 1, to - 1, place))
    return to
  }
  let scope = new Scope(place.scope)
  let next = at
  if (reading.word(next) === 'with') [next, scope] = readCommonTables(reading, next, to, scope)
  if (isTelling(reading, next))
    return reading.grammar.readStatement(reading, next, to, { scope, isTop: false })
  if (reading.word(next) === 'table' && reading.isName(next + 1))
    return readTableStatement(reading, next, to, scope)
  return walk(reading, next, to, { scope, isTop: place.isTop, isQuery: true })
}

/** `TABLE orders`, also as a part of a union. */
function readTableStatement(reading: Reading, at: number, to: number, scope: Scope): number {
  const sources: Source[] = []
  const next = readTableReference(reading, at + 1, to, scope, sources)
  addReads(reading, sources)
  // BigQuery: f(TABLE a, TABLE b) hands two tables over.
  return walk(reading, next, to, { scope, isTop: false, isQuery: reading.word(next) !== ',' })
}

/** Reads what stands between the parentheses at `open`: a query, or an expression. Returns the place behind them. */
export function readParentheses(reading: Reading, open: number, to: number, scope: Scope): number {
  const close = Math.min(reading.closeOf(open), to)
  reading.nest(() => {
    if (isQueryStart(reading, open + 1)) readQuery(reading, open + 1, close, { scope, isTop: false })
    else walk(reading, open + 1, close, { scope, isTop: false, isQuery: false })
  })
  return Math.min(close + 1, to)
}

/** Reads an expression and the queries in it. */
export function readExpression(reading: Reading, at: number, to: number, scope: Scope): void {
  walk(reading, at, to, { scope, isTop: false, isQuery: false })
}

/** Goes over clauses and expressions, and reads the tables that they name. Returns where it ended. */
export function walk(reading: Reading, at: number, to: number, place: Place): number {
  const result = place.isTop && place.isQuery ? new ResultFlags() : undefined
  let next = at
  while (next < to && !isOtherStatement(reading, next, at)) {
    result?.note(reading, next, to)
    next = step(reading, next, to, place)
  }
  result?.addTo(reading.facts.flags)
  return next
}

function step(reading: Reading, at: number, to: number, place: Place): number {
  const { scope, isQuery } = place
  const word = reading.word(at)
  const before = reading.word(at - 1)
  // Behind a dot everything is a name, and behind the colon of a path into a document: `a:from`.
  if (word !== '(' && (before === '.' || (before === ':' && isTight(reading, at)))) return at + 1
  switch (word) {
    case '(':
      return readParentheses(reading, at, to, scope)
    case '|>':
      // BigQuery: the steps behind it see these names as well.
      return reading.word(at + 1) === 'with' ? addCommonTables(reading, at + 2, to, scope) : at + 1
    case 'from':
      return isQuery && !isDistinctFrom(reading, at) && !isOtherFrom(reading, at)
        ? readTables(reading, at + 1, to, scope)
        : at + 1
    case 'join':
    case 'straight_join':
      // Behind SELECT it is an option of MySQL.
      return isQuery && reading.word(at - 1) !== 'select' ? readTables(reading, at + 1, to, scope) : at + 1
    case 'into':
      return isQuery ? readInto(reading, at, to) : at + 1
    case 'in':
      return readInTable(reading, at, scope)
    case 'table':
      return readTableArgument(reading, at, to, place)
    case 'history_table':
      return readHistoryTable(reading, at)
    default:
      return at + 1
  }
}

/** Whether nothing stands around the sign before this token. */
function isTight(reading: Reading, at: number): boolean {
  return reading.token(at).isTight && reading.token(at - 1).isTight
}

function readTables(reading: Reading, at: number, to: number, scope: Scope): number {
  const sources: Source[] = []
  const next = readFromList(reading, at, to, scope, sources)
  addReads(reading, sources)
  return Math.max(next, at)
}

/** A query begins with SELECT; everything else, and another SELECT, belongs to the next statement. */
function isOtherStatement(reading: Reading, at: number, from: number): boolean {
  return startsTsqlStatement(reading, at) && !(at === from && reading.word(at) === 'select')
}

/** `a IS [NOT] DISTINCT FROM b` */
function isDistinctFrom(reading: Reading, at: number): boolean {
  if (reading.word(at - 1) !== 'distinct') return false
  const before = reading.word(at - 2)
  return before === 'is' || before === 'not'
}

/** `nth_value(price, 2) FROM LAST`, `ORDER BY day WITH FILL FROM first TO last`. */
function isOtherFrom(reading: Reading, at: number): boolean {
  if (reading.word(at - 1) === 'fill') return true
  return (
    /^(?:first|last)$/.test(reading.word(at + 1)) && /^(?:respect|ignore|over)$/.test(reading.word(at + 2))
  )
}

/** SELECT ... INTO makes a table, where INTO does not name a variable or a file. */
function readInto(reading: Reading, at: number, to: number): number {
  const { dialect, facts } = reading
  let next = at + 1
  if (dialect === 'oracle' && reading.word(at - 1) === 'errors' && reading.word(at - 2) === 'log') {
    const path = readPath(reading, next)
    if (path) addWrite(reading, path.parts)
    return path?.next ?? next
  }
  if (reading.word(next) === 'outfile' || reading.word(next) === 'dumpfile') {
    facts.addKind('export')
    return next + 1
  }
  const makesTable = dialect === 'postgres' || dialect === 'redshift' || dialect === 'tsql'
  // Inside of a program it names a variable.
  const isVariable = reading.isProgram && dialect !== 'tsql'
  if (!makesTable || isVariable || next >= to) return next
  let isTemporary = false
  for (const word of ['temporary', 'temp', 'unlogged', 'local', 'table']) {
    if (reading.word(next) !== word || !reading.isName(next + 1)) continue
    isTemporary ||= word.startsWith('temp')
    next++
  }
  const path = readPath(reading, next)
  if (!path) return next
  addWrite(reading, path.parts, isTemporary)
  facts.addKind('ddl')
  return path.next
}

/** ClickHouse, SQLite: `x IN orders` asks the table. */
function readInTable(reading: Reading, at: number, scope: Scope): number {
  const mayBeTable = reading.dialect === 'clickhouse' || reading.dialect === 'sqlite'
  if (!mayBeTable || !reading.isName(at + 1)) return at + 1
  const path = readPath(reading, at + 1)
  if (!path || reading.word(path.next) === '(' || isNoTable(reading, path.parts)) return at + 1
  const isCommon = path.parts.length === 1 && scope.has(path.parts[0] ?? '')
  if (!isCommon) addRead(reading, path.parts)
  return path.next
}

/** A table as an argument: `ml.predict(model m, table sales.orders)`, `f(table(orders))`. */
function readTableArgument(reading: Reading, at: number, to: number, place: Place): number {
  const before = reading.word(at - 1)
  // BigQuery: f((SELECT ...), TABLE orders) looks like a query.
  const mayBeArgument = !place.isQuery || (reading.dialect === 'bigquery' && before === ',')
  const isArgument = mayBeArgument && (before === '(' || before === ',' || before === '=>')
  if (
    place.isQuery &&
    (before === 'union' || before === 'all' || before === 'intersect' || before === 'except')
  ) {
    return readTables(reading, at + 1, to, place.scope)
  }
  if (!isArgument) return at + 1
  if (reading.isName(at + 1)) {
    const sources: Source[] = []
    const next = readTableReference(reading, at + 1, to, place.scope, sources)
    addReads(reading, sources)
    return Math.max(next, at + 1)
  }
  if (!hasTableArguments(reading) || reading.word(at + 1) !== '(') return at + 1
  const path = readPath(reading, at + 2)
  if (!path || reading.word(path.next) !== ')') return at + 1
  addRead(reading, path.parts)
  return path.next
}

/** T-SQL: SYSTEM_VERSIONING = ON (HISTORY_TABLE = orders_history). */
function readHistoryTable(reading: Reading, at: number): number {
  const isNamed = reading.dialect === 'tsql' && reading.word(at + 1) === '='
  const path = isNamed ? readPath(reading, at + 2) : undefined
  if (path) addWrite(reading, path.parts)
  return path?.next ?? at + 1
}

/** Where `f(table(orders))` hands the table over; elsewhere TABLE(...) is a function. */
function hasTableArguments({ dialect }: Reading): boolean {
  return dialect === 'trino' || dialect === 'databricks' || dialect === 'spark'
}

/**
 * Reads `WITH name AS (...), ...`: the statements in the parentheses, and the names for what follows.
 * Returns the place of the statement that uses them.
 */
export function readCommonTables(reading: Reading, at: number, to: number, outer: Scope): [number, Scope] {
  const scope = new Scope(outer)
  return [addCommonTables(reading, at + 1, to, scope), scope]
}

function addCommonTables(reading: Reading, at: number, to: number, scope: Scope): number {
  let next = at
  const isRecursive = reading.word(next) === 'recursive'
  if (isRecursive) {
    next++
    for (const name of commonTableNames(reading, next, to)) scope.add(name)
  }
  while (next < to) {
    next = readCommonTable(reading, next, to, scope, isRecursive)
    if (reading.word(next) !== ',') break
    next++
  }
  return next
}

function commonTableNames(reading: Reading, at: number, to: number): string[] {
  const names: string[] = []
  for (let next = at; next < to; next++) {
    if (reading.word(next) === '(') next = reading.closeOf(next)
    else if (mainStarts.has(reading.word(next))) break
    else if (reading.isName(next) && (next === at || reading.word(next - 1) === ',')) {
      names.push(reading.token(next).text)
    }
  }
  return names
}

const mainStarts = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'merge',
  'values',
  'from',
  'replace',
  'table',
])

function readCommonTable(
  reading: Reading,
  at: number,
  to: number,
  scope: Scope,
  isRecursive: boolean,
): number {
  const name = reading.token(at).text
  let next = at
  if (reading.isName(at)) next++
  if (next > at && reading.word(next) === '(') next = reading.closeOf(next) + 1
  if (next > at && reading.word(next) === 'using') {
    // USING KEY (a, b): keys of a recursion.
    while (next < to && reading.word(next) !== 'as' && reading.word(next) !== ',') next++
  }
  const body = next > at && reading.word(next) === 'as' ? bodyAt(reading, next + 1) : undefined
  if (body === undefined) return readScalarOrOther(reading, at, to, scope)
  const close = Math.min(reading.closeOf(body), to)
  const inner = new Scope(scope)
  if (isRecursive || refersToItself(reading, body, close)) inner.add(name)
  // Not only a query: DELETE ... RETURNING, also behind common tables of its own.
  const { kind, tableCount } = reading.facts
  reading.grammar.readStatement(reading, body + 1, close, { scope: inner, isTop: false })
  if (reading.facts.kind === 'read') reading.facts.kind = kind
  const table = reading.dialect === 'tsql' ? firstTable(reading, body, close, tableCount) : undefined
  if (table !== undefined) reading.tableOfCommon.set(name.toLowerCase(), table)
  scope.add(name)
  next = close + 1
  // SEARCH ... SET ... and CYCLE ... of a recursion.
  if (reading.word(next) === 'search' || reading.word(next) === 'cycle') {
    while (next < to && reading.word(next) !== '(' && !mainStarts.has(reading.word(next))) {
      if (reading.word(next) === ',' && reading.isName(next + 1) && reading.word(next + 2) === 'as') break
      next++
    }
  }
  return next
}

/** The first table that a common table reads, also through another one. */
function firstTable(reading: Reading, body: number, close: number, tableCount: number): string | undefined {
  for (let next = body + 1; next < close; next++) {
    if (reading.word(next) !== 'from') continue
    const through = reading.tableOfCommon.get(reading.token(next + 1).text.toLowerCase())
    if (through !== undefined && reading.word(next + 2) !== '.') return through
    break
  }
  return reading.facts.readSince(tableCount)
}

function bodyAt(reading: Reading, at: number): number | undefined {
  let next = at
  if (reading.word(next) === 'not') next++
  if (reading.word(next) === 'materialized') next++
  return reading.word(next) === '(' ? next : undefined
}

/** Without the word RECURSIVE, some dialects see a recursion where a union names the table that it makes. */
function refersToItself(reading: Reading, body: number, close: number): boolean {
  const { dialect } = reading
  if (dialect !== 'tsql' && dialect !== 'oracle' && dialect !== 'snowflake') return false
  for (let next = body; next < close; next++) if (reading.word(next) === 'union') return true
  return false
}

/** ClickHouse: `WITH expression AS name`; T-SQL: `WITH XMLNAMESPACES (...)`. */
function readScalarOrOther(reading: Reading, at: number, to: number, scope: Scope): number {
  let next = at
  while (next < to && reading.word(next) !== ',' && !mainStarts.has(reading.word(next))) {
    if (reading.word(next) === '(') next = readParentheses(reading, next, to, scope)
    else next++
  }
  if (next === at) reading.noteTrouble()
  return next
}
