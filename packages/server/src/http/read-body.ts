import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { BodyShare } from './body-budget.ts'

/**
 * The body as it was before its Content-Encoding: gzip, deflate or br. Errors of the sender's connection and of the
 * compression reach the returned stream. Throws AuditError('unsupported_media_type') for others.
 */
export function unpackBody(body: Readable, headers: IncomingHttpHeaders): Readable {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity') return body
  const unpack = unpackers.get(encoding)
  if (!unpack) {
    throw new AuditError('unsupported_media_type', `The content encoding ${encoding} is not known: use gzip.`)
  }
  return pipeline(body, unpack(), () => undefined)
}

const unpackers = new Map<string, () => NodeJS.ReadWriteStream & Readable>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

/**
 * Reads a whole body of at most `bytesMax`, counted after unpacking; its bytes count in `share`. Throws
 * AuditError('too_large') beyond, and before anything is read where the headers tell it.
 */
export async function readBody(
  body: Readable,
  headers: IncomingHttpHeaders,
  bytesMax: number,
  share: BodyShare,
): Promise<Buffer> {
  if (Number(headers['content-length'] ?? 0) > bytesMax) {
    throw new AuditError('too_large', `The body is larger than ${bytesMax} bytes.`)
  }
  if (isShortAndPlain(headers)) return readShortBody(body, share)
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of unpackBody(body, headers)) {
      const buffer = toBuffer(chunk)
      bytes += buffer.length
      if (bytes > bytesMax) {
        throw new AuditError('too_large', `The body is larger than ${bytesMax} bytes (unpacked).`)
      }
      share.take(buffer.length)
      chunks.push(buffer)
    }
  } catch (error) {
    throw asBodyError(error)
  }
  return Buffer.concat(chunks, bytes)
}

const shortBodyBytesMax = 16 * 1024

/** Whether the headers tell a short length (Node holds the sender to it) and that nothing is to be unpacked. */
function isShortAndPlain(headers: IncomingHttpHeaders): boolean {
  const { 'content-length': length, 'content-encoding': encoding } = headers
  return length !== undefined && Number(length) <= shortBodyBytesMax && encoding === undefined
}

/** Most requests are short and come in one piece: an iterator for each took longer than parsing and checking them. */
async function readShortBody(body: Readable, share: BodyShare): Promise<Buffer> {
  if (body.destroyed) throw endedEarly()
  const chunks: Buffer[] = []
  const refusals: unknown[] = []
  await new Promise<void>((resolve, reject) => {
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      try {
        share.take(chunk.length)
      } catch (error) {
        // It is short: the rest is read and thrown away.
        refusals.push(error)
      }
    })
    body.once('end', resolve)
    body.once('error', reject)
    body.once('close', () => {
      if (!body.readableEnded) reject(endedEarly())
    })
  })
  if (refusals.length > 0) throw refusals[0]
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

function endedEarly(): AuditError {
  return new AuditError('invalid', 'The connection ended before the body did.')
}

/** A stream chunk as bytes; request bodies are never strings or objects. */
export function toBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk
  throw new TypeError('A request body gave something other than bytes')
}

/** What went wrong while reading, in words for the sender. */
export function asBodyError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_') || code === 'ERR_BUFFER_TOO_LARGE') {
    return new AuditError('invalid', 'The body could not be unpacked: its compression is damaged.', {
      cause: error,
    })
  }
  return error
}

/** Text that is JSON. Throws AuditError('invalid') that says where it goes wrong. */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new AuditError('invalid', 'The body is not UTF-8 text.')
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return value
  } catch (cause) {
    const where = cause instanceof Error ? cause.message.replace(/^.*?(at position \d+).*$/s, '$1') : ''
    const place = where.startsWith('at position') ? ` (${where})` : ''
    throw new AuditError('invalid', `The body is not valid JSON${place}.`, { cause })
  }
}
