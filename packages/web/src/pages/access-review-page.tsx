import { splitTablePatterns } from '@aleph-audit-log/domain/access-review/table-patterns'
import type { AccessReport, AccessReportLine } from '@aleph-audit-log/domain/api/access-review'
import { Button, Progress, SegmentedControl, Skeleton } from '@mantine/core'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useState, type ReactNode } from 'react'
import { PastReviews } from '../access-review/past-reviews.tsx'
import {
  countDecided,
  entryOf,
  toSignOffRequest,
  useReviewDraft,
  type Draft,
} from '../access-review/review-draft.ts'
import { fixRange, questionOf, type ReviewParams } from '../access-review/review-params.ts'
import { ReviewTable } from '../access-review/review-table.tsx'
import { SignOffModal } from '../access-review/sign-off-modal.tsx'
import { TablesInput } from '../access-review/tables-input.tsx'
import {
  accessReportQuery,
  reportAddress,
  signOff,
  signOffsQuery,
  type ReviewQuestion,
} from '../api/access-review.ts'
import { serverNowMs } from '../api/server-clock.ts'
import { sessionQuery } from '../api/session.ts'
import { RangePicker } from '../events/range-picker.tsx'
import { readRange } from '../events/time-range.ts'
import { usePreferredZone } from '../events/use-preferred-zone.ts'
import { paths } from '../paths.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { DoneIcon, DownloadIcon, ShieldIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { showDone } from '../ui/show-problem.ts'
import { TimeAgo } from '../ui/time-ago.tsx'
import classes from './access-review-page.module.css'

/** Who had access to some tables, decided line by line and signed off. Which tables and when is in the address bar. */
export function AccessReviewPage(): ReactNode {
  const params: ReviewParams = useSearch({ from: '/signed-in/insights/access' })
  const navigate = useNavigate()
  const [zone] = usePreferredZone(undefined)
  const question = questionOf(params)
  const show = useCallback(
    (search: ReviewParams, how: { replace?: boolean } = {}) =>
      void navigate({ to: paths.accessReview, search, ...how }),
    [navigate],
  )
  // A review is about a period that ends: what was decided of would grow otherwise.
  const { tables } = params
  useEffect(() => {
    if (tables === undefined || question !== undefined) return
    show({ tables, ...fixRange(readRange(params), serverNowMs()) }, { replace: true })
  })

  return (
    <SettingsPage
      wide
      title="Access review"
      lead="Who read or wrote some tables in a period. Decide line by line, and sign off."
    >
      <div className={classes.ask}>
        <div className={classes.tables}>
          <TablesInput
            tables={tables}
            onChange={(chosen) => {
              const { tables: _before, ...period } = params
              show(chosen === undefined ? period : { ...period, tables: chosen })
            }}
          />
        </div>
        <RangePicker
          range={readRange(params)}
          zone={zone}
          setBySearch={false}
          onChange={(range) =>
            show({ ...(tables !== undefined && { tables }), ...fixRange(range, serverNowMs()) })
          }
        />
      </div>
      {question === undefined ? (
        <Panel>
          <EmptyState icon={<ShieldIcon size={22} />} title="Choose the tables to review">
            <p>
              By name, such as <code>finance.payments</code>, or by pattern, such as <code>finance.*</code>.
              You then see everybody who read or wrote them, how often, and through what.
            </p>
          </EmptyState>
        </Panel>
      ) : (
        <Review key={JSON.stringify(question)} question={question} />
      )}
      <PastReviews />
    </SettingsPage>
  )
}

function Review({ question }: { question: ReviewQuestion }): ReactNode {
  const report = useQuery(accessReportQuery(question))
  if (report.error !== null && report.data === undefined) {
    return (
      <div className={classes.problem}>
        <ProblemNote error={report.error} onRetry={() => void report.refetch()} />
      </div>
    )
  }
  if (report.data === undefined) {
    return (
      <div role="status" aria-label="Counting who had access" className={classes.problem}>
        <Skeleton height={320} radius={8} />
      </div>
    )
  }
  return <Reviewing question={question} report={report.data} countAgain={() => void report.refetch()} />
}

const filters = [
  { value: 'all', label: 'All' },
  { value: 'undecided', label: 'To decide' },
  { value: 'new', label: 'New or used since' },
]

type ReviewingProps = { question: ReviewQuestion; report: AccessReport; countAgain: () => void }

