import type { TableUsage } from '@aleph-audit-log/domain/api/insights'
import type { ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { Sparkline } from './sparkline.tsx'
import { CountCell, LifeCell, sayPeople, TableLink, ToolsCell, TwoLines } from './usage-cells.tsx'
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
    {
      id: 'reads',
      title: 'Read',
      hint: 'Queries that read it, and by how many people',
      sort: 'reads',
      end: true,
      width: 124,
      cell: ({ reads, readers }) => (
        <TwoLines first={formatCount(reads)} second={reads === 0 ? null : sayPeople(readers)} />
      ),
    },
    {
      id: 'writes',
      title: 'Written',
      hint: 'Queries that write or change it, and by how many people',
      sort: 'writes',
      end: true,
      width: 124,
      cell: ({ writes, writers }) => (
        <TwoLines first={formatCount(writes)} second={writes === 0 ? null : sayPeople(writers)} />
      ),
    },
    {
      id: 'tools',
      title: 'With',
      hint: 'The tools that were used most',
      width: 180,
      cell: ({ tools }) => <ToolsCell tools={tools} />,
    },
    {
      id: 'lastSeenAt',
      title: 'Last access',
      sort: 'lastSeenAt',
      width: 148,
      cell: (row) => <LifeCell {...row} />,
    },
  ]
}
