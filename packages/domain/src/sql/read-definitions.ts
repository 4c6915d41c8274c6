import {
  readNames,
  readWrittenList,
  readWrittenTable,
  skipExistence,
  tableClasses,
} from './definition-parts.ts'
import { readAlter, readDrop } from './read-alter.ts'
import { readCreate } from './read-create.ts'
import { addWrite } from './read-sources.ts'
import type { Reading } from './reading.ts'
import type { StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'

/** CREATE, ALTER, DROP, TRUNCATE, RENAME, COMMENT and their like. Undefined if the statement is none of them. */
export function readDefinition(
  reading: Reading,
  at: number,
  to: number,
  place: StatementPlace,
): number | undefined {
  switch (reading.word(at)) {
    case 'create':
    case 'replace':
      return readCreate(reading, at, to, place)
    case 'attach':
      if (reading.dialect !== 'clickhouse') return undefined
      return readCreate(reading, at, to, place)
    case 'detach':
      if (reading.dialect !== 'clickhouse') return undefined
      return readNames(reading, at + 1, to)
    case 'alter':
      return readAlter(reading, at, to, place.scope)
    case 'drop':
      return readDrop(reading, at, to)
    case 'undrop':
      return readNames(reading, at + 1, to)
    case 'truncate':
      reading.facts.flags.add('destructive')
      return readNames(reading, at + 1, to)
    case 'rename':
    case 'exchange':
      return readRename(reading, at, to)
    case 'comment':
      return readComment(reading, at, to)
    case 'import':
      return readImportSchema(reading, at, to)
    default:
      return undefined
  }
}

/** RENAME TABLE a TO b, c TO d; EXCHANGE TABLES a AND b. */
function readRename(reading: Reading, at: number, to: number): number {
  const { facts } = reading
  const word = reading.word(at + 1)
  if (word === 'user' || word === 'role') {
    facts.addKind('dcl')
    facts.flags.add('privilege_change')
    return to
  }
  facts.addKind('ddl')
  const hasClass = word === 'table' || word === 'tables' || word === 'dictionary'
  if (!hasClass && reading.dialect !== 'oracle') return to
  for (let next = skipExistence(reading, hasClass ? at + 2 : at + 1); next < to;) {
    const separates =
      /^(?:to|and|,|nowait)$/.test(reading.word(next)) || reading.token(next).kind === 'parameter'
    if (reading.word(next) === 'wait') {
      next += 2
      continue
    }
    if (reading.word(next) === 'on') return to
    next = separates ? next + 1 : Math.max(readWrittenTable(reading, next), next + 1)
  }
  return to
}

function readComment(reading: Reading, at: number, to: number): number {
  reading.facts.addKind('ddl')
  let next = reading.word(at + 1) === 'if' ? at + 3 : at + 1
  if (reading.word(next) !== 'on') {
    reading.noteTrouble()
    return to
  }
  next++
  while (/^(?:materialized|foreign|external|dynamic)$/.test(reading.word(next))) next++
  const word = reading.word(next)
  if (tableClasses.has(word)) return readNames(reading, next, to)
  if (word === 'column') {
    const path = readPath(reading, next + 1)
    if (path && path.parts.length > 1) addWrite(reading, path.parts.slice(0, -1))
  } else if (/^(?:trigger|policy|rule|constraint)$/.test(word)) {
    for (let on = next; on < to; on++) {
      if (reading.word(on) === 'on' && reading.word(on + 1) !== 'domain')
        return readWrittenList(reading, on + 1, to)
    }
  }
  return to
}

/** IMPORT FOREIGN SCHEMA makes tables that the text does not all name. */
function readImportSchema(reading: Reading, at: number, to: number): number | undefined {
  const word = reading.word(at + 1)
  if (word !== 'foreign' && word !== 'database') return undefined
  reading.facts.addKind(word === 'foreign' ? 'ddl' : 'import')
  return to
}
