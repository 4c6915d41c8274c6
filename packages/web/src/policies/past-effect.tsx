import type { JudgedPast } from '@aleph-audit-log/domain/api/policies'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { judgePast } from '../api/policies.ts'
import { formatCount, formatTimestamp } from '../events/format-time.ts'
import { Sparkline } from '../insights/sparkline.tsx'
import { paths } from '../paths.ts'
import { DataTable } from '../ui/data-table.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { everyDay } from './every-day.ts'
import classes from './policies.module.css'

type Judged = { text: string; past: JudgedPast }

/** What a text would have said of the past 30 days, before it is saved. */
export function PastEffect({ text }: { text: string }): ReactNode {
  const [judged, setJudged] = useState<Judged>()
  const { busy, error, submit } = useSubmit()
  return (
    <section aria-label="Effect on the past 30 days" className={classes.effect}>
      <div className={classes.effectHead}>
        <h2 className={classes.heading}>Effect on the past 30 days</h2>
        <Button
          variant="default"
          loading={busy}
          disabled={text.trim() === ''}
          onClick={() => void submit(async () => setJudged({ text, past: await judgePast(text) }))}
        >
          Try on the past
        </Button>
      </div>
      <p className={classes.hint}>
        With the tags of tables and the people as they are now, and without exceptions. Nothing is changed.
      </p>
      <FormProblem error={error} />
      <div role="status">
        {judged === undefined ? null : (
          <p className={classes.verdict}>
            {verdictOf(judged.past)}
            {judged.text === text ? '' : ' The text has been changed since.'}
          </p>
        )}
      </div>
      {judged === undefined || judged.past.queries === 0 ? null : <Details past={judged.past} />}
    </section>
  )
}

function verdictOf({ queries, judged, peopleTotal }: JudgedPast): string {
  if (judged === 0) return 'There were no queries.'
  if (queries === 0) return `It would have flagged none of ${formatCount(judged)} queries.`
  const people = `${formatCount(peopleTotal)} ${peopleTotal === 1 ? 'person' : 'people'}`
  return `It would have flagged ${formatCount(queries)} of ${formatCount(judged)} queries, of ${people}.`
}

function Details({ past }: { past: JudgedPast }): ReactNode {
  return (
    <>
      <div className={classes.lists}>
        <CountList title="People" items={past.people} total={past.peopleTotal} />
        <CountList title="Tables" items={past.tables} total={past.tablesTotal} />
        <div>
          <h3 className={classes.listTitle}>By day</h3>
          <Sparkline {...everyDay(past, ({ queries }) => queries)} />
        </div>
      </div>
      <div className={classes.examples}>
        <DataTable label="Examples" headings={['Time (UTC)', 'Person', 'Query']}>
          {past.examples.map(({ id, occurredAt, person, sql, tables }) => (
            <tr key={id}>
              <td className={classes.nowrap}>
                <Link className={classes.link ?? ''} to={paths.event} params={{ eventId: id }} search={{}}>
                  {formatTimestamp(occurredAt, 'utc')}
                </Link>
              </td>
              <td>
                <ShownText text={person} />
              </td>
              <td className={classes.mono}>
                <ShownText text={sql ?? tables.join(', ')} />
              </td>
            </tr>
          ))}
        </DataTable>
      </div>
    </>
  )
}

/** So many names are shown; their number is told. */
const shownMax = 8

type CountListProps = { title: string; items: readonly { name: string; count: number }[]; total: number }

function CountList({ title, items, total }: CountListProps): ReactNode {
  if (items.length === 0) return null
  const shown = items.slice(0, shownMax)
  return (
    <div>
      <h3 className={classes.listTitle}>{title}</h3>
      <ul className={classes.counts}>
        {shown.map(({ name, count }) => (
          <li key={name}>
            <span>
              <ShownText text={name} />
            </span>
            <span className={classes.count}>{formatCount(count)}</span>
          </li>
        ))}
      </ul>
      {total > shown.length ? (
        <div className={classes.hint}>and {formatCount(total - shown.length)} more</div>
      ) : null}
    </div>
  )
}
