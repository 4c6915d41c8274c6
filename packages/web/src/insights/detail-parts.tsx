import { Button } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { Histogram } from '../events/histogram.tsx'
import { rangeBetween } from '../events/time-range.ts'
import { useZone } from '../events/zone-context.ts'
import { isApiError } from '../api/api-error.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { SearchIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import classes from './detail.module.css'
import { useInsights } from './insights-context.ts'
import { useTimeline } from './use-detail.ts'

type DetailHeadProps = {
  /** The list that it stands in. */
  back: { to: string; label: string }
  title: ReactNode
  /** The whole of a title that may be cut. */
  fullTitle: string
  note?: ReactNode
}

/** Who or what a page is about, under the way back to its list. */
export function DetailHead({ back, title, fullTitle, note }: DetailHeadProps): ReactNode {
  const { carried } = useInsights()
  useDocumentTitle(`${fullTitle} · Insights · Aleph`)
  return (
    <div className={classes.head}>
      <Link className={classes.back ?? ''} to={back.to} search={carried}>
        {back.label}
      </Link>
      <h2 className={classes.title} title={fullTitle}>
        {title}
      </h2>
      {note === undefined ? null : <p className={classes.note}>{note}</p>}
    </div>
  )
}

export type Figure = { label: string; hint?: string; value: ReactNode; more?: ReactNode }

/** The numbers of a page in a row; a number that is still on its way has its place. */
export function Figures({ label, figures }: { label: string; figures: readonly Figure[] }): ReactNode {
  return (
    <dl className={classes.figures} aria-label={label}>
      {figures.map(({ label: name, hint, value, more }) => (
        <div key={name} className={classes.figure} title={hint}>
          <dt>{name}</dt>
          <dd>
            <span className={classes.value}>{value}</span>
            {more === undefined ? null : <span className={classes.figureMore}>{more}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** The value of a figure that has not come. */
export function Pending(): ReactNode {
  return <span className={classes.pending} aria-hidden="true" />
}

/** The events over time that these terms find; dragging over it chooses a shorter range. */
export function Timeline({ terms }: { terms: readonly string[] }): ReactNode {
  const { bounds, chooseRange } = useInsights()
  const timeline = useTimeline(terms)
  return (
    <Histogram
      buckets={timeline.data ?? []}
      zone={useZone()}
      endMs={bounds.toMs}
      loading={timeline.data === undefined}
      failed={timeline.error !== null}
      onZoom={(fromMs, toMs) => {
        const chosen = rangeBetween(fromMs, toMs)
        if (chosen !== undefined) chooseRange(chosen)
      }}
    />
  )
}

export type TopItem = { key: string; count: number; name: ReactNode; number: ReactNode }

type TopListProps = {
  title: string
  /** What its numbers count. */
  counts: string
  /** Absent while they are on their way. */
  items: readonly TopItem[] | undefined
  /** What stands there when there is none. */
  none: string
  /** How many there are, where only the first ones are among the items. */
  total?: number | undefined
  /** The list that has all of them, to sort and to download. */
  all?: { to: string; of: string; label: string }
}

const skeletonWidths = [62, 48, 70, 40, 55, 66, 44, 58, 36, 52]
/** So many are shown at first. */
const firstItems = 10

/** The first ones of something, each with a bar of its size. */
export function TopList({ title, counts, items, none, total, all }: TopListProps): ReactNode {
  const { carried } = useInsights()
  const [whole, setWhole] = useState(false)
  const hidden = whole ? 0 : Math.max(0, (items?.length ?? 0) - firstItems)
  const max = Math.max(1, ...(items ?? []).map(({ count }) => count))
  return (
    <section className={classes.panel} aria-label={title} aria-busy={items === undefined}>
      <div className={classes.panelHead}>
        <h3 className={classes.panelTitle}>{title}</h3>
        <span className={classes.counts}>{counts}</span>
      </div>
      {items?.length === 0 ? (
        <p className={classes.none}>{none}</p>
      ) : (
        <ul className={classes.list}>
          {items === undefined
            ? skeletonWidths.map((width) => (
                <li key={width} className={classes.row} aria-hidden="true">
                  <span className={classes.pending} style={{ width: `${width}%` }} />
                </li>
              ))
            : items.slice(0, items.length - hidden).map(({ key, count, name, number }) => (
                <li key={key} className={classes.row}>
                  <span
                    className={classes.size}
                    style={{ width: `${(count / max) * 100}%` }}
                    aria-hidden="true"
                  />
                  <span className={classes.rowName}>{name}</span>
                  <span className={classes.rowNumber}>{number}</span>
                </li>
              ))}
        </ul>
      )}
      {items === undefined || items.length === 0 || (hidden === 0 && all === undefined) ? null : (
        <div className={classes.rest}>
          {hidden === 0 ? (
            <span className={classes.counts}>{sayPart(items.length, total)}</span>
          ) : (
            <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setWhole(true)}>
              Show {hidden} more
            </Button>
          )}
          {all === undefined ? null : (
            <Link
              className={classes.all ?? ''}
              to={all.to}
              search={{ ...carried, of: all.of }}
              title="The whole list, to sort and to download as Excel"
            >
              {all.label}
            </Link>
          )}
        </div>
      )}
    </section>
  )
}

/** What a list says of those that it does not show. */
function sayPart(shown: number, total = shown): string {
  return total > shown ? `The first ${formatCount(shown)} of ${formatCount(total)}` : ''
}

/** What stands in place of a page whose numbers could not be had. */
export function DetailProblem({
  error,
  what,
  onRetry,
}: {
  error: unknown
  what: string
  onRetry: () => void
}): ReactNode {
  if (isApiError(error, 'not_found')) {
    return (
      <EmptyState icon={<SearchIcon size={22} />} title={`This ${what} is not known here`}>
        <p>
          No query of it was recorded in this time, or none that you may see. A longer time may show more.
        </p>
      </EmptyState>
    )
  }
  return <ProblemNote error={error} onRetry={onRetry} />
}
