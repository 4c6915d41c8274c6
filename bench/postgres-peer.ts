import { totalmem } from 'node:os'
import { Client } from 'pg'
import type { EventDraft, Json } from '../packages/domain/src/event.ts'

/**
 * PostgreSQL as a careful engineer would run it for this: a quarter of the memory for its buffers, WAL that is not
 * checkpointed all the time, durable commits, nothing logged. Each differs from the default in PostgreSQL's favour,
 * or is what a log needs (fsync and synchronous_commit).
 */
export const postgresSettings: Record<string, string> = {
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: `${Math.max(64, Math.min(4096, Math.floor(totalmem() / 4 / 2 ** 20)))}MB`,
  effective_cache_size: `${Math.max(128, Math.floor(totalmem() / 2 / 2 ** 20))}MB`,
  maintenance_work_mem: '256MB',
  work_mem: '64MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  jit: 'off',
  logging_collector: 'off',
  log_min_duration_statement: '-1',
  log_connections: 'off',
  log_disconnections: 'off',
}

/**
 * What people search by has a column, the rest stands in `details` without repeating it. Weekly partitions, so that
 * old weeks can be dropped; the server gives id and time, as ours does.
 */
const tableSql = `
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE TABLE events (
    id uuid NOT NULL DEFAULT uuidv7(),
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    type text NOT NULL,
    outcome text NOT NULL,
    actor_id text,
    actor_name text,
    actor_email text,
    application text,
    ip inet,
    session_id text,
    request_id text,
    database text,
    login text,
    duration_ms double precision,
    row_count bigint,
    sql text,
    details jsonb
  ) PARTITION BY RANGE (occurred_at);`

/** Time, person and type, each newest first, and substrings of the SQL. */
const indexSql = `
  CREATE UNIQUE INDEX ON events (occurred_at, id);
  CREATE INDEX ON events (actor_email, occurred_at);
  CREATE INDEX ON events (type, occurred_at);
  CREATE INDEX ON events USING gin (sql gin_trgm_ops);`

const sentColumns =
  'type, outcome, actor_id, actor_name, actor_email, application, ip, session_id, request_id, ' +
  'database, login, duration_ms, row_count, sql, details'

/** For lines of `toCopyLine`: the server gives id and time. */
export const copySql = `COPY events (${sentColumns}) FROM STDIN`

/** For lines of `toStoredCopyLine`. */
export const copyStoredSql = `COPY events (id, occurred_at, ${sentColumns}) FROM STDIN`

export async function createEventsTable(client: Client): Promise<void> {
  await client.query(tableSql)
}

/** Before rows where they come one by one; after them where they are loaded once, which makes indexes small. */
export async function createIndexes(client: Client): Promise<void> {
  await client.query(indexSql)
}

const weekMs = 7 * 86_400_000
const firstMondayMs = Date.UTC(1970, 0, 5)

/** Makes the weekly partitions of a range of time. */
export async function createPartitions(client: Client, fromMs: number, toMs: number): Promise<void> {
  const firstMs = fromMs - ((fromMs - firstMondayMs) % weekMs)
  for (let ms = firstMs; ms <= toMs; ms += weekMs) {
    const day = (time: number): string => new Date(time).toISOString().slice(0, 10)
    await client.query(
      `CREATE TABLE "events_${day(ms)}" PARTITION OF events
       FOR VALUES FROM ('${day(ms)}T00:00:00Z') TO ('${day(ms + weekMs)}T00:00:00Z')`,
    )
  }
}

export async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString })
  await client.connect()
  return client
}

/** A line for `copySql`, with its end. */
export function toCopyLine({ type, outcome, actor, context, data, targets }: EventDraft): string {
  const { sql, database, login, durationMs, rows, ...rest } = data ?? {}
  const details = { ...rest, ...(targets === undefined ? {} : { targets }) }
  const values = [
    type,
    outcome ?? 'success',
    actor.id,
    actor.name,
    actor.email,
    context?.application,
    context?.ip,
    context?.sessionId,
    context?.requestId,
    database,
    login,
    durationMs,
    rows,
    sql,
    Object.keys(details).length === 0 ? undefined : JSON.stringify(details),
  ]
  return `${values.map((value) => (value === undefined ? '\\N' : escapeCopy(toText(value)))).join('\t')}\n`
}

/** A line for `copyStoredSql`, with its end. */
export function toStoredCopyLine(event: EventDraft & { id: string; occurredAt: string }): string {
  return `${event.id}\t${event.occurredAt}\t${toCopyLine(event)}`
}

function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const copyEscapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escapeCopy(text: string): string {
  return text.replaceAll(/[\\\n\r\t]/g, (character) => copyEscapes[character] ?? character)
}
