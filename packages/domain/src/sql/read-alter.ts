import {
  accountClasses,
  endOfRoutine,
  readNames,
  readOn,
  readReadTable,
  readTarget,
  readWrittenList,
  readWrittenTable,
  routineClasses,
  skipExistence,
  tableClasses,
} from './definition-parts.ts'
import { readParentheses, readQuery } from './read-query.ts'
import { addWrite } from './read-sources.ts'
import type { Reading } from './reading.ts'
import type { Scope } from './scope.ts'

export function readAlter(reading: Reading, at: number, to: number, scope: Scope): number {
  const { facts } = reading
  let next = at + 1
  while (
    /^(?:materialized|foreign|external|dynamic|iceberg|hybrid|secure|online|offline|ignore|event|force)$/.test(
      reading.word(next),
    ) &&
    reading.isName(next + 1)
  )
    next++
  const word = reading.word(next)
  if (word === 'session' || word === 'system' || word === 'account') {
    facts.addKind('session')
    return to
  }
  const isAccount = accountClasses.has(word) && !(word === 'user' && reading.word(next + 1) === 'mapping')
  if (isAccount || (word === 'default' && reading.word(next + 1) === 'privileges')) {
    facts.addKind('dcl')
    facts.flags.add('privilege_change')
    return to
  }
  if (word === 'policy' || word === 'trigger' || word === 'rule') {
    facts.addKind('ddl')
    return readOn(reading, next + 1, to, { scope, isTop: false })
  }
  if (!tableClasses.has(word)) {
    facts.addKind('ddl')
    if (word === 'index' && (reading.dialect === 'tsql' || reading.dialect === 'mysql'))
      return readOn(reading, next + 1, to, { scope, isTop: false })
    return routineClasses.has(word) ? endOfRoutine(reading, next, to) : to
  }
  next = skipExistence(reading, next + 1)
  if (reading.word(next) === 'only') next++
  if (reading.word(next) === 'all' && reading.word(next + 1) === 'in') {
    facts.addKind('ddl')
    return to
  }
  const path = readTarget(reading, next)
  if (!path) {
    facts.addKind('ddl')
    reading.noteTrouble()
    return to
  }
  addWrite(reading, path.parts)
  readAlterActions(reading, path.next, to, scope)
  return to
}

function readAlterActions(reading: Reading, at: number, to: number, scope: Scope): void {
  const { facts, dialect } = reading
  let isChange = false
  const start = reading.word(at) === 'on' && reading.word(at + 1) === 'cluster' ? at + 3 : at
  for (let next = start; next < to;) {
    const word = reading.word(next)
    const following = reading.word(next + 1)
    const isFirst = next === start || reading.word(next - 1) === ','
    if (dialect === 'clickhouse' && (word === 'update' || word === 'delete') && isFirst) isChange = true
    if (word === 'drop' && !/^(?:default|not|constraint|expression|identity)$/.test(following))
      facts.flags.add('destructive')
    if (word === '(') next = readParentheses(reading, next, to, scope)
    else if (word === 'references' || (word === 'swap' && following === 'with')) {
      next = word === 'swap' ? readWrittenTable(reading, next + 2) : readReadTable(reading, next + 1)
    } else if (
      (word === 'attach' || word === 'detach') &&
      following === 'partition' &&
      reading.isName(next + 2) &&
      dialect === 'postgres'
    ) {
      next = readWrittenTable(reading, next + 2)
    } else if (word === 'table' && (reading.word(next - 1) === 'with' || reading.word(next - 1) === 'to')) {
      next = readWrittenTable(reading, next + 1)
    } else if (word === 'from' && dialect === 'clickhouse' && reading.isName(next + 1))
      next = readReadTable(reading, next + 1)
    else if (word === 'as' && following === 'select')
      next = readQuery(reading, next + 1, to, { scope, isTop: false })
    else if (word === 'rename' && renamesTable(reading, next)) {
      next = readWrittenTable(reading, next + 2)
    } else if (word === 'to' && dialect === 'tsql') next = readWrittenTable(reading, next + 1)
    else if (word === 'append' && following === 'from') next = readReadTable(reading, next + 2)
    else if (isFirst && (word === 'inherit' || (word === 'no' && following === 'inherit'))) {
      next = readReadTable(reading, word === 'no' ? next + 2 : next + 1)
    } else next++
  }
  facts.addKind(isChange ? 'write' : 'ddl')
}

/** RENAME TO name: the new name is a table like the old one. */
function renamesTable(reading: Reading, at: number): boolean {
  const following = reading.word(at + 1)
  return (following === 'to' || following === 'as') && !reading.isName(at + 3)
}

export function readDrop(reading: Reading, at: number, to: number): number {
  const { facts } = reading
  let next = at + 1
  while (
    /^(?:materialized|foreign|external|temporary|temp|dynamic|iceberg|snapshot|online|event|public)$/.test(
      reading.word(next),
    ) &&
    reading.isName(next + 1)
  )
    next++
  const word = reading.word(next)
  facts.flags.add('destructive')
  if (accountClasses.has(word) && !(word === 'user' && reading.word(next + 1) === 'mapping')) {
    facts.addKind('dcl')
    facts.flags.add('privilege_change')
    return to
  }
  facts.addKind('ddl')
  if (tableClasses.has(word)) return readNames(reading, next, to)
  if (word === 'tables') return readNames(reading, next, to)
  if (word === 'all' || word === 'row') next += 2
  if (/^(?:index|trigger|policy|policies|rule|row|all)$/.test(word)) {
    for (let on = next; on < to; on++)
      if (reading.word(on) === 'on') return readWrittenList(reading, on + 1, to)
  }
  if (!reading.isName(next)) reading.noteTrouble()
  return to
}
