import { queryStarts } from './clause-words.ts'
import type { Reading } from './reading.ts'

/** Whether what stands between the parentheses is a query. */
export function isQueryStart(reading: Reading, at: number): boolean {
  const next = reading.behindOpen(at)
  const word = reading.word(next)
  if (word === 'from') return reading.isName(next + 1) || reading.word(next + 1) === '('
  if (word === 'with') return reading.isName(next + 1) || reading.word(next + 1) === '('
  if (word === 'pivot' || word === 'unpivot') return reading.isName(next + 1)
  if (word === 'values') return reading.word(next + 1) === '('
  if (word === 'table') return reading.isName(next + 1) && next > 0 && reading.word(next - 1) === '('
  return queryStarts.has(word)
}
