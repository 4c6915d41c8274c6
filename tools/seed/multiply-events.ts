import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { padMicroseconds, timeToMs } from '@aleph-audit-log/domain/time'
import { toTableRows } from '../../packages/server/src/store/clickhouse/table-rows.ts'
import type { Engine } from '../../packages/server/src/store/clickhouse/engine.ts'
import { toEventRow } from '../../packages/server/src/store/clickhouse/event-row.ts'
import { RowBuffer } from '../../packages/server/src/store/clickhouse/row-buffer.ts'
import { insertedColumns, literalMarker, renderCopying, stagingColumns } from './copy-expressions.ts'

/** An event that may be copied. */
export type CopySource = { event: StoredEvent; literal?: { start: number; end: number } }

export type MultiplyOptions = {
  engine: Engine
  /** In the order of their times. */
  sources: readonly CopySource[]
  copies: number
  /** The position of the first copy; the others follow. */
  firstSequence: number
  /** No copy is later (Unix ms). */
  nowMs: number
  onProgress: (copies: number) => void
}

/** Copies of an event stay in its ten minutes, so that they keep the rhythm of the day and never leave their week. */
const windowMs = 600_000
/** Copies that one statement makes: one part of each table. Many make few parts, and take memory (some 2 KB each). */
const sliceCopies = 200_000
/** Statements that run at the same time, one thread each. */
const statementsAtOnce = 2
/**
 * What is older lies in one part for each week, as a log has it that filled up over weeks: the engine merges parts all
 * the time, and what is left of a week when it is over (see the migration `0003_smaller_rows`).
 */
const recentMs = 86_400_000
const bytesPerInsert = 32 * 1024 * 1024

type Slice = { first: number; last: number; copies: number }

/**
 * Adds so many copies of events, made inside the engine: each has a time in the same ten minutes, an id, a content
 * hash and a position of its own, and another number in its SQL; its JSON and its columns say the same. Slices follow
 * the order of time, so that parts hardly overlap and a search for the newest reads few of them.
 * The same sources make the same copies. What a crash leaves is half a log: seed a new directory.
 */
export async function multiplyEvents(options: MultiplyOptions): Promise<void> {
  const { engine, sources, copies, nowMs, onProgress } = options
  if (copies === 0) return
  await dropStaging(engine)
  for (const table of ['events', 'event_tables'] as const) await createStaging(engine, table)
  await fillStaging(options)
  const statements = {
    events: await renderCopying(engine, 'events', insertSettings),
    event_tables: await renderCopying(engine, 'event_tables', insertSettings),
  }
  const slices = cutSlices(sources, copies)
  const isRecent = ({ first }: Slice): boolean =>
    timeToMs(sources[first]?.event.occurredAt ?? '') >= nowMs - recentMs
  // Merging what is not complete yet would take the cores from making it.
  await engine.command('apply', 'SYSTEM STOP MERGES events')
  await engine.command('apply', 'SYSTEM STOP MERGES event_tables')
  let done = 0
  const copy = async (slice: Slice): Promise<void> => {
    for (const table of ['events', 'event_tables'] as const) {
      await engine.command('interactive', statements[table], { first: slice.first, last: slice.last })
    }
    done += slice.copies
    onProgress(done)
  }
  await inTurns(
    slices.filter((slice) => !isRecent(slice)),
    copy,
  )
  await engine.command('apply', 'SYSTEM START MERGES events')
  await engine.command('apply', 'SYSTEM START MERGES event_tables')
  await mergeWeeks(engine)
  await inTurns(slices.filter(isRecent), copy)
  await dropStaging(engine)
}

/** Works on the items in their order, so many at the same time. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const next = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: statementsAtOnce }, next))
}

/** Merges each week of both tables into one part, with all its indexes. */
async function mergeWeeks(engine: Engine): Promise<void> {
  const weeks = await engine.queryLines(
    'apply',
    `SELECT DISTINCT
       table,
       partition
     FROM system.parts
     WHERE database = currentDatabase()
       AND table IN ('events', 'event_tables')
       AND active
     ORDER BY ALL`,
  )
  await inTurns(weeks, async (line) => {
    const [table = '', week = ''] = line.split('\t')
    await engine.command('interactive', `OPTIMIZE TABLE ${table} PARTITION {week:String} FINAL`, { week })
  })
}

