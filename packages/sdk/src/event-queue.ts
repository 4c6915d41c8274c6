import type { EventDraft } from './event-draft.ts'

/** An event on its way, with the JSON that is sent. */
export type QueuedEvent = {
  event: EventDraft
  json: string
  bytes: number
  /** Counts the calls of `record`: grows along the queue. */
  sequence: number
}

export type QueueLimits = {
  queueEventsMax: number
  queueBytesMax: number
  waitingEventsMax: number
  batchEventsMax: number
  batchBytesMax: number
}

type Waiting = QueuedEvent & { admit: () => void }

/**
 * Events between `record` and the log's receipt, in order. An event is in one of three places:
 * waiting (no room yet: its `record` has not resolved) -> queued (may be sent) -> taken (in a batch that is being
 * delivered) -> gone (delivered or failed). What is queued and taken counts against the limits.
 */
export class EventQueue {
  readonly #limits: QueueLimits
  readonly #waiting: Waiting[] = []
  #queued: QueuedEvent[] = []
  #takenEvents = 0
  /** Of what is queued and taken. */
  #bytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  /** Events in any of the three places. */
  get size(): number {
    return this.#waiting.length + this.#queued.length + this.#takenEvents
  }

  /** Whether an event of this size can be queued now. */
  hasRoom(bytes: number): boolean {
    return this.#waiting.length === 0 && this.#fits(bytes)
  }

  /** Whether a call may wait for room. */
  canWait(): boolean {
    return this.#waiting.length < this.#limits.waitingEventsMax
  }

  add(event: QueuedEvent): void {
    this.#queued.push(event)
    this.#bytes += event.bytes
  }

  /** Puts an event at the end of the waiting line; resolves when it is queued. */
  waitForRoom(event: QueuedEvent): Promise<void> {
    return new Promise((admit) => this.#waiting.push({ ...event, admit }))
  }

  /** The next events to send, up to the limits of a batch, at least one if any is queued. */
  take(): QueuedEvent[] {
    let bytes = 0
    let count = 0
    for (const event of this.#queued) {
      bytes += event.bytes
      if (count > 0 && (count === this.#limits.batchEventsMax || bytes > this.#limits.batchBytesMax)) break
      count += 1
    }
    const batch = this.#queued.slice(0, count)
    this.#queued = this.#queued.slice(count)
    this.#takenEvents += count
    return batch
  }

  /** Everything that is not taken, taken at once: for `close`, when its time is over. */
  takeAll(): QueuedEvent[] {
    const waiting = this.#waiting.splice(0)
    for (const { admit, ...event } of waiting) {
      this.add(event)
      admit()
    }
    const all = this.#queued
    this.#queued = []
    this.#takenEvents += all.length
    return all
  }

  /** Taken events are done with, one way or the other: what waits may move up. */
  remove(events: readonly QueuedEvent[]): void {
    this.#takenEvents -= events.length
    for (const event of events) this.#bytes -= event.bytes
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      const { admit, ...event } = next
      this.add(event)
      admit()
    }
  }

  /** A lone event always fits, whatever its size. */
  #fits(bytes: number): boolean {
    const held = this.#queued.length + this.#takenEvents
    if (held === 0) return true
    return held < this.#limits.queueEventsMax && this.#bytes + bytes <= this.#limits.queueBytesMax
  }
}
