import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { toolTitle } from '@aleph-audit-log/domain/attribution/known-tools'
import { createColumnHelper, tableFeatures } from '@tanstack/react-table'
import type { ReactNode } from 'react'
import { beginningOf } from '../ui/redaction-badge.tsx'
import { withSigns, ShownText } from '../ui/shown-text.tsx'
import classes from './event-columns.module.css'
import { actorName, dataLine, sqlLineOf } from './event-texts.ts'
import { OutcomeMark } from './outcome-mark.tsx'
import { SqlText } from './sql-text.tsx'
import { TimeCell } from './time-cell.tsx'

/** What of a text can be seen on one line; the panel and the downloads have all of it. */
const lineUnitsMax = 320

export const eventTableFeatures = tableFeatures({})
const column = createColumnHelper<typeof eventTableFeatures, PublicEvent>()

/** The columns of the log in their order. */
export const eventColumns = column.columns([
  column.accessor(actorName, {
    id: 'name',
    header: 'Name',
    cell: ({ getValue, row }) => (
      <>
        {textOrDash(getValue())}
        <ViaTool tool={row.original.attribution?.tool} />
      </>
    ),
  }),
  column.accessor((event) => event.actor.email ?? '', {
    id: 'email',
    header: 'Email',
    cell: ({ getValue }) => textOrDash(getValue()),
  }),
  column.accessor((event) => event.occurredAt, {
    id: 'timestamp',
    header: 'Timestamp',
    cell: ({ getValue }) => <TimeCell time={getValue()} />,
  }),
  column.accessor((event) => event.type, {
    id: 'type',
    header: 'Type',
    cell: ({ getValue }) => <span className={classes.type}>{getValue()}</span>,
  }),
  column.display({ id: 'data', header: 'Data', cell: ({ row }) => <DataCell event={row.original} /> }),
])

/** What stood between the person and the database. */
function ViaTool({ tool }: { tool: string | undefined }): ReactNode {
  if (tool === undefined) return null
  return (
    <span className={classes.via}>
      {' via '}
      <ShownText text={toolTitle(tool).slice(0, lineUnitsMax)} />
    </span>
  )
}

function textOrDash(text: string): ReactNode {
  return text === '' ? (
    <span className={classes.absent}>–</span>
  ) : (
    <ShownText text={text.slice(0, lineUnitsMax)} />
  )
}

function DataCell({ event }: { event: PublicEvent }): ReactNode {
  const sql = sqlLineOf(event)
  return (
    <span className={classes.data}>
      {event.outcome === 'success' ? null : <OutcomeMark outcome={event.outcome} />}
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
