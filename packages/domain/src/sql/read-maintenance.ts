import type { StatementKind } from '../event.ts'
import { readQuery } from './read-query.ts'
import { addRead, addWrite } from './read-sources.ts'
import type { Reading } from './reading.ts'
import { Scope } from './scope.ts'
import { readPath } from './table-names.ts'

const maintenanceWords = new Set(
  `table tables view index database schema system concurrently verbose full freeze analyze analyse lazy materialized
  dynamic no_write_to_binlog local only stream streaming compute repair foreign if exists external cache sort delete
  reindex compression boost partition read write`.split(/\s+/),
)

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
  let isIndex = false
  for (;;) {
    if (reading.word(next) === '(' && next === at + 1) next = reading.closeOf(next) + 1
    else if (maintenanceWords.has(reading.word(next)) && next + 1 < to && reading.word(next + 1) !== '.') {
      isIndex ||= /^(?:index|database|schema|system)$/.test(reading.word(next))
      next++
    } else break
  }
  while (next < to && !isIndex) {
    const path = readPath(reading, next)
    if (!path || path.parts.length === 0) return readRest(reading, next, to)
    const isOther = /^(?:in|for|using|on|with|select|where|zorder|final|partition|resume|into)$/.test(
      reading.word(next),
    )
    if (isOther) return readRest(reading, next, to)
    if (access === 'write') addWrite(reading, path.parts)
    else addRead(reading, path.parts)
    next = path.next
    if (reading.word(next) === '(') next = reading.closeOf(next) + 1
    if (reading.word(next) === 'as' || reading.word(next) === 'read' || reading.word(next) === 'write') {
      while (next < to && reading.word(next) !== ',' && reading.word(next) !== 'select') next++
    }
    if (reading.word(next) !== ',') return readRest(reading, next, to)
    next++
  }
  return to
}

function readRest(reading: Reading, at: number, to: number): number {
  for (let next = at; next < to; next++) {
    // CACHE TABLE name AS SELECT ...
    if (reading.word(next) === 'select') {
      readQuery(reading, next, to, { scope: new Scope(), isTop: false })
      return to
    }
  }
  return to
}
