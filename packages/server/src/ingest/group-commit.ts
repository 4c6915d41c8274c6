import { AuditError } from '@aleph-audit-log/domain/error'
import type { Journal } from '../journal/journal.ts'
import type { Payload } from '../journal/segment-format.ts'

export type GroupCommitLimits = { groupBytesMax: number; queueBytesMax: number }

type Waiting = {
  payloads: readonly Payload[]
  bytes: number
  urgent: boolean
  resolve: (firstSequence: number) => void
  reject: (error: unknown) => void
}

/**
 * Lets many callers share one `fdatasync`: what arrives while a commit is running goes into the next. There is no
 * timer, so a lone event waits for nothing, and a flood makes large groups.
 */
export class GroupCommit {
  readonly #journal: Journal
  readonly #limits: GroupCommitLimits
  readonly #onCommit: () => void
  #queue: Waiting[] = []
  #queuedBytes = 0
  #running: Promise<void> | undefined
  #closed = false

  constructor(journal: Journal, limits: GroupCommitLimits, onCommit: () => void) {
    this.#journal = journal
    this.#limits = limits
    this.#onCommit = onCommit
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  /**
   * Keeps a batch, all of it or nothing, and returns the sequence of its first payload.
   * **Promise: when this resolves, the batch is on the disk.** A failed group fails only its own callers.
   * `urgent`: see `Journal.append`.
   * Errors: `overloaded` when the queue is full (nothing was kept), and those of `Journal.append`.
   */
  async append(payloads: readonly Payload[], options: { urgent?: boolean } = {}): Promise<number> {
    if (this.#closed) throw new AuditError('unavailable', 'The server is shutting down.')
    const bytes = payloads.reduce((sum, payload) => sum + Buffer.byteLength(payload), 0)
    const urgent = options.urgent === true
    if (!urgent && this.#queuedBytes > 0 && this.#queuedBytes + bytes > this.#limits.queueBytesMax) {
      throw new AuditError('overloaded', 'Too many events are waiting to be written. Try again in a moment.')
    }
    return new Promise<number>((resolve, reject) => {
      this.#queue.push({ payloads, bytes, urgent, resolve, reject })
      this.#queuedBytes += bytes
      this.#running ??= this.#commitQueue()
    })
  }

  /** Takes nothing more and waits until what was taken is on the disk. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #commitQueue(): Promise<void> {
    // One turn of the event loop: requests that were read together are committed together.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const group = this.#takeGroup()
      try {
        const firsts = await this.#journal.append(
          group.map((waiting) => waiting.payloads),
          { urgent: group.every((waiting) => waiting.urgent) },
        )
        for (const [i, waiting] of group.entries()) waiting.resolve(firsts[i] ?? 0)
        this.#onCommit()
      } catch (error) {
        for (const waiting of group) waiting.reject(error)
      }
      for (const waiting of group) this.#queuedBytes -= waiting.bytes
    }
    this.#running = undefined
  }

  #takeGroup(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const waiting of this.#queue) {
      if (count > 0 && bytes + waiting.bytes > this.#limits.groupBytesMax) break
      // What is urgent is not refused together with what is not.
      if (waiting.urgent !== this.#queue[0]?.urgent) break
      bytes += waiting.bytes
      count++
    }
    return this.#queue.splice(0, count)
  }
}
