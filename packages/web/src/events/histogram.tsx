import { useElementSize } from '@mantine/hooks'
import { useMemo, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import type { Bucket } from '../api/events.ts'
import { formatClock, formatCount, formatDay, formatShortDay } from './format-time.ts'
import { barAt, joinBars, layoutHistogram, type Bar } from './histogram-layout.ts'
import classes from './histogram.module.css'
import { timeTicks } from './time-ticks.ts'
import type { Zone } from './zone.ts'

const plotHeight = 56
const axisHeight = 18
const tickWidth = 84
/** Below this, a press is a click and not a drag. */
const dragPixelsMin = 4

type HistogramProps = {
  buckets: readonly Bucket[]
  zone: Zone
  /** Ends a lone bucket. */
  endMs: number
  loading: boolean
  /** The buckets could not be had; the table below may still be right. */
  failed: boolean
  onZoom: (fromMs: number, toMs: number) => void
}

/** A part of the bars, first and last included; `first` may be greater while dragging to the left. */
type Selection = { first: number; last: number }

/** Events over time. Dragging over bars zooms in; with the keyboard: arrows walk, Shift extends, Enter zooms. */
export function Histogram({ buckets, zone, endMs, loading, failed, onZoom }: HistogramProps): ReactNode {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const [hover, setHover] = useState<number>()
  const [selection, setSelection] = useState<Selection>()
  const [dragFrom, setDragFrom] = useState<number>()
  const [focused, setFocused] = useState(false)
  const layout = useMemo(
    () => layoutHistogram(buckets, { width, height: plotHeight }, endMs),
    [buckets, width, endMs],
  )
  const { bars } = layout
  const ticks = useMemo(
    () => timeTicks(layout.fromMs, layout.toMs, zone, Math.max(1, Math.floor(width / tickWidth))),
    [layout, zone, width],
  )
  const shown = focused && selection !== undefined ? selection.last : hover
  const shownBar =
    selection === undefined ? bars[shown ?? -1] : joinBars(bars, selection.first, selection.last)

  function zoomTo({ first, last }: Selection): void {
    const part = joinBars(bars, first, last)
    setSelection(undefined)
    if (part !== undefined) onZoom(part.fromMs, part.toMs)
  }

  function onPointerDown(event: PointerEvent<HTMLElement>): void {
    if (event.button !== 0 || bars.length === 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    setDragFrom(placeOf(event))
    setSelection(undefined)
  }

  function onPointerMove(event: PointerEvent<HTMLElement>): void {
    const x = placeOf(event)
    setHover(bars.length === 0 ? undefined : barAt(bars, x))
    if (dragFrom === undefined) return
    const dragged = Math.abs(x - dragFrom) >= dragPixelsMin
    setSelection(dragged ? { first: barAt(bars, dragFrom), last: barAt(bars, x) } : undefined)
  }

  function onPointerUp(): void {
    setDragFrom(undefined)
    if (dragFrom !== undefined && selection !== undefined) zoomTo(selection)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (bars.length === 0) return
    const at = selection?.last ?? bars.length - 1
    const moves: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      PageDown: at - 10,
      PageUp: at + 10,
      Home: 0,
      End: bars.length - 1,
    }
    const target = moves[event.key]
    if (target !== undefined) {
      const last = Math.max(0, Math.min(bars.length - 1, target))
      setSelection({ first: event.shiftKey ? (selection?.first ?? at) : last, last })
    } else if (event.key === 'Enter' && selection !== undefined) zoomTo(selection)
    else if (event.key === 'Escape' && selection !== undefined) setSelection(undefined)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <section className={classes.histogram} aria-label="Histogram" aria-busy={loading}>
      <Legend buckets={buckets} countMax={layout.countMax} loading={loading} />
      <div
        ref={ref}
        className={classes.plot}
        style={{ height: plotHeight + axisHeight }}
        role="slider"
        tabIndex={0}
        aria-label="Events over time"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, bars.length - 1)}
        aria-valuenow={selection?.last ?? Math.max(0, bars.length - 1)}
        aria-valuetext={sayBar(selection === undefined ? bars.at(-1) : shownBar, zone)}
        aria-description="Arrow keys walk through time, Shift and arrow keys select, Enter zooms in."
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDragFrom(undefined)}
        onPointerLeave={() => setHover(undefined)}
        onKeyDown={onKeyDown}
        onFocus={() => setFocused(true)}
        onBlur={() => {
          setFocused(false)
          setSelection(undefined)
        }}
      >
        <svg width={width} height={plotHeight + axisHeight} aria-hidden="true" className={classes.drawing}>
          <defs>
            <pattern
              id="failed-hatch"
              width="4"
              height="4"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="4" height="4" fill="var(--audit-bar-failed)" />
              <rect width="1.4" height="4" fill="var(--mantine-color-body)" opacity="0.55" />
            </pattern>
          </defs>
          {selection === undefined ? null : <SelectionShade bars={bars} selection={selection} />}
          {bars.map((bar, index) => (
            <g key={bar.fromMs} opacity={index === shown ? 0.72 : 1}>
              <rect
                x={bar.x}
                width={bar.width}
                y={plotHeight - bar.goodHeight}
                height={bar.goodHeight}
                fill="var(--audit-bar)"
              />
              <rect
                x={bar.x}
                width={bar.width}
                y={plotHeight - bar.goodHeight - bar.failedHeight}
                height={bar.failedHeight}
                fill="url(#failed-hatch)"
              />
            </g>
          ))}
          <line
            x1={0}
            x2={width}
            y1={plotHeight + 0.5}
            y2={plotHeight + 0.5}
            stroke="var(--mantine-color-default-border)"
          />
          {ticks.map((tick) => (
            <TickMark key={tick.ms} x={xOf(tick.ms, layout, width)} label={tick.label} width={width} />
          ))}
        </svg>
        {failed ? <div className={classes.failed}>The histogram could not be loaded.</div> : null}
        {shownBar === undefined ? null : <BarTip bar={shownBar} zone={zone} width={width} />}
      </div>
    </section>
  )
}

