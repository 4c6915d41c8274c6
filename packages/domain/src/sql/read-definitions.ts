import {
  readNames,
  readOtherOns,
  readReadTable,
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
      if (reading.dialect === 'redshift') return readAttachedPolicy(reading, at, to)
      return reading.dialect === 'clickhouse' ? readCreate(reading, at, to, place) : undefined
    case 'detach':
      if (reading.dialect === 'redshift') return readAttachedPolicy(reading, at, to)
      return reading.dialect === 'clickhouse' ? readNames(reading, at + 1, to) : undefined
    case 'enable':
    case 'disable':
      if (reading.word(at + 1) !== 'trigger') return undefined
      reading.facts.addKind('ddl')
      return readOtherOns(reading, at + 2, to)
    case 'convert':
      return readConvert(reading, at, to)
    case 'add':
      return readClassified(reading, at, to)
    case 'sync':
      return readSync(reading, at, to)
    case 'flashback':
      if (reading.word(at + 1) !== 'table') return undefined
      return readNames(reading, at + 1, to)
    case 'set':
    case 'unset':
      // Databricks: SET TAG ON TABLE orders owner = ann.
      if (reading.word(at + 1) !== 'tag' || reading.word(at + 2) !== 'on') return undefined
      reading.facts.addKind('ddl')
      return readLabelled(reading, at + 3, to)
    case 'security':
      return readLabel(reading, at, to)
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

/** Redshift: ATTACH RLS POLICY name ON orders, DETACH MASKING POLICY name ON orders. */
function readAttachedPolicy(reading: Reading, at: number, to: number): number | undefined {
  if (reading.word(at + 2) !== 'policy') return undefined
  reading.facts.addKind('ddl')
  return readOtherOns(reading, at + 3, to)
}

/** Databricks: CONVERT TO DELTA orders. */
function readConvert(reading: Reading, at: number, to: number): number | undefined {
  if (reading.word(at + 1) !== 'to') return undefined
  reading.facts.addKind('ddl')
  readWrittenTable(reading, at + 3)
  return to
}

/** T-SQL: ADD SENSITIVITY CLASSIFICATION TO orders.total, stock.item WITH (...). */
function readClassified(reading: Reading, at: number, to: number): number | undefined {
  if (reading.word(at + 1) !== 'sensitivity') return undefined
  reading.facts.addKind('ddl')
  for (let next = at + 3; next < to;) {
    const path = readPath(reading, next + 1)
    if (!path || reading.word(next) === 'with') return to
    addWrite(reading, path.parts.slice(0, -1))
    next = path.next
  }
  return to
}

/** Databricks: SYNC TABLE orders FROM old.orders makes or changes the table; SYNC SCHEMA does not tell which. */
function readSync(reading: Reading, at: number, to: number): number | undefined {
  const word = reading.word(at + 1)
  if (word !== 'table' && word !== 'schema') return undefined
  reading.facts.addKind('ddl')
  if (word === 'schema') return to
  let next = readWrittenTable(reading, at + 2)
  if (reading.word(next) === 'as' && reading.word(next + 1) === 'external') next += 2
  if (reading.word(next) === 'from') readReadTable(reading, next + 1)
  return to
}

/** PostgreSQL: SECURITY LABEL [FOR provider] ON TABLE orders IS ... */
function readLabel(reading: Reading, at: number, to: number): number {
  reading.facts.addKind('ddl')
  const on = reading.word(at + 2) === 'for' ? at + 4 : at + 2
  return readLabelled(reading, on + 1, to)
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
  // Azure Synapse: RENAME OBJECT [::] orders TO purchases.
  const isObject = word === 'object' && reading.dialect === 'tsql'
  const hasClass = isObject || /^(?:table|tables|dictionary|dictionaries)$/.test(word)
  if (!hasClass && reading.dialect !== 'oracle') return to
  const first = isObject && reading.word(at + 2) === '::' ? at + 3 : at + 2
  for (let next = skipExistence(reading, hasClass ? first : at + 1); next < to;) {
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
  const next = reading.word(at + 1) === 'if' ? at + 3 : at + 1
  if (reading.word(next) !== 'on') {
    reading.noteTrouble()
    return to
  }
  return readLabelled(reading, next + 1, to)
}

/** What a comment or a label is on: `TABLE orders`, `COLUMN orders.id`, `TRIGGER name ON orders`. */
function readLabelled(reading: Reading, at: number, to: number): number {
  let next = at
  while (/^(?:materialized|foreign|external|dynamic)$/.test(reading.word(next))) next++
  const word = reading.word(next)
  if (tableClasses.has(word)) return readNames(reading, next, to)
  if (word === 'column') {
    const path = readPath(reading, next + 1)
    if (path && path.parts.length > 1) addWrite(reading, path.parts.slice(0, -1))
  } else if (/^(?:trigger|policy|rule|constraint)$/.test(word)) {
    return readOtherOns(reading, next, to)
  }
  return to
}

/** IMPORT FOREIGN SCHEMA, and MySQL's IMPORT TABLE FROM 'files', make tables that the text does not all name. */
function readImportSchema(reading: Reading, at: number, to: number): number | undefined {
  const word = reading.word(at + 1)
  if (word !== 'foreign' && word !== 'database' && word !== 'table') return undefined
  reading.facts.addKind(word === 'foreign' ? 'ddl' : 'import')
  // Hive names the table.
  if (word === 'table' && reading.word(at + 2) !== 'from') readWrittenTable(reading, at + 2)
  return to
}
