import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresLogStatus, PostgresLogSettings } from '@aleph-audit-log/domain/api/integrations'
import { isAuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { Log } from '../../log.ts'
import { DeliveryStopped, DraftDelivery, isPassing, roughBytes } from '../deliver-drafts.ts'
import type { BehindGateway } from './behind-gateway.ts'
import { followLog, type LogRead } from './follow-log.ts'
import { postgresLogLimits, type PostgresLogLimits } from './log-limits.ts'
import { parseLogPosition, type FilePosition, type LogPosition } from './log-position.ts'
import { Reading } from './read-into-drafts.ts'
import { toRefusedDraft, toTooOldDraft } from './to-drafts.ts'

export type PostgresLogCaptureOptions = {
  integration: { id: string; settings: PostgresLogSettings }
  /** What `savePosition` was last given, as JSON keeps it; undefined before the first time. */
  loadPosition: () => Promise<unknown>
  savePosition: (position: LogPosition) => Promise<void>
  /**
   * Resolves when all drafts are durable. May reject with AuditError overloaded, unavailable or storage_full (asked
   * again), and invalid or too_large with problems at `events[i]...` (those are left out, and that is told).
   */
  ingest: (drafts: EventDraft[]) => Promise<void>
  /** Keyed hash in hex, at least eight digits. The same key must be used as long as positions and events are kept. */
  hashSecret: (text: string) => string
  /** Unix time in ms. */
  clock: () => number
  log: Log
  /** Set where a gateway stands in front of the server. */
  behindGateway?: BehindGateway
  /** False: end at the end of the log. */
  follow?: boolean
  limits?: PostgresLogLimits
}

/** What was done since the start; `malformedLines` could not be read (each also leaves a gap in its session). */
export type CaptureCounts = {
  linesRead: number
  eventsRecorded: number
  eventsRefused: number
  gaps: number
  malformedLines: number
}

export type PostgresLogCapture = {
  status: () => PostgresLogStatus
  counts: () => CaptureCounts
  /** Resolves when the capture has ended by itself or by `close`; its status then tells whether it failed. */
  ended: Promise<void>
  /** Ends reading; what is being handed over is waited for. */
  close: () => Promise<void>
}

/**
 * Starts to record what PostgreSQL writes into its jsonlog.
 *
 * Best settings: `logging_collector=on`, `log_destination=jsonlog`, `log_min_duration_statement=0`,
 * `log_connections=on`, `log_disconnections=on`, and `lc_messages=C`. With `log_statement` each statement is still one
 * event (see `SessionLines`). A first start reads the files that are there from their beginning.
 *
 * **Promise: every line from then on is read, in order, and its event is durable before the position behind it is
 * saved. After a crash some lines are read again; their events have the same ids and contents, so the log keeps them
 * once.** Where lines are missing in the log itself, an event `log_gap_detected` says so.
 */
export function startPostgresLogCapture(options: PostgresLogCaptureOptions): PostgresLogCapture {
  const capture = new Capture(options)
  const ended = capture.run()
  return {
    status: () => capture.status(),
    counts: () => capture.counts(),
    ended,
    close: async () => {
      capture.stop()
      await ended
    },
  }
}

/**
 * starting: nothing has been read yet. running: reading, or at the end. waiting: for the log file, or for the audit log
 * to take events; goes on by itself. failed: for good, until it is started anew.
 */
type State = { name: 'starting' | 'running' } | { name: 'waiting' | 'failed'; message: string }

class Capture {
  readonly #options: PostgresLogCaptureOptions
  readonly #limits: PostgresLogLimits
  readonly #reading: Reading
  readonly #stopping = new AbortController()
  #delivery: DraftDelivery | undefined
  #state: State = { name: 'starting' }
  #lastEventAt: string | undefined
  #eventsRecorded = 0
  #eventsRefused = 0
  #malformedTold = 0
  /** What `savePosition` has: reading goes on there after a fault. */
  #saved: LogPosition | undefined
  #savedMs = 0
  #recordedWhenSaved = 0

  constructor(options: PostgresLogCaptureOptions) {
    this.#options = options
    this.#limits = options.limits ?? postgresLogLimits
    const { id, settings } = options.integration
    const { hashSecret, clock } = options
    this.#reading = new Reading({ integrationId: id, settings, hashSecret, limits: this.#limits, now: clock })
  }

  status(): PostgresLogStatus {
    const { linesRead, eventsRecorded, gaps } = this.counts()
    const message = this.#message()
    return {
      state: this.#state.name,
      ...(message === '' ? {} : { message }),
      ...(this.#lastEventAt === undefined ? {} : { lastEventAt: this.#lastEventAt }),
      linesRead,
      eventsRecorded,
      gaps,
    }
  }

  counts(): CaptureCounts {
    const { linesRead, gaps, malformed } = this.#reading.counts
    return {
      linesRead,
      eventsRecorded: this.#eventsRecorded,
      eventsRefused: this.#eventsRefused,
      gaps,
      malformedLines: Object.values(malformed).reduce((sum, count) => sum + count, 0),
    }
  }

  stop(): void {
    this.#stopping.abort()
  }

  /** Never rejects. */
  async run(): Promise<void> {
    const { log, integration } = this.#options
    try {
      const saved = await this.#loadPosition()
      this.#saved = saved === undefined ? undefined : parseLogPosition(saved)
      this.#delivery = this.#createDelivery()
      await this.#readUntilStopped(this.#delivery)
    } catch (error) {
      if (error instanceof DeliveryStopped) return
      this.#state = { name: 'failed', message: wordsForFailure(error) }
      log.error(`The PostgreSQL log of integration ${integration.id} is not read any more`, error)
    }
  }

  /** The settings database may be away for a while: it is asked again until it answers. */
  async #loadPosition(): Promise<unknown> {
    const { retryMs } = this.#limits
    const { signal } = this.#stopping
    for (let waitMs = retryMs.first; ; waitMs = Math.min(waitMs * 2, retryMs.max)) {
      try {
        return await this.#options.loadPosition()
      } catch (error) {
        if (!isAuditError(error, 'unavailable')) throw error
        this.#state = { name: 'waiting', message: error.message }
        await sleep(waitMs, undefined, { signal }).catch(() => undefined)
        if (signal.aborted) throw new DeliveryStopped()
      }
    }
  }

  /** A fault of the file system (no file yet, no permission, a network share that is away) passes or is waited for. */
  async #readUntilStopped(delivery: DraftDelivery): Promise<void> {
    const { retryMs } = this.#limits
    const { signal } = this.#stopping
    for (let waitMs = retryMs.first; !signal.aborted; waitMs = Math.min(waitMs * 2, retryMs.max)) {
      const linesBefore = this.#reading.counts.linesRead
      try {
        await this.#readOnce(delivery)
        return
      } catch (error) {
        if (!isFileSystemError(error) || this.#options.follow === false) throw error
        this.#state = { name: 'waiting', message: wordsFor(error) }
        if (this.#reading.counts.linesRead > linesBefore) waitMs = retryMs.first
        await sleep(waitMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async #readOnce(delivery: DraftDelivery): Promise<void> {
    const { integration, clock, follow = true } = this.#options
    this.#reading.resume(this.#saved)
    delivery.tooOld = this.#saved?.tooOld
    let drafts: EventDraft[] = []
    let bytes = 0
    let position = this.#saved?.file
    const { signal } = this.#stopping
    const { batchEventsMax, batchBytesMax } = this.#limits
    const reads = followLog({
      path: integration.settings.path,
      follow,
      from: position,
      limits: this.#limits,
      now: clock,
      signal,
    })
    for await (const read of reads) {
      const before = drafts.length
      this.#reading.read(read, drafts)
      for (const draft of drafts.slice(before)) bytes += roughBytes(draft)
      position = read.position
      this.#noteRead(read)
      if (drafts.length < batchEventsMax && bytes < batchBytesMax && !read.atEnd) continue
      await this.#handOver(delivery, drafts, read.atEnd)
      drafts = []
      bytes = 0
      if (position !== undefined) await this.#save(position, delivery, read.atEnd)
    }
  }

  #noteRead({ position }: LogRead): void {
    this.#state =
      position === undefined
        ? { name: 'waiting', message: 'There is no jsonlog file yet: is log_destination set to jsonlog?' }
        : { name: 'running' }
    const { malformedLines } = this.counts()
    if (malformedLines === this.#malformedTold) return
    const { log, integration } = this.#options
    // Never more often than once a read, and nothing of the lines.
    log.warn(
      `${malformedLines} lines of the PostgreSQL log of integration ${integration.id} could not be read so far`,
    )
    this.#malformedTold = malformedLines
  }

  async #handOver(delivery: DraftDelivery, drafts: EventDraft[], atEnd: boolean): Promise<void> {
    await this.#deliver(delivery, await this.#withoutGatewayEvents(drafts))
    if (!atEnd || delivery.tooOld === undefined) return
    const now = timeFromMs(this.#options.clock())
    await this.#deliver(delivery, [toTooOldDraft(delivery.tooOld, now, this.#reading.draftOptions)])
    delivery.tooOld = undefined
  }

  /** The audit log is asked again until it answers, as when events are handed over. */
  async #withoutGatewayEvents(drafts: EventDraft[]): Promise<EventDraft[]> {
    const { behindGateway } = this.#options
    const { retryMs } = this.#limits
    const { signal } = this.#stopping
    if (behindGateway === undefined) return drafts
    for (let waitMs = retryMs.first; ; waitMs = Math.min(waitMs * 2, retryMs.max)) {
      try {
        return await behindGateway.sort(drafts, (draft) => this.#reading.sourceOf(draft))
      } catch (error) {
        if (!isPassing(error)) throw error
        this.#state = { name: 'waiting', message: error.message }
        await sleep(waitMs, undefined, { signal }).catch(() => undefined)
        if (signal.aborted) throw new DeliveryStopped()
      }
    }
  }

  async #deliver(delivery: DraftDelivery, drafts: EventDraft[]): Promise<void> {
    const { recorded, refused } = await delivery.deliver(drafts)
    this.#eventsRecorded += recorded
    this.#eventsRefused += refused
    this.#lastEventAt = drafts.at(-1)?.occurredAt ?? this.#lastEventAt
  }

  /** Saved after each batch; where lines make no events only now and then, because reading them again is harmless. */
  async #save(file: FilePosition, delivery: DraftDelivery, atEnd: boolean): Promise<void> {
    const { clock, savePosition, log, integration, follow = true } = this.#options
    const before = this.#saved
    const hasMoved = file.offset !== before?.file.offset || file.head !== before.file.head
    const tooOldMoved = delivery.tooOld?.count !== before?.tooOld?.count
    const recordedSince = this.#eventsRecorded !== this.#recordedWhenSaved
    if (!hasMoved && !tooOldMoved && !recordedSince) return
    const isDue = clock() - this.#savedMs >= this.#limits.idleSaveMs || (atEnd && !follow)
    if (!recordedSince && !tooOldMoved && !isDue) return
    const position: LogPosition = {
      version: 1,
      file,
      ...this.#reading.state(),
      ...(delivery.tooOld === undefined ? {} : { tooOld: delivery.tooOld }),
    }
    try {
      await savePosition(position)
    } catch (error) {
      // Nothing is lost by it: after a restart more is read again.
      log.warn(`The reading position of integration ${integration.id} could not be saved`, error)
      return
    }
    this.#saved = position
    this.#savedMs = clock()
    this.#recordedWhenSaved = this.#eventsRecorded
  }

  #createDelivery(): DraftDelivery {
    const { ingest, clock } = this.#options
    return new DraftDelivery(
      {
        ingest,
        toRefused: (draft, reasons) =>
          toRefusedDraft(draft, reasons, timeFromMs(clock()), this.#reading.draftOptions),
        limits: this.#limits,
        now: clock,
        signal: this.#stopping.signal,
        onWaiting: (message) => {
          this.#state = message === undefined ? { name: 'running' } : { name: 'waiting', message }
        },
      },
      undefined,
    )
  }

  /** What an admin should know, also while all goes on. */
  #message(): string {
    const sentences: string[] = []
    if (this.#state.name === 'waiting' || this.#state.name === 'failed') sentences.push(this.#state.message)
    const { malformedLines } = this.counts()
    if (malformedLines > 0) sentences.push(`${malformedLines} lines could not be read.`)
    if (this.#reading.counts.translatedLines > 0) {
      sentences.push(
        "PostgreSQL's messages are not in English, so statements cannot be told: set lc_messages = 'C'.",
      )
    }
    return sentences.join(' ')
  }
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error
}

function wordsForFailure(error: unknown): string {
  if (isAuditError(error)) return error.message
  return isFileSystemError(error) ? wordsFor(error) : 'Internal error: the log of the server tells more.'
}

function wordsFor(error: NodeJS.ErrnoException): string {
  const path = error.path ?? 'The log'
  if (error.code === 'ENOENT') return `${path} does not exist (any more).`
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return `${path} may not be read by the user of the audit log.`
  return `${path} cannot be read: ${error.code ?? error.message}.`
}
