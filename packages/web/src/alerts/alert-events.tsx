import type { Alert } from '@aleph-audit-log/domain/api/alerts'
import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { fetchEvents } from '../api/events.ts'
import { actorName, dataLine, errorOf, sqlLineOf } from '../events/event-texts.ts'
import type { EventSearchParams } from '../events/event-search.ts'
import { formatCount } from '../events/format-time.ts'
import { OutcomeMark } from '../events/outcome-mark.tsx'
import { SqlText } from '../events/sql-text.tsx'
import { TimeCell } from '../events/time-cell.tsx'
import { writeRange } from '../events/time-range.ts'
import { paths } from '../paths.ts'
import { DataTable, LoadingRows } from '../ui/data-table.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { beginningOf } from '../ui/redaction-badge.tsx'
import { Panel } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import classes from './alert-events.module.css'

/** So many events are shown; the Audit Log page has all. */
const shownMax = 20

/** The events that an alert was made of. */
export function AlertEvents({ alert }: { alert: Alert }): ReactNode {
  const { eventIds, eventCount, firstEventAt, lastEventAt, q } = alert
  const ids = eventIds.slice(0, shownMax)
  const range = { from: firstEventAt, to: timeFromMs(timeToMs(lastEventAt) + 1) }
  const question = { q: ids.map((id) => printTerm('id', id)).join(' OR '), ...range }
  const events = useQuery({
    queryKey: ['alert-events', question],
    queryFn: async ({ signal }) => (await fetchEvents(question, { limit: shownMax }, signal)).events,
    enabled: ids.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const all: EventSearchParams = {
    ...(q !== '' && { q }),
    ...writeRange({ kind: 'between', ...range }),
    noise: 'shown',
  }
  const isGone = events.data !== undefined && events.data.length < ids.length
  return (
    <section className={classes.section} aria-label="Events">
      <div className={classes.head}>
        <h2 className={classes.title}>Events</h2>
        <span className={classes.note}>
          {eventCount > ids.length ? `${formatCount(ids.length)} of ${formatCount(eventCount)}` : ''}
        </span>
        <Link to={paths.auditLog} search={all} className={classes.all ?? ''}>
          Show in the Audit Log
        </Link>
      </div>
      {events.error !== null && events.data === undefined ? (
        <ProblemNote error={events.error} onRetry={() => void events.refetch()} />
      ) : (
        <Panel>
          <DataTable label="Events of the alert" headings={['Time', 'Name', 'Type', 'Data', 'Outcome']}>
            {events.data === undefined ? <LoadingRows columns={5} rows={Math.max(1, ids.length)} /> : null}
            {events.data?.map((event) => (
              <EventRow key={event.id} event={event} search={all} />
            ))}
          </DataTable>
        </Panel>
      )}
      {isGone ? (
        <p className={classes.note}>
          Some of its events are older than what the log keeps, and are not there any more.
        </p>
      ) : null}
    </section>
  )
}

function EventRow({ event, search }: { event: PublicEvent; search: EventSearchParams }): ReactNode {
  const sql = sqlLineOf(event)
  const error = errorOf(event)?.message
  return (
    <tr>
      <td className={classes.time}>
        <Link
          to={paths.event}
          params={{ eventId: event.id }}
          search={search}
          className={classes.open ?? ''}
          title="Open the event"
        >
          <TimeCell time={event.occurredAt} />
        </Link>
      </td>
      <td className={classes.short}>
        <ShownText text={actorName(event)} />
      </td>
      <td className={classes.short}>
        <ShownText text={event.type} />
      </td>
      <td className={classes.rest}>
        <div className={classes.data} data-sql={sql === undefined ? undefined : true}>
          {sql === undefined ? <ShownText text={beginningOf(dataLine(event), lineUnitsMax)} /> : null}
          {sql === undefined ? null : <SqlText sql={beginningOf(sql, lineUnitsMax)} />}
        </div>
        {error === undefined ? null : (
          <div className={classes.error}>
            <ShownText text={error} />
          </div>
        )}
      </td>
      <td className={classes.short}>
        <OutcomeMark outcome={event.outcome} />
      </td>
    </tr>
  )
}

/** More does not fit into a line; the event itself has all. */
const lineUnitsMax = 400
