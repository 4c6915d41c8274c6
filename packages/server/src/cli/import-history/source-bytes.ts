import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AuditError } from '@aleph-audit-log/domain/error'

const chunkBytes = 256 * 1024

/** A file as a stream of its bytes, unpacked. */
export type SourceBytes = {
  chunks: AsyncIterator<Buffer>
  /** How much of the file on the disk was read, and how much there is; undefined for the standard input. */
  bytesRead: () => number
  bytesTotal: number | undefined
  close: () => void
}

/** Opens a file, or the standard input for `-`; a name that ends in `.gz` is unpacked. */
export async function openSource(path: string): Promise<SourceBytes> {
  const bytesTotal = path === '-' ? undefined : await sizeOf(path)
  const file = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: chunkBytes })
  const bytes: Readable = path.endsWith('.gz')
    ? pipeline(file, createGunzip({ chunkSize: chunkBytes }), () => undefined)
    : file
  let bytesUnpacked = 0
  return {
    chunks: readChunks(bytes, path, (count) => (bytesUnpacked += count)),
    bytesRead: () => ('bytesRead' in file ? file.bytesRead : bytesUnpacked),
    bytesTotal,
    close: () => {
      bytes.destroy()
      file.destroy()
    },
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw new AuditError('invalid', `${path} is a folder.`)
    return found.size
  } catch (cause) {
    if (cause instanceof AuditError) throw cause
    throw new AuditError('invalid', `${path} cannot be read.`, { cause })
  }
}

async function* readChunks(
  bytes: Readable,
  path: string,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of bytes) {
      if (!Buffer.isBuffer(chunk) || chunk.length === 0) continue
      count(chunk.length)
      yield chunk
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const message = code.startsWith('Z_') ? 'is no whole gzip file' : 'cannot be read to its end'
    throw new AuditError('invalid', `${path} ${message}. What was imported before stays.`, { cause })
  }
}

/** SHA-256 of the beginning of a stream, up to a place that lies behind what was read last. */
export class PrefixHash {
  readonly #hash = createHash('sha256')
  #pending: Buffer[] = []
  #hashed = 0

  push(chunk: Buffer): void {
    this.#pending.push(chunk)
  }

  /** Takes in everything before `offset`, and gives the hash of it in hex. */
  advanceTo(offset: number): string {
    while (this.#hashed < offset) {
      const [first] = this.#pending
      if (first === undefined) throw new RangeError(`Only ${this.#hashed} bytes were read, not ${offset}`)
      const part = first.subarray(0, offset - this.#hashed)
      this.#hash.update(part)
      this.#hashed += part.length
      if (part.length === first.length) this.#pending.shift()
      else this.#pending[0] = first.subarray(part.length)
    }
    return this.#hash.copy().digest('hex')
  }
}
