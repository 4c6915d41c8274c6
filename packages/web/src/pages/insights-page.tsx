import { ActionIcon } from '@mantine/core'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useChildMatches, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo, useState, type ComponentType, type ReactNode } from 'react'
import { serverNowMs } from '../api/server-clock.ts'
import { sessionQuery } from '../api/session.ts'
import { RangePicker } from '../events/range-picker.tsx'
import { readRange } from '../events/time-range.ts'
import { usePreferredZone } from '../events/use-preferred-zone.ts'
import { ZoneContext } from '../events/zone-context.ts'
import { ZoneSwitch } from '../events/zone-switch.tsx'
import { ActivityView } from '../insights/activity-view.tsx'
import { InsightsContext, type InsightsFrame } from '../insights/insights-context.ts'
import {
  carriedParams,
  countedBounds,
  countedTimes,
  eventsParams,
  withInsightsRange,
  withParams,
} from '../insights/insights-params.ts'
import { PeopleList } from '../insights/people-list.tsx'
import { PersonView } from '../insights/person-view.tsx'
import { QueriesList } from '../insights/queries-list.tsx'
import { QueryView } from '../insights/query-view.tsx'
import { TableView } from '../insights/table-view.tsx'
import { TablesList } from '../insights/tables-list.tsx'
import { ToolsList } from '../insights/tools-list.tsx'
import { asTerm } from '../insights/usage-search.ts'
import { paths } from '../paths.ts'
import { Hint } from '../ui/hint.tsx'
import { RefreshIcon } from '../ui/icons.tsx'
import { roleScopes } from '../ui/role-names.ts'
import classes from './insights-page.module.css'

const tabs = [
  { to: paths.insightsPeople, label: 'People' },
  { to: paths.insightsTables, label: 'Tables' },
  { to: paths.insightsQueries, label: 'Queries' },
  { to: paths.insightsTools, label: 'Tools and service accounts' },
  { to: paths.insightsActivity, label: 'Activity' },
] as const

/** On a phone the tabs are wider than the page: the one of this page is in sight. */
function showTab(tab: HTMLAnchorElement | null): void {
  tab?.scrollIntoView({ block: 'nearest', inline: 'center' })
}

/** What is shown under each address below this page. */
const views: Readonly<Record<string, ComponentType>> = {
  [paths.insightsPeople]: PeopleList,
  [paths.insightsPerson]: PersonView,
  [paths.insightsTables]: TablesList,
  [paths.insightsTable]: TableView,
  [paths.insightsQueries]: QueriesList,
  [paths.insightsQuery]: QueryView,
  [paths.insightsTools]: ToolsList,
  [paths.insightsActivity]: ActivityView,
}

/** Who works with what, how often and how well. The frame of all pages of Insights: range, zone, tabs. */
export function InsightsPage(): ReactNode {
  const params = useSearch({ from: '/signed-in/insights' })
  const navigate = useNavigate()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const [zone, rememberZone] = usePreferredZone(params.zone)
  const scope = roleScopes[session.user.role]
  const rangeKey = JSON.stringify([params.range, params.from, params.to])
  const [asked, setAsked] = useState(() => ({ rangeKey, ms: serverNowMs() }))
  if (asked.rangeKey !== rangeKey) setAsked({ rangeKey, ms: serverNowMs() })

  const path = useChildMatches().at(-1)?.fullPath ?? paths.insightsPeople
  const ids = useParams({ strict: false })
  const View = views[path] ?? PeopleList

  const frame = useMemo((): InsightsFrame => {
    const range = readRange(params)
    return {
      params,
      range,
      of: params.of === undefined ? [] : [asTerm(params.of)],
      askedAtMs: asked.ms,
      // The beginning is always named: what is counted is then exactly what the Audit Log page finds.
      questionOf: (q) => ({ q, ...countedTimes(range, asked.ms) }),
      bounds: countedBounds(range, asked.ms),
      carried: carriedParams(params),
      ofEvents: eventsParams(params, asked.ms),
      change: (changes, how) =>
        void navigate({ to: '.', search: withParams(params, changes), replace: how?.replace ?? false }),
      chooseRange: (chosen) => void navigate({ to: '.', search: withInsightsRange(params, chosen) }),
    }
  }, [params, asked.ms, navigate])

  return (
    <ZoneContext value={zone}>
      <InsightsContext value={frame}>
        <div className={classes.page}>
          <div className={classes.top}>
            <div className={classes.head}>
              <div className={classes.titles}>
                <h1 className={classes.heading}>Insights</h1>
                {scope === undefined ? null : <p className={classes.scope}>{scope}</p>}
              </div>
              <ZoneSwitch
                zone={zone}
                onZone={(chosen) => {
                  rememberZone(chosen)
                  frame.change({ zone: chosen })
                }}
              />
              <RangePicker range={frame.range} zone={zone} setBySearch={false} onChange={frame.chooseRange} />
              <Hint label="Refresh">
                <ActionIcon
                  variant="default"
                  size={36}
                  aria-label="Refresh"
                  onClick={() => setAsked({ rangeKey, ms: serverNowMs() })}
                >
                  <RefreshIcon size={17} />
                </ActionIcon>
              </Hint>
            </div>
            <nav aria-label="Insights" className={classes.tabs}>
              {tabs.map(({ to, label }) => (
                <Link
                  key={to}
                  to={to}
                  search={frame.carried}
                  className={classes.tab ?? ''}
                  activeOptions={{ includeSearch: false }}
                  activeProps={{ 'aria-current': 'page', ref: showTab }}
                >
                  {label}
                </Link>
              ))}
            </nav>
          </div>
          <View key={`${path} ${Object.values(ids).join(' ')}`} />
        </div>
      </InsightsContext>
    </ZoneContext>
  )
}
