import { hash } from 'node:crypto'
import type { BindValue, BindValues } from './statement-facts.ts'

/** What a Bind message says: which statement into which portal, and with which values. */
export type Bind = {
  portal: string
  statement: string
  /** Where the formats and values begin. */
  valuesFrom: number
}

/** Reads the names at the beginning of a Bind body. A body that breaks off is read as far as it goes. */
export function readBindNames(body: Buffer, start: number, end: number): Bind {
  const portalEnd = zeroIn(body, start, end)
  const statementFrom = Math.min(portalEnd + 1, end)
  const statementEnd = zeroIn(body, statementFrom, end)
  return {
    portal: readName(body, start, portalEnd),
    statement: readName(body, statementFrom, statementEnd),
    valuesFrom: Math.min(statementEnd + 1, end),
  }
}

const nameBytesMax = 256

/** The name of a statement or portal. One that is very long is known by its hash, so that many of them take little. */
export function readName(body: Buffer, start: number, end: number): string {
  if (start === end) return ''
  if (end - start <= nameBytesMax) return body.toString('utf8', start, end)
  return `(${end - start} bytes, SHA-256 ${hash('sha256', body.subarray(start, end))})`
}

/** Where a text ends in these bytes: at its zero, or where the bytes end. */
export function zeroIn(body: Buffer, start: number, end: number): number {
  const at = body.indexOf(0, start)
  return at < 0 || at > end ? end : at
}

/**
 * Reads formats and values (section "Message Formats", Bind). Values are copied out of `body`. Undefined where there
 * are none. Never throws: what breaks off is told as not complete, and so are more than `valuesMax`.
 */
export function readBindValues(
  body: Buffer,
  from: number,
  end: number,
  { types, encoding, valuesMax }: { types: readonly number[]; encoding: BufferEncoding; valuesMax: number },
): BindValues | undefined {
  if (from + 2 > end) return undefined
  const formats = body.readUInt16BE(from)
  const formatsFrom = from + 2
  let at = formatsFrom + 2 * formats
  if (at + 2 > end)
    return { values: [], types, count: formats, isComplete: false, bytes: end - from, keptBytes: 0 }
  const count = body.readUInt16BE(at)
  if (count === 0) return undefined
  at += 2
  const values: BindValue[] = []
  let isComplete = true
  for (let i = 0; i < count; i++) {
    if (at + 4 > end || i >= valuesMax) {
      isComplete = false
      break
    }
    const length = body.readInt32BE(at)
    at += 4
    if (length < 0) {
      values.push(null)
      continue
    }
    if (at + length > end) {
      isComplete = false
      break
    }
    const format = formatAt(body, formatsFrom, formats, i)
    values.push(
      format === 0
        ? body.toString(encoding, at, at + length)
        : decodeBinary(body, at, length, types[i] ?? 0, encoding),
    )
    at += length
  }
  return { values, types, count, isComplete, bytes: end - from, keptBytes: at - from }
}

/** One format is for all values; none means text. */
function formatAt(body: Buffer, from: number, formats: number, value: number): number {
  if (formats === 0) return 0
  const index = formats === 1 ? 0 : value
  return index < formats ? body.readInt16BE(from + 2 * index) : 0
}

/** OIDs of the types that are read, as text of the form that the server itself prints (src/include/catalog/pg_type.dat). */
const textTypes = new Set([18, 19, 25, 114, 142, 705, 1042, 1043])

function decodeBinary(
  body: Buffer,
  at: number,
  length: number,
  type: number,
  encoding: BufferEncoding,
): BindValue {
  if (textTypes.has(type)) return body.toString(encoding, at, at + length)
  switch (type) {
    case 16:
      if (length === 1) return body[at] === 0 ? 'f' : 't'
      break
    case 20:
      if (length === 8) return String(body.readBigInt64BE(at))
      break
    case 21:
      if (length === 2) return String(body.readInt16BE(at))
      break
    case 23:
      if (length === 4) return String(body.readInt32BE(at))
      break
    case 26:
      if (length === 4) return String(body.readUInt32BE(at))
      break
    case 700:
      if (length === 4) return String(body.readFloatBE(at))
      break
    case 701:
      if (length === 8) return String(body.readDoubleBE(at))
      break
    case 1082:
      if (length === 4) return toDate(body.readInt32BE(at)) ?? copyOf(body, at, length)
      break
    case 1114:
    case 1184:
      if (length === 8) return toTimestamp(body.readBigInt64BE(at)) ?? copyOf(body, at, length)
      break
    case 2950:
      if (length === 16) return toUuid(body.toString('hex', at, at + length))
      break
    case 3802:
      // jsonb: a version, and text.
      if (length > 0 && body[at] === 1) return body.toString(encoding, at + 1, at + length)
      break
    default:
  }
  return copyOf(body, at, length)
}

/** The chunk belongs to the socket. */
function copyOf(body: Buffer, at: number, length: number): Buffer {
  return Buffer.from(body.subarray(at, at + length))
}

function toUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The server counts from the year 2000. */
const epochMs = Date.UTC(2000, 0, 1)

function toDate(days: number): string | undefined {
  return isoOf(epochMs + days * 86_400_000)?.slice(0, 10)
}

function toTimestamp(microseconds: bigint): string | undefined {
  const within = ((microseconds % 1000n) + 1000n) % 1000n
  const iso = isoOf(epochMs + Number((microseconds - within) / 1000n))
  return iso === undefined
    ? undefined
    : `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(within).padStart(3, '0')}`
}

/** Undefined outside of the years 0 to 9999, such as for `infinity`. */
function isoOf(ms: number): string | undefined {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return undefined
  const iso = new Date(ms).toISOString()
  return iso.length === 24 ? iso : undefined
}
