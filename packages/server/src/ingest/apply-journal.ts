import { setTimeout as delay } from 'node:timers/promises'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import type { EnrichedEvent, Position, StoredEvent } from '@aleph-audit-log/domain/event'
import type { SearchableEvent } from '@aleph-audit-log/domain/searchable-event'
import type { Journal, JournalWalk, RecordsMax } from '../journal/journal.ts'
import type { Quarantine } from '../journal/quarantine.ts'
import type { JournalRecord } from '../journal/segment-format.ts'
import type { EventStore } from '../store/event-store.ts'
import { RepeatFilter, type IdConflict } from './drop-repeats.ts'
import type { KnownIds } from './known-ids.ts'
import type { JournalRange, RepairRequests } from './repair-requests.ts'

export type ApplyLimits = {
  recordsMax: number
  bytesMax: number
  /** So many records of a batch are events in memory at the same time. */
  recordsPerChunk: number
  intervalMs: number
  retryMs: { first: number; max: number }
}

export type ApplierDependencies = {
  journal: Journal
  store: EventStore
  ids: KnownIds
  quarantine: Quarantine
  repairs: RepairRequests
  node: string
  limits: ApplyLimits
  /**
   * Runs a look-up and its insert while nobody else does the same to this store: neither another node's applier nor a
   * check of the tables.
   */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** Told of each conflict before its batch counts as applied; may be told twice after a crash. */
  onIdConflicts: (conflicts: IdConflict[]) => Promise<void>
  onError: (error: unknown) => void
  /** Who follows what comes in. */
  followers?: AppliedFollowers
}

/** Who is told of what has come in, batch by batch, in order: asked before a batch is read. */
export type AppliedFollowers = { begin: (batch: { records: number; bytes: number }) => FollowedBatch }

export type FollowedBatch = {
  /** Takes each event as it is stored; absent where nobody wants them, so that nothing is held. */
  add?: ((event: StoredEvent, searchable: SearchableEvent) => void) | undefined
  /** Everything up to `last` is now found by every search. Not called for a batch that failed. */
  confirm: (last: number) => void
}

export type ApplierStatus = {
  appliedSequence: number
  pending: number
  /** Records that are still to be applied once more, because the store had lost some. */
  again: number
  /** Why the last attempt failed; undefined when it went well. */
  error: string | undefined
  repeatsDropped: number
  /** Failed attempts since the start. */
  errors: number
}

/**
 * Fills the event store from the journal, in order, one batch at a time; each event ends up there exactly once.
 *
 * The applied mark moves only after a batch is confirmed. Whatever lies behind the mark may be in the store wholly, in
 * part or not at all (a crash or an error in the middle), so batches up to `#mayBeThereUntil` are appended with a look
 * at what is there. That is the only difference between recovery and the ordinary way.
 *
 * What the store has lost is brought back by applying records again, with the same look. New events take turns with
 * it, so they stay visible within a second.
 */
export class Applier {
  readonly #deps: ApplierDependencies
  readonly #stop = new AbortController()
  readonly #newRecords: Pass
  #again: PassAgain | undefined
  #lastTurn: Pass | undefined
  #wake: (() => void) | undefined
  #loop: Promise<void> | undefined
  #mayBeThereUntil = 0
  #error: string | undefined
  #repeatsDropped = 0
  #errors = 0
  #applying: Promise<void> | undefined
  #draining = false

  constructor(dependencies: ApplierDependencies) {
    this.#deps = dependencies
    this.#newRecords = new Pass(dependencies.limits.recordsMax)
  }

  /**
   * Begins to apply; resolves as soon as it is known how far the store got before. A store that ends before the
   * last event that it confirmed has lost events: what the journal holds is applied again.
   */
  async start(): Promise<void> {
    const { store, journal, repairs, node } = this.#deps
    this.#mayBeThereUntil = await store.lastSequence(node)
    if (this.#mayBeThereUntil < journal.storedSequence) {
      // From the beginning: if older events are lost as well, a later one with the same id must not come first.
      await repairs.request({ first: journal.firstSequence, last: journal.appliedSequence })
    }
    this.#loop = this.#run()
  }

