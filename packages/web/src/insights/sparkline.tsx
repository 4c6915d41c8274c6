import type { ReactNode } from 'react'
import classes from './usage.module.css'
import { layoutSparkline, sayTrend } from './spark-layout.ts'

const width = 96
const height = 22

/** Events a day as small bars; in words for those who do not see them. */
export function Sparkline({
  perDay,
  days,
}: {
  perDay: readonly number[]
  days: readonly string[]
}): ReactNode {
  const words = sayTrend(perDay, days)
  return (
    <svg
      className={classes.spark}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={words}
    >
      <title>{words}</title>
      <path d={layoutSparkline(perDay, { width, height })} fill="var(--audit-bar)" />
      <rect x={0} y={height - 1} width={width} height={1} fill="var(--audit-line)" />
    </svg>
  )
}
