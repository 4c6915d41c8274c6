import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import type { StatementKind } from '@aleph-audit-log/domain/event'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { Link, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { serverNowMs } from '../api/server-clock.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { paths } from '../paths.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { Fact, TextFact } from './event-fact.tsx'
import classes from './event-facts.module.css'
import { withText, type EventSearchParams } from './event-search.ts'
import { dataNumber, dataText, errorOf, sqlOf } from './event-texts.ts'
import { formatCount, formatDuration, formatExactTime, formatOffset, formatRelative } from './format-time.ts'
import { FormattedSql } from './formatted-sql.tsx'
import { OutcomeMark } from './outcome-mark.tsx'
import { WhoFacts } from './who-facts.tsx'
import { zoneName } from './zone.ts'

const kindNames: Record<StatementKind, string> = {
  dcl: 'Changes permissions',
  ddl: 'Changes the structure',
  write: 'Writes data',
  import: 'Imports data',
  export: 'Exports data',
  procedure: 'Runs a procedure',
  maintenance: 'Maintains the database',
  read: 'Reads data',
  session: 'Changes or shows the session',
  tcl: 'Controls a transaction',
  other: 'Something else',
}

/** Everything that is known about an event, the most wanted first. */
export function EventFacts({ event }: { event: PublicEvent }): ReactNode {
  const sql = sqlOf(event)
  const json = JSON.stringify(event, null, 2)
  return (
    <div className={classes.facts}>
      <dl className={classes.list}>
        <WhoFacts event={event} />
        <When event={event} />
        <Fact label="Type">
          <span className={classes.mono}>{event.type}</span>
        </Fact>
        <Fact label="Outcome">
          <OutcomeMark outcome={event.outcome} />
        </Fact>
        <ErrorFact event={event} />
      </dl>
      {sql === undefined ? null : <FormattedSql sql={sql} dialect={dataText(event, 'dialect')} />}
      <dl className={classes.list}>
        <StatementFacts event={event} />
        <Where event={event} />
        <Targets event={event} />
        <TextFact label="Event id" text={event.id} mono />
      </dl>
      <section aria-label="Raw event">
        <div className={classes.codeHead}>
          <h3 className={classes.codeTitle}>JSON</h3>
          <CopyButton text={json} label="Copy JSON" />
        </div>
        <pre className={classes.code} dir="ltr" tabIndex={0} aria-label="JSON of the event">
          <ShownText text={json} />
        </pre>
      </section>
    </div>
  )
}

function When({ event }: { event: PublicEvent }): ReactNode {
  const ms = timeToMs(event.occurredAt)
  return (
    <>
      <Fact label="Time">
        <time dateTime={event.occurredAt}>{formatExactTime(event.occurredAt, 'utc')}</time>{' '}
        <span className={classes.more}>UTC</span>
        <br />
        {formatExactTime(event.occurredAt, 'local')}{' '}
        <span className={classes.more} title={zoneName('local')}>
          {formatOffset(ms, 'local')}
        </span>
        <br />
        <span className={classes.more}>{formatRelative(ms, serverNowMs())}</span>
      </Fact>
      <Fact label="Received">
        {formatExactTime(event.receivedAt, 'utc')} <span className={classes.more}>UTC</span>
      </Fact>
    </>
  )
}

function ErrorFact({ event }: { event: PublicEvent }): ReactNode {
  const error = errorOf(event)
  if (error === undefined) return null
  return (
    <Fact label="Error">
      <span className={classes.error}>
        {error.code === undefined ? null : (
          <span className={classes.mono}>
            <ShownText text={error.code} />{' '}
          </span>
        )}
        <ShownText text={error.message ?? ''} />
      </span>
    </Fact>
  )
}

function StatementFacts({ event }: { event: PublicEvent }): ReactNode {
  const { statement } = event
  const duration = dataNumber(event, 'durationMs')
  const rows = dataNumber(event, 'rows')
  return (
    <>
      {duration === undefined ? null : <Fact label="Duration">{formatDuration(duration)}</Fact>}
      {rows === undefined ? null : <Fact label="Rows">{formatCount(rows)}</Fact>}
      {statement === undefined ? null : (
        <Fact label="Statement">
          {kindNames[statement.kind]} <span className={classes.mono}>({statement.kind})</span>
          {statement.parsed ? null : (
            <div className={classes.more}>
              The SQL could not be read as a whole: its tables may be incomplete.
            </div>
          )}
        </Fact>
      )}
      {statement === undefined || statement.tables.length === 0 ? null : (
        <Fact label="Tables">
          <ul className={classes.tables}>
            {statement.tables.map((table) => (
              <li key={`${table.access} ${table.name}`}>
                <SearchLink qualifier="table" value={table.name} title="Who used this table">
                  <ShownText text={table.name} />
                </SearchLink>{' '}
                <span className={classes.access} data-access={table.access}>
                  {table.access}
                </span>
                {table.temporary === true ? <span className={classes.more}> temporary</span> : null}
              </li>
            ))}
          </ul>
        </Fact>
      )}
      {statement === undefined || statement.fingerprint === '' ? null : (
        <Fact label="Query">
          <span className={classes.mono}>{statement.fingerprint}</span>{' '}
          <SearchLink qualifier="fingerprint" value={statement.fingerprint}>
            Same query
          </SearchLink>
        </Fact>
      )}
    </>
  )
}

/** Leads to all events that have this value, in the same range of time. */
function SearchLink(props: {
  qualifier: string
  value: string
  title?: string
  children: ReactNode
}): ReactNode {
  const params: EventSearchParams = useSearch({ from: '/signed-in/audit-log' })
  return (
    <Link
      className={classes.search}
      to={paths.auditLog}
      search={withText(params, printTerm(props.qualifier, props.value))}
      title={props.title}
    >
      {props.children}
    </Link>
  )
}

function Where({ event }: { event: PublicEvent }): ReactNode {
  const { context } = event
  return (
    <>
      <TextFact label="Database" text={dataText(event, 'database')} />
      <TextFact label="Application" text={context?.application} />
      <TextFact label="IP address" text={context?.ip} mono />
      <TextFact label="User agent" text={context?.userAgent} />
      <TextFact label="Session" text={context?.sessionId} mono />
      <TextFact label="Request" text={context?.requestId} mono />
      <TextFact label="Source" text={event.source} mono />
    </>
  )
}

function Targets({ event }: { event: PublicEvent }): ReactNode {
  const targets = event.targets ?? []
  if (targets.length === 0) return null
  return (
    <Fact label={targets.length === 1 ? 'Target' : 'Targets'}>
      <ul className={classes.tables}>
        {targets.map((target, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- the targets of an event never move, and may repeat
          <li key={index}>
            <ShownText text={target.name ?? target.id ?? target.type} />{' '}
            <span className={classes.more}>
              <ShownText
                text={[target.type, target.name === undefined ? undefined : target.id]
                  .filter(Boolean)
                  .join(' ')}
              />
            </span>
          </li>
        ))}
      </ul>
    </Fact>
  )
}
