import { reservedWords } from './clause-words.ts'
import { walk } from './read-query.ts'
import { addRead, addWrite, namedByString } from './read-sources.ts'
import type { Reading } from './reading.ts'
import { endOfRoutine } from './routines.ts'
import type { StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'
import { endInTsql } from './tsql-boundaries.ts'

export const tableClasses = new Set(['table', 'view', 'stream', 'dictionary', 'synonym'])

const accountClasses = new Set(['role', 'user', 'group', 'login'])

/** ROLE, USER and their like, also DATABASE ROLE and SERVER ROLE. A USER MAPPING belongs to a foreign server. */
export function isAccount(reading: Reading, at: number): boolean {
  const word = reading.word(at)
  const following = reading.word(at + 1)
  if (/^(?:server|application|database)$/.test(word)) return following === 'role' && reading.isName(at + 2)
  return accountClasses.has(word) && !(word === 'user' && following === 'mapping')
}

/** Between CREATE, ALTER or DROP and the class of the object. */
const modifiers = new Set(
  `or replace alter refresh temporary temp unlogged external transient global local secure materialized recursive dynamic iceberg
  foreign virtual hybrid live streaming unique clustered nonclustered bitmap bloomfilter fulltext spatial columnar volatile
  multiset set if not exists event force noforce editionable noneditionable public snapshot constraint trusted
  procedural aggregate default private immutable blockchain sharded duplicated definer sql security algorithm protected
  semantic search vector xml primary row access invoker window distributed online offline ignore`.split(
    /\s+/,
  ),
)

export function skipModifiers(reading: Reading, at: number, to: number): number {
  let next = at
  while (next < to && modifiers.has(reading.word(next)) && !isClassHere(reading, next)) {
    next = reading.word(next + 1) === '=' ? skipModifierValue(reading, next + 2) : next + 1
  }
  return next
}

/** Words that stand before a class and are one themselves, as in CREATE EVENT name. */
const modifiersOrClasses = new Set(['event', 'default', 'aggregate', 'snapshot', 'public'])

function isClassHere(reading: Reading, at: number): boolean {
  const following = reading.word(at + 1)
  return (
    modifiersOrClasses.has(reading.word(at)) &&
    following !== 'trigger' &&
    following !== 'function' &&
    !tableClasses.has(following)
  )
}

/** ALGORITHM = MERGE, DEFINER = name@host, DEFINER = CURRENT_USER(). */
function skipModifierValue(reading: Reading, at: number): number {
  let next = at + 1
  if (reading.word(next) === '(') next = reading.closeOf(next) + 1
  if (reading.token(next).kind === 'variable') return next + 1
  return reading.word(next) === '@' ? next + 2 : next
}

export function skipExistence(reading: Reading, at: number): number {
  let next = at
  if (reading.word(next) === 'concurrently') next++
  if (reading.word(next) !== 'if') return next
  next++
  if (reading.word(next) === 'not') next++
  return /^(?:exists|empty)$/.test(reading.word(next)) ? next + 1 : next
}

export function readReadTable(reading: Reading, at: number): number {
  const path = readTarget(reading, at)
  if (path) addRead(reading, path.parts)
  return path?.next ?? at
}

export function readWrittenTable(reading: Reading, at: number): number {
  const path = readTarget(reading, at)
  if (path) addWrite(reading, path.parts)
  return path?.next ?? at
}

/** A name, also as IDENTIFIER('name'); without parts where the text does not tell it. Words of the grammar are no names. */
export function readTarget(reading: Reading, at: number): { parts: string[]; next: number } | undefined {
  const { kind, text, word } = reading.token(at)
  if (kind === 'string' && reading.dialect === 'sqlite') return { parts: [text], next: at + 1 }
  if (word === 'identifier' && reading.word(at + 1) === '(')
    return { parts: namedByString(reading, at + 1) ?? [], next: reading.closeOf(at + 1) + 1 }
  return reservedWords.has(word) || word === 'with' ? undefined : readPath(reading, at)
}

/** Names with commas between them, up to the first that is followed by something else. */
export function readList(reading: Reading, at: number, to: number, access: 'read' | 'write'): number {
  let next = at
  while (next < to) {
    if (reading.word(next) === 'only' && reading.isName(next + 1)) next++
    const path = readTarget(reading, next)
    if (!path) return next
    if (access === 'write') addWrite(reading, path.parts)
    else addRead(reading, path.parts)
    next = path.next
    if (reading.word(next) === '*') next++
    if (reading.word(next) !== ',') return next
    next++
  }
  return next
}

/** PostgreSQL: CREATE PUBLICATION name FOR TABLE a (id) WHERE (x > 1), b, TABLES IN SCHEMA c; ALTER PUBLICATION name ADD TABLE d. */
export function readPublished(reading: Reading, at: number, to: number): number {
  let listsTables = false
  for (let next = at; next < to; next++) {
    const word = reading.word(next)
    const following = reading.word(next + 1)
    if (word === '(') next = reading.closeOf(next)
    else if (word === 'table' || word === 'tables') listsTables = word === 'table'
    const isName = word === 'table' || (word === ',' && !/^tables?$/.test(following))
    if (!listsTables || !isName || !reading.isName(next + 1)) continue
    const name = following === 'only' && reading.isName(next + 2) ? next + 2 : next + 1
    next = Math.max(next, readReadTable(reading, name) - 1)
  }
  return to
}

/** `[TABLE] [IF EXISTS] [ONLY] a, b`: all of them are written. */
export function readNames(reading: Reading, at: number, to: number): number {
  reading.facts.addKind('ddl')
  let next = at
  while (
    /^(?:tables|view|stream|dictionary|synonym|temporary|all)$/.test(reading.word(next))
      ? reading.isName(next + 1) || reading.word(next + 1) === '('
      : reading.word(next) === 'table'
  )
    next++
  if (/^(?:database|schema|cluster)$/.test(reading.word(next)) && reading.isName(next + 1)) return to
  next = skipExistence(reading, next)
  if (reading.word(next) === 'only') next++
  if (
    !reading.isName(next) &&
    reading.token(next).kind !== 'parameter' &&
    reading.token(next).kind !== 'string'
  )
    reading.noteTrouble()
  return endInTsql(reading, readList(reading, next, to, 'write'), to)
}

/** Oracle: MATERIALIZED VIEW LOG ON orders. */
export function isViewLog(reading: Reading, at: number): boolean {
  const isLog = reading.word(at) === 'view' && reading.word(at + 1) === 'log' && reading.word(at + 2) === 'on'
  return isLog && reading.word(at - 1) === 'materialized'
}

/** INDEX name ON orders, POLICY name ON orders, RULE ... TO orders DO ...: the table is changed. */
export function readOn(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const isRule = reading.word(at - 1) === 'rule' && reading.word(at - 2) !== 'alter'
  const isTrigger = reading.word(at - 1) === 'trigger'
  for (let next = at; next < to; next++) {
    const isTarget = reading.word(next) === (isRule ? 'to' : 'on')
    if (!isTarget || reading.word(next - 1) === '.' || isOnCluster(reading, next)) continue
    let rest = readOnTable(reading, next + 1)
    // The policies of ClickHouse and of T-SQL are for several tables, each behind its own name.
    const isPolicy = reading.word(at - 1) === 'policy'
    if (isPolicy && reading.dialect !== 'postgres') readOtherOns(reading, rest, to)
    // PostgreSQL: a constraint's trigger names the table that is referenced.
    if (isTrigger && reading.word(rest) === 'from') rest = readReadTable(reading, rest + 1)
    if (isTrigger) return endOfRoutine(reading, at - 1, to)
    return walk(reading, rest, to, { scope: place.scope, isTop: false, isQuery: isRule })
  }
  return to
}

/** `name ON a, name ON b`: the tables that are changed. */
export function readOtherOns(reading: Reading, at: number, to: number): number {
  for (let next = at; next < to; next++) {
    if (reading.word(next) === '(') next = reading.closeOf(next)
    else if (reading.word(next) === 'on' && !isOnCluster(reading, next)) {
      let end = readOnTable(reading, next + 1)
      // A list of tables, where the next is not the name of what stands on another one.
      while (end > next + 1 && reading.word(end) === ',') {
        const path = readTarget(reading, end + 1)
        if (!path || (reading.word(path.next) === 'on' && !isOnCluster(reading, path.next))) break
        end = readWrittenTable(reading, end + 1)
      }
      next = Math.max(next, end - 1)
    }
  }
  return to
}

/** ON CLUSTER name tells where a statement runs. */
function isOnCluster(reading: Reading, at: number): boolean {
  return (
    reading.dialect === 'clickhouse' && reading.word(at + 1) === 'cluster' && reading.word(at + 2) !== '('
  )
}

/** The table behind ON; `shop.*`, a database and the server are none. */
function readOnTable(reading: Reading, at: number): number {
  let next = at
  while (reading.word(next) === 'only' || (reading.word(next) === 'table' && reading.isName(next + 1))) next++
  const path = readTarget(reading, next)
  if (!path) return next
  const isOther = /^(?:database|all|schema|domain)$/.test(reading.word(next))
  if (!isOther && reading.word(path.next) !== '.') addWrite(reading, path.parts)
  return path.next
}
