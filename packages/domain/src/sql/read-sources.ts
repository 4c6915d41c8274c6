import { behindTable, clauseStarts, joinWords, noAliases, reservedWords } from './clause-words.ts'
import type { SqlDialect } from './dialects.ts'
import { isQueryStart } from './query-start.ts'
import type { Reading } from './reading.ts'
import type { Scope } from './scope.ts'
import { foldText, isNoTable, isTemporaryName, readPath } from './table-names.ts'
import { startsTsqlStatement } from './tsql-boundaries.ts'

/** What stands in a list of tables. */
export type Source = {
  /** The table's full name; undefined for a query, a function, a common table or a variable. */
  table: string | undefined
  parts: readonly string[]
  alias: string | undefined
  isTemporary: boolean
  /** Of a query in parentheses the first table that it reads. */
  firstRead?: string
}

/** Records that these tables are read. */
export function addReads(reading: Reading, sources: readonly Source[]): void {
  for (const { table, isTemporary } of sources) {
    if (table !== undefined) reading.facts.addTable(table, 'read', isTemporary)
  }
}

/** Records that this table is read. */
export function addRead(reading: Reading, parts: readonly string[]): void {
  if (!isNoTable(reading, parts)) reading.facts.addTable(parts.join('.'), 'read')
}

/** Records that this table is written, made, changed or removed. */
export function addWrite(reading: Reading, parts: readonly string[], isTemporary = false): void {
  if (isNoTable(reading, parts)) return
  reading.facts.addTable(parts.join('.'), 'write', isTemporary || isTemporaryName(reading, parts))
}

/** Hints of T-SQL that may stand in parentheses right behind a table. */
const tableHints = new Set([
  'nolock',
  'holdlock',
  'updlock',
  'tablock',
  'tablockx',
  'readpast',
  'rowlock',
  'readuncommitted',
  'xlock',
  'paglock',
  'index',
  'forceseek',
  'noexpand',
  'serializable',
  'snapshot',
])

/** Reads `a AS x JOIN b ON ..., c` up to the next clause; returns where that begins. */
export function readFromList(
  reading: Reading,
  at: number,
  to: number,
  scope: Scope,
  sources: Source[],
): number {
  let next = readTableReference(reading, at, to, scope, sources)
  while (next < to) {
    const word = reading.word(next)
    if (word === '(') next = reading.grammar.readParentheses(reading, next, to, scope)
    else if (word === ',' || joinWords.has(word))
      next = readTableReference(reading, next + 1, to, scope, sources)
    else if (word === 'array' && reading.word(next + 1) === 'join')
      next = skipArrayJoin(reading, next + 2, to, scope)
    else if (word === 'lateral' && reading.word(next + 1) === 'view')
      next = skipLateralView(reading, next + 2, to, scope)
    else if (isClauseStart(reading, next)) return next
    else next = isIndexHint(reading, next) ? skipIndexHint(reading, next, to) : next + 1
  }
  return to
}

function isIndexHint(reading: Reading, at: number): boolean {
  const word = reading.word(at)
  if (word !== 'index' && word !== 'key') return false
  return /^(?:use|force|ignore)$/.test(reading.word(at - 1))
}

/** MySQL: FORCE INDEX FOR JOIN (a, b). */
function skipIndexHint(reading: Reading, at: number, to: number): number {
  let open = at + 1
  if (reading.word(open) === 'for') open += reading.word(open + 1) === 'join' ? 2 : 3
  return reading.word(open) === '(' ? Math.min(reading.closeOf(open) + 1, to) : at + 1
}

function isClauseStart(reading: Reading, at: number): boolean {
  const word = reading.word(at)
  const following = reading.word(at + 1)
  if (reading.word(at - 1) === '.') return false
  if (word === 'log') return isErrorLog(reading, at)
  if (word === 'for') return /^(?:update|share|no|key|read|xml|json|browse|fetch)$/.test(following)
  if (word === 'on')
    return following === 'conflict' || (following === 'duplicate' && reading.word(at + 2) === 'key')
  // CASE WHEN ... THEN ... ELSE ... END in a condition.
  if (word === 'when' || word === 'then' || word === 'else' || word === 'end') return false
  if (startsTsqlStatement(reading, at)) return true
  return clauseStarts.has(word)
}

/** Oracle: LOG ERRORS INTO rejected. */
function isErrorLog(reading: Reading, at: number): boolean {
  return reading.word(at) === 'log' && reading.word(at + 1) === 'errors' && reading.dialect === 'oracle'
}

/** ClickHouse: the lists that are joined are columns. */
function skipArrayJoin(reading: Reading, at: number, to: number, scope: Scope): number {
  let next = at
  while (next < to && !isClauseStart(reading, next) && !joinWords.has(reading.word(next))) {
    if (reading.word(next) === '(') next = reading.grammar.readParentheses(reading, next, to, scope)
    else next += reading.word(next) === 'array' && reading.word(next + 1) === 'join' ? 2 : 1
  }
  return next
}

