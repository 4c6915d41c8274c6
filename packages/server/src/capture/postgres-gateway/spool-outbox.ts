import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { GroupCommit } from '../../ingest/group-commit.ts'
import { Journal } from '../../journal/journal.ts'
import { gather, HandingOver, runUntilStopped } from './handing-over.ts'
import {
  outboxLimits,
  type Outbox,
  type OutboxLimits,
  type OutboxOptions,
  type OutboxStatus,
} from './outbox.ts'

export type SpoolOptions = OutboxOptions & {
  /** The spool's own folder, made if absent. */
  dir: string
  /** Takes secrets out of a draft, before it is written to the disk. */
  mask: (draft: EventDraft) => EventDraft
}

/** What stands in the spool: an event; an intent, as the event that it would be; the ids of intents that are settled. */
type Entry = { event: EventDraft } | { intent: EventDraft } | { settled: readonly string[] }

type OpenIntent = { sequence: number; draft: EventDraft }

/** An intent that stands behind so many segments is written again at the end, so that these can go. */
const segmentsBehindMax = 4

/**
 * For the modes *buffer* and *enforce*: events wait in a journal of their own on the disk until the audit log has them, and
 * sessions wait when that is full. An intent that was not settled when the process ended becomes an event of unknown outcome
 * at the next start.
 *
 * The mark of the journal moves up to the oldest intent that is not settled, so some events may be handed over twice
 * after a crash: with the same id and content, which the audit log keeps once.
 */