function Reviewing({ question, report, countAgain }: ReviewingProps): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const queryClient = useQueryClient()
  const { draft, change, forget } = useReviewDraft(session.user.id, question)
  const [filter, setFilter] = useState('all')
  const [signing, setSigning] = useState(false)
  // What was to be decided when it was chosen stays on screen: a line must not vanish under who decides it.
  const [undecided, setUndecided] = useState<ReadonlySet<AccessReportLine>>(new Set())
  const decided = countDecided(draft, report)
  const all = report.lines.length
  const shown = report.lines.filter(
    (line) => filter === 'all' || (filter === 'new' ? isNoteworthy(line) : undecided.has(line)),
  )

  function choose(chosen: string): void {
    setFilter(chosen)
    setUndecided(new Set(report.lines.filter((line) => entryOf(draft, line).decision === undefined)))
  }

  return (
    <section aria-label="Review" className={classes.review}>
      <div className={classes.bar}>
        <div className={classes.progress}>
          <span role="status">
            <b>{decided}</b> of <b>{all}</b> reviewed
          </span>
          <Progress
            value={all === 0 ? 100 : (100 * decided) / all}
            size={6}
            radius={3}
            className={classes.line ?? ''}
            aria-label="Reviewed"
          />
        </div>
        <SegmentedControl
          size="xs"
          // Without a review before there is nothing that could be new since.
          data={report.lines.some((line) => line.previous !== undefined) ? filters : filters.slice(0, 2)}
          value={filter}
          onChange={choose}
          aria-label="Lines that are shown"
        />
        <div className={classes.acts}>
          <Button
            component="a"
            href={reportAddress(question)}
            download
            variant="default"
            leftSection={<DownloadIcon />}
          >
            Download as Excel
          </Button>
          <Button disabled={decided < all} onClick={() => setSigning(true)}>
            Sign off
          </Button>
        </div>
      </div>
      <SignedNote hash={report.hash} />
      <Lines report={report} shown={shown} question={question} draft={draft} onChange={change} />
      <SignOffModal
        opened={signing}
        onClose={() => setSigning(false)}
        requestOf={(remark) => toSignOffRequest(draft, question, report, remark)}
        onCountAgain={countAgain}
        act={async (request) => {
          await signOff(request)
          forget()
          showDone('The review is signed off. It stands below, under past reviews.')
          // What was decided before has changed, also in what is on screen.
          await Promise.all([
            queryClient.invalidateQueries({ queryKey: signOffsQuery.queryKey }),
            queryClient.invalidateQueries({ queryKey: ['access-report'] }),
          ])
        }}
      />
    </section>
  )
}

/** Says that exactly this was signed already: whoever comes back need not begin anew. */
function SignedNote({ hash }: { hash: string }): ReactNode {
  const reviews = useQuery(signOffsQuery)
  const signed = reviews.data?.signOffs.find((review) => review.hash === hash)
  if (signed === undefined) return null
  return (
    <p className={classes.signed} role="note">
      <DoneIcon size={16} />
      <span>
        Signed off by <ShownText text={signed.reviewer.name} /> <TimeAgo time={signed.signedAt} />, with the
        same counts. It can be downloaded below.
      </span>
    </p>
  )
}

type LinesProps = {
  report: AccessReport
  shown: readonly AccessReportLine[]
  question: ReviewQuestion
  draft: Draft
  onChange: (make: (draft: Draft) => Draft) => void
}

function Lines({ report, shown, question, draft, onChange }: LinesProps): ReactNode {
  if (report.lines.length === 0) {
    return (
      <Panel>
        <EmptyState icon={<ShieldIcon size={22} />} title="Nobody had access">
          <p>
            Nothing in this period read or wrote {splitTablePatterns(question.tables)?.join(', ')}. You can
            sign that off as well.
          </p>
        </EmptyState>
      </Panel>
    )
  }
  if (shown.length === 0) {
    return (
      <Panel>
        <EmptyState title="Nothing here">
          <p>No line is left that this choice shows.</p>
        </EmptyState>
      </Panel>
    )
  }
  return <ReviewTable report={report} lines={shown} draft={draft} onChange={onChange} />
}

/** Somebody who is new since the last review of the table, or used it since. */
function isNoteworthy({ previous, lastAt }: AccessReportLine): boolean {
  return previous !== undefined && (previous.decision === undefined || lastAt > previous.to)
}
