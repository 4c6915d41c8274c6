/** The zone in which the page shows and reads times: UTC, or the zone of the reader's computer. */
export type Zone = 'utc' | 'local'

/** Calendar fields of an instant in a zone; `month` counts from 1. */
export type ZonedFields = {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  ms: number
}

/** The calendar fields of a Unix time (milliseconds) in a zone. */
export function fieldsIn(ms: number, zone: Zone): ZonedFields {
  const date = new Date(ms)
  if (zone === 'utc') {
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      ms: date.getUTCMilliseconds(),
    }
  }
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
    ms: date.getMilliseconds(),
  }
}

/** The Unix time (milliseconds) of calendar fields in a zone; fields beyond their range roll over as in `Date`. */
export function msOfFields(fields: Partial<ZonedFields> & { year: number }, zone: Zone): number {
  const { year, month = 1, day = 1, hour = 0, minute = 0, second = 0, ms = 0 } = fields
  if (zone === 'utc') return Date.UTC(year, month - 1, day, hour, minute, second, ms)
  return new Date(year, month - 1, day, hour, minute, second, ms).getTime()
}

/** `UTC`, or the name of the local zone such as `Europe/Berlin`. */
export function zoneName(zone: Zone): string {
  return zone === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone
}
