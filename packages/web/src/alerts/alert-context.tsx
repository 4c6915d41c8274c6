import type { AlertDetail } from '@aleph-audit-log/domain/api/alerts'
import type { PersonDetail, TableDetail } from '@aleph-audit-log/domain/api/insights'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { Skeleton } from '@mantine/core'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { ruleQuery } from '../api/detection-rules.ts'
import { fetchUsageDetail, type UsageDetails } from '../api/insights.ts'
import { formatCount } from '../events/format-time.ts'
import { writeRange } from '../events/time-range.ts'
import { toolName } from '../insights/usage-cells.tsx'
import { paths } from '../paths.ts'
import { Panel } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { Day } from '../ui/time-ago.tsx'
import classes from './alert-context.module.css'

/** What stands in the way of telling the unusual from the usual: how it was in these days before the alert. */
const pastDays = 30
const dayMs = 86_400_000
/** So many people and tables are told about; all of them are named above. */
const shownMax = 3
const namesMax = 3

type Alert = AlertDetail['alert']

/** The days before an alert. */
type Past = { from: string; to: string }

const meaning = 'What it means'

/** What the rule looks for, and when that is harmless. */
export function RuleMeaning({ ruleId }: { ruleId: string }): ReactNode {
  const { data, error } = useQuery(ruleQuery(ruleId))
  // It was deleted since.
  if (data === undefined && error !== null) return null
  if (data === undefined) {
    return (
      <Panel title={meaning}>
        <div className={classes.meaning}>
          <Skeleton height={14} my={4} />
          <Skeleton height={14} width="60%" my={4} />
        </div>
      </Panel>
    )
  }
  const { description, falsePositives } = data.rule
  if (description.trim() === '' && falsePositives.length === 0) return null
  return (
    <Panel title={meaning}>
      <div className={classes.meaning}>
        {description.trim() === '' ? null : (
          <p>
            <ShownText text={description} />
          </p>
        )}
        {falsePositives.length === 0 ? null : (
          <>
            <p className={classes.label}>It may be harmless:</p>
            <ul>
              {falsePositives.map((text) => (
                <li key={text}>
                  <ShownText text={text} />
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </Panel>
  )
}

/** How the people and tables of an alert were used in the days before it. */
export function AlertContext({ alert }: { alert: Alert }): ReactNode {
  const { people, tables, firstEventAt } = alert
  if (people.length === 0 && tables.length === 0) return null
  const past = { from: timeFromMs(timeToMs(firstEventAt) - pastDays * dayMs), to: firstEventAt }
  return (
    <Panel title={`In the ${pastDays} days before`}>
      <ul className={classes.list} aria-label={`The ${pastDays} days before`}>
        {people.slice(0, shownMax).map((name) => (
          <li key={`person ${name}`}>
            <PersonBefore name={name} past={past} />
          </li>
        ))}
        {tables.slice(0, shownMax).map((name) => (
          <li key={`table ${name}`}>
            <TableBefore name={name} past={past} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function usePast<Of extends 'people' | 'tables'>(
  of: Of,
  id: string,
  past: Past,
): UseQueryResult<UsageDetails[Of]> {
  return useQuery({
    queryKey: ['insights', of, id, past],
    queryFn: ({ signal }) => fetchUsageDetail(of, id, { q: 'type:query -is:noise', ...past }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

function PersonBefore({ name, past }: { name: string; past: Past }): ReactNode {
  const found = usePast('people', name, past)
  return (
    <>
      <Link
        className={classes.name ?? ''}
        to={paths.insightsPerson}
        params={{ personId: name }}
        search={writeRange({ kind: 'between', ...past })}
      >
        <ShownText text={name} />
      </Link>
      <Before found={found} tell={(detail) => tellPerson(detail, past)} />
    </>
  )
}

function TableBefore({ name, past }: { name: string; past: Past }): ReactNode {
  const found = usePast('tables', name, past)
  return (
    <>
      <Link
        className={classes.name ?? ''}
        to={paths.insightsTable}
        params={{ tableName: name }}
        search={writeRange({ kind: 'between', ...past })}
      >
        <ShownText text={name} />
      </Link>
      <Before found={found} tell={(detail) => tellTable(detail, past)} />
    </>
  )
}

type BeforeProps<Detail> = { found: UseQueryResult<Detail>; tell: (detail: Detail) => ReactNode }

function Before<Detail>({ found: { data, error }, tell }: BeforeProps<Detail>): ReactNode {
  if (isApiError(error, 'not_found')) return <p>No query before: nothing to compare with.</p>
  if (error !== null) return <p>It could not be found out.</p>
  return data === undefined ? <Skeleton height={14} width="70%" my={6} /> : tell(data)
}

function tellPerson({ usage, tables, tools }: PersonDetail, past: Past): ReactNode {
  const { count, failed, denied, firstSeenAt } = usage
  const trouble = failed + denied
  if (count === 0) return <Idle firstSeenAt={firstSeenAt} nothing="No query" past={past} />
  return (
    <>
      <p>
        {say(count, 'query', 'queries')}
        {trouble === 0 ? '' : `, ${formatCount(trouble)} of them failed or denied`}, on{' '}
        {say(usage.tables, 'table', 'tables')}
        <Since time={firstSeenAt} past={past} />.
      </p>
      <Most label="Mostly on" names={tables.map(({ table }) => table)} />
      <Most label="Mostly through" names={unique(tools.flatMap(({ tool }) => tool ?? []).map(toolName))} />
    </>
  )
}

function tellTable({ usage, readers, writers }: TableDetail, past: Past): ReactNode {
  const { count, reads, writes, firstSeenAt } = usage
  if (count === 0) return <Idle firstSeenAt={firstSeenAt} nothing="Nobody used it" past={past} />
  return (
    <>
      <p>
        Read by {say(usage.readers, 'person', 'people')} ({formatCount(reads)}{' '}
        {reads === 1 ? 'time' : 'times'})
        {writes === 0
          ? ''
          : `, written by ${say(usage.writers, 'person', 'people')} (${formatCount(writes)} ${writes === 1 ? 'time' : 'times'})`}
        <Since time={firstSeenAt} past={past} />.
      </p>
      <Most label="Mostly read by" names={readers.map(({ person }) => person.name ?? person.id)} />
      <Most label="Mostly written by" names={writers.map(({ person }) => person.name ?? person.id)} />
    </>
  )
}

type IdleProps = { firstSeenAt: string | undefined; nothing: string; past: Past }

function Idle({ firstSeenAt, nothing, past }: IdleProps): ReactNode {
  return (
    <p>
      {nothing} in these days
      <Since time={firstSeenAt} past={past} />.
    </p>
  )
}

function Since({ time, past }: { time: string | undefined; past: Past }): ReactNode {
  if (time === undefined) return null
  if (time >= past.to) return '; first seen with this alert'
  return (
    <>
      ; known since <Day time={time} />
    </>
  )
}

function Most({ label, names }: { label: string; names: readonly string[] }): ReactNode {
  if (names.length === 0) return null
  return (
    <p>
      {label} <ShownText text={names.slice(0, namesMax).join(', ')} />
    </p>
  )
}

function say(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}
