/** Counts the intents of a session, and those of which all has been told. */
export class Intents {
  readonly areWanted: boolean
  readonly #onSettled: (last: number) => void
  #last = 0
  #settled = 0

  constructor(areWanted: boolean, onSettled: (last: number) => void) {
    this.areWanted = areWanted
    this.#onSettled = onSettled
  }

  next(): number {
    return ++this.#last
  }

  /** Everything was answered: nothing more is to come of any but those from `open` on. */
  settleBefore(open: number): void {
    const last = Math.min(this.#last, open - 1)
    if (last <= this.#settled) return
    this.#settled = last
    this.#onSettled(last)
  }
}
