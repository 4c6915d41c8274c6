import { setTimeout as delay } from 'node:timers/promises'
import { isAuditError } from '@aleph-audit-log/domain/error'
import type { EnrichedEvent, StoredEvent } from '@aleph-audit-log/domain/event'
import type { Journal } from '../journal/journal.ts'
import type { Quarantine } from '../journal/quarantine.ts'
import type { JournalRecord } from '../journal/segment-format.ts'
import type { EventStore } from '../store/event-store.ts'

export type ApplyLimits = {
  recordsMax: number
  bytesMax: number
  intervalMs: number
  retryMs: { first: number; max: number }
}

/** Another event came under an id that the log already has: `kept` stands, `refused` does not. */
export type IdConflict = { kept: { id: string; contentHash: string }; refused: StoredEvent }

export type ApplierDependencies = {
  journal: Journal
  store: EventStore
  node: string
  limits: ApplyLimits
  /** Told of each conflict before its batch counts as applied; may be told twice after a crash. */
  onIdConflicts: (conflicts: IdConflict[]) => Promise<void>
  onError: (error: unknown) => void
  quarantine: Quarantine
}

export type ApplierStatus = {
  appliedSequence: number
  pending: number
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
 */
export class Applier {
  readonly #deps: ApplierDependencies
  readonly #stop = new AbortController()
  #wake: (() => void) | undefined
  #loop: Promise<void> | undefined
  #mayBeThereUntil = 0
  #error: string | undefined
  #repeatsDropped = 0
  #errors = 0
  #draining = false
  /** How many records the next batch may have: fewer after the store has refused one, to find the guilty one. */
  #recordsMax: number
  /** The record that was last tried alone, and how often it was refused; sequence 0: the last batch had more. */
  #alone = { sequence: 0, refusals: 0 }

  constructor(dependencies: ApplierDependencies) {
    this.#deps = dependencies
    this.#recordsMax = dependencies.limits.recordsMax
  }

  /** Begins to apply; resolves as soon as it is known how far the store got before. */
  async start(): Promise<void> {
    this.#mayBeThereUntil = await this.#deps.store.lastSequence(this.#deps.node)
    this.#loop = this.#run()
  }

  get status(): ApplierStatus {
    const { journal } = this.#deps
    return {
      appliedSequence: journal.appliedSequence,
      pending: journal.lastSequence - journal.appliedSequence,
      error: this.#error,
      repeatsDropped: this.#repeatsDropped,
      errors: this.#errors,
    }
  }

  /** Says that the journal has grown. */
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
  }

  async #run(): Promise<void> {
    const { limits, journal } = this.#deps
    let retryMs = limits.retryMs.first
    while (!this.#stop.signal.aborted) {
      if (journal.appliedSequence >= journal.lastSequence) {
        if (this.#draining) return
        await this.#sleepUntilNotified()
        continue
      }
      try {
        await this.#applyNext()
        this.#error = undefined
        retryMs = limits.retryMs.first
        if (!this.#draining) await this.#pause(limits.intervalMs)
      } catch (error) {
        this.#error = error instanceof Error ? error.message : String(error)
        this.#errors++
        this.#deps.onError(error)
        this.#noteRefusal(error)
        if (this.#draining) return
        await this.#pause(retryMs)
        retryMs = isRefusal(error) ? limits.retryMs.first : Math.min(retryMs * 2, limits.retryMs.max)
      }
    }
  }

  async #applyNext(): Promise<void> {
    const { journal, store, limits, node } = this.#deps
    const first = journal.appliedSequence + 1
    const records = await journal.read(first, { records: this.#recordsMax, bytes: limits.bytesMax })
    const last = records.at(-1)?.sequence
    if (last === undefined) return
    const alone = records.length === 1 ? records[0] : undefined
    if (alone && this.#alone.sequence === first && this.#alone.refusals >= refusalsMax) {
      return this.#setAside(alone)
    }
    this.#alone = {
      sequence: alone ? first : 0,
      refusals: this.#alone.sequence === first ? this.#alone.refusals : 0,
    }
    const events = records.map((record) => decodeRecord(record, node))
    const { fresh, conflicts, repeats } = await dropRepeats(events, store)
    const mayBeThere = first <= this.#mayBeThereUntil
    // From here on until it is confirmed, any part of the batch may be in the store.
    this.#mayBeThereUntil = Math.max(this.#mayBeThereUntil, last)
    if (fresh.length > 0) await store.appendEvents(fresh, { mayBeThere })
    if (conflicts.length > 0) await this.#deps.onIdConflicts(conflicts)
    await journal.markApplied(last)
    this.#repeatsDropped += repeats
    this.#recordsMax = Math.min(this.#recordsMax * 2, limits.recordsMax)
  }

  /**
   * A batch that the store refuses, not for want of something that passes, is halved until the guilty record stands
   * alone; when that has been refused too it is set aside, and the rest goes on.
   */
  #noteRefusal(error: unknown): void {
    if (!isRefusal(error)) return
    this.#recordsMax = Math.max(1, Math.floor(this.#recordsMax / 2))
    if (this.#alone.sequence > 0) this.#alone.refusals++
  }

  async #setAside(record: JournalRecord): Promise<void> {
    await this.#deps.quarantine.add(record, this.#error ?? 'refused')
    await this.#deps.journal.markApplied(record.sequence)
  }

  async #sleepUntilNotified(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      // Something may have come between the look and this line.
      const { journal } = this.#deps
      if (this.#draining || journal.appliedSequence < journal.lastSequence) resolve()
    })
    this.#wake = undefined
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined)
  }
}

