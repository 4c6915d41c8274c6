import { clauseStarts } from './clause-words.ts'
import { readParentheses, readQuery, walk } from './read-query.ts'
import type { Reading } from './reading.ts'
import { addReads, addWrite, readFromList, readTableReference, type Source } from './read-sources.ts'
import type { StatementPlace } from './scope.ts'
import type { Scope } from './scope.ts'
import { readPath } from './table-names.ts'

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
    case 'update':
      return readUpdate(reading, at, to, place)
    case 'delete':
      return readDelete(reading, at, to, place)
    case 'merge':
      return readMerge(reading, at, to, place)
    default:
      return undefined
  }
}

const insertModifiers = new Set([
  'low_priority',
  'delayed',
  'high_priority',
  'ignore',
  'or',
  'replace',
  'rollback',
  'abort',
  'fail',
  'overwrite',
  'first',
  'into',
])

function readInsert(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  let next = at + 1
  if (reading.word(next) === 'all' || reading.word(next) === 'first')
    return readInsertAll(reading, next, to, place)
  let isOverwriting = false
  while (insertModifiers.has(reading.word(next))) {
    isOverwriting ||= reading.word(next) === 'overwrite'
    next++
  }
  if (reading.word(next) === 'all' && isOverwriting) return readInsertAll(reading, next, to, place)
  next = skipTop(reading, next)
  if (reading.word(next) === 'into') next++
  if (reading.word(next) === 'local' || reading.word(next) === 'directory') {
    facts.addKind('export')
    return readQuery(reading, skipToQuery(reading, next, to), to, { scope: place.scope, isTop: place.isTop })
  }
  facts.addKind('write')
  const targetAt = reading.word(next) === 'table' ? next + 1 : next
  next = readInsertTarget(reading, targetAt, to, place)
  return readInserted(reading, next, to, place)
}

function readInsertTarget(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { kind } = reading.token(at)
  if (reading.word(at) === 'function' && reading.isName(at + 1)) {
    // ClickHouse: a table function is written to.
    let open = at + 1
    while (open < to && reading.word(open) !== '(') open++
    return readParentheses(reading, open, to, place.scope)
  }
  if (kind === 'parameter' || kind === 'variable') return at + 1
  if (kind === 'string' && reading.dialect === 'sqlite') {
    addWrite(reading, [reading.token(at).text])
    return at + 1
  }
  if (reading.word(at) === '(') {
    const sources: Source[] = []
    const next = readTableReference(reading, at, to, place.scope, sources)
    for (const { parts } of sources) if (parts.length > 0) addWrite(reading, parts)
    return next
  }
  const path = readPath(reading, at)
  if (!path) {
    reading.noteTrouble()
    return at
  }
  if (reading.word(path.next) === '(' && path.parts.at(-1)?.toLowerCase() === 'identifier') {
    const { text, kind: inner } = reading.token(path.next + 1)
    if (inner === 'string') addWrite(reading, text.split('.'))
    return reading.closeOf(path.next) + 1
  }
  if (reading.dialect === 'tsql' && /^(?:openquery|openrowset|opendatasource)$/i.test(path.parts[0] ?? '')) {
    return readParentheses(reading, path.next, to, place.scope)
  }
  addWrite(reading, path.parts)
  return path.next
}

/** Columns, and then rows, a query or a call. */
function readInserted(reading: Reading, at: number, to: number, place: StatementPlace): number {
  let next = at
  while (next < to) {
    const word = reading.word(next)
    if (word === 'with' && reading.word(next + 1) !== '(') break
    if (word === 'with' && reading.dialect === 'tsql') next = reading.closeOf(next + 1)
    else if (word === '(' && isQueryInParentheses(reading, next)) break
    else if (word === '(') next = readParentheses(reading, next, to, place.scope) - 1
    else if (word === 'format' && reading.dialect === 'clickhouse') return to
    else if (word === 'exec' || word === 'execute')
      return reading.grammar.readStatement(reading, next, to, place)
    else if (word === 'output' && reading.dialect === 'tsql') next = readOutput(reading, next, to)
    else if (word === 'select' || word === 'values' || word === 'from' || word === 'set' || word === 'table')
      break
    else if (word === 'default' && reading.word(next + 1) === 'values')
      return walkRest(reading, next + 2, to, place)
    next++
  }
  if (reading.word(next) === 'from')
    return reading.grammar.readStatement(reading, next, to, { ...place, isTop: false })
  if (reading.word(next) === 'set') return walkRest(reading, next, to, place)
  if (next >= to && reading.dialect !== 'clickhouse') reading.noteTrouble()
  const { flags } = reading.facts
  const hadNoLimit = flags.has('no_limit')
  const end = readQuery(reading, next, to, place)
  // What is written is not handed to anybody.
  if (!hadNoLimit) flags.delete('no_limit')
  return end
}