  get status(): ApplierStatus {
    const { journal, repairs } = this.#deps
    const again = repairs.range
    return {
      appliedSequence: journal.appliedSequence,
      pending: journal.lastSequence - journal.appliedSequence,
      again: again ? again.last - Math.max(again.first, this.#again?.next ?? 0) + 1 : 0,
      error: this.#error,
      repeatsDropped: this.#repeatsDropped,
      errors: this.#errors,
    }
  }

  /** Whether it has been told to stop. */
  get isClosing(): boolean {
    return this.#draining
  }

  /**
   * The position up to which the store has every event. Waits for the batch that is being applied, if any: so whatever
   * a search has found before this call stands behind the position, and nothing that stands behind it comes later.
   */
  async settledPosition(): Promise<Position> {
    // What fails is tried again and told elsewhere.
    await this.#applying?.catch(() => undefined)
    return { node: this.#deps.node, sequence: this.#deps.journal.appliedSequence }
  }

  /** Says that the journal has grown, or that there is something to apply again. */
  notify(): void {
    this.#wake?.()
  }

  /** Applies what is there for at most `ms`, then stops. What is left waits in the journal for the next start. */
  async close(ms: number): Promise<void> {
    this.#draining = true
    this.#wake?.()
    const timeout = setTimeout(() => this.#stop.abort(), ms)
    await this.#loop
    clearTimeout(timeout)
    await this.#again?.walk.close()
  }

  async #run(): Promise<void> {
    const { limits } = this.#deps
    let retryMs = limits.retryMs.first
    while (!this.#stop.signal.aborted) {
      if (!this.#hasWork()) {
        if (this.#draining) return
        await this.#sleepUntilNotified()
        continue
      }
      let pass = this.#newRecords
      try {
        pass = await this.#takeTurn()
        const startMs = performance.now()
        this.#applying = this.#applyNext(pass)
        await this.#applying
        this.#error = undefined
        retryMs = limits.retryMs.first
        const leftMs = limits.intervalMs - (performance.now() - startMs)
        if (!this.#draining && leftMs > 0) await this.#pause(leftMs)
      } catch (error) {
        this.#error = error instanceof Error ? error.message : String(error)
        this.#errors++
        this.#deps.onError(error)
        if (isRefusal(error)) pass.noteRefusal()
        if (this.#draining) return
        await this.#pause(retryMs)
        retryMs = isRefusal(error) ? limits.retryMs.first : Math.min(retryMs * 2, limits.retryMs.max)
      }
    }
  }

  #hasNewRecords(): boolean {
    const { journal } = this.#deps
    return journal.appliedSequence < journal.lastSequence
  }

  /** When the process ends only new records are waited for: what is applied again goes on at the next start. */
  #hasWork(): boolean {
    return this.#hasNewRecords() || (!this.#draining && this.#deps.repairs.range !== undefined)
  }

  async #takeTurn(): Promise<Pass> {
    const again = this.#draining ? undefined : await this.#openAgain()
    const isTurnOfAgain = !this.#hasNewRecords() || this.#lastTurn === this.#newRecords
    this.#lastTurn = again && isTurnOfAgain ? again : this.#newRecords
    return this.#lastTurn
  }

  /** The pass over what is to be applied again; it begins anew when more was asked for meanwhile. */
  async #openAgain(): Promise<Pass | undefined> {
    const { repairs, journal, limits } = this.#deps
    const { range } = repairs
    if (this.#again && this.#again.range === range) return this.#again
    await this.#again?.walk.close()
    this.#again = undefined
    if (!range) return undefined
    const first = Math.max(range.first, journal.firstSequence)
    if (first > range.first) this.#deps.onError(lostBeyondJournal(range.first, first - 1))
    this.#again = new PassAgain(limits.recordsMax, first, range, journal.openWalk(first))
    return this.#again
  }

  async #applyNext(pass: Pass): Promise<void> {
    const { journal, limits, repairs, quarantine } = this.#deps
    const again = pass instanceof PassAgain ? pass : undefined
    if (!again) pass.next = journal.appliedSequence + 1
    const max: RecordsMax = { records: pass.recordsMax, bytes: limits.bytesMax }
    const read = again ? await again.walk.read(pass.next, max) : await journal.read(pass.next, max)
    const records = again ? read.filter(({ sequence }) => sequence <= again.range.last) : read
    const last = records.at(-1)?.sequence
    if (last === undefined) {
      if (again) await repairs.finish(again.range)
      return
    }
    const alone = records.length === 1 ? records[0] : undefined
    if (alone && pass.isGivenUp(alone.sequence)) await quarantine.add(alone, this.#error ?? 'refused')
    const toApply = records.filter(({ sequence }) => !quarantine.has(sequence))
    pass.noteAttempt(records)
    const followed = again ? undefined : this.#deps.followers?.begin(sizeOf(toApply))
    const batch = { records: toApply, last, onEvent: followed?.add }
    const storedUpTo = await this.#deps.exclusively(async () => this.#applyBatch(batch))
    if (again) pass.next = last + 1
    else {
      await journal.markApplied(last, storedUpTo)
      followed?.confirm(last)
    }
    if (again && last >= again.range.last) await repairs.finish(again.range)
    pass.recordsMax = Math.min(pass.recordsMax * 2, limits.recordsMax)
  }

  /** Returns the last sequence that it brought into the store, 0 if none. */
  async #applyBatch({ records, last, onEvent }: Batch): Promise<number> {
    const { store, ids, limits } = this.#deps
    const stored: Stored = { ids: [], lastSequence: 0 }
    if (records.length === 0) return 0
    const mayBeThere = (records[0]?.sequence ?? last) <= this.#mayBeThereUntil
    // From here on until it is confirmed, any part of the batch may be in the store.
    this.#mayBeThereUntil = Math.max(this.#mayBeThereUntil, last)
    const repeats = new RepeatFilter(ids)
    // What may be there is asked for with each chunk, so it comes in one.
    const chunkRecords = mayBeThere ? records.length : limits.recordsPerChunk
    await store.appendEvents(this.#decode(records, chunkRecords, repeats, stored), { mayBeThere, onEvent })
    ids.add(stored.ids)
    if (repeats.conflicts.length > 0) await this.#deps.onIdConflicts(repeats.conflicts)
    this.#repeatsDropped += repeats.repeats
    return stored.lastSequence
  }

  /** The events of the records that are new, some at a time; `stored` is told of them. */
  async *#decode(
    records: readonly JournalRecord[],
    chunkRecords: number,
    repeats: RepeatFilter,
    stored: Stored,
  ): AsyncGenerator<readonly StoredEvent[]> {
    for (let i = 0; i < records.length; i += chunkRecords) {
      const chunk = records.slice(i, i + chunkRecords)
      const fresh = await repeats.dropRepeats(chunk.map((record) => decodeRecord(record, this.#deps.node)))
      for (const event of fresh) stored.ids.push(event.id)
      stored.lastSequence = fresh.at(-1)?.position.sequence ?? stored.lastSequence
      yield fresh
    }
  }

  async #sleepUntilNotified(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      // Something may have come between the look and this line.
      if (this.#draining || this.#hasWork()) resolve()
    })
    this.#wake = undefined
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined)
  }
}

type Batch = { records: readonly JournalRecord[]; last: number; onEvent: FollowedBatch['add'] }

/** What a batch brings into the store; `lastSequence` is 0 while it is nothing. */
type Stored = { ids: string[]; lastSequence: number }

function sizeOf(records: readonly JournalRecord[]): { records: number; bytes: number } {
  return { records: records.length, bytes: records.reduce((sum, { payload }) => sum + payload.length, 0) }
}

/** How often a single record is refused before it is set aside. */
const refusalsMax = 3

/**
 * One way through the journal. A batch that the store refuses, not for want of something that passes, is halved until
 * the guilty record stands alone; when that has been refused too it is given up, and the rest goes on.
 */
class Pass {
  /** The next record to apply. */
  next: number
  /** How many records the next batch may have. */
  recordsMax: number
  /** The record that was last tried alone, and how often it was refused; sequence 0: the last batch had more. */
  #alone = { sequence: 0, refusals: 0 }

