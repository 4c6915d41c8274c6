import { namingProcedures } from './kept-literals.ts'
import { readExpression } from './read-query.ts'
import type { Reading } from './reading.ts'
import type { StatementPlace } from './scope.ts'
import { readPath } from './table-names.ts'
import { startsTsqlStatement } from './tsql-boundaries.ts'

/** PREPARE name AS statement; PREPARE name FROM 'statement'. */
export function readPrepare(reading: Reading, at: number, to: number, place: StatementPlace): number {
  for (let next = at + 1; next < to; next++) {
    const word = reading.word(next)
    if (word === '(') next = reading.closeOf(next)
    else if (word === 'transaction') break
    else if (word === 'as') return reading.grammar.readStatement(reading, next + 1, to, place)
    else if (word === 'from') {
      const { kind, text } = reading.token(next + 1)
      if (kind === 'string') {
        reading.readInside(text)
        return to
      }
      if (kind === 'word' && reading.dialect !== 'mysql' && reading.dialect !== 'mariadb')
        return reading.grammar.readStatement(reading, next + 1, to, place)
      break
    }
  }
  reading.facts.addKind(reading.word(at + 1) === 'transaction' ? 'tcl' : 'session')
  return to
}

/** EXECUTE IMMEDIATE 'statement', EXEC ('statement'), EXEC sp_executesql N'statement', or a procedure. */
export function readExecute(reading: Reading, at: number, to: number): number {
  const { facts } = reading
  if (reading.word(at + 1) === 'as' && reading.dialect === 'tsql') {
    facts.addKind('session')
    return endOfExecute(reading, at + 3, to)
  }
  const end = endOfExecute(reading, at + 2, to)
  if (namesObjects(reading, at + 1)) {
    facts.addKind('procedure')
    return end
  }
  const texts: string[] = []
  let isWhole = true
  for (let next = at + 1; next < end; next++) {
    const { kind, text, word } = reading.token(next)
    if (word === 'using' || word === 'into') break
    if (kind === 'string') {
      texts.push(text)
      isWhole &&= !isCalled(reading, next - 1)
    } else if (word === '+' || word === '||') {
      isWhole = false
      // A part of the text that is not known.
      if (texts.length > 0 && reading.token(next + 1).kind !== 'string') texts.push(unknownPart(texts))
    }
  }
  const { kind, understood } = facts
  if (texts.length > 0) reading.readInside(texts.join(' '))
  if (!isWhole) {
    // What it does is only known when it runs.
    facts.kind = kind
    facts.understood = understood
  }
  if (!isWhole || texts.length === 0 || facts.kind === undefined) facts.addKind('procedure')
  return end
}

/** What stands for a part that is not known; a name that the text before it only begins is not known either. */
function unknownPart(texts: string[]): string {
  const last = texts.pop() ?? ''
  texts.push(last.replace(/[\p{L}\p{N}_$#@.\]["`]*[\p{L}\p{N}_$#@.["`]$/u, ''))
  return '?'
}

function endOfExecute(reading: Reading, at: number, to: number): number {
  let end = at
  while (end < to && !startsTsqlStatement(reading, end)) end++
  return Math.min(end, to)
}

/** EXEC [@answer =] sp_rename 'a', 'b': the strings are no statements. */
function namesObjects(reading: Reading, at: number): boolean {
  const name = reading.word(at + 1) === '=' ? at + 2 : at
  const last = readPath(reading, name)?.parts.at(-1)?.toLowerCase() ?? ''
  return reading.dialect === 'tsql' && namingProcedures.has(last)
}

/** `format('...', ...)`: the string is not the text but makes it. */
function isCalled(reading: Reading, open: number): boolean {
  if (reading.word(open) !== '(' || !reading.isName(open - 1)) return false
  return !/^(?:exec|execute|immediate)$/.test(reading.word(open - 1))
}

/** PostgreSQL: DO 'block'; the statements in it are run. MySQL: DO expression. */
export function readDo(reading: Reading, at: number, to: number, place: StatementPlace): number {
  const { facts } = reading
  const kind = facts.kind
  for (let next = at + 1; next < to; next++) {
    const token = reading.token(next)
    if (token.kind === 'string') reading.readInside(token.text, true)
  }
  facts.kind = kind
  facts.addKind('procedure')
  readExpression(reading, at + 1, to, place.scope)
  return to
}
