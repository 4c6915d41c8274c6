import { queryStarts } from './clause-words.ts'
import type { Reading } from './reading.ts'

/** DuckDB: these stand where a query does, and tell of the table behind them. */
const tellingWords = new Set([
  'pivot',
  'unpivot',
  'pivot_wider',
  'pivot_longer',
  'summarize',
  'describe',
  'desc',
  'show',
])

/** Whether a query begins here, where one is expected and a word of the grammar is no name. */
export function isQueryWord(reading: Reading, at: number): boolean {
  const word = reading.word(at)
  return queryStarts.has(word) || word === 'table' || isTelling(reading, at)
}

export function isTelling(reading: Reading, at: number): boolean {
  return reading.dialect === 'duckdb' && tellingWords.has(reading.word(at)) && reading.isName(at + 1)
}

/** Whether what stands between the parentheses is a query. */
export function isQueryStart(reading: Reading, at: number): boolean {
  const next = reading.behindOpen(at)
  const word = reading.word(next)
  if (word === 'from') return reading.isName(next + 1) || reading.word(next + 1) === '('
  if (word === 'with') return reading.isName(next + 1) || reading.word(next + 1) === '('
  if (isTelling(reading, next)) return true
  if (word === 'values') return reading.word(next + 1) === '('
  if (word === 'table') return reading.isName(next + 1) && next > 0 && reading.word(next - 1) === '('
  return queryStarts.has(word)
}
