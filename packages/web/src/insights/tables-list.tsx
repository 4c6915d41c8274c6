import type { TableUsage } from '@aleph-audit-log/domain/api/insights'
import type { ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { Sparkline } from './sparkline.tsx'
import { CountCell, SeenCell, TableLink, ToolsCell } from './usage-cells.tsx'
import { UsageList } from './usage-list.tsx'
import { terms } from './usage-search.ts'
import type { UsageColumn } from './usage-table.tsx'

/** Which tables are used most, by how many, with what, and which are not used any more. */
export function TablesList(): ReactNode {
  return (
    <UsageList
      list="tables"
      words={['table', 'tables']}
      placeholder="Find a table"
      presets={[
        { sort: 'count', label: 'Most frequent', hint: 'Which tables the most queries touch' },
        { sort: 'readers', label: 'Most readers', hint: 'Which tables the most people read' },
        { sort: 'writes', label: 'Most written', hint: 'Which tables are written most often' },
        { sort: 'unused', label: 'Unused', hint: 'Which tables nobody has touched', unseen: true },
      ]}
      columnsOf={columnsOf}
      keyOf={({ table }) => table}
    />
  )
}

function columnsOf(days: readonly string[]): UsageColumn<TableUsage>[] {
  const number = (
    id: 'reads' | 'writes' | 'readers' | 'writers',
    title: string,
    hint: string,
  ): UsageColumn<TableUsage> => ({
    id,
    title,
    hint,
    sort: id,
    end: true,
    width: 88,
    cell: (row) => formatCount(row[id]),
  })
  return [
    { id: 'table', title: 'Table', lead: true, cell: ({ table }) => <TableLink table={table} /> },
    {
      id: 'count',
      title: 'Queries',
      sort: 'count',
      end: true,
      width: 100,
      cell: ({ count, table }) => <CountCell value={count} terms={[terms.table(table)]} label="Queries" />,
    },
    {
      id: 'trend',
      title: 'Trend',
      width: 124,
      cell: ({ perDay }) => <Sparkline perDay={perDay} days={days} />,
    },
    number('reads', 'Reads', 'Queries that read it'),
    number('readers', 'Readers', 'How many people read it'),
    number('writes', 'Writes', 'Queries that write or change it'),
    number('writers', 'Writers', 'How many people wrote or changed it'),
    {
      id: 'tools',
      title: 'With',
      hint: 'The tools that were used most',
      width: 150,
      cell: ({ tools }) => <ToolsCell tools={tools} />,
    },
    {
      id: 'firstSeenAt',
      title: 'First access',
      width: 112,
      cell: ({ firstSeenAt }) => <SeenCell time={firstSeenAt} as="day" />,
    },
    {
      id: 'lastSeenAt',
      title: 'Last access',
      sort: 'lastSeenAt',
      width: 130,
      cell: ({ lastSeenAt }) => <SeenCell time={lastSeenAt} as="ago" />,
    },
  ]
}
