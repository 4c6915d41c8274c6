import { setImmediate as nextTurn } from 'node:timers/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
import type { ChangeEvent, RewriteOptions, RewriteProgress } from '../event-store.ts'
import type { Engine, QueryParams } from './engine.ts'
import { toEngineTime, toEventRow } from './event-row.ts'
import { keptColumns, readKept } from './kept-event.ts'
import { RowBuffer } from './row-buffer.ts'
import { toTableRows } from './table-rows.ts'
import { fillSeen } from './usage/fill-seen.ts'
import { WeekCopy } from './week-copy.ts'

/** Events that are read at once: at most so many, and so many bytes of JSON (or one). */
const page = { events: 5000, bytes: 16 * 1024 * 1024 }
/** Rows are inserted when they have so many bytes. */
const insertBytesMax = 24 * 1024 * 1024
/** Making rows is work: other requests get their turn after so many. */
const rowsPerTurn = 100
/** What has come since the last look is copied while events wait in the journal, when it is no more than this. */
const restEventsMax = 20_000
/** So often what has come meanwhile is copied before the rest is, however much it is. */
const roundsMax = 5
/** Older events can come in between (from a repair): then the week is begun anew, so often. */
const triesMax = 3

/** See `EventStore.rewriteEvents`. Each week is written beside the real one, and then exchanged at once. */
export async function rewriteEvents(
  engine: Engine,
  change: ChangeEvent,
  options: RewriteOptions,
): Promise<void> {
  if (engine.cluster !== undefined) {
    throw new AuditError('conflict', 'The events of a cluster are not written anew from here.')
  }
  const weeks = await listWeeks(engine)
  const progress: RewriteProgress = { weeks: weeks.length, weeksDone: 0, events: 0, changed: 0 }
  options.onProgress({ ...progress })
  for (const week of weeks) {
    const { events, changed } = await rewriteWeek(engine, week, change, options)
    progress.weeksDone++
    progress.events += events
    progress.changed += changed
    options.onProgress({ ...progress })
  }
}

async function listWeeks(engine: Engine): Promise<string[]> {
  return engine.queryLines(
    'long',
    `SELECT toString(toMonday(occurred_at)) AS week
     FROM events
     GROUP BY week
     ORDER BY week DESC`,
  )
}

type Counts = { events: number; changed: number }

async function rewriteWeek(
  engine: Engine,
  week: string,
  change: ChangeEvent,
  options: RewriteOptions,
): Promise<Counts> {
  for (let tries = 0; tries < triesMax; tries++) {
    const copy = await WeekRewriting.begin(engine, week, change, options.signal)
    try {
      const counts = await copy.run(options.exclusively)
      if (counts !== undefined) return counts
    } finally {
      await copy.drop()
    }
  }
  throw new AuditError(
    'conflict',
    `Events of the week from ${week} changed meanwhile, or stand twice: see fsck.`,
  )
}

/** How far a node's events are copied, by node. */
type Copied = ReadonlyMap<string, number>

const nothing: Copied = new Map()

class WeekRewriting {
  readonly #engine: Engine
  readonly #week: string
  readonly #change: ChangeEvent
  readonly #signal: AbortSignal
  readonly #events: WeekCopy
  readonly #tables: WeekCopy
  readonly #counts: Counts = { events: 0, changed: 0 }
  #tableRows = 0

  private constructor(
    engine: Engine,
    week: string,
    change: ChangeEvent,
    signal: AbortSignal,
    copies: { events: WeekCopy; tables: WeekCopy },
  ) {
    this.#engine = engine
    this.#week = week
    this.#change = change
    this.#signal = signal
    this.#events = copies.events
    this.#tables = copies.tables
  }

  static async begin(
    engine: Engine,
    week: string,
    change: ChangeEvent,
    signal: AbortSignal,
  ): Promise<WeekRewriting> {
    const events = await WeekCopy.create(engine, 'events', week, 'rewrite')
    const tables = await WeekCopy.create(engine, 'event_tables', week, 'rewrite')
    return new WeekRewriting(engine, week, change, signal, { events, tables })
  }

