import type { AccessReport, AccessReportLine } from '@aleph-audit-log/domain/api/access-review'
import { useCallback, type ReactNode } from 'react'
import { Panel } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { entryOf, lineKey, withEntry, type Draft } from './review-draft.ts'
import { ReviewLine } from './review-line.tsx'
import classes from './review-table.module.css'

const headings = ['Person', 'Access', 'Events', 'Last', 'Through', 'Decision', 'Remark']

type ReviewTableProps = {
  report: AccessReport
  lines: readonly AccessReportLine[]
  draft: Draft
  onChange: (make: (draft: Draft) => Draft) => void
}

/** The lines of a review, each table with its people below it. */
export function ReviewTable({ report, lines, draft, onChange }: ReviewTableProps): ReactNode {
  const changeLine = useCallback(
    (line: AccessReportLine, change: Parameters<typeof withEntry>[2]) =>
      onChange((before) => withEntry(before, line, change)),
    [onChange],
  )
  return (
    <Panel>
      <table className={classes.lines} aria-label="Who had access">
        <thead>
          <tr>
            {headings.map((heading) => (
              <th key={heading} scope="col" data-number={heading === 'Events' || undefined}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line, i) => {
            const { decision, remark = '' } = entryOf(draft, line)
            const key = lineKey(line)
            const isFirst = line.table !== lines[i - 1]?.table
            return [
              isFirst ? (
                <tr key={`table ${line.table}`} className={classes.group}>
                  <th scope="colgroup" colSpan={headings.length}>
                    <span className={classes.table}>
                      <ShownText text={line.table} />
                    </span>
                    <span className={classes.people}>{sayPeople(report.lines, line.table)}</span>
                  </th>
                </tr>
              ) : null,
              <ReviewLine
                key={key}
                id={String(report.lines.indexOf(line))}
                line={line}
                from={report.from}
                to={report.to}
                decision={decision}
                remark={remark}
                onChange={changeLine}
              />,
            ]
          })}
        </tbody>
      </table>
    </Panel>
  )
}

function sayPeople(lines: readonly AccessReportLine[], table: string): string {
  const count = lines.filter((line) => line.table === table).length
  return count === 1 ? '1 person' : `${count} people`
}