  constructor(recordsMax: number, first = 1) {
    this.recordsMax = recordsMax
    this.next = first
  }

  isGivenUp(sequence: number): boolean {
    return this.#alone.sequence === sequence && this.#alone.refusals >= refusalsMax
  }

  noteAttempt(records: readonly JournalRecord[]): void {
    const sequence = records.length === 1 ? (records[0]?.sequence ?? 0) : 0
    if (sequence !== this.#alone.sequence) this.#alone = { sequence, refusals: 0 }
  }

  noteRefusal(): void {
    this.recordsMax = Math.max(1, Math.floor(this.recordsMax / 2))
    if (this.#alone.sequence > 0) this.#alone.refusals++
  }
}

/** The pass over what the store has lost. */
class PassAgain extends Pass {
  readonly range: JournalRange
  readonly walk: JournalWalk

  constructor(recordsMax: number, first: number, range: JournalRange, walk: JournalWalk) {
    super(recordsMax, first)
    this.range = range
    this.walk = walk
  }
}

function lostBeyondJournal(first: number, last: number): AuditError {
  return new AuditError(
    'unavailable',
    `The event store has lost events, and the journal no longer holds its records ${first} to ${last}. ` +
      'What was among them can only come back from a backup.',
  )
}

/** Whether the records themselves are at fault: the store refuses them, or no row can be made of them. */
function isRefusal(error: unknown): boolean {
  return (
    isAuditError(error, 'invalid') ||
    error instanceof RangeError ||
    error instanceof TypeError ||
    error instanceof SyntaxError
  )
}

/** A record as the event that it is in the store. */
export function decodeRecord(record: JournalRecord, node: string): StoredEvent {
  // The payload was written by ingestEvents and its checksum was right.
  const event = JSON.parse(record.payload.toString('utf8')) as EnrichedEvent
  return { ...event, position: { node, sequence: record.sequence } }
}