/** Hive and Spark: LATERAL VIEW [OUTER] function(...) name AS column, ... */
function skipLateralView(reading: Reading, at: number, to: number, scope: Scope): number {
  let next = at
  while (next < to && reading.word(next) !== '(') next++
  if (next < to) next = reading.grammar.readParentheses(reading, next, to, scope)
  if (reading.isName(next) && reading.word(next) !== 'as' && !noAliases.has(reading.word(next))) next++
  if (reading.word(next) !== 'as') return next
  next += 2
  while (reading.word(next) === ',' && reading.isName(next + 1)) next += 2
  return next
}

/** Reads one table, query or function, and its alias. Returns the place behind it. */
export function readTableReference(
  reading: Reading,
  at: number,
  to: number,
  scope: Scope,
  sources: Source[],
): number {
  let next = skipModifiers(reading, at, to)
  // ODBC: {oj a left join b on ...}
  while (reading.word(next) === '{') next += 2
  // T-SQL: a function of the system.
  if (reading.dialect === 'tsql' && reading.word(next) === '::') next++
  // DuckDB: an alias may stand before the table.
  if (reading.dialect === 'duckdb' && reading.isName(next) && reading.word(next + 1) === ':') next += 2
  const source: Source = { table: undefined, parts: [], alias: undefined, isTemporary: false }
  const token = reading.token(next)
  if (next >= to) reading.noteTrouble()
  else if (token.word === '(') {
    const { tableCount } = reading.facts
    next = readInParentheses(reading, next, to, scope, sources)
    const firstRead = reading.facts.readSince(tableCount)
    if (firstRead !== undefined) source.firstRead = firstRead
  } else if (token.word === '[') while (next < to && reading.word(next) !== ']') next++
  else if (token.kind === 'parameter' || token.kind === 'variable') next++
  else if (token.kind === 'string') {
    if (reading.dialect === 'sqlite') Object.assign(source, { table: token.text, parts: [token.text] })
    next++
  } else if (token.word === 'values') return skipRows(reading, next + 1, to, scope)
  else if (token.word === 'rows' && reading.word(next + 1) === 'from')
    next = reading.grammar.readParentheses(reading, next + 2, to, scope)
  else if (token.word === 'unpivot' && reading.isName(next + 1) && reading.dialect === 'redshift') {
    next = readPath(reading, next + 1)?.next ?? next + 1
  } else if (valueFunctions.has(token.word) && reading.word(next + 1) !== '.') next++
  else if (reading.isName(next) && !reservedWords.has(token.word))
    next = readNamed(reading, next, to, scope, source)
  else {
    reading.noteTrouble()
    return next
  }
  if (next === to - 1 && reading.word(next) === ']') next++
  next = readAlias(reading, next, to, source, scope)
  sources.push(source)
  const isFollowed = next >= to || behindTable.has(reading.word(next)) || isClauseStart(reading, next)
  if (!isFollowed && reading.token(next).kind !== 'string' && reading.token(next).kind !== 'parameter')
    reading.noteTrouble()
  return next
}

function skipModifiers(reading: Reading, at: number, to: number): number {
  let next = at
  for (;;) {
    const word = reading.word(next)
    const isModifier =
      word === 'lateral' ||
      (word === 'stream' && reading.isName(next + 1)) ||
      word === 'only' ||
      (word === 'table' && reading.word(next + 1) !== '(')
    if (!isModifier || next + 1 >= to || reading.word(next + 1) === '.') return next
    if (!reading.isName(next + 1) && reading.word(next + 1) !== '(') return next
    if (noAliases.has(reading.word(next + 1)) && reading.word(next + 1) !== 'lateral') return next
    next++
  }
}

/** Functions that are called without parentheses may stand for a table of one row. */
const valueFunctions = new Set([
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
  'current_user',
  'session_user',
  'collation',
])

/** A query, or tables that are joined first. */
function readInParentheses(
  reading: Reading,
  open: number,
  to: number,
  scope: Scope,
  sources: Source[],
): number {
  const close = Math.min(reading.closeOf(open), to)
  const place = { scope, isTop: false }
  reading.nest(() => {
    if (isQueryStart(reading, open + 1)) reading.grammar.readQuery(reading, open + 1, close, place)
    // T-SQL: the rows that a change puts out.
    else if (/^(?:insert|update|delete|merge)$/.test(reading.word(open + 1))) {
      reading.grammar.readStatement(reading, open + 1, close, place)
    } else readFromList(reading, open + 1, close, scope, sources)
  })
  return Math.min(close + 1, to)
}

function skipRows(reading: Reading, at: number, to: number, scope: Scope): number {
  let next = at
  while (next < to && reading.word(next) === '(') {
    next = reading.grammar.readParentheses(reading, next, to, scope)
    if (reading.word(next) === ',' && reading.word(next + 1) === '(') next++
  }
  return next
}

function readNamed(reading: Reading, at: number, to: number, scope: Scope, source: Source): number {
  const path = readPath(reading, at)
  if (!path) return at + 1
  const { parts, next } = path
  if (reading.word(next) === '(' && !isHint(reading, next))
    return readFunction(reading, parts, next, to, scope, source)
  if (isNoTable(reading, parts)) return next
  const [first = ''] = parts
  const isCommon = parts.length === 1 && scope.has(first)
  const isColumn = parts.length > 1 && hasNestedColumns(reading) && scope.hasAlias(first)
  if (!isCommon && !isColumn) nameSource(reading, source, parts)
  else if (isCommon) source.alias = first
  return next
}

