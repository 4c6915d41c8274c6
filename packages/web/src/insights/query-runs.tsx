import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { printFilter } from '@aleph-audit-log/domain/filter/print-filter'
import { toolTitle } from '@aleph-audit-log/domain/attribution/known-tools'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, type ReactNode } from 'react'
import { fetchEvents } from '../api/events.ts'
import { actorName, dataNumber, errorOf } from '../events/event-texts.ts'
import { formatCount, formatDuration, formatTimestamp } from '../events/format-time.ts'
import { OutcomeMark } from '../events/outcome-mark.tsx'
import { personIdOf } from '../events/person-id.ts'
import { useZone } from '../events/zone-context.ts'
import { paths } from '../paths.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { CompareRuns } from './compare-runs.tsx'
import classes from './detail.module.css'
import { errorClassOf } from './error-class.ts'
import { useInsights } from './insights-context.ts'
import { judgeRuns, retriesWithin, sayRatio, type JudgedRun, type OtherRuns } from './judge-runs.ts'
import runClasses from './query-runs.module.css'
import { Absent, PersonLink } from './usage-cells.tsx'
import list from './usage-list.module.css'
import { countedText, eventsText, terms } from './usage-search.ts'
import { UsageTable, type UsageColumn } from './usage-table.tsx'
import usage from './usage.module.css'

const pageRows = 25
/** A run that takes so many times as long as usual is slow. */
const slowRatio = 2

type QueryRunsProps = {
  fingerprint: string
  usualMs: number | undefined
  /** What is usual is not known yet. */
  isPending: boolean
  /** What stands below: it comes when the runs have their place. */
  children: ReactNode
}

/** Each run of a query: whether it did what it usually does, and two of them side by side. */
export function QueryRuns({ fingerprint, usualMs, isPending, children }: QueryRunsProps): ReactNode {
  const { params, questionOf, askedAtMs, change } = useInsights()
  const isUnknown = params.runs === 'slow' && usualMs === undefined
  const which = isUnknown && !isPending ? undefined : params.runs
  const only =
    which === 'failed'
      ? [terms.notSucceeded]
      : which === 'slow'
        ? [printFilter({ kind: 'number', field: 'duration', range: { min: (usualMs ?? 0) * slowRatio } })]
        : []
  const question = questionOf(countedText(terms.query(fingerprint), ...only))
  const pages = useInfiniteQuery({
    queryKey: ['runs', question, askedAtMs],
    queryFn: async ({ pageParam, signal }) => {
      const page = await fetchEvents(question, { limit: pageRows, cursor: pageParam }, signal)
      // A list of runs that failed has nothing of those by which they were tried again.
      const others = which === 'failed' ? await fetchRetries(fingerprint, page.events, signal) : noOthers
      return { ...page, others: which === 'slow' ? undefined : others }
    },
    // The first page has no cursor; the type of a parameter that is a string later must be told.
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    enabled: !(isUnknown && isPending),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  })
  const runs = useMemo(
    () =>
      pages.data === undefined
        ? undefined
        : judgeRuns(
            pages.data.pages.flatMap(({ events }) => events),
            usualMs,
            joinOthers(pages.data.pages.map(({ others }) => others)),
          ),
    [pages.data, usualMs],
  )
  const picked = [params.a, params.b].filter((id) => id !== undefined)
  const pick = (id: string): void => {
    // A third one takes the place of the one that was picked first.
    const next = picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id].slice(-2)
    change({ a: next[0], b: next[1] }, { replace: true })
  }
  const choices = [
    [undefined, 'All'],
    ['failed', 'Failed or denied'],
    ['slow', 'Slow'],
  ] as const
  return (
    <>
      <section className={`${classes.panel} ${runClasses.runs}`} aria-label="Runs">
        <div className={classes.panelHead}>
          <h3 className={classes.panelTitle}>Runs</h3>
          <div role="group" aria-label="Which runs" className={list.presets}>
            {choices.map(([value, label]) => (
              <button
                key={label}
                type="button"
                className={list.preset}
                aria-pressed={which === value}
                onClick={() => change({ runs: value })}
              >
                {label}
              </button>
            ))}
          </div>
        </div>
        <p className={runClasses.help}>
          {picked.length === 0
            ? 'Tick two runs to see them side by side.'
            : picked.length === 1
              ? 'One is ticked: tick another one.'
              : 'Two are ticked.'}
        </p>
        {params.a !== undefined && params.b !== undefined ? (
          <CompareRuns a={params.a} b={params.b} onClose={() => change({ a: undefined, b: undefined })} />
        ) : null}
        {pages.error !== null && runs === undefined ? (
          <div className={classes.body}>
            <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />
          </div>
        ) : runs?.length === 0 ? (
          <p className={classes.none}>No such run in this time.</p>
        ) : (
          <div className={runClasses.scroller} tabIndex={0} role="region" aria-label="List of runs">
            <UsageTable
              label="Runs"
              columns={runColumns({ picked, pick, fingerprint })}
              rows={runs}
              keyOf={({ event }) => event.id}
              sort=""
              ascending={false}
              onSort={() => undefined}
              stale={false}
            />
          </div>
        )}
        {pages.hasNextPage ? (
          <div className={list.further}>
            <Button
              variant="default"
              size="xs"
              loading={pages.isFetchingNextPage}
              onClick={() => void pages.fetchNextPage()}
            >
              Show older runs
            </Button>
          </div>
        ) : null}
      </section>
      {pages.isPending ? null : children}
    </>
  )
}

const noOthers: OtherRuns = { events: [], fromMs: Number.NEGATIVE_INFINITY }
/** Each is a whole event: of more, nothing is said of the older runs. */
const retriesMax = 300

