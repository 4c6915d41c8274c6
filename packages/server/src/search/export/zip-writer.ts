import { crc32, deflateRawSync } from 'node:zlib'
import { AuditError } from '@aleph-audit-log/domain/error'
import { DeflateStream } from './deflate-stream.ts'

const partsMax = 0xffff
const methodDeflate = 8
/** Bit 3: sizes and CRC follow the data. Bit 11: the name is UTF-8. */
const flagsStreamed = 0x0808
const versionDeflate = 20
const versionZip64 = 45
const sizeUnknown = 0xffff_ffff

type Entry = {
  name: Buffer
  offset: number
  crc: number
  packedBytes: number
  bytes: number
}

export type ZipOptions = {
  /** zlib's level, 1 to 9. */
  level: number
  /** Stands as the time of every part, in UTC (ZIP knows no time zone). */
  modifiedAt: Date
  /** The archive's size from which the directory has the 64-bit form: 0xffff_ffff, less in tests. */
  zip64OffsetMin: number
}

/**
 * A ZIP archive (PKWARE APPNOTE 6.3) as bytes in the order of the file: the caller yields all that comes back. Every
 * part has a data descriptor with 32-bit sizes, so a part must stay under 4 GiB; the archive may be larger, only then
 * its directory has the 64-bit form. Excel refuses 64-bit local headers, so there are none.
 */
export class ZipWriter {
  readonly #entries: Entry[] = []
  readonly #options: ZipOptions
  readonly #dosTime: number
  readonly #dosDate: number
  #offset = 0

  constructor(options: ZipOptions) {
    this.#options = options
    const at = options.modifiedAt
    this.#dosTime = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1)
    this.#dosDate =
      (Math.min(Math.max(at.getUTCFullYear(), 1980), 2107) - 1980) * 512 +
      (at.getUTCMonth() + 1) * 32 +
      at.getUTCDate()
  }

