import { readExpression } from './read-query.ts'
import type { Reading } from './reading.ts'
import type { StatementPlace } from './scope.ts'
import { Scope } from './scope.ts'
import { readPath } from './table-names.ts'
import { endInTsql, startsTsqlStatement } from './tsql-boundaries.ts'

/** Behind BEGIN these make a transaction of it, not a block. */
const transactionWords = new Set([
  '',
  ';',
  'transaction',
  'tran',
  'work',
  'isolation',
  'read',
  'deferred',
  'immediate',
  'exclusive',
  'concurrent',
  'not',
])
/** Each of these only leads to the statement behind it. */
const leads = new Set([
  'else',
  'loop',
  'repeat',
  'then',
  'try',
  'catch',
  'exception',
  'do',
  'atomic',
  'finally',
])
const jumps = new Set([
  'return',
  'leave',
  'iterate',
  'exit',
  'continue',
  'break',
  'goto',
  'raise',
  'null',
  'go',
  'perform',
  'assert',
  'until',
])
/** These have a condition up to another word. */
const conditions = new Set(['if', 'elseif', 'elsif', 'while', 'when', 'for', 'foreach', 'forall', 'case'])

/** Reads a whole text: its statements one after the other, also those in blocks of procedural languages. */
export function readScript(reading: Reading): void {
  const place: StatementPlace = { scope: new Scope(), isTop: true }
  let at = 0
  let to = 0
  let depth = 0
  while (at < reading.end) {
    reading.isProgram ||= depth > 0
    if (reading.word(at) === ';' || reading.word(at) === '->>') {
      at++
      continue
    }
    // Several statements may stand before one semicolon: it is looked for once.
    if (to <= at) to = endOf(reading, at)
    const control = depth > 0 || isScriptStart(reading, at) ? readControl(reading, at, to) : undefined
    if (control !== undefined) {
      depth += control.depth
      at = control.next
      continue
    }
    reading.facts.statements++
    const end = reading.grammar.readStatement(reading, at, to, place)
    at = Math.max(end, at + 1)
  }
}

/** Where the statement that begins here can end at most: the next semicolon that is in no parentheses. */
function endOf(reading: Reading, at: number): number {
  let next = at
  const separator = reading.dialect === 'snowflake' ? '->>' : ';'
  while (next < reading.end && reading.word(next) !== ';' && reading.word(next) !== separator) {
    if (next > at && isBatchEnd(reading, next)) break
    next = reading.word(next) === '(' ? reading.closeOf(next) + 1 : next + 1
  }
  return Math.min(next, reading.end)
}

/** T-SQL: GO ends a batch, whose statements need no semicolons. */
function isBatchEnd(reading: Reading, at: number): boolean {
  return reading.word(at) === 'go' && startsTsqlStatement(reading, at)
}

/** Whether a block or a control statement begins here, outside of any block. */
function isScriptStart(reading: Reading, at: number): boolean {
  const word = reading.word(at)
  const following = reading.word(at + 1)
  switch (word) {
    case 'begin':
      return !beginsTransaction(reading, at) || (following === 'not' && reading.word(at + 2) === 'atomic')
    case 'declare':
      return /^(?:oracle|postgres|snowflake)$/.test(reading.dialect) && !isCursorDeclared(reading, at)
    case 'if':
    case 'elseif':
    case 'elsif':
    case 'case':
    case 'when':
    case 'until':
    case 'leave':
    case 'iterate':
    case 'while':
    case 'loop':
    case 'repeat':
    case 'for':
    case 'else':
    case 'return':
    case 'go':
    case 'break':
    case 'continue':
    case 'goto':
    case 'raise':
      return true
    case 'end':
      return (
        /^(?:if|while|loop|for|repeat|try|catch|case)$/.test(following) ||
        reading.dialect === 'tsql' ||
        reading.dialect === 'oracle'
      )
    case '<<':
    case '/':
      return true
    default:
      return following === ':' || following === ':='
  }
}

