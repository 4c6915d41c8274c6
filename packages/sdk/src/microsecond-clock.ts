/**
 * The system's time with microseconds: the milliseconds are those of `Date.now()`, which follows corrections of the
 * system's clock; what lies between two of them comes from the monotonic clock.
 */
export class MicrosecondClock {
  /** What is added to the monotonic clock; corrected whenever the sum leaves the current millisecond. */
  #offsetMs = Date.now() - performance.now()

  /** The time as RFC 3339 in UTC with six digits, `2026-11-22T10:00:00.123456Z`. */
  now(): string {
    const wallMs = Date.now()
    const monotonicMs = performance.now()
    const ms = Math.min(Math.max(monotonicMs + this.#offsetMs, wallMs), wallMs + 0.999)
    this.#offsetMs = ms - monotonicMs
    const micros = Math.min(999, Math.floor((ms - wallMs) * 1000))
    return `${new Date(wallMs).toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}Z`
  }
}
