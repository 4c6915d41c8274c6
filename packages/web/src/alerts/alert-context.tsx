import { alertContextDays } from '@aleph-audit-log/domain/alert-values'
import type { AlertDetail, PersonBefore, TableBefore } from '@aleph-audit-log/domain/api/alerts'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { alertContextQuery } from '../api/alerts.ts'
import { ruleQuery } from '../api/detection-rules.ts'
import { formatCount } from '../events/format-time.ts'
import { writeRange, type RangeParams } from '../events/time-range.ts'
import { toolName } from '../insights/usage-cells.tsx'
import { paths } from '../paths.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { Day } from '../ui/time-ago.tsx'
import classes from './alert-context.module.css'

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
export function AlertContextPanel({ alert }: { alert: AlertDetail['alert'] }): ReactNode {
  const { data, error, refetch } = useQuery(alertContextQuery(alert.id))
  if (alert.people.length === 0 && alert.tables.length === 0) return null
  return (
    <Panel title={`In the ${alertContextDays} days before`}>
      {data === undefined ? (
        <div className={classes.meaning}>
          {error === null ? (
            <>
              <Skeleton height={14} my={4} />
              <Skeleton height={14} width="60%" my={4} />
            </>
          ) : (
            <ProblemNote error={error} onRetry={() => void refetch()} />
          )}
        </div>
      ) : (
        <ul className={classes.list} aria-label={`The ${alertContextDays} days before`}>
          {data.people.map((person) => (
            <li key={`person ${person.name}`}>
              <PersonLine person={person} past={data} />
            </li>
          ))}
          {data.tables.map((table) => (
            <li key={`table ${table.name}`}>
              <TableLine table={table} past={data} />
            </li>
          ))}
          <Others of="people" shown={data.people.length} total={alert.people.length} />
          <Others of="tables" shown={data.tables.length} total={alert.tables.length} />
        </ul>
      )}
    </Panel>
  )
}

/** What the list leaves out. */
function Others({ of, shown, total }: { of: string; shown: number; total: number }): ReactNode {
  if (total <= shown) return null
  return (
    <li>
      <p>
        Of {formatCount(total)} {of} the first {formatCount(shown)}.
      </p>
    </li>
  )
}

/** The days before an alert. */
type Past = { from: string; to: string }

function rangeOf({ from, to }: Past): RangeParams {
  return writeRange({ kind: 'between', from, to })
}

function PersonLine({ person, past }: { person: PersonBefore; past: Past }): ReactNode {
  const { name, usage, tables, tools } = person
  return (
    <>
      <Link
        className={classes.name ?? ''}
        to={paths.insightsPerson}
        params={{ personId: name }}
        search={rangeOf(past)}
      >
        <ShownText text={name} />
      </Link>
      {usage === undefined || usage.count === 0 ? (
        <Idle firstSeenAt={usage?.firstSeenAt} nothing="No query" past={past} />
      ) : (
        <p>
          {say(usage.count, 'query', 'queries')}
          {usage.failed + usage.denied === 0
            ? ''
            : `, ${formatCount(usage.failed + usage.denied)} of them failed or denied`}
          , on {say(usage.tables, 'table', 'tables')}
          <Since time={usage.firstSeenAt} past={past} />.
        </p>
      )}
      <Most label="Mostly on" names={tables} />
      <Most label="Mostly through" names={tools.map(toolName)} />
    </>
  )
}

function TableLine({ table, past }: { table: TableBefore; past: Past }): ReactNode {
  const { name, usage, readers, writers } = table
  return (
    <>
      <Link
        className={classes.name ?? ''}
        to={paths.insightsTable}
        params={{ tableName: name }}
        search={rangeOf(past)}
      >
        <ShownText text={name} />
      </Link>
      {usage === undefined || usage.count === 0 ? (
        <Idle firstSeenAt={usage?.firstSeenAt} nothing="No query of it" past={past} />
      ) : (
        <p>
          Read by {say(usage.readers, 'person', 'people')} ({say(usage.reads, 'time', 'times')})
          {usage.writes === 0
            ? ''
            : `, written by ${say(usage.writers, 'person', 'people')} (${say(usage.writes, 'time', 'times')})`}
          <Since time={usage.firstSeenAt} past={past} />.
        </p>
      )}
      <Most label="Mostly read by" names={readers} />
      <Most label="Mostly written by" names={writers} />
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
  // With fewer digits a time is another text, and the same time.
  if (timeToMs(time) >= timeToMs(past.to)) return '; first seen with this alert'
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
      {label} <ShownText text={names.join(', ')} />
    </p>
  )
}

function say(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