function beginsTransaction(reading: Reading, at: number): boolean {
  const following = reading.word(at + 1)
  // Snowflake: BEGIN NAME name.
  if (following === 'name' && reading.isName(at + 2)) return reading.dialect === 'snowflake'
  return transactionWords.has(following)
}

/** DECLARE name CURSOR FOR query: a statement of its own, no block. */
function isCursorDeclared(reading: Reading, at: number): boolean {
  for (let next = at + 2; next < at + 8; next++) {
    if (reading.word(next) === ';') return false
    if (reading.word(next) === 'cursor') return reading.dialect === 'postgres'
  }
  return false
}

type Control = { next: number; depth: number }

/** Reads BEGIN, END, IF ... THEN and their like up to the statement behind them. Undefined: a statement stands here. */
function readControl(reading: Reading, at: number, to: number): Control | undefined {
  const word = reading.word(at)
  const following = reading.word(at + 1)
  if (word === 'begin') {
    if (following === 'not' && reading.word(at + 2) === 'atomic') return { next: at + 3, depth: 1 }
    if (beginsTransaction(reading, at) && following !== '') return undefined
    return { next: at + (/^(?:try|catch|atomic)$/.test(following) ? 2 : 1), depth: 1 }
  }
  if (word === 'end') {
    const isBlock = !/^(?:if|loop|while|repeat|for|case)$/.test(following)
    return {
      next: Math.min(skipLabel(reading, isBlock ? at + 1 : at + 2, to), reading.end),
      depth: isBlock ? -1 : 0,
    }
  }
  if (leads.has(word)) return { next: word === 'exception' ? at + 1 : at + 1, depth: 0 }
  if (conditions.has(word)) return { next: readCondition(reading, at, to), depth: 0 }
  if (word === '<<' || word === '/') return { next: word === '/' ? at + 1 : at + 3, depth: 0 }
  if (word === 'declare' && reading.word(at + 2) === 'handler')
    return { next: behindConditions(reading, at + 4, to), depth: 0 }
  if (word === 'declare' && reading.dialect !== 'tsql' && !isCursorDeclared(reading, at))
    return readDeclarations(reading, at, to)
  // NULL; does nothing.
  if (reading.token(at).kind === 'parameter' && following === ';') return { next: at + 1, depth: 0 }
  if (jumps.has(word)) {
    const end = word === 'goto' ? Math.min(at + 2, to) : endInTsql(reading, at + 1, to)
    readExpression(reading, at + 1, end, new Scope())
    return { next: isOneWord(word) ? at + 1 : end, depth: 0 }
  }
  if (isCall(reading, at, to)) {
    reading.facts.addKind('procedure')
    readExpression(reading, at, to, new Scope())
    return { next: to, depth: 0 }
  }
  if (following === ':' && reading.isName(at)) return { next: at + 2, depth: 0 }
  if (isAssignment(reading, at)) {
    readExpression(reading, at, to, new Scope())
    return { next: to, depth: 0 }
  }
  return undefined
}

/** DECLARE EXIT HANDLER FOR NOT FOUND, SQLSTATE VALUE '23000' statement. */
function behindConditions(reading: Reading, at: number, to: number): number {
  let next = at
  while (next < to) {
    const word = reading.word(next)
    if (word === 'not') next++
    else if (word === 'sqlstate') next += reading.word(next + 1) === 'value' ? 2 : 1
    next++
    if (reading.word(next) !== ',') break
    next++
  }
  return Math.min(next, to)
}

/** In a block of Oracle a procedure is called by its name alone. */
function isCall(reading: Reading, at: number, to: number): boolean {
  if (reading.dialect !== 'oracle' || !reading.isName(at)) return false
  const path = readPath(reading, at)
  if (!path || (path.parts.length === 1 && reading.word(path.next) !== '(')) return false
  return path.next === to || (reading.word(path.next) === '(' && reading.closeOf(path.next) === to - 1)
}

