import { formatCount } from '../events/format-time.ts'

/** A part of a whole in per cent; one digit below ten, and never 0 % of something. */
export function formatShare(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0 %'
  const percent = (part / whole) * 100
  if (percent < 0.1) return '< 0.1 %'
  return `${percent < 10 ? Number(percent.toFixed(1)) : formatCount(Math.round(percent))} %`
}