export class SpoolOutbox implements Outbox {
  readonly #options: SpoolOptions
  readonly #limits: OutboxLimits
  readonly #journal: Journal
  readonly #commit: GroupCommit
  readonly #handingOver: HandingOver
  /** Written and not settled, in the order of the journal. */
  readonly #open = new Map<string, OpenIntent>()
  /** Settled, and not read back yet: such an intent must not be written again behind the word that it is settled. */
  readonly #settling = new Set<string>()
  /** The intents up to here are of an earlier process. */
  readonly #inherited: number
  #next: number
  /** Not being written yet. */
  #told: string[] = []
  #toldBytes = 0
  #toldTimer: NodeJS.Timeout | undefined
  #unwrittenBytes = 0
  #unwrittenEvents = 0
  #room: { promise: Promise<void>; resolve: () => void } | undefined
  #wake: (() => void) | undefined
  #message: string | undefined
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  private constructor(options: SpoolOptions, journal: Journal) {
    this.#options = options
    this.#limits = options.limits ?? outboxLimits
    this.#journal = journal
    this.#handingOver = new HandingOver(options)
    const { groupBytesMax, queueBytesMax } = this.#limits
    this.#commit = new GroupCommit(journal, { groupBytesMax, queueBytesMax }, () => this.#wake?.())
    this.#inherited = journal.lastSequence
    this.#next = journal.appliedSequence + 1
    // One for each event that waits to be written.
    setMaxListeners(0, this.#stopping.signal)
    this.#running = runUntilStopped(async () => this.#run())
    // The journal cannot be read: told here, thrown at the end.
    this.#running.catch(options.onError)
  }

  /** Opens the spool; what an earlier process left in it is handed over first. Errors: those of `Journal.open`. */
  static async open(options: SpoolOptions): Promise<SpoolOutbox> {
    const { spool } = options.limits ?? outboxLimits
    return new SpoolOutbox(options, await Journal.open(options.dir, spool, options.now))
  }

  add(draft: EventDraft): void {
    this.#keep({ event: this.#options.mask(draft) })
  }

  settle(ids: readonly string[]): void {
    for (const id of ids) this.#settling.add(id)
    this.#keep({ settled: ids })
  }

  async addIntents(drafts: readonly EventDraft[]): Promise<void> {
    const { mask } = this.#options
    const intents = drafts.map((draft) => JSON.stringify({ intent: mask(draft) } satisfies Entry))
    // In the same turn, so both are one sync of the disk.
    this.#writeTold()
    await this.#commit.append(intents)
  }

  waitForRoom(): Promise<void> | undefined {
    if (this.#unwrittenBytes <= this.#limits.unwrittenBytesMax) return undefined
    if (this.#room === undefined) {
      let resolve = (): void => undefined
      const promise = new Promise<void>((done) => (resolve = done))
      this.#room = { promise, resolve }
    }
    return this.#room.promise
  }

  status(): OutboxStatus {
    const { eventsTooOld, ...status } = this.#handingOver.status()
    const message = this.#message ?? status.message
    return {
      ...status,
      // What is no event counts as well: it is soon dealt with.
      eventsWaiting: this.#journal.lastSequence - this.#next + 1 + this.#unwrittenEvents + this.#told.length,
      eventsLost: eventsTooOld,
      ...(message === undefined ? {} : { message }),
    }
  }

  /** What is on the disk waits there for the next start. */
  async close(): Promise<void> {
    this.#writeTold()
    const written = this.#untilWritten()
    await Promise.race([written, sleep(this.#limits.closeMs, undefined, { ref: false })])
    this.#stopping.abort()
    await written
    await this.#commit.close()
    this.#wake?.()
    await Promise.race([this.#running, sleep(this.#limits.closeMs, undefined, { ref: false })])
    this.#handingOver.stop()
    await this.#running
    await this.#journal.close()
  }

  /**
   * What is told of a statement is written together with the intent of the next one, or a little later: a sync of its own
   * would keep that intent waiting.
   */
  #keep(entry: Entry): void {
    const payload = JSON.stringify(entry)
    this.#told.push(payload)
    this.#toldBytes += Buffer.byteLength(payload)
    // Behind what is told right after it, which belongs to it.
    if (this.#toldBytes >= this.#limits.toldBytesMax) queueMicrotask(() => this.#writeTold())
    else this.#toldTimer ??= setTimeout(() => this.#writeTold(), this.#limits.toldMs)
  }

  #writeTold(): void {
    clearTimeout(this.#toldTimer)
    this.#toldTimer = undefined
    const told = this.#told
    if (told.length === 0) return
    const bytes = this.#toldBytes
    this.#told = []
    this.#toldBytes = 0
    void this.#write(told, bytes)
  }

  /** Until it is on the disk: what has happened is recorded, however long that takes. */
  async #write(payloads: readonly string[], bytes: number): Promise<void> {
    this.#unwrittenBytes += bytes
    this.#unwrittenEvents += payloads.length
    const { retryMs } = this.#limits
    for (let waitMs = retryMs.first; ; waitMs = Math.min(waitMs * 2, retryMs.max)) {
      try {
        await this.#commit.append(payloads)
        this.#message = undefined
        break
      } catch (error) {
        this.#message = error instanceof Error ? error.message : String(error)
        if (this.#stopping.signal.aborted) {
          this.#options.onError(error)
          break
        }
        await sleep(waitMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
      }
    }
    this.#unwrittenBytes -= bytes
    this.#unwrittenEvents -= payloads.length
    if (this.#room !== undefined && this.#unwrittenBytes <= this.#limits.unwrittenBytesMax) {
      this.#room.resolve()
      this.#room = undefined
    }
  }

  async #untilWritten(): Promise<void> {
    while (this.#unwrittenEvents > 0) await sleep(10)
  }

  async #run(): Promise<void> {
    for (;;) {
      const { batchEventsMax, batchBytesMax, gatherMs } = this.#limits
      const records = await this.#journal.read(this.#next, { records: batchEventsMax, bytes: batchBytesMax })
      const events: EventDraft[] = []
      for (const { sequence, payload } of records) {
        // Written by this class, and its checksum was right.
        const entry = JSON.parse(payload.toString('utf8')) as Entry
        if ('intent' in entry) this.#open.set(entry.intent.id ?? '', { sequence, draft: entry.intent })
        else if ('event' in entry) events.push(entry.event)
        else this.#close(entry.settled)
      }
      const last = records.at(-1)?.sequence ?? this.#next - 1
      if (last >= this.#inherited) events.push(...this.#takeUnsettled())
      await this.#handingOver.deliver(events)
      this.#next = last + 1
      await this.#moveOldIntents()
      await this.#moveMark()
      if (records.length > 0) {
        if (records.length < batchEventsMax) await gather(gatherMs, this.#stopping.signal)
        continue
      }
      if (this.#stopping.signal.aborted) return
      await this.#sleep()
    }
  }

  #close(ids: readonly string[]): void {
    for (const id of ids) {
      this.#open.delete(id)
      this.#settling.delete(id)
    }
  }

  /** A statement may run for a day; what was recorded meanwhile must not fill the disk. */
  async #moveOldIntents(): Promise<void> {
    // What an earlier process left is dealt with first, and goes then.
    if (this.#next <= this.#inherited) return
    if (this.#journal.bytes <= this.#limits.spool.segmentBytesMax * segmentsBehindMax) return
    const old = [...this.#open].filter(([id]) => !this.#settling.has(id))
    if (old.length === 0) return
    try {
      const first = await this.#commit.append(
        old.map(([, { draft }]) => JSON.stringify({ intent: draft } satisfies Entry)),
      )
      for (const [i, [id, { draft }]] of old.entries()) {
        this.#open.delete(id)
        this.#open.set(id, { sequence: first + i, draft })
      }
    } catch {
      // A disk that cannot be written is told by the events that wait for it.
    }
  }

  /** The events for intents of an earlier process, once all is read that it wrote. */
  #takeUnsettled(): EventDraft[] {
    const unknown: EventDraft[] = []
    for (const [id, { sequence, draft }] of this.#open) {
      if (sequence > this.#inherited) break
      this.#open.delete(id)
      unknown.push(draft)
    }
    return unknown
  }

  async #moveMark(): Promise<void> {
    const [oldest] = this.#open.values()
    const done = Math.min(this.#next, oldest?.sequence ?? this.#next) - 1
    if (done > this.#journal.appliedSequence) await this.#journal.markApplied(done, done)
  }

  async #sleep(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      // Something may have come between the look and this line.
      if (this.#next <= this.#journal.lastSequence || this.#stopping.signal.aborted) resolve()
    })
    this.#wake = undefined
  }
}
