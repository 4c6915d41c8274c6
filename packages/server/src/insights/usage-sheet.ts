import type {
  InsightList,
  PeopleUsage,
  PersonUsage,
  QueriesUsage,
  QueryUsage,
  TablesUsage,
  TableUsage,
  ToolsUsage,
  ToolUsage,
} from '@aleph-audit-log/domain/api/insights'
import type { CellValue } from '../search/export/export-columns.ts'

export type SheetColumn<Row> = { title: string; width: number; read: (row: Row) => CellValue }

/** Rows and columns of a list, as they stand in a file. */
export type UsageSheet = { name: string; titles: string[]; widths: number[]; rows: CellValue[][] }

const text = (value: string | undefined): CellValue => (value === undefined ? undefined : { text: value })
const number = (value: number | undefined): CellValue => (value === undefined ? undefined : { number: value })
const time = (value: string | undefined): CellValue => (value === undefined ? undefined : { time: value })

type Seen = { firstSeenAt?: string | undefined; lastSeenAt?: string | undefined }

const seenColumns = <Row extends Seen>(): SheetColumn<Row>[] => [
  { title: 'First seen (UTC)', width: 25, read: (row) => time(row.firstSeenAt) },
  { title: 'Last seen (UTC)', width: 25, read: (row) => time(row.lastSeenAt) },
]

const outcomeColumns = <
  Row extends { count: number; failed: number; denied: number },
>(): SheetColumn<Row>[] => [
  { title: 'Events', width: 12, read: (row) => number(row.count) },
  { title: 'Failed', width: 12, read: (row) => number(row.failed) },
  { title: 'Denied', width: 12, read: (row) => number(row.denied) },
]

const peopleColumns: SheetColumn<PersonUsage>[] = [
  { title: 'Name', width: 28, read: ({ person }) => text(person.name) },
  { title: 'Email', width: 32, read: ({ person }) => text(person.email) },
  { title: 'Id', width: 32, read: ({ person }) => text(person.id) },
  { title: 'Kind', width: 12, read: ({ person }) => text(person.actorType) },
  ...outcomeColumns<PersonUsage>(),
  { title: 'Tables', width: 12, read: (row) => number(row.tables) },
  ...seenColumns<PersonUsage>(),
]

const tablesColumns: SheetColumn<TableUsage>[] = [
  { title: 'Table', width: 44, read: (row) => text(row.table) },
  { title: 'Events', width: 12, read: (row) => number(row.count) },
  { title: 'Reads', width: 12, read: (row) => number(row.reads) },
  { title: 'Writes', width: 12, read: (row) => number(row.writes) },
  { title: 'Readers', width: 12, read: (row) => number(row.readers) },
  { title: 'Writers', width: 12, read: (row) => number(row.writers) },
  {
    title: 'Tools',
    width: 44,
    read: (row) =>
      text(row.tools.map(({ tool, count }) => `${tool === '' ? '(none)' : tool}: ${count}`).join(', ')),
  },
  ...seenColumns<TableUsage>(),
]

const queriesColumns: SheetColumn<QueryUsage>[] = [
  { title: 'Query', width: 80, read: (row) => text(row.normalized) },
  { title: 'Kind', width: 12, read: (row) => text(row.kind) },
  { title: 'Fingerprint', width: 20, read: (row) => text(row.fingerprint) },
  ...outcomeColumns<QueryUsage>(),
  { title: 'Median (ms)', width: 14, read: (row) => number(row.p50Ms) },
  { title: '95th percentile (ms)', width: 20, read: (row) => number(row.p95Ms) },
  { title: 'In all (ms)', width: 16, read: (row) => number(row.totalMs) },
  { title: 'Rows', width: 14, read: (row) => number(row.rows) },
  { title: 'People', width: 12, read: (row) => number(row.people) },
  ...seenColumns<QueryUsage>(),
]

const toolsColumns: SheetColumn<ToolUsage>[] = [
  { title: 'Tool', width: 20, read: (row) => text(row.tool) },
  { title: 'Login', width: 24, read: (row) => text(row.login) },
  { title: 'Application', width: 36, read: (row) => text(row.application) },
  ...outcomeColumns<ToolUsage>(),
  { title: 'People', width: 12, read: (row) => number(row.people) },
  { title: 'Last (UTC)', width: 25, read: (row) => time(row.lastAt) },
]

export type UsageAnswer =
  | { list: 'people'; answer: PeopleUsage }
  | { list: 'tables'; answer: TablesUsage }
  | { list: 'queries'; answer: QueriesUsage }
  | { list: 'tools'; answer: ToolsUsage }

const sheetNames: Record<InsightList, string> = {
  people: 'People',
  tables: 'Tables',
  queries: 'Queries',
  tools: 'Tools',
}

/** A list as rows of cells: its columns, and one for each day of the range. */
export function toUsageSheet(what: UsageAnswer): UsageSheet {
  switch (what.list) {
    case 'people':
      return sheetOf(what.list, peopleColumns, what.answer)
    case 'tables':
      return sheetOf(what.list, tablesColumns, what.answer)
    case 'queries':
      return sheetOf(what.list, queriesColumns, what.answer)
    case 'tools':
      return sheetOf(what.list, toolsColumns, what.answer)
  }
}

function sheetOf<Row extends { perDay: number[] }>(
  list: InsightList,
  columns: readonly SheetColumn<Row>[],
  { rows, days }: { rows: Row[]; days: string[] },
): UsageSheet {
  return {
    name: sheetNames[list],
    titles: [...columns.map(({ title }) => title), ...days],
    widths: [...columns.map(({ width }) => width), ...days.map(() => 11)],
    rows: rows.map((row) => [...columns.map(({ read }) => read(row)), ...row.perDay.map(number)]),
  }
}
