import type { OnReadOpts } from 'node:net'

/** As much as the system gives at once. */
const size = 64 * 1024

/**
 * What a socket is read into, again and again: a buffer for each read costs more than to pass its bytes on, and so many
 * that the collector runs for nothing else. Who needs the bytes of a chunk after `onData` has returned says so with
 * `keepChunk`, and the next read gets another buffer.
 */
export class ReadBuffer {
  #bytes = Buffer.allocUnsafeSlow(size)
  /** Takes each chunk. What comes before somebody listens is nothing that a server may say. */
  onData: (chunk: Buffer) => void = () => undefined

  /** For `net.connect`. */
  readonly onread: OnReadOpts = {
    buffer: () => this.#bytes,
    callback: (bytes) => {
      this.onData(this.#bytes.subarray(0, bytes))
      return true
    },
  }

  keepChunk(): void {
    this.#bytes = Buffer.allocUnsafeSlow(size)
  }
}
