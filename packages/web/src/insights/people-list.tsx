import type { PersonUsage } from '@aleph-audit-log/domain/api/insights'
import type { ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { Sparkline } from './sparkline.tsx'
import { CountCell, PersonLink, SeenCell, TroubleCell } from './usage-cells.tsx'
import { UsageList } from './usage-list.tsx'
import { terms } from './usage-search.ts'
import type { UsageColumn } from './usage-table.tsx'

/** Who is most active, who fails, who has not been seen for long. */
export function PeopleList(): ReactNode {
  return (
    <UsageList
      list="people"
      words={['person', 'people']}
      placeholder="Find a person"
      presets={[
        { sort: 'count', label: 'Most active', hint: 'Who runs the most queries' },
        { sort: 'failed', label: 'Failing', hint: 'Whose queries fail or are denied most' },
        { sort: 'tables', label: 'Most tables', hint: 'Who touches the most different tables' },
        { sort: 'dormant', label: 'Dormant', hint: 'Who has not run anything', unseen: true },
      ]}
      columnsOf={columnsOf}
      keyOf={({ person }) => person.id}
    />
  )
}

function columnsOf(days: readonly string[]): UsageColumn<PersonUsage>[] {
  return [
    { id: 'person', title: 'Person', lead: true, cell: ({ person }) => <PersonLink person={person} /> },
    {
      id: 'count',
      title: 'Queries',
      sort: 'count',
      end: true,
      width: 110,
      cell: ({ count, person }) => (
        <CountCell value={count} terms={[terms.person(person.id)]} label="Queries" />
      ),
    },
    {
      id: 'trend',
      title: 'Trend',
      width: 130,
      cell: ({ perDay }) => <Sparkline perDay={perDay} days={days} />,
    },
    {
      id: 'failed',
      title: 'Failed',
      hint: 'Failed or denied, and how large a part of all that is',
      sort: 'failed',
      end: true,
      width: 110,
      cell: ({ person, ...usage }) => <TroubleCell {...usage} terms={[terms.person(person.id)]} />,
    },
    {
      id: 'tables',
      title: 'Tables',
      hint: 'How many different tables were touched',
      sort: 'tables',
      end: true,
      width: 100,
      cell: ({ tables }) => formatCount(tables),
    },
    {
      id: 'firstSeenAt',
      title: 'First seen',
      width: 130,
      cell: ({ firstSeenAt }) => <SeenCell time={firstSeenAt} as="day" />,
    },
    {
      id: 'lastSeenAt',
      title: 'Last seen',
      sort: 'lastSeenAt',
      width: 140,
      cell: ({ lastSeenAt }) => <SeenCell time={lastSeenAt} as="ago" />,
    },
  ]
}
