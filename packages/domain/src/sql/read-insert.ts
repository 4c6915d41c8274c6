import { isQueryWord } from './query-start.ts'
import { readParentheses, readQuery, walk } from './read-query.ts'
import { addWrite, namedByString, readTableReference, type Source } from './read-sources.ts'
import type { Reading } from './reading.ts'
import type { StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'
import { readOutput, skipTop } from './tsql-clauses.ts'

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

export function readInsert(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  let next = skipSchemaEvolution(reading, at + 1)
  if (reading.word(next) === 'all' || reading.word(next) === 'first')
    return readInsertAll(reading, next, to, place)
  let isOverwriting = false
  while (insertModifiers.has(reading.word(next))) {
    isOverwriting ||= reading.word(next) === 'overwrite'
    next++
  }
  if (
    isOverwriting &&
    (reading.word(next) === 'all' || reading.word(next) === 'when' || reading.word(next - 1) === 'first')
  )
    return readInsertAll(reading, next, to, place)
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

/** Databricks: INSERT WITH SCHEMA EVOLUTION INTO, and MERGE. */
export function skipSchemaEvolution(reading: Reading, at: number): number {
  return reading.word(at) === 'with' && reading.word(at + 1) === 'schema' ? at + 3 : at
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
    addWrite(reading, namedByString(reading, path.next) ?? [])
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
    else if (word === 'value' && reading.word(next + 1) === '(') break
    else if (word === 'set' || isQueryWord(reading, next)) break
    else if (word === 'default' && reading.word(next + 1) === 'values')
      return walkRest(reading, next + 2, to, place)
    next++
  }
  if (reading.word(next) === 'from' && reading.word(next + 1) === 'infile') return to
  if (reading.word(next) === 'from')
    return reading.grammar.readStatement(reading, next, to, { ...place, isTop: false })
  if (reading.word(next) === 'set') return walkRest(reading, next, to, place)
  if (next >= to && reading.dialect !== 'clickhouse') reading.noteTrouble()
  // What is written is not handed to anybody, so it is no result.
  return readQuery(reading, next, to, { scope: place.scope, isTop: false })
}

function walkRest(reading: Reading, at: number, to: number, { scope }: StatementPlace): number {
  return walk(reading, at, to, { scope, isTop: false, isQuery: true })
}

function isQueryInParentheses(reading: Reading, open: number): boolean {
  const next = reading.behindOpen(open)
  if (reading.word(next) === 'values') return reading.word(next + 1) === '('
  if (reading.word(next) === 'from') return reading.dialect === 'duckdb' && next + 1 < reading.closeOf(open)
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

/** INSERT ALL [WHEN ... THEN] INTO a VALUES (...) INTO b ... SELECT ...: a query in a condition or a row is not the source. */
function readInsertAll(reading: Reading, at: number, to: number, place: StatementPlace): number {
  reading.facts.addKind('write')
  let next = at
  let isCondition = false
  while (next < to && reading.word(next) !== 'select' && reading.word(next) !== 'with') {
    const word = reading.word(next)
    if (word === 'when' || word === 'then') isCondition = word === 'when'
    if (word === 'into') {
      const path = readPath(reading, next + 1)
      if (path) addWrite(reading, path.parts)
      next = path?.next ?? next + 1
    } else if (word === '(') {
      const isInside = isCondition || reading.word(next - 1) === 'values'
      if (!isInside && isQueryInParentheses(reading, next)) break
      next = readParentheses(reading, next, to, place.scope)
    } else next++
  }
  return readQuery(reading, next, to, { scope: place.scope, isTop: false })
}
