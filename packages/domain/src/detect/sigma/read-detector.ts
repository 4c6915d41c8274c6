import type { Filter } from '../../filter/filter.ts'
import { isZone } from '../../zoned-time.ts'
import { ruleLimits, type DetectorCondition } from '../rule.ts'
import type { NoteFault } from './faults.ts'
import { readField } from './read-alert.ts'
import { readNumberField } from './rule-fields.ts'
import { checkKeys, readChoice, readNumber, readSpan, readText, type MapNode } from './rule-node.ts'

/** Beyond the ordinary retention there is no past to look at. */
const spanDaysMax = 366
/** Of the past 30; of `silent` of the 14 before. */
const daysMax = 30
const silentDaysMax = 14
const factorMax = 1000

type DetectorKind = DetectorCondition['kind']

/** Its keys beside `type`: those that it needs first, then those that may be left out. */
const keysOf: Record<DetectorKind, { needed: readonly string[]; free: readonly string[] }> = {
  first_seen: { needed: ['learning'], free: ['field'] },
  awakes: { needed: ['silent'], free: [] },
  unusual_hour: { needed: ['days'], free: [] },
  above_past: { needed: ['sum', 'floor', 'factor', 'days'], free: [] },
  outside_hours: { needed: ['hours'], free: ['weekdays', 'zone'] },
  ahead: { needed: ['ahead'], free: [] },
  silent: { needed: ['silent', 'days'], free: [] },
}

/** A record's keys, in its order. */
const kinds = Object.keys(keysOf) as DetectorKind[]

/** What stands out of the events of a filter; undefined where there is a fault, which is noted. */
export function readDetector(map: MapNode, filter: Filter, note: NoteFault): DetectorCondition | undefined {
  const kind = readChoice(map, 'type', kinds, note)
  if (kind === undefined) {
    return map.entries.has('type') ? undefined : note(map, `A detector needs a type: ${kinds.join(', ')}.`)
  }
  const { needed, free } = keysOf[kind]
  checkKeys(map, `a detector ${kind}`, ['type', ...needed, ...free], note)
  const missing = needed.filter((key) => !map.entries.has(key))
  if (missing.length > 0) return note(map, `A detector ${kind} needs ${missing.join(', ')}.`)
  return readKind(kind, map, filter, note)
}

function readKind(
  kind: DetectorKind,
  map: MapNode,
  filter: Filter,
  note: NoteFault,
): DetectorCondition | undefined {
  switch (kind) {
    case 'first_seen': {
      const name = readText(map, 'field', ruleLimits.titleUnitsMax, note)
      const field = name === undefined ? undefined : readField(name, note)
      const learningMs = readSpan(map, 'learning', spanDaysMax, note)
      return learningMs === undefined ? undefined : { kind, filter, field, learningMs }
    }
    case 'awakes': {
      const silentMs = readSpan(map, 'silent', spanDaysMax, note)
      return silentMs === undefined ? undefined : { kind, filter, silentMs }
    }
    case 'unusual_hour': {
      const daysMin = readDays(map, note)
      return daysMin === undefined ? undefined : { kind, filter, daysMin }
    }
    case 'above_past':
      return readAbovePast(map, filter, note)
    case 'outside_hours':
      return readOutsideHours(map, filter, note)
    case 'ahead': {
      const aheadMs = readSpan(map, 'ahead', spanDaysMax, note)
      return aheadMs === undefined ? undefined : { kind, filter, aheadMs }
    }
    case 'silent': {
      const silentMs = readSpan(map, 'silent', spanDaysMax, note)
      const daysMin = readDays(map, note, silentDaysMax)
      return silentMs === undefined || daysMin === undefined ? undefined : { kind, filter, silentMs, daysMin }
    }
  }
}

function readDays(map: MapNode, note: NoteFault, max = daysMax): number | undefined {
  return readNumber(map, 'days', { min: 1, max, whole: true }, note)
}

function readAbovePast(map: MapNode, filter: Filter, note: NoteFault): DetectorCondition | undefined {
  const name = readText(map, 'sum', ruleLimits.titleUnitsMax, note)
  const floor = readNumber(map, 'floor', { min: 0, max: Number.MAX_SAFE_INTEGER }, note)
  const factor = readNumber(map, 'factor', { min: 0, max: factorMax }, note)
  const daysMin = readDays(map, note)
  if (name === undefined || floor === undefined || factor === undefined || daysMin === undefined)
    return undefined
  if (name.value === 'events') return { kind: 'above_past', filter, sum: 'events', floor, factor, daysMin }
  const sum = readNumberField(name.value)
  if ('fault' in sum) return note(name, `${sum.fault} events counts them.`, sum.suggestion)
  return { kind: 'above_past', filter, sum: sum.value, floor, factor, daysMin }
}

function readOutsideHours(map: MapNode, filter: Filter, note: NoteFault): DetectorCondition | undefined {
  const zone = readText(map, 'zone', ruleLimits.titleUnitsMax, note)
  if (zone !== undefined && !isZone(zone.value))
    note(zone, `"${zone.value}" is no time zone such as Europe/Berlin.`)
  const hours = readHours(map, note)
  const weekdays = readWeekdays(map, note)
  if (hours === undefined || weekdays === undefined) return undefined
  return { kind: 'outside_hours', filter, weekdays, hours, zone: zone?.value ?? 'UTC' }
}

/** `8-18` begins at 8:00 and ends before 18:00. */
function readHours(map: MapNode, note: NoteFault): { from: number; before: number } | undefined {
  const node = readText(map, 'hours', ruleLimits.titleUnitsMax, note)
  if (node === undefined) return undefined
  const [, from = '', before = ''] = /^(\d{1,2})-(\d{1,2})$/.exec(node.value) ?? []
  const hours = { from: Number(from), before: Number(before) }
  if (from !== '' && hours.from < hours.before && hours.before <= 24) return hours
  return note(node, 'hours are two of 0 to 24, the first before the second, such as 8-18.')
}

function readWeekdays(map: MapNode, note: NoteFault): number[] | undefined {
  const node = map.entries.get('weekdays')?.value
  if (node === undefined) return [1, 2, 3, 4, 5, 6, 7]
  const days = node.kind === 'list' ? node.items : []
  const numbers = days.flatMap((day) => (day.kind === 'number' ? [day.value] : []))
  const isRight = numbers.every((day) => Number.isInteger(day) && day >= 1 && day <= 7)
  if (isRight && numbers.length > 0 && new Set(numbers).size === days.length) return numbers
  return note(node, 'weekdays is a list of different numbers from 1 (Monday) to 7, such as [1, 2, 3, 4, 5].')
}