function walkRest(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  return walk(reading, at, to, { scope, isTop: false, isQuery: true })
}

function isQueryInParentheses(reading: Reading, open: number): boolean {
  const next = reading.behindOpen(open)
  return reading.word(next) === 'select' || (reading.word(next) === 'with' && reading.isName(next + 1))
}

function skipToQuery(reading: Reading, at: number, to: number): number {
  let next = at
  while (
    next < to &&
    reading.word(next) !== 'select' &&
    reading.word(next) !== 'with' &&
    reading.word(next) !== 'from'
  )
    next++
  return next
}

/** INSERT ALL [WHEN ... THEN] INTO a VALUES (...) INTO b ... SELECT ... */
function readInsertAll(reading: Reading, at: number, to: number, place: StatementPlace): number {
  reading.facts.addKind('write')
  let next = at
  while (next < to && reading.word(next) !== 'select' && reading.word(next) !== 'with') {
    if (reading.word(next) === 'into') {
      const path = readPath(reading, next + 1)
      if (path) addWrite(reading, path.parts)
      next = path?.next ?? next + 1
    } else if (reading.word(next) === '(') {
      if (isQueryInParentheses(reading, next)) break
      next = readParentheses(reading, next, to, place.scope)
    } else next++
  }
  return readQuery(reading, next, to, { scope: place.scope, isTop: false })
}

/** T-SQL: TOP (n), with or without parentheses. */
function skipTop(reading: Reading, at: number): number {
  if (reading.word(at) !== 'top') return at
  const next = reading.word(at + 1) === '(' ? reading.closeOf(at + 1) + 1 : at + 2
  return reading.word(next) === 'percent' ? next + 1 : next
}

/** T-SQL: OUTPUT columns INTO table. Returns the place of the last token that belongs to it. */
function readOutput(reading: Reading, at: number, to: number): number {
  for (let next = at + 1; next < to; next++) {
    const word = reading.word(next)
    if (word === '(') next = reading.closeOf(next)
    else if (word === 'into') {
      const path = readPath(reading, next + 1)
      if (path) addWrite(reading, path.parts)
      return (path?.next ?? next + 2) - 1
    } else if (clauseStarts.has(word) && word !== 'output') return next - 1
    else if (word === 'from' || word === 'with') return next - 1
  }
  return to
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
  if (reading.dialect !== 'tsql') return false
  return /^(?:select|update|insert|exec|execute|if|option|declare|go|print|commit)$/.test(word)
}

/** The target itself, or the table in FROM that has its name as an alias. It is read only where it also stands as a source. */
function writeTarget(reading: Reading, target: Source | undefined, sources: Source[]): void {
  if (target === undefined) return
  const name = target.table ?? target.alias
  if (name === undefined) return
  const at = sources.findIndex((source) => {
    if (source.alias !== undefined && source.alias.toLowerCase() === name.toLowerCase()) return true
    // UPDATE orders ... FROM orders: in T-SQL one and the same.
    return reading.dialect === 'tsql' && source.alias === undefined && isSameTable(source.table, name)
  })
  const aliased = sources[at]
  const isAlias = target.parts.length <= 1 && aliased !== undefined
  if (isAlias && hasAliasTargets(reading)) {
    sources.splice(at, 1)
    if (aliased.parts.length > 0) addWrite(reading, aliased.parts)
    return
  }
  if (target.parts.length > 0) addWrite(reading, target.parts)
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
    if (
      end > at &&
      reading.dialect === 'tsql' &&
      /^(?:update|delete|insert|select|go)$/.test(reading.word(end))
    )
      break
    end = reading.word(end) === '(' ? reading.closeOf(end) + 1 : end + 1
  }
  if (reading.word(end) !== 'where' || end >= to) reading.facts.flags.add('no_where')
}

const deleteModifiers = new Set(['low_priority', 'quick', 'ignore'])

function readDelete(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { scope } = place
  reading.facts.addKind('write')
  let next = skipTop(reading, at + 1)
  while (deleteModifiers.has(reading.word(next))) next++
  if (reading.word(next) === 'from') next++
  const named: Source[] = []
  next = readDeleteTargets(reading, next, to, place, named)
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
    if (reading.dialect === 'tsql' && /^(?:select|insert|update|delete|go|exec)$/.test(reading.word(next)))
      break
    next = reading.word(next) === '(' ? readParentheses(reading, next, to, scope) : next + 1
  }
  return next
}

function readMerge(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { scope } = place
  reading.facts.addKind('write')
  let next = skipTop(reading, at + 1)
  if (reading.word(next) === 'into') next++
  const targets: Source[] = []
  next = readTableReference(reading, next, to, scope, targets)
  for (const { parts } of targets) if (parts.length > 0) addWrite(reading, parts)
  if (reading.word(next) === 'with' && reading.word(next + 1) === '(') next = reading.closeOf(next + 1) + 1
  if (reading.word(next) === 'as') next += 2
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
