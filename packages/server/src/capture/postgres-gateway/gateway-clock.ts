/** The system's clock may be set while sessions run; more than this is no jitter. */
const driftMsMax = 2

/** Monotonic times, and what they are in Unix time. */
export class GatewayClock {
  #offset = Date.now() - performance.now()

  now(): number {
    return performance.now()
  }

  /** A time of `now()` as Unix time in ms, with a fraction. */
  toUnixMs(time: number): number {
    const offset = Date.now() - performance.now()
    if (Math.abs(offset - this.#offset) > driftMsMax) this.#offset = offset
    return this.#offset + time
  }
}
