import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { toSearchableEvent, type SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
import { keepEvent } from './kept-event.ts'

/** What a DateTime64(6) column holds, as canonical times: both ends are inside. */
export const engineTimes = {
  first: '1900-01-01T00:00:00.000000Z',
  last: '2299-12-31T23:59:59.999999Z',
} as const

/**
 * An event as a row of `events` for JSONEachRow: `event` is the event as JSON (see
 * `keepEvent`); the `_shown` columns keep the
 * spelling that was sent (lone surrogates as U+FFFD, because the engine's texts are UTF-8); every other column holds
 * exactly what the reference filter compares, computed by the same function, so that both find the same events.
 * Throws RangeError for a time that the engine cannot hold.
 */
export function toEventRow(event: StoredEvent): Record<string, unknown> {
  return toRowOf(event, toSearchableEvent(event))
}

/** The same, where it is known what can be searched of it. */
export function toRowOf(event: StoredEvent, found: SearchableEvent): Record<string, unknown> {
  const { database } = event.data ?? {}
  const { json, wholeBytes } = keepEvent(event)
  return {
    workspace_id: event.workspaceId,
    occurred_at: toEngineTime(found.occurredAt),
    received_at: toEngineTime(padMicroseconds(event.receivedAt)),
    id: found.id,
    node: event.position.node,
    sequence: event.position.sequence,
    content_hash: event.contentHash,
    type: found.type,
    outcome: found.outcome,
    actor_id: found.actorId,
    name: found.name,
    email: found.email,
    person: found.email || found.actorId || found.name,
    actor_shown: (event.actor.name || event.actor.email || event.actor.id || '').toWellFormed(),
    name_shown: (event.actor.name ?? '').toWellFormed(),
    email_shown: (event.actor.email ?? '').toWellFormed(),
    source: found.source,
    database: found.database,
    database_shown: typeof database === 'string' ? database.toWellFormed() : '',
    login: found.login,
    tool: found.tool,
    application: found.application,
    application_shown: (event.context?.application ?? '').toWellFormed(),
    session: found.session,
    request: found.request,
    ip: found.ip,
    ip_key: found.ipKey,
    kind: found.kind,
    fingerprint: found.fingerprint,
    flags: found.flags,
    tables: found.tables,
    table_names: event.statement?.tables.map((table) => table.name.toWellFormed()) ?? [],
    table_writes: event.statement?.tables.map((table) => (table.access === 'write' ? 1 : 0)) ?? [],
    targets: found.targets,
    errors: found.errors,
    duration_ms: found.durationMs ?? null,
    rows: found.rows ?? null,
    noise: found.noise ? 1 : 0,
    tags: found.tags,
    policy: found.policy,
    data_paths: found.dataPaths,
    ...joinSearchText(found),
    number_paths: found.numberPaths,
    number_values: found.numberValues,
    true_paths: found.truePaths,
    false_paths: found.falsePaths,
    event: json,
    event_bytes: wholeBytes,
  }
}

/** Stands between the values in `search_text`. */
export const valueSeparator = '\u001f'

/**
 * `search_text` holds everything that free text is looked for in. The values of data are taken from it again, and stand
 * in `data_values` only where one of the texts has the separator in it (and in rows from before migration 3): they would
 * take 15 of 150 bytes of an event. Asking for a value by its path then takes 1.3 times as long.
 */
function joinSearchText({ name, email, type, dataValues }: SearchableEvent): Record<string, unknown> {
  const texts = [name, email, type, ...dataValues]
  return {
    data_values: texts.some((text) => text.includes(valueSeparator)) ? dataValues : [],
    search_text: texts.join(valueSeparator),
  }
}

/** A canonical time as the engine reads and writes it in UTC: `2026-11-22 10:00:00.123456`. */
export function toEngineTime(time: string): string {
  if (time < engineTimes.first || time > engineTimes.last) {
    throw new RangeError(`The event store holds the years 1900 to 2299, not ${time}`)
  }
  return `${time.slice(0, 10)} ${time.slice(11, 26)}`
}

/** The opposite of `toEngineTime`. */
export function fromEngineTime(time: string): string {
  return `${time.replace(' ', 'T')}Z`
}
