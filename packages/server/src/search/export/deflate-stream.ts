import { createDeflateRaw, type DeflateRaw } from 'node:zlib'

const outputChunkBytes = 64 * 1024

/**
 * Raw deflate (RFC 1951) one step at a time, on libuv's threads: nothing is compressed that was not asked for, so a
 * slow reader holds up the writer.
 */
export class DeflateStream {
  readonly #deflate: DeflateRaw
  #output: Uint8Array[] = []

  constructor(level: number) {
    this.#deflate = createDeflateRaw({ level, chunkSize: outputChunkBytes })
    this.#deflate.on('data', (chunk: Uint8Array) => this.#output.push(chunk))
    // Each step reports its own failure; without a listener a failure after `close` would end the process.
    this.#deflate.on('error', () => undefined)
  }

  /** Takes in bytes, which must not change until this resolves; gives what output there is. One call at a time. */
  async write(bytes: Uint8Array): Promise<Uint8Array[]> {
    await new Promise<void>((resolve, reject) => {
      this.#deflate.write(bytes, (error) => (error ? reject(error) : resolve()))
    })
    return this.#takeOutput()
  }

  /** The last of the output. */
  async end(): Promise<Uint8Array[]> {
    await new Promise<void>((resolve, reject) => {
      this.#deflate.once('error', reject)
      this.#deflate.once('end', resolve)
      this.#deflate.end()
    })
    return this.#takeOutput()
  }

  /** Frees the memory of zlib, also in the middle of a step. */
  close(): void {
    this.#deflate.destroy()
  }

  #takeOutput(): Uint8Array[] {
    const output = this.#output
    this.#output = []
    return output
  }
}
