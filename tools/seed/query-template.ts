import { createHash } from 'node:crypto'
import type { Statement, StatementKind } from '@aleph-audit-log/domain/event'
import type { DatabaseName } from './databases.ts'
import { fillSlot } from './slots.ts'
import type { Random } from './random.ts'

/** A query that the company runs again and again, with other values each time. */
export type QueryTemplate = {
  database: DatabaseName
  kind: StatementKind
  tables: Statement['tables']
  /** With slots such as `{id}`; see `slots.ts`. */
  text: string
  /** Half of the runs take longer. */
  durationMs: number
  /** Half of the runs return or change more; undefined where the database does not count. */
  rows: number | undefined
  fingerprint: string
  normalized: string
}

/**
 * A template; `tables` lists what is read and, behind `>`, what is written: `sales.orders > analytics.order_facts`.
 * The text may be indented as the code around it.
 */
export function template(
  database: DatabaseName,
  kind: StatementKind,
  tables: string,
  durationMs: number,
  rows: number | undefined,
  text: string,
): QueryTemplate {
  const [reads = '', writes = ''] = tables.split('>')
  const names = (list: string, access: 'read' | 'write') =>
    list
      .trim()
      .split(/\s+/)
      .filter((name) => name !== '')
      .map((name) => ({ name, access, ...(name.startsWith('tmp_') ? { temporary: true } : {}) }))
  const normalized = normalize(text)
  return {
    database,
    kind,
    tables: [...names(reads, 'read'), ...names(writes, 'write')],
    text: withoutIndentation(text),
    durationMs,
    rows,
    fingerprint: createHash('sha256').update(`${database} ${normalized}`).digest('hex').slice(0, 16),
    normalized,
  }
}

function withoutIndentation(text: string): string {
  const lines = text.replace(/^\n+|\s+$/g, '').split('\n')
  const depths = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length)
  const depth = Math.min(...depths)
  return lines.map((line) => line.slice(depth)).join('\n')
}

/** Values as `$1`, `$2`...; comments left out, white space collapsed. Good enough for texts that are written here. */
function normalize(text: string): string {
  let count = 0
  return text
    .replace(/\/\*.*?\*\/|--[^\n]*/gs, ' ')
    .replace(/'(?:[^']|'')*'|\{\w+\}|(?<![\w.$"])\d+(?:\.\d+)?\b/g, () => `$${++count}`)
    .replace(/\s+/g, ' ')
    .trim()
}

/**
 * `literal`: where a whole number came to stand that copies of the event can have another in place of: the first
 * `{id}`, or else the first shorter one.
 */
export type FilledText = { sql: string; literal?: { start: number; end: number } }

/** The text of one run: every slot has its value. */
export function fillTemplate(
  { text }: Pick<QueryTemplate, 'text'>,
  random: Random,
  nowMs: number,
): FilledText {
  let sql = ''
  let end = 0
  let literal: FilledText['literal']
  let shorter: FilledText['literal']
  for (const match of text.matchAll(/\{(\w+)\}/g)) {
    sql += text.slice(end, match.index)
    const value = fillSlot(match[1] ?? '', random, nowMs)
    const place = { start: sql.length, end: sql.length + value.length }
    if (match[1] === 'id') literal ??= place
    else if (/^[1-9]\d+$/.test(value)) shorter ??= place
    sql += value
    end = match.index + match[0].length
  }
  sql += text.slice(end)
  literal ??= shorter
  return literal === undefined ? { sql } : { sql, literal }
}