function isOneWord(word: string): boolean {
  return word === 'go' || word === 'break' || word === 'continue' || word === 'null'
}

function skipLabel(reading: Reading, at: number, to: number): number {
  return /^(?:try|catch)$/.test(reading.word(at)) || (reading.isName(at) && at + 1 === to) ? at + 1 : at
}

function isAssignment(reading: Reading, at: number): boolean {
  if (reading.word(at + 1) === ':=') return true
  return (
    reading.isName(at) &&
    (reading.word(at + 1) === '=' || (reading.word(at + 1) === '.' && reading.word(at + 3) === ':='))
  )
}

/** The declarations of a block, up to the word BEGIN: each ends with a semicolon. */
function readDeclarations(reading: Reading, at: number, to: number): Control {
  if (reading.word(at + 1) === 'begin') return { next: at + 1, depth: 0 }
  let next = at
  let end = to
  for (;;) {
    readDeclaration(reading, next + 1, end)
    next = end
    if (next >= reading.end || reading.word(next) !== ';' || !isDeclaration(reading, next + 1))
      return { next, depth: 0 }
    end = endOf(reading, next + 1)
  }
}

/** A variable with its value, or a cursor with its query. */
function readDeclaration(reading: Reading, at: number, to: number): void {
  for (let next = at; next < to; next++) {
    const word = reading.word(next)
    if (word === '(') next = reading.closeOf(next)
    else if ((word === 'for' || word === 'is') && reading.word(next + 1) === 'select') {
      reading.grammar.readQuery(reading, next + 1, to, { scope: new Scope(), isTop: false })
      return
    }
  }
  readExpression(reading, at, to, new Scope())
}

function isDeclaration(reading: Reading, at: number): boolean {
  if (!reading.isName(at) || reading.dialect === 'mysql' || reading.dialect === 'bigquery') return false
  return !/^(?:begin|select|insert|update|delete|merge|set|declare|if|for|while|create|drop|alter|call|execute)$/.test(
    reading.word(at),
  )
}

const startsBehindCondition = new Set(
  `select insert update delete merge create alter drop truncate exec execute declare begin print return set raiserror
  throw goto break continue grant revoke use commit rollback`.split(/\s+/),
)

/** Reads a condition up to THEN, LOOP or DO; in T-SQL up to the statement behind it. */
function readCondition(reading: Reading, at: number, to: number): number {
  let next = at + 1
  const isForQuery = reading.word(at) === 'for'
  while (next < to) {
    const word = reading.word(next)
    if (word === '(') {
      next = reading.closeOf(next) + 1
      continue
    }
    if (word === 'then' || word === 'loop' || word === 'do') break
    const endsHere = reading.dialect === 'tsql' || reading.word(at) === 'forall'
    if (endsHere && startsBehindCondition.has(word)) {
      readAsked(reading, at + 1, next)
      return next
    }
    if (isForQuery && (word === 'in' || word === 'as') && reading.word(next + 1) === 'select') {
      const end = wordBefore(reading, next + 1, to, word === 'as' ? 'do' : 'loop')
      reading.grammar.readStatement(reading, next + 1, end, { scope: new Scope(), isTop: false })
      return Math.min(end + 1, to)
    }
    next++
  }
  readAsked(reading, at + 1, Math.min(next, to))
  return Math.min(next + 1, to)
}

/** A condition; where it asks tables, the text reads. */
function readAsked(reading: Reading, at: number, to: number): void {
  const { facts } = reading
  const { tableCount } = facts
  readExpression(reading, at, to, new Scope())
  if (facts.tableCount > tableCount) facts.addKind('read')
}

function wordBefore(reading: Reading, at: number, to: number, word: string): number {
  let next = at
  while (next < to && reading.word(next) !== word) next++
  return next
}
