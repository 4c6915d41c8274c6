const intervalMs = 1000
/** Over so many intervals. */
const windowIntervals = 10

/** How fast a count grows, over the past ten seconds. */
export class RateMeter {
  readonly #read: () => number
  readonly #samples: number[]
  readonly #timer: NodeJS.Timeout

  constructor(read: () => number) {
    this.#read = read
    this.#samples = [read()]
    this.#timer = setInterval(() => {
      this.#samples.push(read())
      if (this.#samples.length > windowIntervals) this.#samples.shift()
    }, intervalMs).unref()
  }

  perSecond(): number {
    const [oldest = 0] = this.#samples
    return ((this.#read() - oldest) / this.#samples.length) * (1000 / intervalMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