  /** Copies the week and exchanges it; undefined if what was copied is no longer all that is there. */
  async run(exclusively: RewriteOptions['exclusively']): Promise<Counts | undefined> {
    let copied = nothing
    for (let round = 0; round < roundsMax; round++) {
      // Known while nothing is appended: below these positions nothing comes later.
      const settled = await exclusively(async () => this.#lastSequences())
      if (round > 0 && (await this.#countBetween(copied, settled)) <= restEventsMax) break
      await this.#copy(copied, settled)
      copied = settled
    }
    return exclusively(async () => {
      await this.#copy(copied, await this.#lastSequences())
      if ((await this.#countEvents()) !== this.#counts.events) return undefined
      // Another server may write into copies of the same names: then they are not these events.
      if ((await this.#events.countRows()) !== this.#counts.events) return undefined
      if ((await this.#tables.countRows()) !== this.#tableRows) return undefined
      if (this.#counts.changed > 0) {
        // A search by table counts in `events`; the smaller table goes first, and a check would find it astray.
        await this.#tables.replaceWeek()
        await this.#events.replaceWeek()
        await fillSeen(this.#engine, this.#week)
      }
      return this.#counts
    })
  }

  async drop(): Promise<void> {
    await this.#events.drop()
    await this.#tables.drop()
  }

  async #lastSequences(): Promise<Copied> {
    const lines = await this.#engine.queryLines(
      'long',
      `SELECT
         toString(node),
         max(sequence)
       FROM events
       WHERE toMonday(occurred_at) = {week:Date}
       GROUP BY node`,
      { week: this.#week },
    )
    return new Map(
      lines.map((line) => {
        const [node = '', sequence = '0'] = line.split('\t')
        return [node, Number(sequence)]
      }),
    )
  }

  async #countEvents(): Promise<number> {
    const [line] = await this.#engine.queryLines(
      'long',
      'SELECT count() FROM events WHERE toMonday(occurred_at) = {week:Date}',
      { week: this.#week },
    )
    return Number(line)
  }

  async #countBetween(after: Copied, until: Copied): Promise<number> {
    const { where, params } = this.#between(after, until)
    const [line] = await this.#engine.queryLines('long', `SELECT count() FROM events WHERE ${where}`, params)
    return Number(line)
  }

  #between(after: Copied, until: Copied): { where: string; params: QueryParams } {
    const nodes = [...until]
    return {
      where: `toMonday(occurred_at) = {week:Date}
       AND sequence > transform(toString(node), {nodes:Array(String)}, {after:Array(UInt64)}, toUInt64(0))
       AND sequence <= transform(toString(node), {nodes:Array(String)}, {until:Array(UInt64)}, toUInt64(0))`,
      params: {
        week: this.#week,
        nodes: nodes.map(([node]) => node),
        after: nodes.map(([node]) => after.get(node) ?? 0),
        until: nodes.map(([, sequence]) => sequence),
      },
    }
  }

  /** Writes what lies between these positions to the copies, in the order of the table, a page at a time. */
  async #copy(after: Copied, until: Copied): Promise<void> {
    if (until.size === 0) return
    const range = this.#between(after, until)
    const rows = { events: new RowBuffer(), tables: new RowBuffer() }
    let last: StoredEvent | undefined
    for (;;) {
      if (this.#signal.aborted) throw new AuditError('unavailable', 'It was stopped.')
      const events = await readPage(this.#engine, range, last)
      last = events.at(-1)
      if (last === undefined) break
      await this.#add(events, rows)
    }
    await this.#insert(rows)
  }

  async #add(events: StoredEvent[], rows: { events: RowBuffer; tables: RowBuffer }): Promise<void> {
    for (const [i, event] of events.entries()) {
      const changed = this.#change(event)
      this.#counts.events++
      if (changed !== undefined) this.#counts.changed++
      rows.events.add(toEventRow(changed ?? event))
      for (const row of toTableRows(changed ?? event)) {
        rows.tables.add(row)
        this.#tableRows++
      }
      if (rows.events.length + rows.tables.length >= insertBytesMax) await this.#insert(rows)
      if (i % rowsPerTurn === rowsPerTurn - 1) await nextTurn()
    }
  }

  async #insert({ events, tables }: { events: RowBuffer; tables: RowBuffer }): Promise<void> {
    if (events.length > 0) await this.#engine.insertRows(this.#events.name, events)
    events.clear()
    if (tables.length > 0) await this.#engine.insertRows(this.#tables.name, tables)
    tables.clear()
  }
}

/** Pages are read in the order of the key. In larger blocks, the pieces of several parts wait for one another in memory. */
const pageSettings =
  'max_threads = 1, max_block_size = 512, preferred_block_size_bytes = 262144, optimize_use_projections = 0'

/** The next events behind `after` in the order of the table; none at the end. */
async function readPage(
  engine: Engine,
  { where, params }: { where: string; params: QueryParams },
  after: StoredEvent | undefined,
): Promise<StoredEvent[]> {
  const rest =
    after === undefined
      ? ''
      : // The engine finds its place in the key by the first two of these, not by a tuple.
        `AND workspace_id >= {workspace:String}
         AND (workspace_id > {workspace:String} OR occurred_at >= {occurred_at:DateTime64(6, 'UTC')})
         AND (workspace_id, occurred_at, id) >
           ({workspace:String}, {occurred_at:DateTime64(6, 'UTC')}, {id:UUID})`
  const values: QueryParams = {
    ...params,
    ...(after === undefined
      ? {}
      : {
          workspace: after.workspaceId,
          occurred_at: toEngineTime(padMicroseconds(after.occurredAt)),
          id: after.id,
        }),
  }
  const read = async (columns: string, limit: number): Promise<string[]> =>
    engine.queryLines(
      'long',
      `SELECT ${columns}
       FROM events
       WHERE ${where}
         ${rest}
       ORDER BY workspace_id, occurred_at, id
       LIMIT {limit:UInt32}
       SETTINGS ${pageSettings}`,
      { ...values, limit },
    )
  const sizes = await read('event_bytes', page.events)
  let bytes = 0
  const tooMany = sizes.findIndex((size) => (bytes += Number(size)) > page.bytes)
  const fitting = tooMany < 0 ? sizes.length : Math.max(tooMany, 1)
  return fitting === 0 ? [] : (await read(keptColumns, fitting)).map(readKept)
}
