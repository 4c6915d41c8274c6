import type { PersonRef } from '@aleph-audit-log/domain/api/insights'
import { toolTitle } from '@aleph-audit-log/domain/attribution/known-tools'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { serverNowMs } from '../api/server-clock.ts'
import { formatCount, formatExactTime, formatRelative, formatShortDay } from '../events/format-time.ts'
import { SqlText } from '../events/sql-text.tsx'
import { useZone } from '../events/zone-context.ts'
import { paths } from '../paths.ts'
import { beginningOf } from '../ui/redaction-badge.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { EventsLink } from './events-link.tsx'
import { useInsights } from './insights-context.ts'
import { formatShare } from './format-share.ts'
import classes from './usage.module.css'
import { terms as termsOf } from './usage-search.ts'

/** What of a text can be seen on one line. */
const lineUnitsMax = 400

export function Absent(): ReactNode {
  return <span className={classes.absent}>–</span>
}

/** By what people call somebody. */
export function personName({ id, name, email }: PersonRef): string {
  return name ?? email ?? id
}

/** A person by name and e-mail, leading to their page. */
export function PersonLink({ person }: { person: PersonRef }): ReactNode {
  const { carried } = useInsights()
  const name = personName(person)
  const more =
    person.email === name ? undefined : (person.email ?? (person.id === name ? undefined : person.id))
  return (
    <span className={classes.cut} title={more === undefined ? name : `${name}\n${more}`}>
      <Link
        className={classes.name ?? ''}
        to={paths.insightsPerson}
        params={{ personId: person.id }}
        search={carried}
      >
        <ShownText text={name.slice(0, lineUnitsMax)} />
      </Link>
      {more === undefined ? null : (
        <span className={`${classes.cut} ${classes.more}`}>
          <ShownText text={more.slice(0, lineUnitsMax)} />
        </span>
      )}
    </span>
  )
}

export function TableLink({ table }: { table: string }): ReactNode {
  const { carried } = useInsights()
  return (
    <Link
      className={`${classes.name} ${classes.cut} ${classes.mono}`}
      to={paths.insightsTable}
      params={{ tableName: table }}
      search={carried}
      title={table}
    >
      <ShownText text={table.slice(0, lineUnitsMax)} />
    </Link>
  )
}

/** A query by its text without literals. */
export function QueryLink({
  fingerprint,
  normalized,
}: {
  fingerprint: string
  normalized: string
}): ReactNode {
  const { carried } = useInsights()
  const text = beginningOf(normalized, lineUnitsMax)
  return (
    <Link
      className={`${classes.cut} ${classes.mono} ${classes.query}`}
      to={paths.insightsQuery}
      params={{ fingerprint }}
      search={carried}
      title={text}
    >
      {text === '' ? fingerprint : <SqlText sql={text} />}
    </Link>
  )
}

type CountCellProps = { value: number; terms: readonly string[]; label?: string }

/** A number that leads to its events; none leads nowhere. */
export function CountCell({ value, terms, label }: CountCellProps): ReactNode {
  if (value === 0) return <span className={classes.absent}>0</span>
  return (
    <EventsLink terms={terms} {...(label === undefined ? {} : { label })}>
      {formatCount(value)}
    </EventsLink>
  )
}

type TwoLinesProps = { first: ReactNode; second: ReactNode }

/** A value, and what belongs to it below in small. */
export function TwoLines({ first, second }: TwoLinesProps): ReactNode {
  return (
    <>
      <span className={classes.cut}>{first}</span>
      <span className={`${classes.cut} ${classes.more}`}>{second}</span>
    </>
  )
}

/** `by 43 people`. */
export function sayPeople(count: number): string {
  return count === 1 ? 'by 1 person' : `by ${formatCount(count)} people`
}

type LifeCellProps = { firstSeenAt?: string | undefined; lastSeenAt?: string | undefined }

/** When something was last seen, and since when it is known. */
export function LifeCell({ firstSeenAt, lastSeenAt }: LifeCellProps): ReactNode {
  return (
    <TwoLines
      first={<SeenCell time={lastSeenAt} as="ago" />}
      second={
        firstSeenAt === undefined ? null : (
          <>
            first <SeenCell time={firstSeenAt} as="day" />
          </>
        )
      }
    />
  )
}

type TroubleCellProps = { count: number; failed: number; denied: number; terms: readonly string[] }

/** What did not succeed, and how large a part that is. */
export function TroubleCell({ count, failed, denied, terms }: TroubleCellProps): ReactNode {
  const trouble = failed + denied
  if (trouble === 0) return <span className={classes.absent}>0</span>
  return (
    <span title={`${formatCount(failed)} failed, ${formatCount(denied)} denied`}>
      <TwoLines
        first={
          <EventsLink terms={[...terms, termsOf.notSucceeded]} label="Failed or denied">
            {formatCount(trouble)}
          </EventsLink>
        }
        second={formatShare(trouble, count)}
      />
    </span>
  )
}

/** When something was seen: how long ago, or on which day; the exact time in the title. */
export function SeenCell({ time, as }: { time: string | undefined; as: 'ago' | 'day' }): ReactNode {
  const zone = useZone()
  if (time === undefined) return <Absent />
  const ms = timeToMs(time)
  return (
    <time
      dateTime={time}
      title={`${formatExactTime(time, 'utc')} UTC\n${formatExactTime(time, 'local')} local time`}
    >
      {as === 'ago' ? formatRelative(ms, serverNowMs()) : formatShortDay(ms, zone)}
    </time>
  )
}

/** A tool by its name; what says only that it is some application is called by its protocol. */
export function toolName(tool: string): string {
  return tool === 'sqlcommenter' ? tool : toolTitle(tool)
}

/** The tools that were used most, in words. */
export function ToolsCell({ tools }: { tools: readonly { tool: string; count: number }[] }): ReactNode {
  const named = tools.filter(({ tool }) => tool !== '')
  if (named.length === 0) return <Absent />
  const all = named.map(({ tool, count }) => `${toolName(tool)} ${formatCount(count)}`).join('\n')
  return (
    <span className={classes.cut} title={all}>
      <ShownText
        text={named
          .map(({ tool }) => toolName(tool))
          .slice(0, 4)
          .join(', ')}
      />
    </span>
  )
}
