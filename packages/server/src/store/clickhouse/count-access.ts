import { toSearchText } from '@aleph-audit-log/domain/search-text'
import type { AccessCount, AccessCounts, AccessQuestion, ShownValues } from '../access-counts.ts'
import type { RestrictedSearch } from '../restricted-search.ts'
import type { Engine } from './engine.ts'
import { fromEngineTime } from './event-row.ts'
import { renderSearch } from './render-search.ts'

/**
 * See `EventStore.countAccess`. Of the events only those are read whose index says that they may touch one of the tables,
 * and nothing is kept of them but the counts.
 */
export async function countAccess(
  engine: Engine,
  search: RestrictedSearch,
  { tables, linesMax, valuesMax }: AccessQuestion,
): Promise<AccessCounts> {
  if (tables.length === 0) return { lines: [], total: 0 }
  const { where, params } = renderSearch(search)
  const lines = await engine.queryLines(
    'interactive',
    `SELECT
       ${lineColumns.join(',\n       ')},
       count() OVER ()
     FROM (
       SELECT
         arrayJoin(arrayIntersect(table_names, {access_tables:Array(String)})) AS touched,
         arrayExists((one, writes) -> one = touched AND writes = 0, table_names, table_writes) AS is_read,
         arrayExists((one, writes) -> one = touched AND writes = 1, table_names, table_writes) AS is_written,
         person AS who,
         (occurred_at, node, sequence) AS place,
         occurred_at AS at,
         outcome AS ended,
         name_shown AS shown_name,
         email_shown AS shown_email,
         tool AS through_tool,
         login AS through_login,
         application_shown AS through_application
       FROM events
       WHERE ${where}
         AND hasAny(tables, {access_keys:Array(String)})
     )
     GROUP BY touched, who
     ORDER BY touched, count() DESC, who
     LIMIT {access_lines:UInt32}`,
    {
      ...params,
      access_tables: tables,
      // Lower-cased, as the index has them.
      access_keys: tables.map(toSearchText),
      access_lines: linesMax,
      access_values: valuesMax,
    },
  )
  return { lines: lines.map(readLine), total: Number(lines[0]?.split('\t').at(-1) ?? '0') }
}

const lineColumns = [
  'toJSONString(touched)',
  'toJSONString(who)',
  'toJSONString(argMax(shown_name, place))',
  'toJSONString(argMax(shown_email, place))',
  'count()',
  'sum(is_read)',
  'sum(is_written)',
  "countIf(ended = 'failure')",
  "countIf(ended = 'denied')",
  'min(at)',
  'max(at)',
  ...['through_tool', 'through_login', 'through_application'].flatMap((column) => [
    `toJSONString(arraySlice(arraySort(groupUniqArrayIf(${column}, ${column} != '')), 1, {access_values:UInt32}))`,
    `uniqExactIf(${column}, ${column} != '')`,
  ]),
]

function readLine(line: string): AccessCount {
  const cells = line.split('\t')
  const text = (at: number): string => String(JSON.parse(cells[at] ?? '""'))
  const number = (at: number): number => Number(cells[at] ?? '0')
  const values = (at: number): ShownValues => {
    const list: unknown = JSON.parse(cells[at] ?? '[]')
    return { values: Array.isArray(list) ? list.map(String) : [], total: number(at + 1) }
  }
  return {
    table: text(0),
    person: text(1),
    name: text(2),
    email: text(3),
    count: number(4),
    reads: number(5),
    writes: number(6),
    failed: number(7),
    denied: number(8),
    firstAt: fromEngineTime(cells[9] ?? ''),
    lastAt: fromEngineTime(cells[10] ?? ''),
    tools: values(11),
    logins: values(13),
    applications: values(15),
  }
}
