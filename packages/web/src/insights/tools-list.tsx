import type { ToolUsage } from '@aleph-audit-log/domain/api/insights'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import type { ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { EventsLink } from './events-link.tsx'
import { Sparkline } from './sparkline.tsx'
import { Absent, CountCell, SeenCell, toolName, TroubleCell } from './usage-cells.tsx'
import { toolTerms } from './tool-terms.ts'
import { UsageList } from './usage-list.tsx'
import type { UsageColumn } from './usage-table.tsx'
import classes from './usage.module.css'

/** Through which tools, logins and applications the databases are asked. */
export function ToolsList(): ReactNode {
  return (
    <UsageList
      list="tools"
      words={['tool or login', 'tools and logins']}
      placeholder="Find a tool or login"
      presets={[
        { sort: 'count', label: 'Most frequent', hint: 'Through which tools and logins most queries come' },
        { sort: 'failed', label: 'Failing', hint: 'Where most queries fail or are denied' },
        { sort: 'people', label: 'Most people', hint: 'Which logins the most people share' },
      ]}
      columnsOf={columnsOf}
      keyOf={keyOf}
    />
  )
}

function keyOf({ tool, login, application }: ToolUsage): string {
  return JSON.stringify([tool, login, application])
}

function columnsOf(days: readonly string[]): UsageColumn<ToolUsage>[] {
  const part = (qualifier: string, value: string | undefined, text = value): ReactNode =>
    value === undefined || text === undefined ? (
      <Absent />
    ) : (
      <span className={classes.cut} title={text}>
        <EventsLink terms={[printTerm(qualifier, value)]}>
          <ShownText text={text.slice(0, 200)} />
        </EventsLink>
      </span>
    )
  return [
    {
      id: 'tool',
      title: 'Tool',
      lead: true,
      cell: ({ tool }) => part('tool', tool, tool === undefined ? undefined : toolName(tool)),
    },
    {
      id: 'login',
      title: 'Login',
      hint: 'The login of the database',
      cell: ({ login }) => part('login', login),
    },
    { id: 'application', title: 'Application', cell: ({ application }) => part('application', application) },
    {
      id: 'count',
      title: 'Queries',
      sort: 'count',
      end: true,
      width: 110,
      cell: (row) => <CountCell value={row.count} terms={toolTerms(row)} label="Queries" />,
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
      width: 100,
      cell: (row) => <TroubleCell {...row} terms={toolTerms(row)} />,
    },
    {
      id: 'people',
      title: 'People',
      hint: 'How many people came this way',
      sort: 'people',
      end: true,
      width: 90,
      cell: ({ people }) => formatCount(people),
    },
    {
      id: 'lastAt',
      title: 'Last seen',
      width: 130,
      cell: ({ lastAt }) => <SeenCell time={lastAt} as="ago" />,
    },
  ]
}