function placeOf(event: PointerEvent<HTMLElement>): number {
  return event.clientX - event.currentTarget.getBoundingClientRect().left
}

function xOf(ms: number, { fromMs, toMs }: { fromMs: number; toMs: number }, width: number): number {
  return ((ms - fromMs) / (toMs - fromMs)) * width
}

function Legend({
  buckets,
  countMax,
  loading,
}: {
  buckets: readonly Bucket[]
  countMax: number
  loading: boolean
}): ReactNode {
  const count = buckets.reduce((total, bucket) => total + bucket.count, 0)
  const failed = buckets.reduce((total, bucket) => total + bucket.failed, 0)
  return (
    <div className={classes.legend} data-loading={loading || undefined}>
      <span className={classes.max}>{countMax > 0 ? `Up to ${formatCount(countMax)} per bar` : ' '}</span>
      <span className={classes.entry}>
        <span className={classes.good} aria-hidden="true" />
        Succeeded <b>{formatCount(count - failed)}</b>
      </span>
      <span className={classes.entry}>
        <svg width="10" height="10" aria-hidden="true">
          <rect width="10" height="10" rx="2" fill="url(#failed-hatch)" />
        </svg>
        Failed or denied <b>{formatCount(failed)}</b>
      </span>
    </div>
  )
}

function SelectionShade({ bars, selection }: { bars: readonly Bar[]; selection: Selection }): ReactNode {
  const part = joinBars(bars, selection.first, selection.last)
  if (part === undefined) return null
  return <rect x={part.x - 1} width={part.width + 2} y={0} height={plotHeight} className={classes.shade} />
}

function TickMark({ x, label, width }: { x: number; label: string; width: number }): ReactNode {
  if (x < 2 || x > width - 24) return null
  return (
    <g>
      <line x1={x} x2={x} y1={plotHeight} y2={plotHeight + 4} stroke="var(--mantine-color-default-border)" />
      <text x={x} y={plotHeight + 15} textAnchor={x < 24 ? 'start' : 'middle'} className={classes.tick}>
        {label}
      </text>
    </g>
  )
}

function BarTip({ bar, zone, width }: { bar: Bar; zone: Zone; width: number }): ReactNode {
  const middle = bar.x + bar.width / 2
  return (
    <div
      className={classes.tip}
      style={middle < width / 2 ? { left: bar.x + bar.width + 8 } : { right: width - bar.x + 8 }}
      aria-hidden="true"
    >
      <div className={classes.tipTime}>{sayTime(bar, zone)}</div>
      <div>
        {formatCount(bar.count)} {bar.count === 1 ? 'event' : 'events'}
        {bar.failed > 0 ? (
          <span className={classes.tipFailed}> · {formatCount(bar.failed)} failed or denied</span>
        ) : null}
      </div>
    </div>
  )
}

function sayTime({ fromMs, toMs }: Bar, zone: Zone): string {
  const oneDay = formatDay(fromMs, zone) === formatDay(toMs - 1, zone)
  const midnight =
    formatClock(fromMs, zone, 'minutes') === '00:00' && formatClock(toMs, zone, 'minutes') === '00:00'
  if (midnight) {
    return oneDay
      ? formatShortDay(fromMs, zone)
      : `${formatShortDay(fromMs, zone, toMs)} – ${formatShortDay(toMs - 1, zone)}`
  }
  const end = formatClock(toMs, zone, 'minutes')
  const start = `${formatShortDay(fromMs, zone)}, ${formatClock(fromMs, zone, 'minutes')}`
  return oneDay ? `${start} – ${end}` : `${start} – ${formatShortDay(toMs, zone)}, ${end}`
}

function sayBar(bar: Bar | undefined, zone: Zone): string {
  if (bar === undefined) return 'No events'
  return `${sayTime(bar, zone)}: ${formatCount(bar.count)} events, ${formatCount(bar.failed)} failed or denied`
}
