import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { toolTitle } from '@aleph-audit-log/domain/attribution/known-tools'
import type { ReactNode } from 'react'
import { beginningOf } from '../ui/redaction-badge.tsx'
import { withSigns, ShownText } from '../ui/shown-text.tsx'
import type { ColumnId } from './column-state.ts'
import classes from './event-columns.module.css'
import { actorName, dataLine, dataNumber, dataText, kindName, policyText, sqlLineOf } from './event-texts.ts'
import { formatCount, formatDuration } from './format-time.ts'
import { OutcomeMark } from './outcome-mark.tsx'
import { useSourceName } from './source-names.ts'
import { SqlText } from './sql-text.tsx'
import { TimeCell } from './time-cell.tsx'
import { useColumns } from './use-columns.ts'

/** What of a text can be seen on one line; the panel and the downloads have all of it. */
const lineUnitsMax = 320

const cells: Record<ColumnId, (event: PublicEvent) => ReactNode> = {
  name: (event) => (
    <>
      {textOrDash(actorName(event))}
      <ViaTool tool={event.attribution?.tool} />
    </>
  ),
  email: (event) => textOrDash(event.actor.email),
  timestamp: (event) => <TimeCell time={event.occurredAt} />,
  type: (event) => <span className={classes.type}>{event.type}</span>,
  data: (event) => <DataCell event={event} />,
  outcome: (event) => <OutcomeMark outcome={event.outcome} />,
  tables: (event) => <TablesCell event={event} />,
  kind: (event) => textOrDash(kindName(event.statement?.kind ?? '')),
  policy: (event) => textOrDash(policyText(event)),
  tags: (event) => textOrDash(event.tags?.join(', ')),
  tool: (event) => textOrDash(toolTitle(event.attribution?.tool ?? '')),
  durationMs: (event) => numberOrDash(dataNumber(event, 'durationMs'), formatDuration),
  rows: (event) => numberOrDash(dataNumber(event, 'rows'), formatCount),
  database: (event) => textOrDash(dataText(event, 'database')),
  application: (event) => textOrDash(event.context?.application),
  source: (event) => <SourceCell source={event.source} />,
  ip: (event) => <span className={classes.type}>{textOrDash(event.context?.ip)}</span>,
}

/** What stands in a column of an event's row; which columns are shown, and in which order, a person chooses. */
export function cellOf(id: ColumnId, event: PublicEvent): ReactNode {
  return cells[id](event)
}

/** What stood between the person and the database, unless it has a column of its own. */
function ViaTool({ tool }: { tool: string | undefined }): ReactNode {
  const { state } = useColumns()
  if (tool === undefined || state.visible.includes('tool')) return null
  return (
    <span className={classes.via}>
      {' via '}
      <ShownText text={toolTitle(tool).slice(0, lineUnitsMax)} />
    </span>
  )
}

function textOrDash(text = ''): ReactNode {
  return text === '' ? (
    <span className={classes.absent}>–</span>
  ) : (
    <ShownText text={text.slice(0, lineUnitsMax)} />
  )
}

function numberOrDash(value: number | undefined, format: (value: number) => string): ReactNode {
  return value === undefined ? textOrDash() : format(value)
}

function SourceCell({ source }: { source: string }): ReactNode {
  return textOrDash(useSourceName()(source))
}

function TablesCell({ event }: { event: PublicEvent }): ReactNode {
  const names = [...new Set(event.statement?.tables.map((table) => table.name) ?? [])]
  return <span className={classes.type}>{textOrDash(names.join(', '))}</span>
}

function DataCell({ event }: { event: PublicEvent }): ReactNode {
  const { state } = useColumns()
  const sql = sqlLineOf(event)
  return (
    <span className={classes.data}>
      {event.outcome === 'success' || state.visible.includes('outcome') ? null : (
        <OutcomeMark outcome={event.outcome} />
      )}
      <span className={classes.line}>
        {sql === undefined ? (
          <span className={classes.json} dir="ltr">
            {withSigns(beginningOf(dataLine(event), lineUnitsMax) || '–')}
          </span>
        ) : (
          <SqlText sql={beginningOf(sql, lineUnitsMax).trimStart()} />
        )}
      </span>
    </span>
  )
}
