import { accessReviewLimits } from '@aleph-audit-log/domain/access-review-limits'
import { toolTitle } from '@aleph-audit-log/domain/attribution/known-tools'
import type { AccessDecision, AccessReportLine } from '@aleph-audit-log/domain/api/access-review'
import { timeToMs } from '@aleph-audit-log/domain/time'
import { Link } from '@tanstack/react-router'
import { memo, type ReactNode } from 'react'
import { formatCount, formatShortDay } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { DecisionChoice, decisionNames } from './decision-choice.tsx'
import classes from './review-line.module.css'
import { eventsOfLine } from './review-params.ts'

type ReviewLineProps = {
  line: AccessReportLine
  /** Tells the line from all others of the page. */
  id: string
  from: string
  to: string
  decision: AccessDecision | undefined
  remark: string
  onChange: (line: AccessReportLine, change: { decision?: AccessDecision; remark?: string }) => void
}

/** What one person did with a table, and what is decided of it. */
export const ReviewLine = memo(function ReviewLine(props: ReviewLineProps): ReactNode {
  const { line, id, from, to, decision, remark, onChange } = props
  const { person, table } = line
  const name = personName(line)
  const events = `${formatCount(line.count)} ${line.count === 1 ? 'event' : 'events'}`
  return (
    <tr className={classes.row}>
      <td className={classes.person}>
        <div className={classes.name}>
          <ShownText text={name} />
        </div>
        {person.email === undefined || person.email === name ? null : (
          <div className={classes.more}>
            <ShownText text={person.email} />
          </div>
        )}
        <PreviousMark line={line} />
      </td>
      <td className={classes.accesses}>
        <Access line={line} />
      </td>
      <td className={classes.count}>
        <Link
          to={paths.auditLog}
          search={eventsOfLine(line, { from, to })}
          className={classes.events ?? ''}
          aria-label={`${events}: ${name} and ${table}`}
        >
          {formatCount(line.count)}
        </Link>
        {line.failed + line.denied === 0 ? null : (
          <div className={classes.failed}>
            {[
              line.failed > 0 ? `${formatCount(line.failed)} failed` : '',
              line.denied > 0 ? `${formatCount(line.denied)} denied` : '',
            ]
              .filter((text) => text !== '')
              .join(', ')}
          </div>
        )}
      </td>
      <td className={classes.time}>
        <TimeAgo time={line.lastAt} />
        <div className={classes.more}>since {formatShortDay(timeToMs(line.firstAt), 'local')}</div>
      </td>
      <td className={classes.throughs}>
        <Through line={line} />
      </td>
      <td className={classes.decision}>
        <DecisionChoice
          name={`decision-${id}`}
          label={`Decision: ${name} and ${table}`}
          value={decision}
          onChange={(chosen) => onChange(line, { decision: chosen })}
        />
      </td>
      <td className={classes.remarks}>
        <input
          type="text"
          className={classes.remark}
          aria-label={`Remark: ${name} and ${table}`}
          placeholder="Remark"
          maxLength={accessReviewLimits.remarkUnitsMax}
          value={remark}
          onChange={(event) => onChange(line, { remark: event.target.value })}
          autoComplete="off"
        />
      </td>
    </tr>
  )
})

/** Who a line is about, as people call them. */
function personName({ person }: Pick<AccessReportLine, 'person'>): string {
  return person.name ?? person.email ?? person.id
}

function Access({ line: { reads, writes } }: { line: AccessReportLine }): ReactNode {
  return (
    <>
      {reads > 0 ? (
        <span className={classes.access}>
          Read <span className={classes.number}>{formatCount(reads)}</span>
        </span>
      ) : null}{' '}
      {writes > 0 ? (
        <span className={classes.access} data-write>
          Write <span className={classes.number}>{formatCount(writes)}</span>
        </span>
      ) : null}
    </>
  )
}

/** Of so many values each is named in the table; the tooltip and the file have more. */
const valuesShown = 2

function Through({ line }: { line: AccessReportLine }): ReactNode {
  const { logins, applications } = line
  const tools = { ...line.tools, values: line.tools.values.map(toolTitle) }
  // A tool is what the product knows an application by.
  const programs = tools.total > 0 ? tools : applications
  if (programs.total + logins.total === 0) return <span className={classes.more}>–</span>
  const title = [
    `Tools: ${tools.values.join(', ') || '–'}`,
    `Logins: ${logins.values.join(', ') || '–'}`,
    `Applications: ${applications.values.join(', ') || '–'}`,
  ]
  return (
    <div className={classes.through} title={title.join('\n')}>
      {programs.total === 0 ? null : <Values of={programs} />}
      {logins.total === 0 ? null : (
        <div className={classes.more}>
          login <Values of={logins} />
        </div>
      )}
    </div>
  )
}

function Values({ of: { values, total } }: { of: AccessReportLine['tools'] }): ReactNode {
  return (
    <>
      <ShownText text={values.slice(0, valuesShown).join(', ')} />
      {total > valuesShown ? ` and ${total - valuesShown} more` : null}
    </>
  )
}

/** What the last review of the table says of the person: the first thing that a reviewer looks at. */
function PreviousMark({ line: { previous, lastAt } }: { line: AccessReportLine }): ReactNode {
  if (previous === undefined) return null
  const when = formatShortDay(timeToMs(previous.signedAt), 'local')
  const title = `Reviewed on ${when} by ${previous.reviewer}`
  if (previous.decision === undefined) {
    return (
      <span className={classes.mark} data-new title={title}>
        New since {when}
      </span>
    )
  }
  const isAfterwards = lastAt > previous.to
  const revoked = previous.decision === 'revoke' && isAfterwards
  return (
    <span className={classes.mark} data-alarm={revoked || undefined} title={title}>
      {lastTime[previous.decision]} {when}
      {isAfterwards ? ', used since' : ''}
      {previous.remark === undefined ? null : (
        <>
          {': '}
          <ShownText text={previous.remark} />
        </>
      )}
    </span>
  )
}

const lastTime: Record<AccessDecision, string> = {
  keep: 'Kept',
  revoke: 'Revoked',
  ask: `${decisionNames.ask}ed`,
}
