import type { DetectorCondition } from '@aleph-audit-log/domain/detect/rule'
import { clockIn } from '@aleph-audit-log/domain/zoned-time'
import type { Micros } from './times.ts'

type OutsideHours = Extract<DetectorCondition, { kind: 'outside_hours' }>

/** Whether a time lies outside of the hours and days of a rule; hours from 20 to 6 go over midnight. */
export function isOutside({ hours, weekdays, zone }: OutsideHours, at: Micros): boolean {
  const { weekday, hour } = clockIn(Math.floor(at / 1000), zone)
  const { from, before } = hours
  const isInHours = from < before ? hour >= from && hour < before : hour >= from || hour < before
  return !isInHours || !weekdays.includes(weekday)
}
