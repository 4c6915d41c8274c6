import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core'
import { useDocumentTitle, useMediaQuery } from '@mantine/hooks'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, type ReactNode } from 'react'
import { sessionQuery } from '../api/session.ts'
import { EventPanel } from '../events/event-panel.tsx'
import { withLive, withNoise, withRange, withText, type EventSearchParams } from '../events/event-search.ts'
import { EventTable } from '../events/event-table.tsx'
import { formatCount } from '../events/format-time.ts'
import { Histogram } from '../events/histogram.tsx'
import { findKnownValues } from '../events/known-values.ts'
import { liveLimits } from '../events/live-rows.ts'
import { LiveSwitch } from '../events/live-switch.tsx'
import { FirstEvent, NoMatch } from '../events/no-events.tsx'
import { RangePicker } from '../events/range-picker.tsx'
import { readSearchText } from '../events/read-search-text.ts'
import { ResultsFooter } from '../events/results-footer.tsx'
import { TableSkeleton } from '../events/row-skeletons.tsx'
import { SearchBox } from '../events/search-box.tsx'
import { describeRange, rangeBetween, rangeBounds, readRange, writeRange } from '../events/time-range.ts'
import { useEvents } from '../events/use-events.ts'
import { usePanelKeys } from '../events/use-panel-keys.ts'
import { useReading } from '../events/use-reading.ts'
import { usePreferredZone } from '../events/use-preferred-zone.ts'
import { ZoneContext } from '../events/zone-context.ts'
import { zoneName } from '../events/zone.ts'
import { paths } from '../paths.ts'
import { RefreshIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { roleScopes } from '../ui/role-names.ts'
import classes from './audit-log-page.module.css'

/** The source of what people do in this app. */
const ownSource = 'app'

/** The log: search, histogram, table, and the event that is open. Everything on screen is in the address bar. */
export function AuditLogPage(): ReactNode {
  const params: EventSearchParams = useSearch({ from: '/signed-in/audit-log' })
  const { eventId: openId } = useParams({ strict: false })
  const navigate = useNavigate()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const [zone, rememberZone] = usePreferredZone(params.zone)
  const scope = roleScopes[session.user.role]
  const narrow = useMediaQuery('(max-width: 62em)', undefined, { getInitialValueInEffect: false })
  useDocumentTitle('Audit Log · Aleph')
  const q = params.q ?? ''
  const range = readRange(params)
  const read = useMemo(() => readSearchText(q), [q])
  const valid = read.problems.length === 0
  const hidesNoise = valid && !read.namesNoise && params.noise !== 'shown'
  const live = params.live === 'on'
  const reading = useReading()
  const isReading = reading.isReading || openId !== undefined
  const events = useEvents({
    q,
    hidesNoise,
    range,
    valid,
    ownEmail: session.user.email,
    live,
    isReading,
    hasTime: read.hasTime,
  })
  const isDefaultRange = Object.keys(writeRange(range)).length === 0

  const show = useCallback(
    (search: EventSearchParams) =>
      void navigate(
        openId === undefined
          ? { to: paths.auditLog, search }
          : { to: paths.event, params: { eventId: openId }, search },
      ),
    [navigate, openId],
  )
  const open = useCallback(
    (event: PublicEvent, how: { replace: boolean }) =>
      void navigate({ to: paths.event, params: { eventId: event.id }, search: params, replace: how.replace }),
    [navigate, params],
  )
  const openFromTable = useCallback(
    (event: PublicEvent) => open(event, { replace: openId !== undefined }),
    [open, openId],
  )
  const close = useCallback(() => void navigate({ to: paths.auditLog, search: params }), [navigate, params])

  const openIndex = openId === undefined ? -1 : events.events.findIndex((event) => event.id === openId)
  const neighbour = (step: number): (() => void) | undefined => {
    const event = openIndex < 0 ? undefined : events.events[openIndex + step]
    return event === undefined ? undefined : () => open(event, { replace: true })
  }
  const onNewer = neighbour(-1)
  const onOlder = neighbour(1)
  usePanelKeys({ enabled: openId !== undefined, onNewer, onOlder, onClose: close })

  // A new server knows only what was done in it itself: below that it tells how to record more.
  const onlyOwnActs =
    q === '' &&
    isDefaultRange &&
    !events.hasMore &&
    !events.stale &&
    events.events.every((event) => event.source === ownSource)

  const { newCount, refresh } = events
  const knownValues = useCallback((field: string) => findKnownValues(events.events, field), [events.events])
  const bounds = rangeBounds(range, events.askedAtMs)
  const widerRange = { kind: 'past', id: '90d' } as const
  return (
    <ZoneContext value={zone}>
      <div className={classes.page}>
        <div className={classes.main} inert={narrow && openId !== undefined}>
          <div className={classes.tools}>
            <div className={classes.head}>
              <div className={classes.titles}>
                <h1 className={classes.heading}>Audit Log</h1>
                {scope === undefined ? null : <p className={classes.scope}>{scope}</p>}
              </div>
              <SegmentedControl
                size="xs"
                aria-label="Time zone"
                value={zone}
                onChange={(value) => {
                  const chosen = value === 'local' ? 'local' : 'utc'
                  rememberZone(chosen)
                  show({ ...params, zone: chosen })
                }}
                data={[
                  { value: 'utc', label: 'UTC' },
                  { value: 'local', label: <span title={zoneName('local')}>Local time</span> },
                ]}
              />
              {events.canFollow ? (
                <LiveSwitch
                  state={!live ? 'off' : events.isReconnecting ? 'waiting' : isReading ? 'paused' : 'live'}
                  onChange={(isOn) => show(withLive(params, isOn))}
                />
              ) : null}
              <RangePicker
                range={range}
                zone={zone}
                setBySearch={isDefaultRange && read.hasTime}
                onChange={(chosen) => show(withRange(params, chosen))}
              />
              <Tooltip label="Refresh">
                <ActionIcon variant="default" size={36} aria-label="Refresh" onClick={refresh}>
                  <RefreshIcon size={17} />
                </ActionIcon>
              </Tooltip>
            </div>
            <SearchBox
              value={q}
              knownValues={knownValues}
              onSearch={(text) => show(withText(params, text))}
            />
            <Histogram
              buckets={events.buckets}
              zone={zone}
              endMs={bounds.toMs}
              loading={events.total === undefined}
              failed={events.histogramError !== null}
              onZoom={(fromMs, toMs) => {
                const chosen = rangeBetween(fromMs, toMs)
                if (chosen !== undefined) show(withRange(params, chosen))
              }}
            />
          </div>
          <div className={classes.results} {...reading.handlers}>
            {newCount > 0 || events.newCountIsMore ? (
              <Button className={classes.fresh ?? ''} size="compact-xs" radius="xl" onClick={events.showNew}>
                {events.newCountIsMore
                  ? `More than ${formatCount(liveLimits.waitingMax)} new events`
                  : `${formatCount(newCount)} new ${newCount === 1 ? 'event' : 'events'}`}
              </Button>
            ) : null}
            {!valid ? (
              <div className={classes.note}>The search cannot be understood, so nothing was searched.</div>
            ) : events.error !== null ? (
              <div className={classes.problem}>
                <ProblemNote error={events.error} onRetry={events.refresh} />
              </div>
            ) : events.loading ? (
              <TableSkeleton />
            ) : events.events.length > 0 ? (
              <EventTable
                resultKey={events.resultKey}
                events={events.events}
                total={events.total}
                openId={openId}
                stale={events.stale}
                hasMore={events.hasMore}
                loadingMore={events.loadingMore}
                moreError={events.moreError}
                below={onlyOwnActs ? <FirstEvent user={session.user} /> : null}
                onLoadMore={events.loadMore}
                onOpen={openFromTable}
              />
            ) : q === '' && isDefaultRange ? (
              <FirstEvent user={session.user} />
            ) : (
              <NoMatch
                q={q}
                rangeLabel={describeRange(range, zone).replace(/^P/, 'p')}
                onSearch={(text) => show(withText(params, text))}
                onWiden={
                  range.kind === 'past' && range.id === '90d'
                    ? undefined
                    : () => show(withRange(params, widerRange))
                }
              />
            )}
          </div>
          <ResultsFooter
            loaded={events.events.length}
            total={events.total}
            hasMore={events.hasMore}
            loading={events.loading}
            question={valid ? events.question : undefined}
            hiddenCount={events.hiddenCount}
            noiseIsShown={params.noise === 'shown' && !read.namesNoise}
            onShowNoise={(isShown) => show(withNoise(params, isShown))}
          />
        </div>
        {openId === undefined ? null : (
          <EventPanel
            id={openId}
            loaded={events.events[openIndex]}
            onNewer={onNewer}
            onOlder={onOlder}
            onClose={close}
          />
        )}
      </div>
    </ZoneContext>
  )
}
