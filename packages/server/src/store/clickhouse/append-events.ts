import { setImmediate as nextTurn } from 'node:timers/promises'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { toSearchableEvent, type SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import { chunksOf, type AppendOptions, type EventsToAppend } from '../event-store.ts'
import { weekOf } from '../week.ts'
import type { Engine } from './engine.ts'
import { toRowOf } from './event-row.ts'
import { RowBuffer } from './row-buffer.ts'
import { toTableRows } from './table-rows.ts'
import type { SeenTeller } from './usage/tell-seen.ts'

/** Rows are inserted when they have so many bytes together; a row is at most some 15 MB. */
const insertBytesMax = 24 * 1024 * 1024
/** Making rows is work: other requests get their turn after so many. */
const rowsPerTurn = 100

const nothing: ReadonlySet<number> = new Set()

/**
 * See `EventStore.appendEvents`. Rows are made of the events as these come, and no event is kept: what the garbage
 * collector finds alive it has to move, and moving the events of whole batches took as long as making their rows.
 */
export async function appendEvents(
  engine: Engine,
  { buffers, teller }: { buffers: RowBuffers; teller: SeenTeller },
  events: EventsToAppend,
  { mayBeThere, onEvent }: AppendOptions,
): Promise<void> {
  if (mayBeThere) await engine.settleInserts(['events', 'event_tables'])
  const rows = new RowsByWeek(engine, buffers)
  // Told of every event, also of those that are there: nobody knows whether it was told of them.
  const seen = teller.begin()
  try {
    for await (const chunk of chunksOf(events)) {
      const inEvents = mayBeThere ? await presentSequences(engine, 'events', chunk) : nothing
      const inTables = mayBeThere ? await presentSequences(engine, 'event_tables', chunk) : nothing
      for (const [i, event] of chunk.entries()) {
        const { sequence } = event.position
        seen.add(event)
        const searchable = toSearchableEvent(event)
        onEvent?.(event, searchable)
        if (!inEvents.has(sequence)) rows.addEvent(event, searchable)
        if (!inTables.has(sequence)) rows.addTables(event)
        if (rows.bytes >= insertBytesMax) await rows.beginInsert()
        if (i % rowsPerTurn === rowsPerTurn - 1) await nextTurn()
      }
    }
    await rows.beginInsert()
  } finally {
    // Also after a failure: a second attempt must not meet what is still being inserted.
    await rows.untilInserted()
  }
  await seen.tell()
}

/** So much memory is kept for the next rows: that of two inserts, of which one is made while the other runs. */
const idleBytesMax = 64 * 1024 * 1024

/** Buffers for rows that were used before: new ones of many megabytes would call for the garbage collector. */
export class RowBuffers {
  readonly #idle: RowBuffer[] = []
  #idleBytes = 0

  take(): RowBuffer {
    const buffer = this.#idle.pop()
    if (!buffer) return new RowBuffer()
    this.#idleBytes -= buffer.capacity
    return buffer
  }

  giveBack(buffer: RowBuffer): void {
    if (this.#idleBytes + buffer.capacity > idleBytesMax) return
    buffer.clear()
    this.#idle.push(buffer)
    this.#idleBytes += buffer.capacity
  }
}

type RowsOfWeek = { events: RowBuffer; tables: RowBuffer }

/**
 * Inserts are split by week and table: an insert over more than 100 partitions fails for good, and one within a
 * partition is a single part, which is there wholly or not at all.
 */
class RowsByWeek {
  readonly #engine: Engine
  readonly #buffers: RowBuffers
  readonly #weeks = new Map<string, RowsOfWeek>()
  /** The same by days, of which many events have the same one. */
  readonly #days = new Map<string, RowsOfWeek>()
  #inserting: Promise<void> = Promise.resolve()
  /** What waits to be inserted. */
  bytes = 0

  constructor(engine: Engine, buffers: RowBuffers) {
    this.#engine = engine
    this.#buffers = buffers
  }

  addEvent(event: StoredEvent, searchable: SearchableEvent): void {
    this.bytes += this.#of(event).events.add(toRowOf(event, searchable))
  }

  addTables(event: StoredEvent): void {
    for (const row of toTableRows(event)) this.bytes += this.#of(event).tables.add(row)
  }

  /**
   * Waits for the insert before this one and begins to insert what has been added since. Rows of the next insert are
   * made while the engine works on this one. Throws what the insert before failed with.
   */
  async beginInsert(): Promise<void> {
    await this.untilInserted()
    const weeks = [...this.#weeks.values()]
    this.#weeks.clear()
    this.#days.clear()
    this.bytes = 0
    this.#inserting = this.#insert(weeks)
    // Its failure is thrown by whoever waits for it, which may be later.
    this.#inserting.catch(() => undefined)
  }

  async untilInserted(): Promise<void> {
    await this.#inserting
  }

  async #insert(weeks: readonly RowsOfWeek[]): Promise<void> {
    for (const { events, tables } of weeks) {
      if (events.length > 0) await this.#engine.insertRows('events', events)
      if (tables.length > 0) await this.#engine.insertRows('event_tables', tables)
      this.#buffers.giveBack(tables)
      this.#buffers.giveBack(events)
    }
  }

  #of({ occurredAt }: StoredEvent): RowsOfWeek {
    const day = occurredAt.slice(0, 10)
    let rows = this.#days.get(day)
    if (!rows) {
      const week = weekOf(occurredAt)
      rows = this.#weeks.get(week) ?? { events: this.#buffers.take(), tables: this.#buffers.take() }
      this.#weeks.set(week, rows)
      this.#days.set(day, rows)
    }
    return rows
  }
}

async function presentSequences(
  engine: Engine,
  table: 'events' | 'event_tables',
  events: readonly StoredEvent[],
): Promise<Set<number>> {
  const first = events[0]?.position
  const last = events.at(-1)?.position
  if (!first || !last) return new Set()
  const lines = await engine.queryLines(
    'apply',
    `SELECT DISTINCT sequence
     FROM ${table}
     WHERE node = {node:String}
       AND sequence BETWEEN {first:UInt64} AND {last:UInt64}`,
    { node: first.node, first: first.sequence, last: last.sequence },
  )
  return new Set(lines.map(Number))
}
