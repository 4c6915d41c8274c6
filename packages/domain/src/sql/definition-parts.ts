import { walk } from './read-query.ts'
import { addWrite, splitName } from './read-sources.ts'
import type { Reading } from './reading.ts'
import type { StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'

export const tableClasses = new Set(['table', 'view', 'stream', 'dictionary', 'synonym'])

export const accountClasses = new Set([
  'role',
  'user',
  'group',
  'login',
  'profile',
  'quota',
  'credential',
  'certificate',
])

/** Their bodies hold statements that are not run now. */
export const routineClasses = new Set([
  'function',
  'procedure',
  'proc',
  'trigger',
  'package',
  'event',
  'task',
  'macro',
  'aggregate',
  'type',
  'method',
  'service',
  'alert',
])

export function skipExistence(reading: Reading, at: number): number {
  let next = at
  if (reading.word(next) === 'concurrently') next++
  if (reading.word(next) !== 'if') return next
  next++
  if (reading.word(next) === 'not') next++
  return reading.word(next) === 'exists' ? next + 1 : next
}

export function readReadTable(reading: Reading, at: number): number {
  const path = readTarget(reading, at)
  if (path) reading.facts.addTable(path.parts.join('.'), 'read')
  return path?.next ?? at
}

export function readWrittenTable(reading: Reading, at: number): number {
  const path = readTarget(reading, at)
  if (path) addWrite(reading, path.parts)
  return path?.next ?? at
}

/** A name, also as IDENTIFIER('name'). */
export function readTarget(reading: Reading, at: number): { parts: string[]; next: number } | undefined {
  const { kind, text } = reading.token(at)
  if (kind === 'string' && reading.dialect === 'sqlite') return { parts: [text], next: at + 1 }
  if (reading.word(at) === 'identifier' && reading.word(at + 1) === '(') {
    const argument = reading.token(at + 2)
    const parts = argument.kind === 'string' ? splitName(reading, argument.text) : undefined
    return parts && { parts, next: reading.closeOf(at + 1) + 1 }
  }
  return readPath(reading, at)
}

/** Names with commas between them, up to the first that is followed by something else. */
export function readList(reading: Reading, at: number, to: number, access: 'read' | 'write'): number {
  let next = at
  while (next < to) {
    if (reading.word(next) === 'only' && reading.isName(next + 1)) next++
    const path = readTarget(reading, next)
    if (!path) return next
    if (access === 'write') addWrite(reading, path.parts)
    else reading.facts.addTable(path.parts.join('.'), 'read')
    next = path.next
    if (reading.word(next) === '*') next++
    if (reading.word(next) !== ',') return next
    next++
  }
  return next
}

export function readWrittenList(reading: Reading, at: number, to: number): number {
  readList(reading, reading.word(at) === 'table' ? at + 1 : at, to, 'write')
  return to
}

/** `[TABLE] [IF EXISTS] [ONLY] a, b`: all of them are written. */
export function readNames(reading: Reading, at: number, to: number): number {
  reading.facts.addKind('ddl')
  let next = at
  while (
    /^(?:table|tables|view|stream|dictionary|synonym|temporary|all)$/.test(reading.word(next)) &&
    (reading.isName(next + 1) || reading.word(next + 1) === '(')
  )
    next++
  if (reading.word(next) === 'database' || reading.word(next) === 'schema') return to
  next = skipExistence(reading, next)
  if (reading.word(next) === 'only') next++
  if (
    !reading.isName(next) &&
    reading.token(next).kind !== 'parameter' &&
    reading.token(next).kind !== 'string'
  )
    reading.noteTrouble()
  readList(reading, next, to, 'write')
  return to
}

/** INDEX name ON orders, POLICY name ON orders, RULE ... TO orders DO ...: the table is changed. */
export function readOn(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const isRule = reading.word(at - 1) === 'rule'
  const isTrigger = reading.word(at - 1) === 'trigger'
  for (let next = at; next < to; next++) {
    const word = reading.word(next)
    const isTarget = isRule ? word === 'to' : word === 'on'
    if (!isTarget || reading.word(next - 1) === '.') continue
    let name = next + 1
    while (reading.word(name) === 'only' || (reading.word(name) === 'table' && reading.isName(name + 1)))
      name++
    const path = readTarget(reading, name)
    if (path && !/^(?:database|all|schema)$/.test(reading.word(name))) addWrite(reading, path.parts)
    if (isTrigger) return endOfRoutine(reading, next, to)
    const rest = path?.next ?? next + 1
    return walk(reading, rest, to, { scope: place.scope, isTop: false, isQuery: isRule })
  }
  return to
}

/**
 * A routine with its body in BEGIN ... END, which semicolons do not end: up to the END that belongs to it. The
 * statements in the body are not run now.
 */
export function endOfRoutine(reading: Reading, at: number, to: number): number {
  let begins = -1
  for (let next = at; next < to; next++) {
    if (reading.word(next) === 'begin') {
      begins = next
      break
    }
  }
  if (begins < 0) return to
  let depth = 0
  for (let next = begins; next < reading.end; next++) {
    const word = reading.word(next)
    if (word === 'begin' || word === 'case') depth += reading.word(next - 1) === 'end' ? 0 : 1
    else if (word === 'end' && !/^(?:if|loop|while|repeat|for)$/.test(reading.word(next + 1))) depth--
    if (depth === 0) {
      const isNamed = reading.isName(next + 1) && (next + 2 >= reading.end || reading.word(next + 2) === ';')
      return Math.max(to, isNamed ? next + 2 : next + 1)
    }
  }
  return reading.end
}
