import { crc32c } from './crc32c.ts'

/**
 * A segment is a file of records, named after the sequence of its first one. It begins with 16 bytes: the magic
 * `ALEPHJ01` and that sequence. A record is, little-endian:
 *
 *     0  u32  length of the payload
 *     4  u32  CRC32C of bytes 8 to the end of the payload
 *     8  u64  sequence
 *    16  u32  how many records of the same write stand before it
 *    20  u8   1 on the last record of a batch, else 0
 *    21       payload
 *
 * Batches are kept whole or not at all: recovery drops a tail that does not end with the last record of a batch.
 * A write is begun only when the one before is durable, so a sound record of a later write proves that everything
 * before that write had been acknowledged.
 */
export const segmentHeaderBytes = 16
export const recordHeaderBytes = 21
const magic = Buffer.from('ALEPHJ01')

export type JournalRecord = { sequence: number; payload: Buffer }

/** `firstOfWrite` is the sequence of the first record of the same write. */
export type ScannedRecord = JournalRecord & { endsBatch: boolean; firstOfWrite: number; endOffset: number }

/** The name of the segment that begins with this sequence. */
export function segmentName(firstSequence: number): string {
  return `${String(firstSequence).padStart(16, '0')}.segment`
}

/** The first sequence of a segment by its name; undefined for other files. */
export function sequenceOfSegment(name: string): number | undefined {
  const match = /^(\d{16})\.segment$/.exec(name)
  return match ? Number(match[1]) : undefined
}

export function encodeSegmentHeader(firstSequence: number): Buffer {
  const header = Buffer.alloc(segmentHeaderBytes)
  magic.copy(header)
  header.writeBigUInt64LE(BigInt(firstSequence), 8)
  return header
}

export function isSegmentHeader(bytes: Buffer, firstSequence: number): boolean {
  return (
    bytes.length >= segmentHeaderBytes &&
    bytes.subarray(0, 8).equals(magic) &&
    bytes.readBigUInt64LE(8) === BigInt(firstSequence)
  )
}

/** The payload of a record: bytes, or a text that becomes UTF-8. */
export type Payload = Uint8Array | string

/** How many bytes these batches take in a segment. */
export function sizeOfBatches(batches: readonly (readonly Payload[])[]): number {
  let size = 0
  for (const batch of batches)
    for (const payload of batch) size += recordHeaderBytes + Buffer.byteLength(payload)
  return size
}

/**
 * Writes several batches into `out`, whose records get consecutive sequences from `firstSequence` on, and returns how
 * many bytes they take. There must be room for them: see `sizeOfBatches`.
 */
export function encodeBatches(
  batches: readonly (readonly Payload[])[],
  firstSequence: number,
  out: Buffer,
): number {
  let offset = 0
  let sequence = firstSequence
  for (const batch of batches) {
    for (const [i, payload] of batch.entries()) {
      const start = offset + recordHeaderBytes
      const length = typeof payload === 'string' ? out.write(payload, start) : payload.length
      if (typeof payload !== 'string') out.set(payload, start)
      const end = start + length
      out.writeUInt32LE(length, offset)
      out.writeBigUInt64LE(BigInt(sequence), offset + 8)
      out.writeUInt32LE(sequence - firstSequence, offset + 16)
      out[offset + 20] = i === batch.length - 1 ? 1 : 0
      out.writeUInt32LE(crc32c(out, offset + 8, end), offset + 4)
      offset = end
      sequence++
    }
  }
  return offset
}

/**
 * The record at `offset`, if it is whole, has a right checksum and the expected sequence.
 * `incomplete` means that more bytes are needed, `broken` that these bytes are no such record.
 */
export function readRecord(
  bytes: Buffer,
  offset: number,
  sequence: number,
  payloadBytesMax: number,
): ScannedRecord | 'incomplete' | 'broken' {
  if (bytes.length - offset < recordHeaderBytes) return 'incomplete'
  const length = bytes.readUInt32LE(offset)
  if (length > payloadBytesMax) return 'broken'
  const end = offset + recordHeaderBytes + length
  if (bytes.length < end) return 'incomplete'
  if (bytes.readBigUInt64LE(offset + 8) !== BigInt(sequence)) return 'broken'
  if (crc32c(bytes, offset + 8, end) !== bytes.readUInt32LE(offset + 4)) return 'broken'
  return {
    sequence,
    payload: bytes.subarray(offset + recordHeaderBytes, end),
    endsBatch: bytes[offset + 20] === 1,
    firstOfWrite: sequence - bytes.readUInt32LE(offset + 16),
    endOffset: end,
  }
}
