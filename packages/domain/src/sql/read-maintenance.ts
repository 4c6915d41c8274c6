import type { StatementKind } from '../event.ts'
import { addRead, addWrite } from './read-sources.ts'
import type { Reading } from './reading.ts'
import { readPath } from './table-names.ts'

/** Words that a name must follow: they may be one themselves. */
const classWords = new Set(
  `table tables view dictionary index database schema system lazy materialized dynamic local only stream streaming
  compute repair foreign if exists external cache sort delete reindex boost recluster partition read write`.split(
    /\s+/,
  ),
)
/** These cannot name a table. */
const optionWords = new Set(
  `concurrently verbose full freeze analyze analyse no_write_to_binlog statistics`.split(/\s+/),
)
const behindNames =
  /^(?:in|for|using|on|with|select|where|zorder|final|partition|resume|into|boost|to|from|partitions)$/

/** VACUUM orders, REFRESH MATERIALIZED VIEW orders, LOCK TABLE orders IN ... MODE. */
export function readMaintained(
  reading: Reading,
  at: number,
  to: number,
  kind: StatementKind,
  access: 'read' | 'write',
): number {
  reading.facts.addKind(kind)
  let next = at + 1
  if (reading.word(next) === '(') next = reading.closeOf(next) + 1
  while (next < to) {
    const names = skipWords(reading, next, to)
    const path = names === undefined ? undefined : readPath(reading, names)
    if (names === undefined || !path || behindNames.test(reading.word(names))) return to
    if (access === 'write') addWrite(reading, path.parts)
    else addRead(reading, path.parts)
    next = path.next
    if (reading.word(next) === '(') next = reading.closeOf(next) + 1
    if (reading.word(next) === 'as' || reading.word(next) === 'read' || reading.word(next) === 'write') {
      while (next < to && reading.word(next) !== ',') next++
    }
    if (reading.word(next) !== ',') return to
    next++
  }
  return to
}

/** Where the names begin; undefined if what is maintained is no table. */
function skipWords(reading: Reading, at: number, to: number): number | undefined {
  for (let next = at; next < to; next++) {
    const word = reading.word(next)
    const following = reading.word(next + 1)
    const isOption =
      optionWords.has(word) ||
      // Redshift: ANALYZE COMPRESSION, ANALYZE PREDICATE COLUMNS.
      (reading.dialect === 'redshift' && (word === 'compression' || following === 'columns'))
    if (following === 'columns' && isOption) return undefined
    if (following === '.' || !(isOption || (classWords.has(word) && next + 1 < to))) return next
    if (/^(?:index|database|schema|system)$/.test(word)) return undefined
  }
  return undefined
}
