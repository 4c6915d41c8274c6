import { readChange } from './read-changes.ts'
import { readCommand } from './read-commands.ts'
import { readDefinition } from './read-definitions.ts'
import { readPermission } from './read-permissions.ts'
import { readCommonTables, readQuery, walk } from './read-query.ts'
import type { Reading } from './reading.ts'
import { addReads, readFromList, type Source } from './read-sources.ts'
import { readTransfer } from './read-transfers.ts'
import type { StatementPlace } from './scope.ts'

/**
 * Reads the statement between two places and records its kind, tables and flags.
 * Returns where it ends: `to`, or earlier where another one begins without a semicolon.
 */
export function readStatement(reading: Reading, at: number, to: number, place: StatementPlace): number {
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
        readUnknown(reading, at, to, place)
      )
  }
}

function readAfterCommonTables(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const [next, scope] = readCommonTables(reading, at, to, place.scope)
  if (next >= to) {
    reading.noteTrouble()
    return to
  }
  return readStatement(reading, next, to, { ...place, scope })
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

/** What is no statement that is known: the tables of its queries are told, and that it was not understood. */
function readUnknown(reading: Reading, at: number, to: number, place: StatementPlace): number {
  reading.noteTrouble()
  reading.facts.addKind('other')
  return walk(reading, at, to, { scope: place.scope, isTop: false, isQuery: true })
}
