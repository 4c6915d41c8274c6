import { mkdir, open, readdir, readFile, stat, unlink, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import { loadAppliedMark, saveAppliedMark, type AppliedMark } from './applied-mark.ts'
import { DiskReserve } from './disk-reserve.ts'
import { JournalReader } from './journal-reader.ts'
import { recoverSegment } from './recover-segment.ts'
import {
  encodeSegmentHeader,
  segmentHeaderBytes,
  segmentName,
  sequenceOfSegment,
  type JournalRecord,
  type Payload,
} from './segment-format.ts'
import { asStorageError } from './storage-error.ts'
import { syncDirectory } from './sync-directory.ts'
import { WriteBuffer } from './write-buffer.ts'
import { writeFully } from './write-fully.ts'

export type JournalLimits = {
  /** A segment is closed when it is larger. */
  segmentBytesMax: number
  /** One record's payload. */
  payloadBytesMax: number
  /** Bytes not yet in the event store; more are refused as `overloaded`. */
  unappliedBytesMax: number
  /** Applied segments are kept so long, or until they take so much, to be applied again if the store lost them. */
  appliedKeptMs: number
  appliedKeptBytes: number
  /** Disk space that only urgent events may use, kept in the file `reserve`; none if it is left out. */
  reserveBytes?: number
}

/** A segment on disk. `bytes` counts what is durable. */
export type Segment = { first: number; bytes: number; lastWriteMs: number }

type State = 'open' | 'failed' | 'closed'

export type RecordsMax = { records: number; bytes: number }

/** See `Journal.openWalk`. */
export type JournalWalk = {
  /** See `Journal.read`. */
  read: (sequence: number, max: RecordsMax) => Promise<JournalRecord[]>
  close: () => Promise<void>
}

/**
 * The append-only log that acknowledges: what `append` has resolved for is on the disk. One writer; the caller appends
 * one group at a time (see GroupCommit).
 */
export class Journal {
  readonly #dir: string
  readonly #limits: JournalLimits
  readonly #segments: Segment[]
  readonly #now: () => number
  readonly #onFailed: () => void
  #file: FileHandle | undefined
  readonly #buffer = new WriteBuffer()
  #next: number
  #mark: AppliedMark
  #state: State = 'open'
  readonly #reader: JournalReader
  readonly #holds = new Set<{ first: number }>()
  readonly #reserve: DiskReserve
  /** False when the newest segment does not end right before the next sequence. */
  readonly #canContinueNewest: boolean

  private constructor(
    dir: string,
    limits: JournalLimits,
    clock: { now: () => number; onFailed: () => void },
    found: { segments: Segment[]; next: number; mark: AppliedMark; continuesNewest: boolean },
    reserve: DiskReserve,
  ) {
    this.#dir = dir
    this.#limits = limits
    this.#now = clock.now
    this.#onFailed = clock.onFailed
    this.#segments = found.segments
    this.#next = found.next
    this.#mark = found.mark
    this.#canContinueNewest = found.continuesNewest
    this.#reserve = reserve
    this.#reader = new JournalReader(dir, this.#segments, limits.payloadBytesMax)
  }

  /**
   * Opens the journal in `dir` (made if absent) and cuts off what an interrupted write left behind.
   * Throws AuditError('unavailable') when records that may have been acknowledged are damaged. `onFailed` is told once
   * when the disk has failed and the process should end.
   */
  static async open(
    dir: string,
    limits: JournalLimits,
    now: () => number,
    onFailed: () => void = () => undefined,
  ): Promise<Journal> {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await syncDirectory(dirname(dir))
    const segments = await listSegments(dir)
    let next = 1
    const newest = segments.at(-1)
    if (newest) {
      const path = join(dir, segmentName(newest.first))
      const bytes = await readFile(path)
      const recovered = recoverSegment(bytes, path, newest.first, limits.payloadBytesMax)
      if (recovered.keptBytes < bytes.length) await truncateDurably(path, recovered.keptBytes)
      newest.bytes = recovered.keptBytes
      next = recovered.nextSequence
      if (recovered.keptBytes === 0) {
        // Not even its header was written: the segment never held anything.
        await unlink(path)
        segments.pop()
      }
    }
    // A mark that is older than what is still here (deleted, or from a backup) begins where the segments do.
    const { applied: marked, stored } = await loadAppliedMark(dir)
    const applied = Math.max(marked, (segments[0]?.first ?? 1) - 1)
    // Segments may have been taken away by hand: a sequence that the event store has seen is never given out again.
    const continuesNewest = applied < next
    if (!continuesNewest) next = applied + 1
    const reserve = await DiskReserve.open(join(dir, 'reserve'), limits.reserveBytes ?? 0)
    const found = { segments, next, mark: { applied, stored }, continuesNewest }
    return new Journal(dir, limits, { now, onFailed }, found, reserve)
  }

  /** The sequence of the last durable record; 0 when there is none. */
  get lastSequence(): number {
    return this.#next - 1
  }

  /** The sequence of the oldest record that is still kept; one more than `lastSequence` when there is none. */
  get firstSequence(): number {
    return this.#segments[0]?.first ?? this.#next
  }

  /** Everything up to this sequence is confirmed in the event store. */
  get appliedSequence(): number {
    return this.#mark.applied
  }

  /** The last sequence that the event store has confirmed to hold; 0 if that is not known. */
  get storedSequence(): number {
    return this.#mark.stored
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0)
  }

  get state(): State {
    return this.#state
  }

  /** Whether the disk was full when it was last looked at: only urgent events are taken. */
  get isDiskFull(): boolean {
    return this.#reserve.isWanting
  }

  /** How much of the reserve has been given to urgent events. */
  get reserveUsedBytes(): number {
    return this.#reserve.givenBytes
  }

  /** Looks whether a full disk has room again, and takes all events from then on. To be called now and then. */
  async lookForRoom(): Promise<void> {
    await this.#reserve.restore()
  }

  /**
   * Appends batches of payloads with one write and one `fdatasync`, and returns the first sequence of each batch.
   * **Promise: when this resolves, every record is on the disk; when it rejects with `storage_full` or `overloaded`,
   * none of them will ever be read.** After a failed fsync each batch may be there or not, whole.
   * `urgent` is for the few events that the server itself has to tell: nobody could sign in, and the applier could not
   * go on, if they were refused. They go over the limits, and take from the reserve when the disk is full.
   * Errors: `storage_full` (nothing was kept, try again later), `overloaded` (too much waits for the event store),
   * `unavailable` (the disk failed: the journal takes nothing more until it is opened again, because after a failed
   * fsync nobody knows what the disk holds).
   */
  async append(
    batches: readonly (readonly Payload[])[],
    options: { urgent?: boolean } = {},
  ): Promise<number[]> {
    const urgent = options.urgent === true
    if (!urgent) {
      this.#refuseOverLimit()
      await this.#refuseWithoutRoom()
    }
    for (;;) {
      try {
        return await this.#write(batches)
      } catch (error) {
        if (!isAuditError(error, 'storage_full')) throw error
        this.#reserve.noteFull()
        if (!urgent || !(await this.#reserve.release())) throw error
      }
    }
  }

  async #write(batches: readonly (readonly Payload[])[]): Promise<number[]> {
    this.#refuseUnlessOpen()
    const segment = await this.#segmentToWrite()
    const bytes = this.#buffer.encode(batches, this.#next)
    const file = this.#file
    if (!file) throw new AuditError('unavailable', 'The journal is closed.')
    try {
      await writeFully(file, bytes, segment.bytes)
    } catch (error) {
      await this.#takeBack(file, segment.bytes, error)
    }
    await this.#sync(() => file.datasync())
    segment.bytes += bytes.length
    segment.lastWriteMs = this.#now()
    const firsts: number[] = []
    for (const batch of batches) {
      firsts.push(this.#next)
      this.#next += batch.length
    }
    return firsts
  }

  /** Durable records from `sequence` on, in order, at most so many or so many bytes (but at least one if there is one). */
  async read(sequence: number, max: RecordsMax): Promise<JournalRecord[]> {
    if (sequence > this.lastSequence) return []
    return this.#reader.read(sequence, this.lastSequence, max)
  }

  /**
   * A second way through the records, beside `read`. While it is open no record from `first` on is dropped: close it.
   * Throws AuditError('unavailable') when `first` is not kept any more.
   */
  openWalk(first: number): JournalWalk {
    if (first < this.firstSequence) {
      throw new AuditError('unavailable', `The journal no longer holds the record ${first}.`)
    }
    const reader = new JournalReader(this.#dir, this.#segments, this.#limits.payloadBytesMax)
    const hold = { first }
    this.#holds.add(hold)
    return {
      read: async (sequence, max) =>
        sequence > this.lastSequence ? [] : reader.read(sequence, this.lastSequence, max),
      close: async () => {
        this.#holds.delete(hold)
        await reader.close()
      },
    }
  }

  /**
   * Remembers durably that everything up to `applied` is dealt with, and that the event store holds `stored`, and lets
   * go of old segments.
   */
  async markApplied(applied: number, stored: number): Promise<void> {
    const mark = { applied, stored: Math.max(stored, this.#mark.stored) }
    await saveAppliedMark(this.#dir, mark)
    this.#mark = mark
    await this.#dropOldSegments()
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    await this.#file?.close()
    await this.#reader.close()
  }

  #refuseUnlessOpen(): void {
    if (this.#state === 'open') return
    throw new AuditError('unavailable', 'The journal takes no more events until the server is started again.')
  }

  #refuseOverLimit(): void {
    let unapplied = 0
    for (const [i, segment] of this.#segments.entries()) {
      const lastInSegment = (this.#segments[i + 1]?.first ?? this.#next) - 1
      if (lastInSegment > this.#mark.applied) unapplied += segment.bytes
    }
    if (unapplied > this.#limits.unappliedBytesMax + this.#limits.segmentBytesMax) {
      throw new AuditError('overloaded', 'The event store has fallen behind and the journal is at its limit.')
    }
  }

  async #refuseWithoutRoom(): Promise<void> {
    if (!this.#reserve.isWanting) return
    const isWhole = await this.#reserve.restore().catch((error: unknown) => {
      throw asStorageError(error)
    })
    if (isWhole) return
    throw new AuditError('storage_full', 'The disk is full: the event was not kept.')
  }

  async #segmentToWrite(): Promise<Segment> {
    const newest = this.#segments.at(-1)
    if (newest && this.#file && newest.bytes < this.#limits.segmentBytesMax) return newest
    await this.#file?.close()
    this.#file = undefined
    if (newest && newest.bytes < this.#limits.segmentBytesMax && this.#canContinueNewest) {
      this.#file = await open(join(this.#dir, segmentName(newest.first)), 'r+')
      return newest
    }
    return this.#createSegment()
  }

  async #createSegment(): Promise<Segment> {
    const path = join(this.#dir, segmentName(this.#next))
    let file: FileHandle | undefined
    try {
      file = await open(path, 'w+', 0o600)
      await writeFully(file, encodeSegmentHeader(this.#next), 0)
    } catch (error) {
      await file?.close().catch(() => undefined)
      await unlink(path).catch(() => undefined)
      throw asStorageError(error)
    }
    const created = file
    // From here on it is closed with the journal.
    this.#file = created
    await this.#sync(() => created.sync())
    await this.#sync(() => syncDirectory(this.#dir))
    const segment: Segment = { first: this.#next, bytes: segmentHeaderBytes, lastWriteMs: this.#now() }
    this.#segments.push(segment)
    return segment
  }

  /** A failed write is taken back, so that the journal goes on; if even that fails, it is closed for good. */
  async #takeBack(file: FileHandle, keptBytes: number, cause: unknown): Promise<never> {
    try {
      await file.truncate(keptBytes)
      await file.datasync()
    } catch {
      this.#fail()
    }
    throw asStorageError(cause)
  }

  #fail(): void {
    this.#state = 'failed'
    this.#onFailed()
  }

  async #sync(sync: () => Promise<void>): Promise<void> {
    try {
      await sync()
    } catch (cause) {
      this.#fail()
      throw new AuditError(
        'unavailable',
        'The disk under the journal failed: no event is acknowledged any more.',
        {
          cause,
        },
      )
    }
  }

  async #dropOldSegments(): Promise<void> {
    for (;;) {
      const [oldest, second] = this.#segments
      if (!oldest || !second || second.first - 1 > this.#mark.applied) return
      if ([...this.#holds].some((hold) => hold.first < second.first)) return
      const expired = this.#now() - oldest.lastWriteMs > this.#limits.appliedKeptMs
      if (!expired && this.bytes <= this.#limits.appliedKeptBytes) return
      await unlink(join(this.#dir, segmentName(oldest.first)))
      this.#segments.shift()
    }
  }
}

async function listSegments(dir: string): Promise<Segment[]> {
  const segments: Segment[] = []
  for (const name of await readdir(dir)) {
    const first = sequenceOfSegment(name)
    if (first === undefined) continue
    const { size, mtimeMs } = await stat(join(dir, name))
    segments.push({ first, bytes: size, lastWriteMs: mtimeMs })
  }
  return segments.sort((a, b) => a.first - b.first)
}

async function truncateDurably(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.truncate(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}
