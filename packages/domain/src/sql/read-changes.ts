import { readInsert, skipSchemaEvolution } from './read-insert.ts'
import { readParentheses, walk } from './read-query.ts'
import { addReads, addWrite, readFromList, readTableReference, type Source } from './read-sources.ts'
import type { Reading } from './reading.ts'
import type { Scope, StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'
import { startsTsqlStatement } from './tsql-boundaries.ts'
import { readOutput, skipTop } from './tsql-clauses.ts'

/** INSERT, REPLACE, UPDATE, DELETE and MERGE. Undefined if the statement is none of them. */
export function readChange(
  reading: Reading,
  at: number,
  to: number,
  place: StatementPlace,
): number | undefined {
  switch (reading.word(at)) {
    case 'insert':
      return readInsert(reading, at, to, place)
    case 'replace':
      if (reading.word(at + 1) === 'table' || reading.word(at + 1) === 'view') return undefined
      return readInsert(reading, at, to, place)
    case 'upsert':
      return readInsert(reading, at, to, place)
    case 'apply':
    case 'auto':
      return readChangeFlow(reading, at, to, place)
    case 'update':
      if (isOtherUpdate(reading, at, to)) return undefined
      return readUpdate(reading, at, to, place)
    case 'delete':
      return readDelete(reading, at, to, place)
    case 'merge':
      return readMerge(reading, at, to, place)
    default:
      return undefined
  }
}

/** Databricks: APPLY CHANGES INTO a FROM STREAM(b), AUTO CDC INTO a FROM b. */
function readChangeFlow(
  reading: Reading,
  at: number,
  to: number,
  { scope }: StatementPlace,
): number | undefined {
  const target = reading.word(at + 2) === 'into' ? readPath(reading, at + 3) : undefined
  if (!target) return undefined
  reading.facts.addKind('write')
  addWrite(reading, target.parts)
  const sources: Source[] = []
  if (reading.word(target.next) === 'from') readTableReference(reading, target.next + 1, to, scope, sources)
  addReads(reading, sources)
  return to
}

/** UPDATE STATISTICS orders (T-SQL) and UPDATE EXTENSIONS (DuckDB) are commands. */
function isOtherUpdate(reading: Reading, at: number, to: number): boolean {
  const word = reading.word(at + 1)
  if (word === 'statistics' && reading.dialect === 'tsql')
    return reading.isName(at + 2) && reading.word(at + 2) !== 'set'
  const isAlone = at + 2 >= to || reading.word(at + 2) === '('
  return word === 'extensions' && reading.dialect === 'duckdb' && isAlone
}

const updateModifiers = new Set(['low_priority', 'ignore', 'only'])

function readUpdate(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  const { scope } = place
  facts.addKind('write')
  let next = skipTop(reading, at + 1)
  if (reading.word(next) === 'or') next += 2
  while (updateModifiers.has(reading.word(next))) next++
  next = skipTop(reading, next)
  const named: Source[] = []
  next = readFromList(reading, next, to, scope, named)
  writeView(reading, named)
  const [targetColumns, end] = readAssignments(reading, next, to, place)
  if (reading.word(next) !== 'set') reading.noteTrouble()
  const sources: Source[] = []
  let rest = end
  if (reading.word(rest) === 'from') rest = readFromList(reading, rest + 1, to, scope, sources)
  const [first, ...others] = named
  const written = others.length === 0 ? [first] : writtenOf(named, targetColumns)
  for (const target of written) writeTarget(reading, target, sources)
  addReads(
    reading,
    others.filter((source) => !written.includes(source)),
  )
  if (others.length > 0 && first && !written.includes(first)) addReads(reading, [first])
  addReads(reading, sources)
  noteNoWhere(reading, rest, to)
  return walk(reading, rest, to, { scope, isTop: false, isQuery: true })
}

/** MySQL joins in UPDATE: those tables are written whose columns are set. */
function writtenOf(named: readonly Source[], columns: readonly string[]): Source[] {
  const found = named.filter((source) => {
    const names = [source.alias, source.parts.at(-1), source.table].map((name) => name?.toLowerCase())
    return columns.some((column) => names.includes(column.toLowerCase()))
  })
  const [first] = named
  return found.length > 0 || first === undefined ? found : [first]
}

/** Reads `SET a.b = ..., c = ...`; returns what stands before the columns, and where the assignments end. */
function readAssignments(
  reading: Reading,
  at: number,
  to: number,
  { scope }: StatementPlace,
): [string[], number] {
  const columns: string[] = []
  let next = at
  let isStart = false
  while (next < to) {
    const word = reading.word(next)
    if (word === '(') {
      next = readParentheses(reading, next, to, scope)
      continue
    }
    if (next > at && isEndOfAssignments(reading, next)) return [columns, next]
    if (isStart && reading.isName(next) && reading.word(next + 1) === '.') {
      const path = readPath(reading, next)
      if (path) columns.push(path.parts.slice(0, -1).join('.'))
    }
    isStart = word === 'set' || word === ','
    if (word === 'output' && reading.dialect === 'tsql') next = readOutput(reading, next, to)
    next++
  }
  return [columns, to]
}

function isEndOfAssignments(reading: Reading, at: number): boolean {
  const word = reading.word(at)
  if (word === 'from') return reading.word(at - 1) !== 'distinct'
  if (word === 'where' || word === 'returning' || word === 'order' || word === 'limit') return true
  return (word === 'option' && reading.dialect === 'tsql') || startsTsqlStatement(reading, at)
}

/** The target itself, or the table in FROM that has its name as an alias. It is read only where it also stands as a source. */
function writeTarget(reading: Reading, target: Source | undefined, sources: Source[]): void {
  if (target === undefined) return
  const name = target.table ?? target.alias
  if (name === undefined) return
  const at = sources.findIndex((source) => {
    if (source.alias !== undefined && source.alias.toLowerCase() === name.toLowerCase()) return true
    // UPDATE orders ... FROM orders: in T-SQL and MySQL one and the same.
    return namesSources(reading) && source.alias === undefined && isSameTable(source.table, name)
  })
  const aliased = sources[at]
  const isSame = namesSources(reading) && isSameTable(aliased?.table, name)
  const isAlias = aliased !== undefined && (target.parts.length <= 1 || isSame)
  if (isAlias && hasAliasTargets(reading)) {
    sources.splice(at, 1)
    if (aliased.parts.length > 0) addWrite(reading, aliased.parts)
    else if (aliased.firstRead !== undefined) writeInstead(reading, aliased.firstRead)
    return
  }
  if (target.parts.length > 0) addWrite(reading, target.parts)
  else writeCommonTable(reading, target)
}

/** T-SQL: what is deleted from a common table is deleted from the table that it reads. */
function writeCommonTable(reading: Reading, { alias }: Source): void {
  const table = alias === undefined ? undefined : reading.tableOfCommon.get(alias.toLowerCase())
  if (table !== undefined && reading.dialect === 'tsql') writeInstead(reading, table)
}

/** What was read as a source is what is written. */
function writeInstead({ facts }: Reading, table: string): void {
  facts.dropRead(table)
  facts.addTable(table, 'write')
}

/** Oracle: what is changed in a query in parentheses is changed in the first table that it reads. */
function writeView(reading: Reading, [target]: readonly Source[]): void {
  if (reading.dialect === 'oracle' && target?.firstRead !== undefined) writeInstead(reading, target.firstRead)
}

/** Where the target of UPDATE and DELETE is one of the tables in FROM, if it has the name of one. */
function namesSources({ dialect }: Reading): boolean {
  return dialect === 'tsql' || dialect === 'mysql' || dialect === 'mariadb'
}

function isSameTable(one: string | undefined, other: string): boolean {
  const a = one?.toLowerCase() ?? ''
  const b = other.toLowerCase()
  return a === b || a.endsWith(`.${b}`)
}

/** Where UPDATE and DELETE may name the alias of a table that stands in FROM. */
function hasAliasTargets({ dialect }: Reading): boolean {
  return dialect !== 'postgres' && dialect !== 'duckdb' && dialect !== 'sqlite' && dialect !== 'oracle'
}

function noteNoWhere(reading: Reading, at: number, to: number): void {
  let end = at
  while (end < to && reading.word(end) !== 'where') {
    if (end > at && startsTsqlStatement(reading, end)) break
    end = reading.word(end) === '(' ? reading.closeOf(end) + 1 : end + 1
  }
  if (reading.word(end) !== 'where' || end >= to) reading.facts.flags.add('no_where')
}

const deleteModifiers = new Set(['low_priority', 'quick', 'ignore', 'history'])

function readDelete(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { scope } = place
  reading.facts.addKind('write')
  let next = skipTop(reading, at + 1)
  while (
    deleteModifiers.has(reading.word(next)) &&
    (reading.word(next + 1) === 'from' || reading.isName(next + 1))
  )
    next++
  if (reading.word(next) === 'from') next++
  const named: Source[] = []
  next = readDeleteTargets(reading, next, to, place, named)
  writeView(reading, named)
  if (reading.word(next) === 'output') next = readOutput(reading, next, to) + 1
  const sources: Source[] = []
  while (reading.word(next) === 'from' || reading.word(next) === 'using') {
    next = readFromList(reading, next + 1, to, scope, sources)
  }
  for (const target of named) writeTarget(reading, target, sources)
  addReads(reading, sources)
  noteNoWhere(reading, next, to)
  return walk(reading, next, to, { scope, isTop: false, isQuery: true })
}

/** `a, b.*` and with an alias: what is deleted from. Stops before FROM, USING and WHERE. */
function readDeleteTargets(
  reading: Reading,
  at: number,
  to: number,
  { scope }: StatementPlace,
  named: Source[],
): number {
  let next = at
  while (next < to) {
    next = readTableReference(reading, next, to, scope, named)
    if (reading.word(next) === '.' && reading.word(next + 1) === '*') next += 2
    if (reading.word(next) !== ',') break
    next++
  }
  // Hints and partitions.
  while (
    next < to &&
    !/^(?:from|using|where|output|returning|order|limit|option|;)$/.test(reading.word(next))
  ) {
    if (startsTsqlStatement(reading, next)) break
    next = reading.word(next) === '(' ? readParentheses(reading, next, to, scope) : next + 1
  }
  return next
}

function readMerge(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { scope } = place
  reading.facts.addKind('write')
  let next = skipTop(reading, at + 1)
  next = skipSchemaEvolution(reading, next)
  if (reading.word(next) === 'into') next++
  const targets: Source[] = []
  next = readTableReference(reading, next, to, scope, targets)
  for (const { parts } of targets) if (parts.length > 0) addWrite(reading, parts)
  if (reading.word(next) === 'with' && reading.word(next + 1) === '(') {
    // Behind the hints of T-SQL an alias may stand.
    next = reading.closeOf(next + 1) + 1
    if (reading.word(next) === 'as') next++
    if (reading.isName(next) && reading.word(next) !== 'using') next++
  }
  if (reading.word(next) !== 'using') {
    reading.noteTrouble()
    return walk(reading, next, to, { scope, isTop: false, isQuery: true })
  }
  const sources: Source[] = []
  next = readFromList(reading, next + 1, to, scope, sources)
  addReads(reading, sources)
  return readMergeActions(reading, next, to, scope)
}

/** WHEN MATCHED THEN UPDATE ...: only what stands in parentheses may hold queries. */
function readMergeActions(reading: Reading, at: number, to: number, scope: Scope): number {
  let next = at
  while (next < to) {
    if (reading.word(next) === '(') next = readParentheses(reading, next, to, scope)
    else if (reading.word(next) === 'output' && reading.dialect === 'tsql')
      return readOutput(reading, next, to) + 1
    else next++
  }
  return to
}
