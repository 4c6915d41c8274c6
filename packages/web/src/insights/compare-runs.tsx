import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { toolTitle } from '@aleph-audit-log/domain/attribution/known-tools'
import { ActionIcon } from '@mantine/core'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useMemo, type ReactNode } from 'react'
import { fetchEvent } from '../api/events.ts'
import { actorName, dataNumber, dataText, errorOf, sqlOf } from '../events/event-texts.ts'
import { formatCount, formatDuration, formatTimestamp } from '../events/format-time.ts'
import { outcomeName } from '../events/outcome-mark.tsx'
import sqlClasses from '../events/sql-text.module.css'
import { splitSql } from '../events/sql-tokens.ts'
import { useZone } from '../events/zone-context.ts'
import type { Zone } from '../events/zone.ts'
import { CloseIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { beginningOf } from '../ui/redaction-badge.tsx'
import { ShownText, withSigns } from '../ui/shown-text.tsx'
import classes from './compare-runs.module.css'
import { diffTokens, type DiffToken } from './diff-tokens.ts'

/** Longer texts are compared at their beginnings. */
const comparedUnitsMax = 20_000

type CompareRunsProps = { a: string; b: string; onClose: () => void }

/** Two runs of a query side by side: what differs is marked, by a word as well as by colour. */
export function CompareRuns({ a, b, onClose }: CompareRunsProps): ReactNode {
  const first = useRun(a)
  const second = useRun(b)
  const error = first.error ?? second.error
  return (
    <section className={classes.compare} aria-label="Two runs side by side">
      <div className={classes.head}>
        <h4 className={classes.title}>Side by side</h4>
        <ActionIcon size={26} aria-label="Close the comparison" onClick={onClose}>
          <CloseIcon size={16} />
        </ActionIcon>
      </div>
      {error !== null ? (
        <ProblemNote
          error={error}
          onRetry={() => {
            void first.refetch()
            void second.refetch()
          }}
        />
      ) : first.data === undefined || second.data === undefined ? (
        <div className={classes.pending} role="status" aria-label="Loading two runs" />
      ) : (
        <Compared {...inOrder(first.data, second.data)} />
      )}
    </section>
  )
}

function useRun(id: string): UseQueryResult<PublicEvent> {
  return useQuery({
    queryKey: ['event', id],
    queryFn: ({ signal }) => fetchEvent(id, signal),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** The earlier one stands at the left, whichever was ticked first. */
function inOrder(a: PublicEvent, b: PublicEvent): { first: PublicEvent; second: PublicEvent } {
  return a.occurredAt <= b.occurredAt ? { first: a, second: b } : { first: b, second: a }
}

type FactOf = (event: PublicEvent, zone: Zone) => string | undefined

const facts: readonly (readonly [label: string, read: FactOf])[] = [
  ['When', (event, zone) => formatTimestamp(event.occurredAt, zone)],
  ['Who', (event) => event.actor.email ?? actorName(event)],
  ['Outcome', (event) => outcomeName(event.outcome)],
  ['Error', (event) => [errorOf(event)?.code, errorOf(event)?.message].filter(Boolean).join(' ')],
  ['Duration', (event) => formatted(dataNumber(event, 'durationMs'), formatDuration)],
  ['First row after', (event) => formatted(dataNumber(event, 'firstRowMs'), formatDuration)],
  ['Rows', (event) => formatted(dataNumber(event, 'rows'), formatCount)],
  ['Bytes', (event) => formatted(dataNumber(event, 'bytes'), formatCount)],
  ['Database', (event) => dataText(event, 'database')],
  ['Login', (event) => event.attribution?.login ?? dataText(event, 'login')],
  ['Tool', ({ attribution }) => attribution?.tool && toolTitle(attribution.tool)],
  ['Application', (event) => event.context?.application],
  ['Session', (event) => event.context?.sessionId],
  ['IP address', (event) => event.context?.ip],
]

function formatted(value: number | undefined, format: (value: number) => string): string | undefined {
  return value === undefined ? undefined : format(value)
}

function Compared({ first, second }: { first: PublicEvent; second: PublicEvent }): ReactNode {
  const zone = useZone()
  const known = facts
    .map(([label, read]) => ({ label, a: read(first, zone) ?? '', b: read(second, zone) ?? '' }))
    .filter(({ a, b }) => a !== '' || b !== '')
  const sql = useMemo(
    () => diffTokens(tokensOf(sqlOf(first) ?? ''), tokensOf(sqlOf(second) ?? '')),
    [first, second],
  )
  const changes = Math.max(groupsOf(sql.a), groupsOf(sql.b))
  return (
    <>
      <table className={classes.facts} aria-label="What differs">
        <thead>
          <tr>
            <th scope="col">
              <span className={classes.hidden}>What</span>
            </th>
            <th scope="col">Earlier run</th>
            <th scope="col">Later run</th>
          </tr>
        </thead>
        <tbody>
          {known.map(({ label, a, b }) => (
            <tr key={label} data-differs={a !== b || undefined}>
              <th scope="row">
                {label}
                {a === b ? null : <span className={classes.hidden}> (differs)</span>}
              </th>
              <td>{a === '' ? '–' : <ShownText text={a.slice(0, 2000)} />}</td>
              <td>{b === '' ? '–' : <ShownText text={b.slice(0, 2000)} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.changes} role="status">
        {changes === 0
          ? 'The SQL is the same.'
          : `The SQL differs in ${changes === 1 ? 'one place' : `${changes} places`}, marked below.`}
      </p>
      <div className={classes.texts}>
        <DiffText label="SQL of the earlier run" tokens={sql.a} />
        <DiffText label="SQL of the later run" tokens={sql.b} />
      </div>
    </>
  )
}

function tokensOf(sql: string): ReturnType<typeof splitSql> {
  return splitSql(beginningOf(sql, comparedUnitsMax))
}

/** How many runs of neighbouring pieces differ. */
function groupsOf(tokens: readonly DiffToken[]): number {
  return tokens.filter(({ differs }, index) => differs && tokens[index - 1]?.differs !== true).length
}

function DiffText({ label, tokens }: { label: string; tokens: readonly DiffToken[] }): ReactNode {
  return (
    <pre className={classes.text} dir="ltr" tabIndex={0} aria-label={label} role="region">
      {tokens.map((token, index) => {
        const text = <span className={sqlClasses[token.kind]}>{withSigns(token.text)}</span>
        // The pieces of a text never move.
        // oxlint-disable-next-line react/no-array-index-key
        return token.differs ? <mark key={index}>{text}</mark> : <span key={index}>{text}</span>
      })}
    </pre>
  )
}
