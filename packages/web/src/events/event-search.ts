import { parseColumns, printColumns } from './column-state.ts'
import { readRange, writeRange, type RangeParams, type TimeRange } from './time-range.ts'
import type { Zone } from './zone.ts'

/** Everything that the address bar says about the Audit Log page, beside the event that is open. */
export type EventSearchParams = RangeParams & {
  q?: string
  zone?: Zone
  /** What machines send by themselves is on screen as well. */
  noise?: 'shown'
  /** New events appear by themselves. */
  live?: 'on'
  /** The columns that are shown instead of those that the browser remembers: see `printColumns`. */
  columns?: string
  /** The id of the view that is open. */
  view?: string
}

/** Reads what stands in the address bar; unknown parameters and impossible values are left out. */
export function readEventSearchParams(input: Record<string, unknown>): EventSearchParams {
  const text = (key: string): string | undefined => {
    const value = input[key]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const zone = text('zone')
  const q = text('q')
  return {
    ...(q === undefined ? {} : { q }),
    ...writeRange(readRange(withoutAbsent({ range: text('range'), from: text('from'), to: text('to') }))),
    ...(zone === 'utc' || zone === 'local' ? { zone } : {}),
    ...(text('noise') === 'shown' ? { noise: 'shown' as const } : {}),
    ...(text('live') === 'on' ? { live: 'on' as const } : {}),
    ...withoutAbsent({ columns: readColumns(text('columns')), view: text('view') }),
  }
}

/** Columns that the page does not know are left out; without any there are none to show. */
function readColumns(text: string | undefined): string | undefined {
  const columns = parseColumns(text)
  return columns === undefined ? undefined : printColumns(columns)
}

function withoutAbsent<Key extends string>(
  values: Record<Key, string | undefined>,
): Partial<Record<Key, string>> {
  // Those that are there have the type of their key.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Record<Key, string>
  >
}

/** The parameters with another range. */
export function withRange(params: EventSearchParams, range: TimeRange): EventSearchParams {
  const { from: _from, to: _to, range: _range, ...rest } = params
  return { ...rest, ...writeRange(range) }
}

/** The parameters with another search text. */
export function withText(params: EventSearchParams, q: string): EventSearchParams {
  const { q: _, ...rest } = params
  return q.trim() === '' ? rest : { q: q.trim(), ...rest }
}

/** The parameters with or without what machines send by themselves. */
export function withNoise(params: EventSearchParams, isShown: boolean): EventSearchParams {
  const { noise: _, ...rest } = params
  return isShown ? { ...rest, noise: 'shown' } : rest
}

/** The parameters with or without new events that appear by themselves. */
export function withLive(params: EventSearchParams, isOn: boolean): EventSearchParams {
  const { live: _, ...rest } = params
  return isOn ? { ...rest, live: 'on' } : rest
}

/** Query strings whose values are plain text: `q=1` is the text 1, and what people read (`:` `@` `,` `/`) stays readable. */
export function parseQueryString(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

const readable: Record<string, string> = {
  '%3A': ':',
  '%40': '@',
  '%2C': ',',
  '%2F': '/',
  '%2A': '*',
  '%20': '+',
  '%3E': '>',
  '%3C': '<',
}

/** The opposite of `parseQueryString`; begins with `?` unless empty. */
export function printQueryString(values: Record<string, unknown>): string {
  const parts = Object.entries(values).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [
          `${encodeURIComponent(key)}=${encodeURIComponent(value).replace(/%[0-9A-F]{2}/g, (code) => readable[code] ?? code)}`,
        ]
      : [],
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}