const insertSettings = [
  'max_threads = 1',
  'max_insert_threads = 1',
  // Blocks as they come are small; together they make one part.
  `min_insert_block_size_rows = ${sliceCopies * 2}`,
  'min_insert_block_size_bytes = 0',
  'max_block_size = 16384',
  'max_memory_usage = 0',
  'max_execution_time = 0',
].join(', ')

/** The columns of a table, as they are, and beside them what a copy needs to know. */
async function createStaging(engine: Engine, table: 'events' | 'event_tables'): Promise<void> {
  const columns = (await insertedColumns(engine, table)).map(({ name, type }) => `${name} ${type}`)
  await engine.command(
    'apply',
    `CREATE TABLE seed_${table} (${[...columns, ...stagingColumns].join(', ')}) ENGINE = MergeTree ORDER BY seed_ordinal`,
  )
}

async function dropStaging(engine: Engine): Promise<void> {
  for (const table of ['seed_events', 'seed_event_tables']) {
    await engine.command('apply', `DROP TABLE IF EXISTS ${table} SYNC`)
  }
}

/** How many copies source `i` of `of` gets, when all get `copies` together. */
function copiesOf(i: number, of: number, copies: number): number {
  return Math.floor(((i + 1) * copies) / of) - Math.floor((i * copies) / of)
}

async function fillStaging({
  engine,
  sources,
  copies,
  firstSequence,
  nowMs,
}: MultiplyOptions): Promise<void> {
  const events = new RowBuffer()
  const tables = new RowBuffer()
  let sequence = firstSequence
  const flush = async (): Promise<void> => {
    if (events.length > 0) await engine.insertRows('seed_events', events)
    if (tables.length > 0) await engine.insertRows('seed_event_tables', tables)
    events.clear()
    tables.clear()
  }
  for (const [ordinal, source] of sources.entries()) {
    const event = withMarker(source)
    const occurredMs = timeToMs(event.occurredAt)
    const windowStartMs = Math.floor(occurredMs / windowMs) * windowMs
    const own = {
      seed_ordinal: ordinal,
      seed_copies: copiesOf(ordinal, sources.length, copies),
      seed_first_sequence: sequence,
      seed_window_start: windowStartMs * 1000,
      seed_window_length: (Math.min(windowStartMs + windowMs, nowMs) - windowStartMs) * 1000,
      seed_lag: (timeToMs(event.receivedAt) - occurredMs) * 1000,
      seed_literal_digits: source.literal === undefined ? 0 : source.literal.end - source.literal.start,
    }
    sequence += own.seed_copies
    events.add({ ...toEventRow(event), ...own })
    for (const row of toTableRows(event)) tables.add({ ...row, ...own })
    if (events.length >= bytesPerInsert) await flush()
  }
  await flush()
}

/** The event with a marker where copies have a number of their own, and with times of as many digits as theirs. */
function withMarker({ event, literal }: CopySource): StoredEvent {
  const source = {
    ...event,
    occurredAt: padMicroseconds(event.occurredAt),
    receivedAt: padMicroseconds(event.receivedAt),
  }
  const sql = event.data?.['sql']
  if (literal === undefined || typeof sql !== 'string') return source
  return {
    ...source,
    data: { ...event.data, sql: `${sql.slice(0, literal.start)}${literalMarker}${sql.slice(literal.end)}` },
  }
}

/** Cuts the sources into runs that make about `sliceCopies` copies, never within ten minutes. */
function cutSlices(sources: readonly CopySource[], copies: number): Slice[] {
  const slices: Slice[] = []
  let slice: Slice | undefined
  let windowOfLast = -1
  for (const [i, { event }] of sources.entries()) {
    const window = Math.floor(timeToMs(event.occurredAt) / windowMs)
    const own = copiesOf(i, sources.length, copies)
    const isNewWeek =
      Math.floor((window * windowMs + weekOffsetMs) / weekMs) !==
      Math.floor((windowOfLast * windowMs + weekOffsetMs) / weekMs)
    if (!slice || (window !== windowOfLast && (slice.copies >= sliceCopies || isNewWeek))) {
      slice = { first: i, last: i, copies: 0 }
      slices.push(slice)
    }
    slice.last = i
    slice.copies += own
    windowOfLast = window
  }
  return slices
}

const weekMs = 7 * 86_400_000
/** The first of January 1970 was a Thursday: weeks begin on Monday, three days earlier. */
const weekOffsetMs = 3 * 86_400_000
