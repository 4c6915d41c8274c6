import { clauseStarts } from './clause-words.ts'
import { addWrite } from './read-sources.ts'
import type { Reading } from './reading.ts'
import { readPath } from './table-names.ts'

/** T-SQL: TOP (n), with or without parentheses. */
export function skipTop(reading: Reading, at: number): number {
  if (reading.word(at) !== 'top') return at
  const next = reading.word(at + 1) === '(' ? reading.closeOf(at + 1) + 1 : at + 2
  return reading.word(next) === 'percent' ? next + 1 : next
}

/** T-SQL: OUTPUT columns INTO table. Returns the place of the last token that belongs to it. */
export function readOutput(reading: Reading, at: number, to: number): number {
  for (let next = at + 1; next < to; next++) {
    const word = reading.word(next)
    if (word === '(') next = reading.closeOf(next)
    else if (word === 'into') {
      const path = readPath(reading, next + 1)
      if (path) addWrite(reading, path.parts)
      return (path?.next ?? next + 2) - 1
    } else if (clauseStarts.has(word) && word !== 'output') return next - 1
    else if (word === 'from' || word === 'with') return next - 1
  }
  return to
}
