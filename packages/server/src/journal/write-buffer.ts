import { encodeBatches, sizeOfBatches, type Payload } from './segment-format.ts'

/** Memory is kept up to this size: as much as a group of callers writes at once. */
const keptBytesMax = 8 * 1024 * 1024

/** The bytes of one write at a time. New memory of megabytes for each write would call for the garbage collector. */
export class WriteBuffer {
  #kept = Buffer.alloc(0)

  /** The bytes of several batches (see `encodeBatches`), good until the next call. */
  encode(batches: readonly (readonly Payload[])[], firstSequence: number): Buffer {
    const size = sizeOfBatches(batches)
    const buffer = size <= this.#kept.length ? this.#kept : Buffer.allocUnsafeSlow(size)
    if (size <= keptBytesMax) this.#kept = buffer
    return buffer.subarray(0, encodeBatches(batches, firstSequence, buffer))
  }
}
