import { endOfRoutine } from './routines.ts'
import { readChange } from './read-changes.ts'
import { readCommand } from './read-commands.ts'
import { readDefinition } from './read-definitions.ts'
import { readPermission } from './read-permissions.ts'
import { readCommonTables, readQuery, walk } from './read-query.ts'
import type { Reading } from './reading.ts'
import { addReads, readFromList, type Source } from './read-sources.ts'
import { readTransfer } from './read-transfers.ts'
import type { StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'

/**
 * Reads the statement between two places and records its kind, tables and flags.
 * Returns where it ends: `to`, or earlier where another one begins without a semicolon. A statement may hold another
 * one in any of its places, so each counts as nested.
 */
export function readStatement(reading: Reading, at: number, to: number, place: StatementPlace): number {
  let end = to
  reading.nest(() => {
    end = readOne(reading, at, to, place)
  })
  return end
}

function readOne(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const word = reading.word(at)
  switch (word) {
    case 'with':
      return readAfterCommonTables(reading, at, to, place)
    case 'select':
    case 'values':
    case '(':
    case 'table':
      reading.facts.addKind('read')
      return readQuery(reading, at, to, place)
    case 'from':
      return readFromFirst(reading, at, to, place)
    default:
      return (
        readChange(reading, at, to, place) ??
        readDefinition(reading, at, to, place) ??
        readPermission(reading, at, to) ??
        readTransfer(reading, at, to, place) ??
        readCommand(reading, at, to, place) ??
        readBareCall(reading, at, to, place) ??
        readUnknown(reading, at, to, place)
      )
  }
}

function readAfterCommonTables(reading: Reading, at: number, to: number, place: StatementPlace): number {
  if (reading.word(at + 1) === 'function' && reading.isName(at + 2))
    return readBehindFunction(reading, at, to, place)
  // Snowflake: a procedure that is called at once.
  if (reading.word(at + 2) === 'as' && reading.word(at + 3) === 'procedure')
    return readCalledProcedure(reading, at, to, place)
  const [next, scope] = readCommonTables(reading, at, to, place.scope)
  if (next >= to) {
    reading.noteTrouble()
    return to
  }
  return readStatement(reading, next, to, { ...place, scope })
}

/** WITH name AS PROCEDURE ... AS 'body' CALL name(...): the body is run. */
function readCalledProcedure(reading: Reading, at: number, to: number, place: StatementPlace): number {
  for (let next = at; next < to; next++) {
    const { kind, text, word } = reading.token(next)
    if (kind === 'string') reading.readInside(text, true)
    if (word === 'call') return readStatement(reading, next, to, place)
  }
  reading.noteTrouble()
  return to
}

/** Trino, Oracle: WITH FUNCTION name ... SELECT; the function's body is no part of the query. */
function readBehindFunction(reading: Reading, at: number, to: number, place: StatementPlace): number {
  let next = endOfRoutine(reading, at, to)
  if (next === to) {
    next = at
    while (next < to && reading.word(next) !== 'select')
      next = reading.word(next) === '(' ? reading.closeOf(next) + 1 : next + 1
  }
  if (reading.word(next) === ';') next++
  let end = next
  while (end < reading.end && reading.word(end) !== ';')
    end = reading.word(end) === '(' ? reading.closeOf(end) + 1 : end + 1
  return reading.grammar.readStatement(reading, next, end, place)
}

/** `FROM a SELECT b` (DuckDB, BigQuery), and Hive's `FROM a INSERT INTO b SELECT ... INSERT INTO c SELECT ...`. */
function readFromFirst(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const sources: Source[] = []
  const { scope } = place
  let next = readFromList(reading, at + 1, to, scope, sources)
  addReads(reading, sources)
  if (reading.word(next) !== 'insert') {
    reading.facts.addKind('read')
    return walk(reading, next, to, { scope, isTop: place.isTop, isQuery: true })
  }
  while (reading.word(next) === 'insert') {
    let end = next + 1
    while (end < to && reading.word(end) !== 'insert')
      end = reading.word(end) === '(' ? reading.closeOf(end) + 1 : end + 1
    readStatement(reading, next, end, place)
    next = end
  }
  return to
}

/** `{call name(?)}` of ODBC and JDBC; in T-SQL a text may begin with the name of a procedure alone. */
function readBareCall(reading: Reading, at: number, to: number, place: StatementPlace): number | undefined {
  const isEscape =
    reading.word(at) === '{' && (reading.word(at + 1) === 'call' || reading.word(at + 3) === 'call')
  const isProcedure = reading.dialect === 'tsql' && at === 0 && isProcedureName(reading, at, to)
  if (!isEscape && !isProcedure) return undefined
  reading.facts.addKind('procedure')
  return walk(reading, at + 1, to, { scope: place.scope, isTop: false, isQuery: false })
}

/** `sp_who`, `dbo.name`, `dbo.name 1, @a`: the name of a procedure, and what it is given. */
function isProcedureName(reading: Reading, at: number, to: number): boolean {
  if (/^(?:sp_|xp_|usp_)/.test(reading.word(at))) return true
  const path = readPath(reading, at)
  if (!path || path.parts.length < 2) return false
  return path.next >= to || /^(?:parameter|variable|string)$/.test(reading.token(path.next).kind)
}

/** What is no statement that is known: the tables of its queries are told, and that it was not understood. */
function readUnknown(reading: Reading, at: number, to: number, place: StatementPlace): number {
  reading.noteTrouble()
  reading.facts.addKind('other')
  return walk(reading, at, to, { scope: place.scope, isTop: false, isQuery: true })
}