  /** A small part that is there as a whole. */
  part(name: string, text: string): Uint8Array {
    const bytes = Buffer.from(text)
    const packed = deflateRawSync(bytes, { level: this.#options.level })
    const entry = this.#begin(name)
    Object.assign(entry, { crc: crc32(bytes), bytes: bytes.length, packedBytes: packed.length })
    return this.#count(Buffer.concat([this.#localHeader(entry), packed, descriptor(entry)]))
  }

  /**
   * A part of unknown length. A chunk must stay as it is while the next one is made: one is compressed while the other
   * is filled. At most these two are held, and nothing is made that the caller does not pull.
   * Throws AuditError('too_large') before a part has 4 GiB.
   */
  async *streamPart(name: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const entry = this.#begin(name)
    const deflate = new DeflateStream(this.#options.level)
    try {
      yield this.#count(this.#localHeader(entry))
      let step: Promise<Uint8Array[]> = Promise.resolve([])
      for await (const chunk of chunks) {
        for (const packed of await step) yield this.#countPacked(entry, packed)
        entry.crc = crc32(chunk, entry.crc)
        entry.bytes += chunk.length
        if (entry.bytes >= sizeUnknown) throw new AuditError('too_large', `${name} has more than 4 GiB.`)
        step = deflate.write(chunk)
        // Awaited above or below, but if making the next chunk fails nobody does.
        step.catch(() => undefined)
      }
      for (const packed of await step) yield this.#countPacked(entry, packed)
      for (const packed of await deflate.end()) yield this.#countPacked(entry, packed)
      yield this.#count(descriptor(entry))
    } finally {
      deflate.close()
    }
  }

  /** The directory and the end of the archive. */
  finish(): Uint8Array {
    const start = this.#offset
    const directory = Buffer.concat(this.#entries.map((entry) => this.#directoryEntry(entry)))
    const count = this.#entries.length
    const large = start + directory.length >= this.#options.zip64OffsetMin
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x0605_4b50, 0)
    end.writeUInt16LE(count, 8)
    end.writeUInt16LE(count, 10)
    end.writeUInt32LE(large ? sizeUnknown : directory.length, 12)
    end.writeUInt32LE(large ? sizeUnknown : start, 16)
    const zip64 = large ? zip64End(start, directory.length, count) : Buffer.alloc(0)
    return this.#count(Buffer.concat([directory, zip64, end]))
  }

  #begin(name: string): Entry {
    if (this.#entries.length === partsMax)
      throw new AuditError('too_large', 'The archive has too many parts.')
    const entry = { name: Buffer.from(name), offset: this.#offset, crc: 0, packedBytes: 0, bytes: 0 }
    this.#entries.push(entry)
    return entry
  }

  #count(bytes: Uint8Array): Uint8Array {
    this.#offset += bytes.length
    return bytes
  }

  #countPacked(entry: Entry, packed: Uint8Array): Uint8Array {
    entry.packedBytes += packed.length
    if (entry.packedBytes >= sizeUnknown) throw new AuditError('too_large', 'A part has more than 4 GiB.')
    return this.#count(packed)
  }

  #localHeader(entry: Entry): Buffer {
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x0403_4b50, 0)
    header.writeUInt16LE(versionDeflate, 4)
    header.writeUInt16LE(flagsStreamed, 6)
    header.writeUInt16LE(methodDeflate, 8)
    header.writeUInt16LE(this.#dosTime, 10)
    header.writeUInt16LE(this.#dosDate, 12)
    // CRC and both sizes stay 0: they are in the descriptor.
    header.writeUInt16LE(entry.name.length, 26)
    return Buffer.concat([header, entry.name])
  }

  #directoryEntry(entry: Entry): Buffer {
    const large = entry.offset >= this.#options.zip64OffsetMin
    const header = Buffer.alloc(46)
    const extra = Buffer.alloc(large ? 12 : 0)
    header.writeUInt32LE(0x0201_4b50, 0)
    header.writeUInt16LE(large ? versionZip64 : versionDeflate, 4)
    header.writeUInt16LE(large ? versionZip64 : versionDeflate, 6)
    header.writeUInt16LE(flagsStreamed, 8)
    header.writeUInt16LE(methodDeflate, 10)
    header.writeUInt16LE(this.#dosTime, 12)
    header.writeUInt16LE(this.#dosDate, 14)
    header.writeUInt32LE(entry.crc, 16)
    header.writeUInt32LE(entry.packedBytes, 20)
    header.writeUInt32LE(entry.bytes, 24)
    header.writeUInt16LE(entry.name.length, 28)
    header.writeUInt16LE(extra.length, 30)
    header.writeUInt32LE(large ? sizeUnknown : entry.offset, 42)
    if (large) {
      extra.writeUInt16LE(1, 0)
      extra.writeUInt16LE(8, 2)
      extra.writeBigUInt64LE(BigInt(entry.offset), 4)
    }
    return Buffer.concat([header, entry.name, extra])
  }
}

/** Data descriptor, APPNOTE 4.3.9, with its signature. */
function descriptor(entry: Entry): Buffer {
  const out = Buffer.alloc(16)
  out.writeUInt32LE(0x0807_4b50, 0)
  out.writeUInt32LE(entry.crc, 4)
  out.writeUInt32LE(entry.packedBytes, 8)
  out.writeUInt32LE(entry.bytes, 12)
  return out
}

/** The 64-bit end of the directory and its locator, APPNOTE 4.3.14 and 4.3.15. */
function zip64End(directoryStart: number, directoryBytes: number, count: number): Buffer {
  const out = Buffer.alloc(56 + 20)
  out.writeUInt32LE(0x0606_4b50, 0)
  out.writeBigUInt64LE(44n, 4)
  out.writeUInt16LE(versionZip64, 12)
  out.writeUInt16LE(versionZip64, 14)
  out.writeBigUInt64LE(BigInt(count), 24)
  out.writeBigUInt64LE(BigInt(count), 32)
  out.writeBigUInt64LE(BigInt(directoryBytes), 40)
  out.writeBigUInt64LE(BigInt(directoryStart), 48)
  out.writeUInt32LE(0x0706_4b50, 56)
  out.writeBigUInt64LE(BigInt(directoryStart + directoryBytes), 64)
  out.writeUInt32LE(1, 72)
  return out
}
