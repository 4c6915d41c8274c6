import { createHash } from 'node:crypto'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { hasTimeTerm, timeBounds } from '@aleph-audit-log/domain/filter/time-bounds'
import { dayStart, timeFromMs, toCanonicalTime } from '@aleph-audit-log/domain/time'
import type { PageStart } from '../store/event-store.ts'

/** What a caller asks for, as text: the parameters `q`, `from` and `to` of every reading route. */
export type SearchText = { q?: string | undefined; from?: string | undefined; to?: string | undefined }

/** A search with its range worked out. Canonical times: `from` inclusive, `before` exclusive. */
export type ResolvedSearch = {
  q: string
  filter: Filter
  from: string
  before: string
  /** False when the range ends with whatever comes. */
  hasEnd: boolean
}

const beginning = '0001-01-01T00:00:00.000000Z'
const endOfTime = '9999-12-31T23:59:59.999999Z'

/**
 * Reads a search. Without `from` it begins `windowDays` x 24 hours ago; a time qualifier in `q` replaces that default
 * where neither `from` nor `to` is given. Without `to` it has no end, so that events of clocks which are a little fast
 * are found too. Throws AuditError('invalid') with the path `q`, `from` or `to`.
 */
export function resolveSearch(text: SearchText, nowMs: number, windowDays: number): ResolvedSearch {
  const q = text.q ?? ''
  const filter = parseFilter(q)
  const from = readBound('from', text.from)
  const to = readBound('to', text.to)
  const defaultFrom =
    to === undefined && hasTimeTerm(filter) ? beginning : timeFromMs(nowMs - windowDays * 86_400_000)
  // What the filter says of times anyway, said to the store's primary key and to the histogram as well.
  const bounds = timeBounds(filter)
  const search = {
    q,
    filter,
    from: latest(from ?? defaultFrom, bounds.from),
    before: earliest(to ?? endOfTime, bounds.before),
    hasEnd: to !== undefined || bounds.before !== undefined,
  }
  if (to === undefined && from === undefined) return search
  if ((from ?? defaultFrom) >= (to ?? endOfTime)) {
    const message =
      from === undefined
        ? `must be after ${defaultFrom}, where the default range begins; give "from" as well`
        : 'must be after "from"'
    throw new AuditError('invalid', 'The time range is empty.', { problems: [{ path: 'to', message }] })
  }
  return search
}

function latest(a: string, b: string | undefined): string {
  return b === undefined || a > b ? a : b
}

function earliest(a: string, b: string | undefined): string {
  return b === undefined || a < b ? a : b
}

function readBound(path: 'from' | 'to', text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const time = dayStart(text) ?? toCanonicalTime(text)
  if (time === undefined) {
    throw new AuditError('invalid', 'The time range cannot be read.', {
      problems: [
        {
          path,
          message: 'must be a day such as 2026-11-22 or an RFC 3339 time such as 2026-11-22T10:00:00Z',
        },
      ],
    })
  }
  return time
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** What a cursor says: the search it belongs to, that search's range when it began, and the last event shown. */
export type Cursor = { from: string; after: PageStart }

/** Writes a cursor: opaque to callers, bound to the search text and the range parameters. */
export function encodeCursor(text: SearchText, cursor: Cursor): string {
  const fields = [fingerprintOf(text), cursor.from, cursor.after.occurredAt, cursor.after.id]
  return Buffer.from(JSON.stringify(fields)).toString('base64url')
}

/**
 * Reads a cursor of the same search. It carries nothing that a caller may not choose freely: a forged one can only ask
 * for another range, and who may see what is decided afterwards as always.
 */
export function decodeCursor(text: SearchText, cursor: string): Cursor {
  const fields = readFields(cursor)
  const [fingerprint, from, occurredAt, id] = fields
  const fromTime = toCanonicalTime(from ?? '')
  const time = toCanonicalTime(occurredAt ?? '')
  if (fromTime === undefined || time === undefined || !uuid.test(id ?? '') || id === undefined) {
    throw badCursor('is not a cursor that this server made')
  }
  if (fingerprint !== fingerprintOf(text)) {
    throw badCursor('belongs to another search: q, from and to must stay the same while paging')
  }
  return { from: fromTime, after: { occurredAt: time, id } }
}

function readFields(cursor: string): string[] {
  try {
    const fields: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(fields) && fields.every((field) => typeof field === 'string')) return fields
  } catch {
    // Falls through to the same answer as any other text that is no cursor.
  }
  throw badCursor('is not a cursor that this server made')
}

function badCursor(message: string): AuditError {
  return new AuditError('invalid', 'The cursor cannot be used.', { problems: [{ path: 'cursor', message }] })
}

function fingerprintOf(text: SearchText): string {
  const search = JSON.stringify([text.q ?? '', text.from ?? '', text.to ?? ''])
  return createHash('sha256').update(search).digest('base64url').slice(0, 16)
}
