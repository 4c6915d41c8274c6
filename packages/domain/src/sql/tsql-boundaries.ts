import type { Reading } from './reading.ts'

/** What may stand before SELECT where it does not begin another statement. */
const beforeInnerSelect = new Set(
  `union all distinct except intersect minus as ( in exists then else values into overwrite for return explain with`.split(
    /\s+/,
  ),
)
/** Behind these every word is a name, or part of a clause. */
const neverBefore = new Set(['.', ',', 'as', '=', 'for', 'then', '(', 'after', 'update'])
const starts = new Set(
  `insert update delete merge create alter drop truncate grant revoke deny exec execute declare if while begin print
  return set commit rollback save raiserror throw waitfor dbcc backup restore kill go revert`.split(/\s+/),
)
const fetched = new Set(['next', 'prior', 'first', 'last', 'absolute', 'relative', 'from'])

/**
 * In T-SQL a statement may begin where the one before ends, without a semicolon. Whether one begins here, seen from
 * inside of another.
 */
export function startsTsqlStatement(reading: Reading, at: number): boolean {
  if (reading.dialect !== 'tsql') return false
  const word = reading.word(at)
  const before = reading.word(at - 1)
  const following = reading.word(at + 1)
  switch (word) {
    case '':
      return false
    case 'select':
      return !beforeInnerSelect.has(before)
    case 'fetch':
      return fetched.has(following) && before !== 'rows' && before !== 'row'
    case 'open':
    case 'close':
    case 'deallocate':
    case 'use':
      return reading.isName(at + 1) && !neverBefore.has(before)
    case 'merge':
      return following !== 'join' && !neverBefore.has(before)
    case 'update':
    case 'delete':
      // ON DELETE CASCADE; but SET NOCOUNT ON DELETE FROM orders
      return !(before === 'on' && /^(?:cascade|no|set|)$/.test(following)) && !neverBefore.has(before)
    case 'set':
      // ON DELETE SET NULL
      return before !== 'delete' && !neverBefore.has(before)
    case 'grant':
      return before !== 'with' && !neverBefore.has(before)
    default:
      return starts.has(word) && !neverBefore.has(before)
  }
}

/** In T-SQL where the next statement or branch begins from `at` on, outside of parentheses; `to` if none does. */
export function endInTsql(reading: Reading, at: number, to: number): number {
  if (reading.dialect !== 'tsql') return to
  let next = at
  while (next < to && !/^(?:else|end)$/.test(reading.word(next)) && !startsTsqlStatement(reading, next))
    next = reading.word(next) === '(' ? reading.closeOf(next) + 1 : next + 1
  return Math.min(next, to)
}

const alteredParts = /^(?:column|constraint|period|index|primary|unique|if|default|name|identity)$/

/** The same inside of ALTER TABLE, where ALTER COLUMN, DROP CONSTRAINT and SET (...) are no statements. */
export function startsBehindAlter(reading: Reading, at: number): boolean {
  const word = reading.word(at)
  const following = reading.word(at + 1)
  if (word === 'alter' || word === 'drop')
    return !alteredParts.test(following) && startsTsqlStatement(reading, at)
  if (word === 'set') return following !== '(' && startsTsqlStatement(reading, at)
  return startsTsqlStatement(reading, at)
}
