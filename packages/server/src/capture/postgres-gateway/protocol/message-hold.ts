import type { MessageWalker } from './message-walker.ts'

/** A piece of a stream. One with `about` is a whole message, for which something else may be sent. */
export type HeldPart<T> = {
  bytes: Buffer[]
  about?: T
  /** The message goes on for so many bytes in the chunks to come. */
  beyond: number
}

/**
 * Cuts a stream so that single messages can be kept from it, or replaced: a message that is being gathered is held back
 * until it is complete (or as much of it as is gathered). What is only passed over goes on at once.
 */
export class MessageHold<T> {
  /** The parts of the open message that were in earlier chunks. */
  #before: Buffer[] = []
  #dropLeft = 0

  /** Something is held back. */
  get isHolding(): boolean {
    return this.#before.length > 0 || this.#dropLeft > 0
  }

  /** Drops so many bytes of what comes: the rest of a message that was replaced. */
  drop(bytes: number): void {
    this.#dropLeft += bytes
  }

  /**
   * Walks over a chunk and gives back what of it can be sent, in order. `tell` is called at each message, and says what
   * it is about if it may have to be replaced.
   */
  take(chunk: Buffer, walker: MessageWalker, tell: (walker: MessageWalker) => T | undefined): HeldPart<T>[] {
    let from = Math.min(this.#dropLeft, chunk.length)
    this.#dropLeft -= from
    const parts: HeldPart<T>[] = []
    const plain = (bytes: Buffer[]): void => void parts.push({ bytes, beyond: 0 })
    walker.feed(chunk)
    while (walker.next()) {
      const about = tell(walker)
      const before = this.#before
      this.#before = []
      if (about === undefined) {
        if (before.length > 0) plain(before)
        continue
      }
      if (walker.begin > from) plain([chunk.subarray(from, walker.begin)])
      const tail = Math.min(walker.tailLeft, chunk.length - walker.end)
      const begin = Math.max(walker.begin, from)
      from = walker.end + tail
      const bytes = [...before, chunk.subarray(begin, from)]
      parts.push({ bytes, about, beyond: walker.tailLeft - tail })
    }
    const readyTo = Math.max(from, walker.readyTo)
    if (readyTo > from) {
      // The beginning of a header was held back, and now it is known that its message need not be.
      plain([...this.#before, chunk.subarray(from, readyTo)])
      this.#before = []
    }
    if (readyTo < chunk.length) this.#before.push(chunk.subarray(readyTo))
    return parts
  }
}
