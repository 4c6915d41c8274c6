import type { PostgresLogLimits } from './log-limits.ts'
import type { CutValues } from './read-log-line.ts'
import { LongLine } from './shorten-long-line.ts'

/** A line without its newline; `bytes` is undefined where it was too long to be a log line. */
export type RawLine = { bytes: Buffer | undefined; cut?: CutValues }

const newline = 0x0a

/** Cuts a stream of bytes, split anywhere, into lines. Memory is bounded whatever comes; empty lines are left out. */
export class LineSplitter {
  readonly #limits: PostgresLogLimits
  #parts: Buffer[] = []
  #long: LongLine | undefined
  /** Bytes since the last newline: they belong to a line that is not complete. */
  restBytes = 0

  constructor(limits: PostgresLogLimits) {
    this.#limits = limits
  }

  /** Takes the next bytes; the lines may refer to them, so they must not be written to again. */
  push(chunk: Buffer): RawLine[] {
    const lines: RawLine[] = []
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const line = this.#finish(chunk.subarray(from, at))
      if (line !== undefined) lines.push(line)
      from = at + 1
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from))
    return lines
  }

  /** The last line of a source that ends without a newline; afterwards nothing is left. */
  takeRest(): RawLine | undefined {
    return this.#finish(Buffer.alloc(0))
  }

  #keep(part: Buffer): void {
    this.restBytes += part.length
    if (this.#long !== undefined) {
      this.#long.push(part)
      return
    }
    this.#parts.push(part)
    if (this.restBytes <= this.#limits.lineBytesMax) return
    this.#long = new LongLine(this.#limits)
    for (const kept of this.#parts) this.#long.push(kept)
    this.#parts = []
  }

  #finish(last: Buffer): RawLine | undefined {
    if (this.restBytes === 0 && last.length <= this.#limits.lineBytesMax) {
      return last.length === 0 ? undefined : { bytes: last }
    }
    if (last.length > 0) this.#keep(last)
    const { restBytes } = this
    const long = this.#long
    const parts = this.#parts
    this.restBytes = 0
    this.#long = undefined
    this.#parts = []
    if (long === undefined) return { bytes: Buffer.concat(parts, restBytes) }
    return long.end() ?? { bytes: undefined }
  }
}
