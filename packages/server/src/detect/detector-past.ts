import type { DetectorCondition, EventField } from '@aleph-audit-log/domain/detect/rule'
import type { EventGroup } from '../store/event-groups.ts'
import { dayMicros, dayOf, fromMicros, hourMicros, toMicros, type Micros } from './times.ts'

/** Detectors that compare with the past of a group. */
export type PastCondition = Extract<
  DetectorCondition,
  { kind: 'first_seen' | 'awakes' | 'unusual_hour' | 'above_past' }
>

/** Something that a group did: an event, or all of a bucket of time that the event store has counted. */
export type Moment = {
  firstAt: Micros
  lastAt: Micros
  count: number
  sum: number
  firstId: string
  /** Of the `field` of `first_seen`. */
  value: string
}

/** What stood out: what of it summaries tell, and which events belong to it. */
export type Standout = {
  value?: string
  sum?: number
  usual?: number
  /** Those of the moment, unless more have become part of it. */
  events: { count: number; firstAt: Micros; firstId: string }
}

/** What is known of a group; `size` is what it takes, in small things. */
export type GroupPast = {
  size: () => number
  /** Whether a moment stands out of what came before it. It need not have been added yet, and may have been. */
  judge: (moment: Moment) => Standout | undefined
  add: (moment: Moment) => void
}

/** How far back a group's days are looked at. */
export const pastDays = 30

/** So many days are kept of a group: late events have a past, too. */
const daysKeptMax = 120

/** How the event store is asked for what a detector has to know, and how its rows are read. */
export type PastPlan = {
  /** Beside the rule's `groupBy`. */
  field: EventField | undefined
  bucketMs: number | undefined
  /** From when on events are asked for to judge one of this time; undefined: from the beginning of the log. */
  from: (at: Micros) => Micros | undefined
}

const dayMs = dayMicros / 1000

export function planOf(condition: PastCondition): PastPlan {
  const fromDays = (at: Micros): Micros => (dayOf(at) - pastDays) * dayMicros
  switch (condition.kind) {
    case 'first_seen':
      return { field: condition.field, bucketMs: undefined, from: () => undefined }
    case 'awakes':
      return { field: undefined, bucketMs: undefined, from: () => undefined }
    case 'unusual_hour':
      return { field: undefined, bucketMs: hourMicros / 1000, from: fromDays }
    case 'above_past':
      return { field: undefined, bucketMs: dayMs, from: fromDays }
  }
}

/** A group of which nothing is known yet. `logFirstAt`: the first event of the log, as far as it is known. */
export function createGroupPast(condition: PastCondition, logFirstAt: () => Micros | undefined): GroupPast {
  switch (condition.kind) {
    case 'first_seen':
      return condition.field === undefined
        ? newGroupPast(condition.learningMs * 1000, logFirstAt)
        : newValuePast(condition.learningMs * 1000)
    case 'awakes':
      return awakePast(condition.silentMs * 1000)
    case 'unusual_hour':
      return hoursPast(condition.daysMin)
    case 'above_past':
      return sumsPast(condition)
  }
}

/** A row of the event store as a moment. */
export function momentOf(group: EventGroup, value: string): Moment {
  const { firstAt, lastAt, count, sum, firstId } = group
  return { firstAt: toMicros(firstAt), lastAt: toMicros(lastAt), count, sum, firstId, value }
}

function eventOf({ firstAt, firstId }: Moment): Standout['events'] {
  return { count: 1, firstAt, firstId }
}

function newGroupPast(learning: Micros, logFirstAt: () => Micros | undefined): GroupPast {
  let first: Micros | undefined
  return {
    size: () => 1,
    judge: (moment) => {
      if (first !== undefined && first < moment.firstAt) return undefined
      const begin = logFirstAt()
      if (begin === undefined || moment.firstAt - begin < learning) return undefined
      return { events: eventOf(moment) }
    },
    add: ({ firstAt }) => {
      first = Math.min(first ?? firstAt, firstAt)
    },
  }
}

function newValuePast(learning: Micros): GroupPast {
  let first: Micros | undefined
  const values = new Map<string, Micros>()
  return {
    size: () => values.size + 1,
    judge: (moment) => {
      if (first === undefined || moment.firstAt - first < learning) return undefined
      const known = values.get(moment.value)
      if (known !== undefined && known < moment.firstAt) return undefined
      return { value: moment.value, events: eventOf(moment) }
    },
    add: ({ firstAt, value }) => {
      first = Math.min(first ?? firstAt, firstAt)
      values.set(value, Math.min(values.get(value) ?? firstAt, firstAt))
    },
  }
}

function awakePast(silence: Micros): GroupPast {
  let last: Micros | undefined
  return {
    size: () => 1,
    judge: (moment) => {
      if (last === undefined || moment.firstAt - last < silence) return undefined
      return { value: durationText(moment.firstAt - last), events: eventOf(moment) }
    },
    add: ({ lastAt }) => {
      last = Math.max(last ?? lastAt, lastAt)
    },
  }
}

