import { joinTablePatterns } from '@aleph-audit-log/domain/access-review/table-patterns'
import type { SignOffSummary } from '@aleph-audit-log/domain/api/access-review'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { signOffAddress, signOffsQuery } from '../api/access-review.ts'
import { serverNowMs } from '../api/server-clock.ts'
import { formatCount } from '../events/format-time.ts'
import { describeRange } from '../events/time-range.ts'
import { usePreferredZone } from '../events/use-preferred-zone.ts'
import { paths } from '../paths.ts'
import { DataTable } from '../ui/data-table.tsx'
import { DownloadIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { Day } from '../ui/time-ago.tsx'
import classes from './past-reviews.module.css'
import { fixRange } from './review-params.ts'

/** What was signed off, the newest first. */
export function PastReviews(): ReactNode {
  const reviews = useQuery(signOffsQuery)
  if (reviews.error !== null && reviews.data === undefined) {
    return <ProblemNote error={reviews.error} onRetry={() => void reviews.refetch()} />
  }
  // Nothing to say before the first one; and nothing jumps when it comes below everything else.
  if (reviews.data === undefined || reviews.data.signOffs.length === 0) return null
  const { signOffs, total } = reviews.data
  return (
    <>
      <Panel title="Past reviews">
        <DataTable label="Past reviews" headings={['Signed off', 'Tables', 'Period', 'Decisions', '']}>
          {signOffs.map((review) => (
            <PastReview key={review.id} review={review} />
          ))}
        </DataTable>
      </Panel>
      {total > signOffs.length ? (
        <p className={classes.more}>
          {formatCount(total - signOffs.length)} older reviews stand in the log: search for
          type:access_review_signed_off.
        </p>
      ) : null}
    </>
  )
}

function PastReview({ review }: { review: SignOffSummary }): ReactNode {
  const { patterns, from, to, reviewer, remark } = review
  const [zone] = usePreferredZone(undefined)
  const tables = joinTablePatterns(patterns)
  // From where it ended until now.
  const next = fixRange({ kind: 'between', from: to }, serverNowMs())
  return (
    <tr>
      <td>
        <Day time={review.signedAt} />
        <div className={classes.more}>
          <ShownText text={reviewer.name} />
        </div>
      </td>
      <td>
        <div className={classes.tables}>
          <ShownText text={patterns.join(', ')} />
        </div>
        {remark === undefined ? null : (
          <div className={classes.more}>
            <ShownText text={remark} />
          </div>
        )}
      </td>
      <td className={classes.period}>{describeRange({ kind: 'between', from, to }, zone)}</td>
      <td>
        {review.lines === 0 ? <span className={classes.more}>Nobody had access</span> : null}
        {(['kept', 'revoked', 'asked'] as const)
          .filter((decision) => review[decision] > 0)
          .map((decision) => (
            <span key={decision} className={classes.decision} data-decision={decision}>
              {formatCount(review[decision])} {decision}{' '}
            </span>
          ))}
      </td>
      <td data-actions>
        {timeToMs(next.to) > timeToMs(next.from) ? (
          <Button
            variant="subtle"
            size="xs"
            renderRoot={(props) => (
              <Link {...props} to={paths.accessReview} search={{ tables, ...next }}>
                Review again
              </Link>
            )}
          />
        ) : null}
        <Button
          component="a"
          href={signOffAddress(review.id)}
          download
          variant="default"
          size="xs"
          leftSection={<DownloadIcon size={14} />}
          aria-label={`Download as Excel: ${tables}`}
        >
          Download as Excel
        </Button>
      </td>
    </tr>
  )
}