/** How often a single record is refused before it is set aside. */
const refusalsMax = 3

/** Whether the records themselves are at fault: the store refuses them, or no row can be made of them. */
function isRefusal(error: unknown): boolean {
  return (
    isAuditError(error, 'invalid') ||
    error instanceof RangeError ||
    error instanceof TypeError ||
    error instanceof SyntaxError
  )
}

function decodeRecord(record: JournalRecord, node: string): StoredEvent {
  // The payload was written by ingestEvents and its checksum was right.
  const event = JSON.parse(record.payload.toString('utf8')) as EnrichedEvent
  return { ...event, position: { node, sequence: record.sequence } }
}

type SortedEvents = { fresh: StoredEvent[]; conflicts: IdConflict[]; repeats: number }

/**
 * Leaves out events whose id was there before: in the store or earlier in the batch. The lowest position wins, and an
 * event found at its own position is itself. Ids made by the server cannot repeat and are not looked up.
 */
async function dropRepeats(events: StoredEvent[], store: EventStore): Promise<SortedEvents> {
  const known = await findKnown(events, store)
  const sorted: SortedEvents = { fresh: [], conflicts: [], repeats: 0 }
  for (const event of events) {
    if (!event.idFromSender) {
      sorted.fresh.push(event)
      continue
    }
    const key = `${event.workspaceId} ${event.id}`
    const before = known.get(key)
    const { position, contentHash, id } = event
    if (
      !before ||
      (before.position.node === position.node && before.position.sequence === position.sequence)
    ) {
      known.set(key, { position, contentHash })
      sorted.fresh.push(event)
    } else {
      sorted.repeats++
      if (before.contentHash !== contentHash) {
        sorted.conflicts.push({ kept: { id, contentHash: before.contentHash }, refused: event })
      }
    }
  }
  return sorted
}

type Known = Map<string, Pick<StoredEvent, 'position' | 'contentHash'>>

async function findKnown(events: StoredEvent[], store: EventStore): Promise<Known> {
  const idsByWorkspace = new Map<string, Set<string>>()
  for (const event of events) {
    if (!event.idFromSender) continue
    const ids = idsByWorkspace.get(event.workspaceId) ?? new Set()
    idsByWorkspace.set(event.workspaceId, ids.add(event.id))
  }
  const known: Known = new Map()
  for (const [workspaceId, ids] of idsByWorkspace) {
    for (const found of await store.findEvents(workspaceId, [...ids])) {
      const key = `${workspaceId} ${found.id}`
      const before = known.get(key)
      if (!before || found.position.sequence < before.position.sequence) known.set(key, found)
    }
  }
  return known
}
