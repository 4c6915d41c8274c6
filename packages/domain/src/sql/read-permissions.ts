import { addWrite } from './read-sources.ts'
import type { Reading } from './reading.ts'
import { readPath } from './table-names.ts'
import { endInTsql } from './tsql-boundaries.ts'

/** What a permission may be for that is no table. */
const otherClasses = new Set(
  `schema schemas database databases function functions procedure procedures routine routines sequence sequences language
  type domain tablespace warehouse integration stage account user role large foreign all parameter file catalog
  connection share task pipe stream future server proxy tables views model volume metastore external credential
  any anonymous assembly datashare certificate contract endpoint login object_id symmetric asymmetric assignment`.split(
    /\s+/,
  ),
)

const behindObjects = /^(?:to|from|with|as|for)$/

/** GRANT, REVOKE and DENY. Undefined if the statement is none of them. */
export function readPermission(reading: Reading, at: number, to: number): number | undefined {
  const word = reading.word(at)
  const { facts } = reading
  if (word === 'reassign' && reading.word(at + 1) === 'owned') {
    facts.addKind('ddl')
    return to
  }
  if (word !== 'grant' && word !== 'revoke' && word !== 'deny') return undefined
  facts.addKind('dcl')
  facts.flags.add('privilege_change')
  const start = reading.word(at + 1) === 'on' && reading.word(at + 2) === 'cluster' ? at + 4 : at + 1
  const end = endOfPermission(reading, start, to)
  for (let next = start; next < end; next++) {
    if (reading.word(next) === '(') next = reading.closeOf(next)
    else if (reading.word(next) === 'on') {
      // To execute is a right to a routine, whether the text says so or not.
      if (next === start + 1 && reading.word(start) === 'execute') return end
      readObjects(reading, next + 1, end)
      // ClickHouse: GRANT SELECT ON a, INSERT ON b TO ...
      if (reading.dialect !== 'clickhouse') return end
    } else if (reading.word(next) === 'to' || (reading.word(next) === 'from' && word === 'revoke')) return end
  }
  reading.noteTrouble()
  return to
}

/** T-SQL: behind those who have the permission another statement may begin. */
function endOfPermission(reading: Reading, at: number, to: number): number {
  if (reading.dialect !== 'tsql') return to
  let next = at
  while (next < to && !/^(?:to|from)$/.test(reading.word(next))) next++
  return endInTsql(reading, next + 2, to)
}

/** The most words of which the name of a class is made, as in XML SCHEMA COLLECTION. */
const classWordsMax = 3

/** T-SQL: `OBJECT::orders`, `XML SCHEMA COLLECTION::name`; 0 if no class stands before colons. */
function findColons(reading: Reading, at: number, to: number): number {
  const end = Math.min(to, at + classWordsMax)
  for (let next = at; next < end && reading.token(next).kind === 'word'; next++) {
    if (reading.word(next + 1) === '::') return next + 1
  }
  return 0
}

/** Whether the word is the class of what is named behind it; else it is a name itself. There is but one account. */
function isClass(reading: Reading, at: number): boolean {
  if (/^(?:account|metastore)$/.test(reading.word(at))) return true
  return reading.isName(at + 1) && reading.word(at + 1) !== 'to' && reading.word(at + 1) !== 'from'
}

/** What a permission is for: the tables are changed. */
export function readObjects(reading: Reading, at: number, to: number): void {
  let next = at
  const colons = findColons(reading, next, to)
  if (colons === next + 1 && reading.word(next) === 'object') next += 2
  else if (colons > 0) return
  else if (reading.word(next) === 'external' && reading.word(next + 1) === 'table') next++
  else if (otherClasses.has(reading.word(next)) && isClass(reading, next)) return
  if (
    /^(?:table|view|dynamic|materialized|external|iceberg|semantic|event|hybrid|streaming)$/.test(
      reading.word(next),
    ) &&
    reading.isName(next + 1)
  ) {
    next++
    if (/^(?:table|view)$/.test(reading.word(next)) && reading.isName(next + 1)) next++
  }
  while (next < to) {
    const path = readPath(reading, next)
    // `db.*`, `*.*` and `db.pre_*` name no table.
    if (!path || reading.word(path.next) === '.' || reading.word(path.next) === '*') return
    // What has a name behind it is a class: `RESOURCE MONITOR daily`.
    if (reading.isName(path.next) && !behindObjects.test(reading.word(path.next))) return
    addWrite(reading, path.parts)
    if (reading.word(path.next) !== ',' || reading.dialect === 'clickhouse') return
    next = path.next + 1
  }
}
