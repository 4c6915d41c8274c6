import { useMediaQuery } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { useZone } from '../events/zone-context.ts'
import { paths } from '../paths.ts'
import { hourTerm, sayHour, stepOf, weekdays } from './heat-cells.ts'
import classes from './heat-map.module.css'
import { useInsights } from './insights-context.ts'
import { eventsText } from './usage-search.ts'

type HeatMapProps = {
  /** Seven rows of 24; absent while they are on their way. */
  cells: readonly (readonly number[])[] | undefined
  /** What is counted, beside the hour. */
  terms: readonly string[]
}

const hours = Array.from({ length: 24 }, (_, hour) => hour)

/**
 * Events by weekday and hour: a table of shades whose numbers stand in every cell for those who read or hear them.
 * Arrow keys walk over the cells; where a search can say it, a cell leads to its events. Days stand below each other, on
 * a narrow screen beside each other.
 */
export function HeatMap({ cells, terms }: HeatMapProps): ReactNode {
  const isNarrow = useMediaQuery('(max-width: 62em)', undefined, { getInitialValueInEffect: false })
  const { bounds: counted, ofEvents } = useInsights()
  const zone = useZone()
  const grid = useRef<HTMLTableElement>(null)
  const [at, setAt] = useState({ row: 0, column: 0 })
  const [shown, setShown] = useState<string>()
  const max = Math.max(0, ...(cells ?? []).flat())
  const bounds = useMemo(() => ({ ...counted, zone }), [counted, zone])
  const rows = isNarrow ? hours : weekdays.map((_, day) => day)
  const columns = isNarrow ? weekdays.map((_, day) => day) : hours
  const dayName = (day: number): string => weekdays[day]?.slice(0, 3) ?? ''
  const hourName = (hour: number): string => (isNarrow ? `${hour}:00` : String(hour))

  function onKeyDown(event: KeyboardEvent): void {
    const moves: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      Home: [0, -24],
      End: [0, 24],
    }
    const move = moves[event.key]
    if (move === undefined) return
    event.preventDefault()
    const row = Math.max(0, Math.min(rows.length - 1, at.row + move[0]))
    const column = Math.max(0, Math.min(columns.length - 1, at.column + move[1]))
    setAt({ row, column })
    grid.current?.querySelector<HTMLElement>(`[data-at="${row} ${column}"]`)?.focus()
  }

  return (
    <table
      ref={grid}
      role="grid"
      aria-label="Queries by weekday and hour"
      aria-busy={cells === undefined}
      className={classes.map}
      data-narrow={isNarrow || undefined}
      onKeyDown={onKeyDown}
      onPointerLeave={() => setShown(undefined)}
    >
      <thead>
        <tr>
          <th scope="col" className={classes.corner}>
            <span className={classes.hidden}>{isNarrow ? 'Hour' : 'Weekday'}</span>
          </th>
          {columns.map((column) => (
            <th key={column} scope="col" className={classes.columnHead}>
              {isNarrow ? dayName(column) : hourName(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((rowId, row) => (
          <tr key={rowId}>
            <th scope="row" className={classes.rowHead}>
              {isNarrow ? hourName(rowId) : dayName(rowId)}
            </th>
            {columns.map((columnId, column) => {
              const [day, hour] = isNarrow ? [columnId, rowId] : [rowId, columnId]
              const count = cells?.[day]?.[hour] ?? 0
              const key = `${row} ${column}`
              const words = `${sayHour(day, hour)}: ${formatCount(count)} ${count === 1 ? 'query' : 'queries'}`
              const term = count === 0 ? undefined : hourTerm(day, hour, bounds)
              const mine = {
                'data-at': key,
                'data-step': stepOf(count, max),
                className: classes.cell ?? '',
                tabIndex: at.row === row && at.column === column ? 0 : -1,
                onFocus: () => {
                  setAt({ row, column })
                  setShown(key)
                },
                onBlur: () => setShown(undefined),
              }
              const name = <span className={classes.hidden}>{words}</span>
              return (
                <td
                  key={columnId}
                  role="gridcell"
                  className={classes.place}
                  onPointerEnter={() => setShown(key)}
                >
                  {term === undefined ? (
                    <span {...mine}>{name}</span>
                  ) : (
                    <Link
                      {...mine}
                      to={paths.auditLog}
                      search={{ q: eventsText(...terms, term), ...ofEvents }}
                      preload={false}
                    >
                      {name}
                    </Link>
                  )}
                  {shown === key ? (
                    <span
                      className={classes.tip}
                      aria-hidden="true"
                      data-side={column < 3 ? 'start' : column > columns.length - 4 ? 'end' : undefined}
                    >
                      {words}
                    </span>
                  ) : null}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What the shades mean. */
export function HeatLegend(): ReactNode {
  return (
    <span className={classes.legend} aria-hidden="true">
      Fewer
      {[0, 1, 2, 3, 4, 5].map((step) => (
        <span key={step} className={classes.swatch} data-step={step} />
      ))}
      More
    </span>
  )
}
