import type { BacktestResponse } from '@aleph-audit-log/domain/api/detection-rules'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { tryRule } from '../api/detection-rules.ts'
import { formatCount } from '../events/format-time.ts'
import { writeRange } from '../events/time-range.ts'
import { paths } from '../paths.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { Panel } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import classes from './rule-trial.module.css'

/** What a rule would have found in the past 30 days, before it is switched on or changed. */
export function RuleTrial({ source, exclusions }: { source: string; exclusions: string }): ReactNode {
  const [result, setResult] = useState<{ of: string; found: BacktestResponse }>()
  const { busy, error, submit } = useSubmit()
  const of = `${exclusions}\n${source}`
  return (
    <section aria-label="In the past 30 days">
      <div className={classes.head}>
        <h2 className={classes.title}>In the past 30 days</h2>
        <Button
          variant="default"
          size="xs"
          loading={busy}
          onClick={() =>
            void submit(async () => setResult({ of, found: await tryRule({ source, exclusions }) }))
          }
        >
          Try it
        </Button>
      </div>
      {error === null ? null : <FormProblem error={error} />}
      {result === undefined ? (
        <p className={classes.note}>
          Shows what the rule would have found as it stands here, saved or not. Nobody is told.
        </p>
      ) : (
        <Found result={result.found} isStale={result.of !== of} />
      )}
    </section>
  )
}

function Found({ result, isStale }: { result: BacktestResponse; isStale: boolean }): ReactNode {
  const { total, alerts, byDay, truncated } = result
  const most = Math.max(1, ...byDay.map((day) => day.alerts))
  return (
    <>
      <p className={classes.note} role="status">
        {total === 0 ? 'It would have found nothing.' : `It would have raised ${formatCount(total)} `}
        {total === 0 ? '' : total === 1 ? 'alert.' : 'alerts.'}
        {truncated ? ' There are more events than are looked at, so this is only a part.' : ''}
        {isStale ? ' The rule was changed since: try it again.' : ''}
      </p>
      <div className={classes.days} aria-hidden="true">
        {byDay.map((day) => (
          <span
            key={day.day}
            className={classes.day}
            style={{ height: `${Math.max(day.alerts === 0 ? 2 : 12, (day.alerts / most) * 100)}%` }}
            data-some={day.alerts > 0 || undefined}
            title={`${day.day}: ${day.alerts}`}
          />
        ))}
      </div>
      {alerts.length === 0 ? null : (
        <Panel>
          <ul className={classes.list} aria-label="What it would have found">
            {alerts.map((alert) => (
              <li key={`${alert.lastEventAt} ${JSON.stringify(alert.group)}`} className={classes.row}>
                <ShownText text={alert.summary} />
                <span className={classes.more}>
                  <Link to={paths.auditLog} search={eventsOf(alert)}>
                    {formatCount(alert.eventCount)} {alert.eventCount === 1 ? 'event' : 'events'}
                  </Link>
                  <TimeAgo time={alert.lastEventAt} />
                </span>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {total > alerts.length ? (
        <p className={classes.note}>The newest {formatCount(alerts.length)} are shown.</p>
      ) : null}
    </>
  )
}

/** The events that are named, in their time. */
function eventsOf({ eventIds, firstEventAt, lastEventAt }: BacktestResponse['alerts'][number]) {
  const to = timeFromMs(timeToMs(lastEventAt) + 1)
  return {
    q: eventIds.map((id) => printTerm('id', id)).join(' OR '),
    ...writeRange({ kind: 'between', from: firstEventAt, to }),
    noise: 'shown' as const,
  }
}
