import { createHash, type Hash } from 'node:crypto'
import type { CutValues } from './read-log-line.ts'

export type LongLineLimits = { longValueBytesMax: number; longLineBytesMax: number }

const quote = 0x22
const backslash = 0x5c
const letterU = 0x75
const keyBytesMax = 64

/** A UTF-8 sequence has at most three bytes after its first; in other encodings there may be no end to them. */
const continuationBytesMax = 3

type State = 'outside' | 'inString' | 'escaped' | 'hex'

/**
 * Shortens one very long line of JSON as its bytes come: string values keep their beginning, what is cut is counted and
 * hashed. Holds no more than the limits in memory, however long the line is. The result is valid JSON where the line
 * was.
 */
export class LongLine {
  readonly #limits: LongLineLimits
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  #state: State = 'outside'
  #hexLeft = 0
  /** Characters' bytes of the string that we are in (an escape counts as one), and whether we are past what is kept. */
  #valueBytes = 0
  #continuation = 0
  #cutting = false
  #cutBytes = 0
  #cutHash: Hash | undefined
  /** The last short string: the key of the value that comes. */
  #key = ''
  #text = ''
  readonly #cut: Record<string, { bytes: number; sha256: string }> = {}
  /** Bytes of the line so far. */
  bytes = 0

  constructor(limits: LongLineLimits) {
    this.#limits = limits
  }

  /** Takes the next bytes of the line, without its newline. */
  push(chunk: Buffer): void {
    this.bytes += chunk.length
    let from = 0
    for (let i = 0; i < chunk.length; i++) {
      const wasCutting = this.#cutting
      this.#step(chunk[i] ?? 0)
      if (wasCutting === this.#cutting) continue
      // The byte that changed the state belongs to what follows.
      this.#take(chunk.subarray(from, i), wasCutting)
      if (wasCutting) this.#finishCut()
      from = i
    }
    this.#take(chunk.subarray(from), this.#cutting)
  }

  /** The shortened line; undefined if it is no line of JSON that we could keep. */
  end(): { bytes: Buffer; cut: CutValues } | undefined {
    if (this.#state !== 'outside' || this.#keptBytes > this.#limits.longLineBytesMax) return undefined
    return { bytes: Buffer.concat(this.#kept), cut: this.#cut }
  }

  #take(bytes: Buffer, cutting: boolean): void {
    if (bytes.length === 0) return
    if (cutting) {
      this.#cutHash?.update(bytes)
      return
    }
    this.#keptBytes += bytes.length
    // A line without strings to cut is no log line: it is dropped as a whole, and said to be unreadable.
    if (this.#keptBytes <= this.#limits.longLineBytesMax) this.#kept.push(Buffer.from(bytes))
  }

  #step(byte: number): void {
    if (this.#state === 'outside') {
      if (byte === quote) this.#beginString()
    } else if (this.#state === 'escaped') {
      this.#state = byte === letterU ? 'hex' : 'inString'
      this.#hexLeft = 4
    } else if (this.#state === 'hex') {
      if (--this.#hexLeft === 0) this.#state = 'inString'
    } else if (byte === quote) {
      this.#endString()
    } else {
      this.#character(byte)
    }
  }

  #beginString(): void {
    this.#state = 'inString'
    this.#valueBytes = 0
    this.#continuation = 0
    this.#text = ''
  }

  /** A byte of a string that begins a character, continues one, or begins an escape (which counts as one). */
  #character(byte: number): void {
    this.#valueBytes++
    const continues = (byte & 0xc0) === 0x80
    this.#continuation = continues ? this.#continuation + 1 : 0
    const boundary = !continues || this.#continuation > continuationBytesMax
    if (!this.#cutting && boundary && this.#valueBytes > this.#limits.longValueBytesMax) {
      this.#cutting = true
      this.#cutBytes = 0
      this.#cutHash = createHash('sha256')
    }
    if (this.#cutting) this.#cutBytes++
    else if (this.#valueBytes <= keyBytesMax) this.#text += String.fromCharCode(byte)
    if (byte === backslash) this.#state = 'escaped'
  }

  #endString(): void {
    this.#state = 'outside'
    if (this.#cutting) this.#cutting = false
    else this.#key = this.#text
  }

  #finishCut(): void {
    const sha256 = this.#cutHash?.digest('hex') ?? ''
    this.#cut[this.#key] = { bytes: this.#cutBytes, sha256 }
    this.#cutHash = undefined
  }
}