function hoursPast(daysMin: number): GroupPast {
  /** Of each day a bit for each hour in which the group did something. */
  const days = new Map<number, number>()
  /** What is known of the days before the day that was judged last: how many there were, and all of their hours. */
  let past: { day: number; active: number; hours: number } | undefined
  const pastOf = (day: number): { active: number; hours: number } => {
    if (past?.day === day) return past
    past = { day, active: 0, hours: 0 }
    for (let one = day - pastDays; one < day; one++) {
      const hours = days.get(one)
      if (hours === undefined) continue
      past.active++
      past.hours |= hours
    }
    return past
  }
  return {
    size: () => days.size,
    judge: (moment) => {
      const day = dayOf(moment.firstAt)
      const hour = Math.floor((moment.firstAt - day * dayMicros) / hourMicros)
      const near = (1 << ((hour + 23) % 24)) | (1 << hour) | (1 << ((hour + 1) % 24))
      const { active, hours } = pastOf(day)
      if (active < daysMin || (hours & near) !== 0) return undefined
      const clock = `${String(hour).padStart(2, '0')}:00`
      return { value: clock, events: { ...eventOf(moment), count: moment.count } }
    },
    add: ({ firstAt }) => {
      const day = dayOf(firstAt)
      const hour = Math.floor((firstAt - day * dayMicros) / hourMicros)
      days.set(day, (days.get(day) ?? 0) | (1 << hour))
      if (past !== undefined && day < past.day) past = undefined
      dropOldDays(days)
    },
  }
}

type DaySum = { sum: number; count: number; firstAt: Micros; firstId: string }

function sumsPast({
  sum: what,
  floor,
  factor,
  daysMin,
}: Extract<PastCondition, { kind: 'above_past' }>): GroupPast {
  const days = new Map<number, DaySum>()
  /** The median of the days before and what a sum has to exceed, of the day that was judged last. */
  let threshold: { day: number; usual: number; above: number } | undefined
  const thresholdOf = (day: number): { usual: number; above: number } => {
    if (threshold?.day === day) return threshold
    const sums: number[] = []
    for (let one = day - pastDays; one < day; one++) {
      const known = days.get(one)
      if (known !== undefined) sums.push(known.sum)
    }
    const usual = medianOf(sums)
    const deviation = Math.max(1.4826 * medianOf(sums.map((sum) => Math.abs(sum - usual))), usual / 10)
    const above = sums.length < daysMin ? Number.POSITIVE_INFINITY : usual + factor * deviation
    threshold = { day, usual, above }
    return threshold
  }
  const amountOf = (moment: Moment): number => (what === 'events' ? moment.count : moment.sum)
  return {
    size: () => days.size,
    judge: (moment) => {
      const day = dayOf(moment.firstAt)
      const { usual, above } = thresholdOf(day)
      const stands = (sum: number): boolean => sum >= floor && sum > above
      const before = days.get(day)
      const sum = (before?.sum ?? 0) + amountOf(moment)
      if (!stands(sum)) return undefined
      // What makes the day stand out is all of it so far; afterwards every event is one more.
      const isFirst = before !== undefined && !stands(before.sum)
      const events = isFirst
        ? {
            count: before.count + moment.count,
            firstAt: Math.min(before.firstAt, moment.firstAt),
            firstId: before.firstId,
          }
        : { ...eventOf(moment), count: moment.count }
      return { sum, usual, events }
    },
    add: (moment) => {
      const day = dayOf(moment.firstAt)
      const known = days.get(day)
      const isFirst = known === undefined || moment.firstAt < known.firstAt
      days.set(day, {
        sum: (known?.sum ?? 0) + amountOf(moment),
        count: (known?.count ?? 0) + moment.count,
        firstAt: isFirst ? moment.firstAt : known.firstAt,
        firstId: isFirst ? moment.firstId : known.firstId,
      })
      if (threshold !== undefined && day < threshold.day) threshold = undefined
      dropOldDays(days)
    },
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >>> 1
  const [high = 0, low = 0] = [sorted[middle], sorted[middle - 1]]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

function dropOldDays(days: Map<number, unknown>): void {
  while (days.size > daysKeptMax) days.delete(Math.min(...days.keys()))
}

/** `45 days`, `6 hours`: whole units, as people say it. */
export function durationText(micros: Micros): string {
  const minutes = Math.floor(micros / 60_000_000)
  if (minutes >= 2 * 24 * 60) return `${Math.floor(minutes / (24 * 60))} days`
  if (minutes >= 120) return `${Math.floor(minutes / 60)} hours`
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}

/** `2026-11-22 03:15`, in UTC. */
export function minuteText(at: Micros): string {
  return fromMicros(at).slice(0, 16).replace('T', ' ')
}
