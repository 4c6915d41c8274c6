import { splitTablePatterns } from '@aleph-audit-log/domain/access-review/table-patterns'
import type { AccessLine } from '@aleph-audit-log/domain/api/access-review'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import type { ReviewQuestion } from '../api/access-review.ts'
import type { EventSearchParams } from '../events/event-search.ts'
import { searchOfPerson, searchOfTable } from '../overview/overview-params.ts'
import { rangeBounds, readRange, writeRange, type RangeParams, type TimeRange } from '../events/time-range.ts'

/** What the address bar says of a review: its tables, and its period with both ends, so that it stays what it is. */
export type ReviewParams = RangeParams & { tables?: string }

/** Reads what stands in the address bar; what makes no sense is left out. */
export function readReviewParams(input: Record<string, unknown>): ReviewParams {
  const text = (key: string): string | undefined => {
    const value = input[key]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const [tables, from, to, range] = [text('tables'), text('from'), text('to'), text('range')]
  const params = {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(range !== undefined && { range }),
  }
  return {
    ...(tables !== undefined && splitTablePatterns(tables) !== undefined && { tables }),
    ...writeRange(readRange(params)),
  }
}

/** The whole minutes that a range covers now. */
export function fixRange(range: TimeRange, nowMs: number): { from: string; to: string } {
  const { fromMs, toMs } = rangeBounds(range, nowMs)
  const minute = (ms: number): string => shortTime(timeFromMs(Math.floor(ms / 60_000) * 60_000))
  return { from: minute(fromMs), to: minute(toMs) }
}

function shortTime(time: string): string {
  return time.replace('.000000Z', 'Z')
}

/** The question of an address that names tables and both ends of a period; undefined of every other. */
export function questionOf({ tables, from, to }: ReviewParams): ReviewQuestion | undefined {
  if (tables === undefined || from === undefined || to === undefined) return undefined
  return { tables, from, to }
}

/** The address of a line's events: all of them, also those of machines, that its count has counted. */
export function eventsOfLine(
  { table, person }: Pick<AccessLine, 'table' | 'person'>,
  { from, to }: { from: string; to: string },
): EventSearchParams {
  const range: TimeRange = {
    kind: 'between',
    from: timeFromMs(timeToMs(from)),
    to: timeFromMs(timeToMs(to)),
  }
  return { q: `${searchOfTable(table)} ${searchOfPerson(person)}`, ...writeRange(range), noise: 'shown' }
}
