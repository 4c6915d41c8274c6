import type { FailedStep } from './statement-facts.ts'

/** What the server has to answer, in the order in which it was sent. Numbers, so that a message costs no object. */
export const pendingKinds = {
  none: 0,
  parse: 1,
  bind: 2,
  describeStatement: 3,
  describePortal: 4,
  execute: 5,
  close: 6,
  sync: 7,
  query: 8,
  functionCall: 9,
  /** An Execute that the gateway put something else in the place of. */
  refusedExecute: 10,
  /** What the server passes over. */
  unanswered: 11,
} as const

/** Whether a message of this kind has something executed. */
export function isExecuting(kind: number): boolean {
  return kind === pendingKinds.execute || kind === pendingKinds.query || kind === pendingKinds.functionCall
}

/** What the server was about to do where it failed before it executed anything. */
export const failedSteps: Readonly<Record<number, FailedStep>> = {
  [pendingKinds.parse]: 'parse',
  [pendingKinds.bind]: 'bind',
  [pendingKinds.describeStatement]: 'describe',
  [pendingKinds.describePortal]: 'describe',
  [pendingKinds.close]: 'close',
}

/** Entries before the head are given back when there are so many: where nothing is behind them, that costs little. */
const spareMin = 64
const spareMax = 1024

/** A queue in columns. `R` is what an entry is about. */
export class PendingMessages<R> {
  #kinds: number[] = []
  #about: (R | undefined)[] = []
  #times: number[] = []
  #sizes: number[] = []
  #bytes = 0
  #head = 0
  #dropped = 0

  get size(): number {
    return this.#kinds.length - this.#head
  }

  /** What the texts and values of the entries take. */
  get bytes(): number {
    return this.#bytes
  }

  /**
   * There are too many entries, or too much in them: then nothing more should be sent. The size alone is a reason only
   * where the server will answer everything without being sent more; behind other messages than these it may keep its
   * answers to itself.
   */
  isFull({ pendingMax, pendingBytesMax }: { pendingMax: number; pendingBytesMax: number }): boolean {
    if (this.size > pendingMax) return true
    if (this.#bytes <= pendingBytesMax) return false
    const last = this.#kinds.at(-1)
    return last === pendingKinds.query || last === pendingKinds.functionCall || last === pendingKinds.sync
  }

  get isEmpty(): boolean {
    return this.#kinds.length === this.#head
  }

  /** `pendingKinds.none` when there is nothing to answer. */
  get kind(): number {
    return this.#kinds[this.#head] ?? pendingKinds.none
  }

  get about(): R | undefined {
    return this.#about[this.#head]
  }

  /** When the first one was read. */
  get since(): number {
    return this.#times[this.#head] ?? 0
  }

  /** The place of the first entry, and that of the one that comes next. */
  get firstPlace(): number {
    return this.#dropped + this.#head
  }

  get nextPlace(): number {
    return this.#dropped + this.#kinds.length
  }

  /** Gives back the entry's place, by which it can be changed as long as it is there. */
  push(kind: number, about: R | undefined, now: number, size = 0): number {
    this.#kinds.push(kind)
    this.#about.push(about)
    this.#times.push(now)
    this.#sizes.push(size)
    this.#bytes += size
    return this.#dropped + this.#kinds.length - 1
  }

  shift(): void {
    if (this.isEmpty) return
    this.#step()
    while (this.#kinds[this.#head] === pendingKinds.unanswered) this.#step()
    if (this.#head >= (this.isEmpty ? spareMin : spareMax)) this.#giveBack()
  }

  /** What the entry at this place is about; undefined once it is answered. */
  aboutAt(place: number): R | undefined {
    return this.#about[place - this.#dropped]
  }

  setKindAt(place: number, kind: number): void {
    const index = place - this.#dropped
    if (index >= this.#head && index < this.#kinds.length) this.#kinds[index] = kind
  }

  /** Takes away what lies before the first entry of this kind, the last ones first. False if there is none: all goes. */
  dropUntil(kind: number, dropped: (kind: number, about: R | undefined) => void): boolean {
    let to = this.#head
    while (to < this.#kinds.length && this.#kinds[to] !== kind) to++
    const isThere = to < this.#kinds.length
    for (let i = to - 1; i >= this.#head; i--) dropped(this.#kinds[i] ?? 0, this.#about[i])
    while (this.#head < to) this.#step()
    this.#giveBack()
    return isThere
  }

  /** What is to be executed behind the first entry and before the next one of this kind, in order. */
  executingBefore(kind: number): R[] {
    const found: R[] = []
    for (let i = this.#head + 1; i < this.#kinds.length && this.#kinds[i] !== kind; i++) {
      const about = this.#about[i]
      if (about !== undefined && isExecuting(this.#kinds[i] ?? 0)) found.push(about)
    }
    return found
  }

  /** Whether an entry of another kind stands at these places, behind the first entry and before `to`. */
  hasOther(kind: number, to: number): boolean {
    const last = Math.min(to - this.#dropped, this.#kinds.length)
    for (let i = this.#head + 1; i < last; i++) {
      if (this.#kinds[i] !== kind && this.#kinds[i] !== pendingKinds.unanswered) return true
    }
    return false
  }

  /** The server answers none of the entries of this kind behind the first entry and before `to`. */
  passOver(kind: number, to: number): void {
    const last = Math.min(to - this.#dropped, this.#kinds.length)
    for (let i = this.#head + 1; i < last; i++) {
      if (this.#kinds[i] === kind) this.#kinds[i] = pendingKinds.unanswered
    }
  }

  #step(): void {
    this.#about[this.#head] = undefined
    this.#bytes -= this.#sizes[this.#head] ?? 0
    this.#head++
  }

  #giveBack(): void {
    this.#dropped += this.#head
    if (this.isEmpty) {
      this.#kinds.length = 0
      this.#about.length = 0
      this.#times.length = 0
      this.#sizes.length = 0
    } else {
      this.#kinds = this.#kinds.slice(this.#head)
      this.#about = this.#about.slice(this.#head)
      this.#times = this.#times.slice(this.#head)
      this.#sizes = this.#sizes.slice(this.#head)
    }
    this.#head = 0
  }
}