function nameSource(reading: Reading, source: Source, parts: readonly string[]): void {
  source.table = parts.join('.')
  source.parts = parts
  source.isTemporary = isTemporaryName(reading, parts)
}

/** In these a column that holds a list may stand in FROM: `FROM orders o, o.items`. */
function hasNestedColumns({ dialect }: Reading): boolean {
  return dialect === 'bigquery' || dialect === 'redshift' || dialect === 'spark' || dialect === 'databricks'
}

function isHint(reading: Reading, open: number): boolean {
  return reading.dialect === 'tsql' && tableHints.has(reading.word(open + 1))
}

/** A function in place of a table; TABLE('name') and IDENTIFIER('name') are the table. */
function readFunction(
  reading: Reading,
  parts: readonly string[],
  open: number,
  to: number,
  scope: Scope,
  source: Source,
): number {
  const name = parts.at(-1)?.toLowerCase()
  const argument = reading.token(open + 1)
  const isNamed = parts.length === 1 && (name === 'identifier' || name === 'table')
  const named = isNamed ? namedByString(reading, open) : undefined
  if (named) nameSource(reading, source, named)
  // Databricks: STREAM(orders) is the table.
  const streamed = name === 'stream' && parts.length === 1 ? readPath(reading, open + 1) : undefined
  if (streamed && reading.word(streamed.next) === ')') nameSource(reading, source, streamed.parts)
  const asked = parts.length === 1 ? readAskedTable(reading, name ?? '', open) : undefined
  if (asked) nameSource(reading, source, asked)
  // ClickHouse: a view with parameters, which are named.
  const hasParameters = reading.dialect === 'clickhouse' && reading.word(open + 2) === '='
  if (hasParameters && argument.kind === 'word') nameSource(reading, source, parts)
  return reading.grammar.readParentheses(reading, open, to, scope)
}

/** Functions whose first argument is a table, not a value. */
const askingTable: Partial<Record<SqlDialect, ReadonlySet<string>>> = {
  snowflake: new Set(['semantic_view']),
  tsql: new Set([
    'changetable',
    'containstable',
    'freetexttable',
    'semantickeyphrasetable',
    'semanticsimilaritytable',
  ]),
}

/** The table that a function of the dialect asks: CHANGETABLE(CHANGES orders, ?), PREDICT(MODEL = @m, DATA = orders AS o). */
function readAskedTable(reading: Reading, name: string, open: number): string[] | undefined {
  if (askingTable[reading.dialect]?.has(name) === true) {
    const isChanges = name === 'changetable' && /^(?:changes|version)$/.test(reading.word(open + 1))
    return readPath(reading, isChanges ? open + 2 : open + 1)?.parts
  }
  if (name !== 'predict' || reading.dialect !== 'tsql') return undefined
  const close = reading.closeOf(open)
  for (let next = open; next < close; next++) {
    if (reading.word(next) === 'data' && reading.word(next + 1) === '=')
      return readPath(reading, next + 2)?.parts
  }
  return undefined
}

/** IDENTIFIER('name'): the name, where nothing but strings stands in the parentheses, with || between them. */
export function namedByString(reading: Reading, open: number): string[] | undefined {
  let name = ''
  for (let next = open + 1; reading.token(next).kind === 'string'; next += 2) {
    name += reading.token(next).text
    if (reading.word(next + 1) === ')') return splitName(reading, name)
    if (reading.word(next + 1) !== '||') return undefined
  }
  return undefined
}

/** A name inside of a string: its parts are folded as if it stood in the text. */
export function splitName(reading: Reading, text: string): string[] {
  const parts = text.match(/"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|[^."`[]+/g) ?? [text]
  return parts.map((part) => {
    const quote = /^["`]/.exec(part)?.[0]
    if (part.startsWith('[')) return part.slice(1, part.endsWith(']') ? -1 : undefined)
    if (quote === undefined) return foldText(reading, part, false)
    return foldText(reading, part.slice(1, -1).replaceAll(quote + quote, quote), true)
  })
}

function readAlias(reading: Reading, at: number, to: number, source: Source, scope: Scope): number {
  let next = at
  const isExplicit = reading.word(next) === 'as' && next + 1 < to && reading.word(next + 1) !== 'of'
  if (isExplicit) next++
  const token = reading.token(next)
  const isAlias =
    next < to &&
    (token.kind === 'name' || (token.kind === 'word' && (isExplicit || !noAliases.has(token.word))))
  if (isAlias && token.word !== '(') {
    if (!isExplicit && isErrorLog(reading, next)) return next
    if (!isExplicit && startsTsqlStatement(reading, next)) return next
    source.alias = token.text
    next++
  } else if (isExplicit && token.kind === 'parameter') next++
  const alias = source.alias ?? source.parts.at(-1)
  if (alias !== undefined) scope.addAlias(alias)
  return next
}