function joinOthers(pages: readonly (OtherRuns | undefined)[]): OtherRuns | undefined {
  const known = pages.filter((page) => page !== undefined)
  if (known.length < pages.length) return undefined
  const byId = new Map(known.flatMap(({ events }) => events).map((event) => [event.id, event]))
  return { events: [...byId.values()], fromMs: Math.max(...known.map(({ fromMs }) => fromMs)) }
}

/** The runs that succeeded among these and soon after; of more than can be had, the newest. */
async function fetchRetries(
  fingerprint: string,
  failed: readonly PublicEvent[],
  signal: AbortSignal,
): Promise<OtherRuns> {
  const within = retriesWithin(failed)
  if (within === undefined) return noOthers
  const [from, to] = [within.fromMs, within.toMs].map((ms) => new Date(ms).toISOString())
  const q = countedText(terms.query(fingerprint), terms.succeeded)
  const { events, nextCursor } = await fetchEvents({ q, from, to }, { limit: retriesMax }, signal)
  const oldest = events.at(-1)
  const isCut = nextCursor !== undefined && oldest !== undefined
  return { events, fromMs: isCut ? timeToMs(oldest.occurredAt) : Number.NEGATIVE_INFINITY }
}

type RunColumnsInput = { picked: readonly string[]; pick: (id: string) => void; fingerprint: string }

function runColumns({ picked, pick, fingerprint }: RunColumnsInput): UsageColumn<JudgedRun>[] {
  return [
    {
      id: 'when',
      title: 'When',
      width: 236,
      lead: true,
      cell: ({ event }) => (
        <span className={runClasses.when}>
          <PickRun event={event} isPicked={picked.includes(event.id)} onPick={() => pick(event.id)} />
          <RunLink event={event} fingerprint={fingerprint} />
        </span>
      ),
    },
    { id: 'who', title: 'Who', width: 150, cell: ({ event }) => <RunPerson event={event} /> },
    { id: 'outcome', title: 'Outcome', wide: true, cell: (run) => <RunOutcome run={run} /> },
    {
      id: 'duration',
      title: 'Duration',
      hint: 'Against what is typical of this query',
      end: true,
      width: 170,
      cell: (run) => <RunDuration run={run} />,
    },
    {
      id: 'rows',
      title: 'Rows',
      end: true,
      width: 96,
      cell: ({ event }) => numberOr(dataNumber(event, 'rows')),
    },
    {
      id: 'through',
      title: 'Through',
      width: 150,
      cell: ({ event }) => {
        const { tool } = event.attribution ?? {}
        const text = tool === undefined ? event.context?.application : toolTitle(tool)
        return text === undefined ? (
          <Absent />
        ) : (
          <span className={usage.cut} title={text}>
            <ShownText text={text.slice(0, 200)} />
          </span>
        )
      },
    },
  ]
}

function numberOr(value: number | undefined): ReactNode {
  return value === undefined ? <Absent /> : formatCount(value)
}

function PickRun({
  event,
  isPicked,
  onPick,
}: {
  event: PublicEvent
  isPicked: boolean
  onPick: () => void
}): ReactNode {
  return (
    <input
      type="checkbox"
      className={runClasses.pick}
      checked={isPicked}
      onChange={onPick}
      aria-label={`Compare the run of ${formatTimestamp(event.occurredAt, useZone())}`}
    />
  )
}

function RunLink({ event, fingerprint }: { event: PublicEvent; fingerprint: string }): ReactNode {
  const { ofEvents } = useInsights()
  return (
    <Link
      className={usage.name ?? ''}
      to={paths.event}
      params={{ eventId: event.id }}
      search={{ q: eventsText(terms.query(fingerprint)), ...ofEvents }}
      title="Open this event"
    >
      <time dateTime={event.occurredAt}>{formatTimestamp(event.occurredAt, useZone())}</time>
    </Link>
  )
}

function RunPerson({ event }: { event: PublicEvent }): ReactNode {
  const { name, email } = event.actor
  return (
    <PersonLink
      person={{
        id: personIdOf(event.actor),
        name: name ?? actorName(event),
        ...(email === undefined ? {} : { email }),
      }}
    />
  )
}

function RunDuration({ run }: { run: JudgedRun }): ReactNode {
  if (run.durationMs === undefined) return <Absent />
  const words = sayRatio(run.ratio)
  return (
    <>
      {formatDuration(run.durationMs)}
      {words === undefined ? null : (
        <span className={runClasses.ratio} data-slow={(run.ratio ?? 0) >= slowRatio || undefined}>
          {words}
        </span>
      )}
    </>
  )
}

/** How a run ended, with what error, and what became of it. */
function RunOutcome({ run }: { run: JudgedRun }): ReactNode {
  const { event, retryOf, retriedBy } = run
  const error = errorOf(event)
  const words = errorClassOf(error?.code)
  const text = [words, error?.code, error?.message].filter(Boolean).join(' · ')
  return (
    <span className={runClasses.outcome}>
      <OutcomeMark outcome={event.outcome} />
      {text === '' ? null : (
        <span className={`${usage.cut} ${runClasses.error}`} title={text}>
          {words ?? <ShownText text={text.slice(0, 200)} />}
        </span>
      )}
      {retryOf === undefined ? null : (
        <span className={runClasses.retry}>tried again after {sayBetween(retryOf, event)}</span>
      )}
      {retriedBy === undefined ? null : (
        <span className={runClasses.retry}>
          tried again {sayBetween(event, retriedBy)} later:{' '}
          {retriedBy.outcome === 'success' ? 'succeeded' : 'not successful'}
        </span>
      )}
    </span>
  )
}

function sayBetween(first: PublicEvent, second: PublicEvent): string {
  return formatDuration(timeToMs(second.occurredAt) - timeToMs(first.occurredAt))
}
