import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { Link, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { serverNowMs } from '../api/server-clock.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { paths } from '../paths.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { cellTerms, valueTerms, type ValueTerms } from './cell-terms.ts'
import { Fact, TextFact } from './event-fact.tsx'
import classes from './event-facts.module.css'
import { withRange, withText, type EventSearchParams } from './event-search.ts'
import { dataNumber, dataText, errorOf, kindName, sqlOf } from './event-texts.ts'
import { formatCount, formatDuration, formatExactTime, formatOffset, formatRelative } from './format-time.ts'
import { FormattedSql } from './formatted-sql.tsx'
import { OutcomeMark } from './outcome-mark.tsx'
import { PolicyFacts } from './policy-facts.tsx'
import { useSourceName } from './source-names.ts'
import { rangeBetween, type TimeRange } from './time-range.ts'
import { ValueActions } from './value-actions.tsx'
import { WhoFacts } from './who-facts.tsx'
import { UsageLink } from './usage-link.tsx'
import { useZone } from './zone-context.ts'
import { zoneName } from './zone.ts'

/** Everything that is known about an event, the most wanted first. */
export function EventFacts({ event }: { event: PublicEvent }): ReactNode {
  const zone = useZone()
  const sql = sqlOf(event)
  const json = JSON.stringify(event, null, 2)
  return (
    <div className={classes.facts}>
      <dl className={classes.list}>
        <WhoFacts event={event} />
        <When event={event} />
        <Fact label="Type" terms={cellTerms('type', event, zone)}>
          <span className={classes.mono}>{event.type}</span>
        </Fact>
        <Fact label="Outcome" terms={cellTerms('outcome', event, zone)}>
          <OutcomeMark outcome={event.outcome} />
        </Fact>
        <ErrorFact event={event} />
        <LookFurther event={event} />
      </dl>
      {sql === undefined ? null : <FormattedSql sql={sql} dialect={dataText(event, 'dialect')} />}
      <dl className={classes.list}>
        <StatementFacts event={event} />
        <PolicyFacts event={event} />
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
      <Fact label="Time" terms={cellTerms('timestamp', event, useZone())}>
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
    <Fact label="Error" terms={valueTerms('Error', 'error', error.code ?? error.message ?? '')}>
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
      {duration === undefined ? null : (
        <Fact label="Duration" terms={cellTerms('durationMs', event, 'utc')}>
          {formatDuration(duration)}
        </Fact>
      )}
      {rows === undefined ? null : (
        <Fact label="Rows" terms={cellTerms('rows', event, 'utc')}>
          {formatCount(rows)}
        </Fact>
      )}
      {statement === undefined ? null : (
        <Fact label="Statement" terms={cellTerms('kind', event, 'utc')}>
          {kindName(statement.kind)} <span className={classes.mono}>({statement.kind})</span>
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
              <li key={`${table.access} ${table.name}`} className={classes.tableRow}>
                <span className={classes.tableName}>
                  <UsageLink
                    to={paths.insightsTable}
                    params={{ tableName: table.name }}
                    title="Who uses this table, and how often"
                  >
                    <ShownText text={table.name} />
                  </UsageLink>{' '}
                  <span className={classes.access} data-access={table.access}>
                    {table.access}
                  </span>
                  {table.temporary === true ? <span className={classes.more}> temporary</span> : null}
                </span>
                <ActionsOf terms={valueTerms('Table', 'table', table.name)} />
              </li>
            ))}
          </ul>
        </Fact>
      )}
      {statement === undefined || statement.fingerprint === '' ? null : (
        <TextFact label="Query" text={statement.fingerprint} mono qualifier="fingerprint" />
      )}
    </>
  )
}

function ActionsOf({ terms }: { terms: ValueTerms | undefined }): ReactNode {
  return terms === undefined ? null : (
    <span className={classes.actions}>
      <ValueActions {...terms} />
    </span>
  )
}

/** How much of what somebody did is around an event, before and after it. */
const aroundMs = 15 * 60_000

/** Where one looks next: what ran the same query, and what else happened there and then. */
function LookFurther({ event }: { event: PublicEvent }): ReactNode {
  const { actor, context, statement } = event
  const fingerprint = statement?.fingerprint ?? ''
  const session = context?.sessionId ?? ''
  const person = actor.email || actor.id || actor.name || ''
  const ms = timeToMs(event.occurredAt)
  if (fingerprint === '' && session === '' && person === '') return null
  return (
    <Fact label="Look further">
      <div className={classes.links}>
        {fingerprint === '' ? null : (
          <>
            <SearchLink qualifier="fingerprint" value={fingerprint}>
              Same query
            </SearchLink>
            <UsageLink to={paths.insightsQuery} params={{ fingerprint }}>
              Runs of this query
            </UsageLink>
          </>
        )}
        {session === '' ? null : (
          <SearchLink qualifier="session" value={session}>
            Same session
          </SearchLink>
        )}
        {person === '' ? null : (
          <SearchLink qualifier="actor" value={person} range={rangeBetween(ms - aroundMs, ms + aroundMs)}>
            Same {actor.type === 'user' ? 'person' : 'actor'} around this time
          </SearchLink>
        )}
      </div>
    </Fact>
  )
}

type SearchLinkProps = {
  qualifier: string
  value: string
  /** Another range than the one on screen. */
  range?: TimeRange | undefined
  children: ReactNode
}

/** Leads to all events that have this value. */
function SearchLink({ qualifier, value, range, children }: SearchLinkProps): ReactNode {
  const params: EventSearchParams = useSearch({ from: '/signed-in/audit-log' })
  const found = withText(params, printTerm(qualifier, value))
  return (
    <Link
      className={classes.search}
      to={paths.auditLog}
      search={range === undefined ? found : withRange(found, range)}
    >
      {children}
    </Link>
  )
}

function Where({ event }: { event: PublicEvent }): ReactNode {
  const { context } = event
  const sourceName = useSourceName()
  return (
    <>
      <TextFact label="Database" text={dataText(event, 'database')} qualifier="database" />
      <TextFact label="Application" text={context?.application} qualifier="application" />
      <TextFact label="IP address" text={context?.ip} mono qualifier="ip" />
      <TextFact label="User agent" text={context?.userAgent} />
      <TextFact label="Session" text={context?.sessionId} mono qualifier="session" />
      <TextFact label="Request" text={context?.requestId} mono qualifier="request" />
      <Fact label="Source" terms={cellTerms('source', event, 'utc')}>
        <ShownText text={sourceName(event.source)} />
        {sourceName(event.source) === event.source ? null : (
          <span className={classes.mono}>
            {' '}
            (<ShownText text={event.source} />)
          </span>
        )}
      </Fact>
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
