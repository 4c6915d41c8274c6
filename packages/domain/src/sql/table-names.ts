import type { Reading } from './reading.ts'

/** A name as it is written: its parts with quotes removed and folded as the dialect folds them. */
export type Path = { parts: string[]; next: number }

/** Tables that files stand for: delta.`/mnt/orders`. */
const fileFormats = new Set([
  'delta',
  'parquet',
  'csv',
  'json',
  'orc',
  'avro',
  'text',
  'binaryfile',
  'iceberg',
])

/** Reads `a.b.c` at a place; undefined if no name begins there. */
export function readPath(reading: Reading, at: number): Path | undefined {
  const parts: string[] = []
  let next = at
  while (reading.isName(next)) {
    parts.push(foldName(reading, next))
    next++
    const sign = reading.word(next)
    if (sign === '..') parts.push('')
    else if (sign !== '.') break
    if (!reading.isName(next + 1)) break
    next++
  }
  if (parts.length === 0) return undefined
  const link = reading.token(next)
  if (link.kind === 'variable' && link.isTight) {
    next++
    // In Oracle another database's table; elsewhere another version of the same.
    if (reading.dialect === 'oracle') parts[parts.length - 1] += link.text.toUpperCase()
  }
  return { parts, next }
}

function foldName(reading: Reading, at: number): string {
  const { kind, text } = reading.token(at)
  return foldText(reading, text, kind === 'name')
}

export function foldText({ rules }: Reading, text: string, isQuoted: boolean): string {
  const { folding, foldsQuoted } = rules
  if (folding === 'none' || (isQuoted && !foldsQuoted)) return text
  return folding === 'lower' ? text.toLowerCase() : text.toUpperCase()
}

/** Whether the path names a file, a variable of the program or nothing that is stored. */
export function isNoTable(reading: Reading, parts: readonly string[]): boolean {
  const [first = '', second = ''] = parts
  if (parts.length === 0) return true
  if (parts.length === 2 && fileFormats.has(first.toLowerCase())) {
    return second.includes('/') || second.startsWith('dbfs:')
  }
  return parts.length === 1 && first.toLowerCase() === 'dual' && reading.dialect !== 'oracle'
}

/** `#orders` in T-SQL, `_SESSION.orders` in BigQuery, `pg_temp.orders` in PostgreSQL. */
export function isTemporaryName(reading: Reading, parts: readonly string[]): boolean {
  const first = parts[0] ?? ''
  if (reading.rules.signedNames) return (parts.at(-1) ?? '').startsWith('#')
  if (reading.dialect === 'bigquery') return first.toLowerCase() === '_session'
  return first === 'pg_temp'
}
