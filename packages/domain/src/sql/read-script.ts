import { readExpression } from './read-query.ts'
import type { Reading } from './reading.ts'
import type { StatementPlace } from './scope.ts'
import { Scope } from './scope.ts'

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
const conditions = new Set(['if', 'elseif', 'elsif', 'while', 'when', 'for', 'foreach', 'case'])

/** Reads a whole text: its statements one after the other, also those in blocks of procedural languages. */
export function readScript(reading: Reading): void {
  const place: StatementPlace = { scope: new Scope(), isTop: true }
  let at = 0
  let to = 0
  let depth = 0
  while (at < reading.end) {
    if (reading.word(at) === ';') {
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
  while (next < reading.end && reading.word(next) !== ';') {
    next = reading.word(next) === '(' ? reading.closeOf(next) + 1 : next + 1
  }
  return Math.min(next, reading.end)
}

/** Whether a block or a control statement begins here, outside of any block. */
function isScriptStart(reading: Reading, at: number): boolean {
  const word = reading.word(at)
  const following = reading.word(at + 1)
  switch (word) {
    case 'begin':
      return !transactionWords.has(following)
    case 'declare':
      return reading.dialect === 'oracle' || reading.dialect === 'postgres' ? !hasCursor(reading, at) : false
    case 'if':
    case 'while':
    case 'loop':
    case 'repeat':
    case 'for':
    case 'else':
    case 'return':
    case 'go':
    case 'break':
    case 'continue':
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

function hasCursor(reading: Reading, at: number): boolean {
  for (let next = at + 1; next < at + 8; next++) if (reading.word(next) === 'cursor') return true
  return false
}

type Control = { next: number; depth: number }

/** Reads BEGIN, END, IF ... THEN and their like up to the statement behind them. Undefined: a statement stands here. */
function readControl(reading: Reading, at: number, to: number): Control | undefined {
  const word = reading.word(at)
  const following = reading.word(at + 1)
  if (word === 'begin') {
    if (transactionWords.has(following) && following !== '') return undefined
    return { next: at + (/^(?:try|catch|atomic)$/.test(following) ? 2 : 1), depth: 1 }
  }
  if (word === 'end') {
    const isBlock = !/^(?:if|loop|while|repeat|for)$/.test(following)
    return {
      next: isBlock ? skipLabel(reading, at + 1, to) : Math.min(at + 2, reading.end),
      depth: isBlock ? -1 : 0,
    }
  }
  if (leads.has(word)) return { next: word === 'exception' ? at + 1 : at + 1, depth: 0 }
  if (conditions.has(word)) return { next: readCondition(reading, at, to), depth: 0 }
  if (word === '<<' || word === '/') return { next: word === '/' ? at + 1 : at + 3, depth: 0 }
  if (word === 'declare' && reading.dialect !== 'tsql' && !hasCursor(reading, at))
    return readDeclarations(reading, at, to)
  if (jumps.has(word)) {
    readExpression(reading, at + 1, to, new Scope())
    return { next: isOneWord(word) ? at + 1 : to, depth: 0 }
  }
  if (following === ':' && reading.isName(at)) return { next: at + 2, depth: 0 }
  if (isAssignment(reading, at)) {
    readExpression(reading, at, to, new Scope())
    return { next: to, depth: 0 }
  }
  return undefined
}

function isOneWord(word: string): boolean {
  return word === 'go' || word === 'break' || word === 'continue' || word === 'null'
}

function skipLabel(reading: Reading, at: number, to: number): number {
  return /^(?:try|catch|case)$/.test(reading.word(at)) || (reading.isName(at) && at + 1 === to) ? at + 1 : at
}

function isAssignment(reading: Reading, at: number): boolean {
  if (reading.word(at + 1) === ':=') return true
  return (
    reading.isName(at) &&
    (reading.word(at + 1) === '=' || (reading.word(at + 1) === '.' && reading.word(at + 3) === ':='))
  )
}

/** The declarations of a block, up to the word BEGIN. */
function readDeclarations(reading: Reading, at: number, to: number): Control {
  const following = reading.word(at + 1)
  if (following === 'begin') return { next: at + 1, depth: 0 }
  readExpression(reading, at + 1, to, new Scope())
  let next = to
  // DECLARE a number; b number; BEGIN: each declaration ends with a semicolon.
  while (next < reading.end && reading.word(next) === ';' && isDeclaration(reading, next + 1)) {
    const end = endOf(reading, next + 1)
    readExpression(reading, next + 1, end, new Scope())
    next = end
  }
  return { next, depth: 0 }
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
    if (reading.dialect === 'tsql' && startsBehindCondition.has(word)) {
      readExpression(reading, at + 1, next, new Scope())
      return next
    }
    if (isForQuery && word === 'in' && reading.word(next + 1) === 'select') {
      const end = wordBefore(reading, next + 1, to, 'loop')
      reading.grammar.readStatement(reading, next + 1, end, { scope: new Scope(), isTop: false })
      return Math.min(end + 1, to)
    }
    next++
  }
  readExpression(reading, at + 1, Math.min(next, to), new Scope())
  return Math.min(next + 1, to)
}

function wordBefore(reading: Reading, at: number, to: number, word: string): number {
  let next = at
  while (next < to && reading.word(next) !== word) next++
  return next
}
