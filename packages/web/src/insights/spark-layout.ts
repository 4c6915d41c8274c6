import { dayStart, timeToMs } from '@aleph-audit-log/domain/time'
import { formatCount, formatShortDay } from '../events/format-time.ts'

/** More days than this are drawn together: a bar has to be seen. */
const barWidthMin = 2
const gap = 1
const heightMin = 1.5

/**
 * One path of bars from left to right in a box of pixels, as the `d` of an SVG path; what is wider than the box is
 * drawn several days to a bar. Empty where nothing happened.
 */
export function layoutSparkline(
  perDay: readonly number[],
  { width, height }: { width: number; height: number },
): string {
  if (perDay.length === 0) return ''
  const perBar = Math.max(1, Math.ceil((perDay.length * (barWidthMin + gap)) / width))
  const bars: number[] = []
  for (let start = 0; start < perDay.length; start += perBar) {
    bars.push(perDay.slice(start, start + perBar).reduce((sum, count) => sum + count, 0))
  }
  const max = Math.max(...bars)
  if (max === 0) return ''
  const step = width / bars.length
  return bars
    .map((count, index) => {
      if (count === 0) return ''
      const barHeight = round(Math.max(heightMin, (count / max) * (height - 1)))
      const x = round(index * step)
      return `M${x} ${round(height - 1 - barHeight)}h${round(Math.max(1, Math.min(step - gap, 12)))}v${barHeight}H${x}z`
    })
    .join('')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** The same in words: `On 12 of 30 days; most on 22 Nov 2026 (34)`. */
export function sayTrend(perDay: readonly number[], days: readonly string[]): string {
  const active = perDay.filter((count) => count > 0).length
  if (active === 0) return 'On none of these days'
  const max = Math.max(...perDay)
  const start = dayStart(days[perDay.indexOf(max)] ?? '')
  const most =
    start === undefined ? '' : `; most on ${formatShortDay(timeToMs(start), 'utc')} (${formatCount(max)})`
  return `On ${active} of ${perDay.length} days${most}`
}
