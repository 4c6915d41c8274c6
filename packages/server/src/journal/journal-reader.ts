import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Segment } from './journal.ts'
import {
  readRecord,
  recordHeaderBytes,
  segmentHeaderBytes,
  segmentName,
  type JournalRecord,
} from './segment-format.ts'

const readChunkBytes = 4 * 1024 * 1024

/** Where the next sequential read goes on. */
type Place = { segment: Segment; offset: number; sequence: number }

/** Reads durable records in order; remembers where it stopped, so that reading on costs no search. */
export class JournalReader {
  readonly #dir: string
  readonly #segments: readonly Segment[]
  readonly #payloadBytesMax: number
  #place: Place | undefined
  #file: { first: number; handle: FileHandle } | undefined

  constructor(dir: string, segments: readonly Segment[], payloadBytesMax: number) {
    this.#dir = dir
    this.#segments = segments
    this.#payloadBytesMax = payloadBytesMax
  }

  async read(
    sequence: number,
    lastSequence: number,
    max: { records: number; bytes: number },
  ): Promise<JournalRecord[]> {
    const records: JournalRecord[] = []
    let bytes = 0
    let place = this.#place?.sequence === sequence ? this.#place : this.#placeBefore(sequence)
    while (place.sequence <= lastSequence && records.length < max.records && bytes < max.bytes) {
      if (place.offset >= place.segment.bytes) {
        place = this.#nextSegment(place)
        continue
      }
      const chunk = await this.#readChunk(place)
      let offset = 0
      while (place.sequence <= lastSequence && records.length < max.records && bytes < max.bytes) {
        const record = readRecord(chunk, offset, place.sequence, this.#payloadBytesMax)
        if (record === 'incomplete') break
        if (record === 'broken') throw this.#broken(place, offset)
        if (place.sequence >= sequence) {
          records.push({ sequence: record.sequence, payload: record.payload })
          bytes += record.payload.length
        }
        offset = record.endOffset
        place.sequence++
      }
      if (offset === 0) throw this.#broken(place, 0)
      place.offset += offset
    }
    this.#place = place
    return records
  }

  async close(): Promise<void> {
    await this.#file?.handle.close()
    this.#file = undefined
  }

  #placeBefore(sequence: number): Place {
    const segment = this.#segments.findLast((candidate) => candidate.first <= sequence)
    if (!segment) {
      throw new AuditError('unavailable', `The journal no longer holds the record ${sequence}.`)
    }
    return { segment, offset: segmentHeaderBytes, sequence: segment.first }
  }

  #nextSegment(place: Place): Place {
    const next = this.#segments[this.#segments.indexOf(place.segment) + 1]
    if (!next || next.first !== place.sequence) throw this.#broken(place, 0)
    return { segment: next, offset: segmentHeaderBytes, sequence: next.first }
  }

  async #readChunk(place: Place): Promise<Buffer> {
    const handle = await this.#open(place.segment)
    const available = place.segment.bytes - place.offset
    const size = Math.min(available, Math.max(readChunkBytes, this.#payloadBytesMax + recordHeaderBytes))
    const buffer = Buffer.allocUnsafe(size)
    let filled = 0
    while (filled < size) {
      const { bytesRead } = await handle.read(buffer, filled, size - filled, place.offset + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }

  async #open(segment: Segment): Promise<FileHandle> {
    if (this.#file?.first === segment.first) return this.#file.handle
    await this.close()
    const handle = await open(join(this.#dir, segmentName(segment.first)), 'r')
    this.#file = { first: segment.first, handle }
    return handle
  }

  #broken(place: Place, offset: number): AuditError {
    return new AuditError(
      'unavailable',
      `The journal segment ${segmentName(place.segment.first)} is damaged at byte ${place.offset + offset} ` +
        `(record ${place.sequence}). Restore it from a backup.`,
    )
  }
}
