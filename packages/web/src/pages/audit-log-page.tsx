import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { Drawer } from '@mantine/core'
import { useDocumentTitle, useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useLoaderData, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useRef, useState, type CSSProperties, type ReactNode } from 'react'
import { sessionQuery } from '../api/session.ts'
import { readWanted } from '../events/begin-search.ts'
import { gridOf } from '../events/column-state.ts'
import { EventPanel } from '../events/event-panel.tsx'
import { withLive, withNoise, withRange, withText, type EventSearchParams } from '../events/event-search.ts'
import type { EventTableHandle } from '../events/event-table.tsx'
import { FacetPane } from '../events/facet-pane.tsx'
import { KeysHelp } from '../events/keys-help.tsx'
import { LogBar } from '../events/log-bar.tsx'
import { LogResults } from '../events/log-results.tsx'
import { LogTools } from '../events/log-tools.tsx'
import { ResultsFooter } from '../events/results-footer.tsx'
import { SearchEditContext, useSearchEditOf } from '../events/search-edit.ts'
import { SourceNamesContext, useSourceNames } from '../events/source-names.ts'
import { writeRange, type TimeRange } from '../events/time-range.ts'
import { ColumnsContext, useColumnsOf } from '../events/use-columns.ts'
import { useEvents } from '../events/use-events.ts'
import { useLogKeys } from '../events/use-log-keys.ts'
import { useReading } from '../events/use-reading.ts'
import { usePreferredZone } from '../events/use-preferred-zone.ts'
import { ViewsBar } from '../events/views-bar.tsx'
import { ZoneContext } from '../events/zone-context.ts'
import { paths } from '../paths.ts'
import { roleScopes } from '../ui/role-names.ts'
import { useDialog } from '../ui/use-dialog.ts'
import classes from './audit-log-page.module.css'

/** The log: search, histogram, filters, table, and the event that is open. What is searched for is in the address bar. */
export function AuditLogPage(): ReactNode {
  const params: EventSearchParams = useSearch({ from: '/signed-in/audit-log' })
  const { eventId: openId } = useParams({ strict: false })
  const navigate = useNavigate()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const [zone, rememberZone] = usePreferredZone(params.zone)
  const sourceNames = useSourceNames(session.user.role)
  const narrow = useMediaQuery('(max-width: 62em)', undefined, { getInitialValueInEffect: false })
  useDocumentTitle('Audit Log · Aleph')
  const { q, read, valid, hidesNoise, range } = useMemo(() => readWanted(params), [params])
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
    begun: useLoaderData({ from: '/signed-in/audit-log' }),
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
  const showColumns = useCallback(
    (named: string) =>
      // The page that one comes back to is not one with every step of a column.
      void navigate({ to: '.', search: { ...params, columns: named }, replace: true }),
    [navigate, params],
  )
  const columns = useColumnsOf(params.columns, showColumns)
  const search = useCallback((text: string) => show(withText(params, text)), [show, params])
  const edit = useSearchEditOf(q, valid, search)
  const chooseRange = (chosen: TimeRange): void => show(withRange(params, chosen))
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
  const table = useRef<EventTableHandle>(null)
  const keys = useDialog()
  useLogKeys({
    isOpen: openId !== undefined,
    onNewer,
    onOlder,
    onClose: close,
    onWalk: (step) => table.current?.walk(step),
    onHelp: keys.open,
  })

  const filters = useFilterPane(openId !== undefined)
  const facetPane = {
    question: events.question,
    askedAtMs: events.askedAtMs,
    enabled: valid && !events.loading && !events.stale,
  }
  const grid = gridOf(columns.state)
  // CSSProperties does not know properties of our own.
  const style = {
    '--event-columns': grid.columns,
    '--event-width-min': `${grid.widthMin}px`,
  } as CSSProperties
  return (
    <ZoneContext value={zone}>
      <ColumnsContext value={columns}>
        <SourceNamesContext value={sourceNames}>
          <SearchEditContext value={edit}>
            <div className={classes.page} style={style} data-event-grid>
              <div className={classes.main} inert={narrow && openId !== undefined}>
                <LogTools
                  q={q}
                  range={range}
                  setBySearch={isDefaultRange && read.hasTime}
                  scope={roleScopes[session.user.role]}
                  events={events}
                  views={<ViewsBar params={params} valid={valid} onShow={show} />}
                  live={!live ? 'off' : events.isReconnecting ? 'waiting' : isReading ? 'paused' : 'live'}
                  onLive={(isOn) => show(withLive(params, isOn))}
                  onSearch={search}
                  onRange={chooseRange}
                  onZone={(chosen) => {
                    rememberZone(chosen)
                    show({ ...params, zone: chosen })
                  }}
                />
                <div className={classes.body}>
                  {filters.beside ? (
                    <div className={classes.filters}>
                      <FacetPane {...facetPane} onFold={filters.fold} />
                    </div>
                  ) : null}
                  <div className={classes.found}>
                    <LogBar
                      onShowFilters={filters.beside ? undefined : filters.show}
                      onShowKeys={keys.open}
                    />
                    <LogResults
                      table={table}
                      readingHandlers={reading.handlers}
                      user={session.user}
                      q={q}
                      valid={valid}
                      range={range}
                      isDefaultRange={isDefaultRange}
                      events={events}
                      openId={openId}
                      onSearch={search}
                      onRange={chooseRange}
                      onOpen={openFromTable}
                    />
                  </div>
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
            {filters.hasRoom ? null : (
              <Drawer
                opened={filters.over}
                onClose={filters.hide}
                title="Filters"
                size={320}
                padding={0}
                closeButtonProps={{ 'aria-label': 'Close the filters' }}
                classNames={{
                  header: classes.drawerHead ?? '',
                  title: classes.drawerTitle ?? '',
                  body: classes.drawerBody ?? '',
                }}
              >
                <FacetPane {...facetPane} />
              </Drawer>
            )}
            {keys.isUsed ? <KeysHelp opened={keys.opened} onClose={keys.close} /> : null}
          </SearchEditContext>
        </SourceNamesContext>
      </ColumnsContext>
    </ZoneContext>
  )
}

type FilterPane = {
  /** There is room for it beside the table. */
  hasRoom: boolean
  /** Beside the table. */
  beside: boolean
  /** Over the page. */
  over: boolean
  show: () => void
  fold: () => void
  hide: () => void
}

/** Where the filters are: beside the table unless they are folded, or over the page where they would take its room. */
function useFilterPane(eventIsOpen: boolean): FilterPane {
  const [folded, setFolded] = useLocalStorage({
    key: 'audit-filters-folded',
    defaultValue: false,
    getInitialValueInEffect: false,
  })
  const [wanted, setWanted] = useState(false)
  const wide = useMediaQuery('(min-width: 75em)', undefined, { getInitialValueInEffect: false })
  const widest = useMediaQuery('(min-width: 110em)', undefined, { getInitialValueInEffect: false })
  const hasRoom = eventIsOpen ? widest : wide
  return {
    hasRoom,
    beside: hasRoom && !folded,
    over: !hasRoom && wanted,
    show: () => (hasRoom ? setFolded(false) : setWanted(true)),
    fold: () => setFolded(true),
    hide: () => setWanted(false),
  }
}
