import { Buffer } from 'node:buffer'
import type { StoredEvent } from '@aleph-audit-log/domain/event'

/**
 * The column `event` as it is written since migration 3: the JSON of the event, in which a value that another column
 * holds to the last digit is only marked. Random ids and hashes cannot be compressed, and twice they took a third of
 * the disk. Marks are values that an event cannot have there: null for the id, the hash and the sequence, and for a
 * time the number of its digits after the second. Rows from before have no marks.
 */
type KeptEvent = Omit<StoredEvent, 'id' | 'occurredAt' | 'receivedAt' | 'contentHash' | 'position'> & {
  id: string | null
  occurredAt: string | number
  receivedAt: string | number
  contentHash: string | null
  position: { node: string; sequence: number | null }
}

/** What an event is put together from, for `readKept`. */
export const keptColumns = `
  toString(id),
  occurred_at,
  received_at,
  content_hash,
  sequence,
  event`

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const hash = /^[0-9a-f]{32}$/

/** The column `event` and how many bytes the whole JSON of the event has. */
export function keepEvent(event: StoredEvent): { json: string; wholeBytes: number } {
  const { id, occurredAt, receivedAt, contentHash, position } = event
  const marked: KeptEvent = {
    // Every key stays in its place.
    ...event,
    id: uuid.test(id) ? null : id,
    occurredAt: markTime(occurredAt),
    receivedAt: markTime(receivedAt),
    contentHash: hash.test(contentHash) ? null : contentHash,
    position: { ...position, sequence: null },
  }
  const json = JSON.stringify(marked)
  const wholeBytes =
    Buffer.byteLength(json) +
    (marked.id === null ? sizeOf(id) - markBytes : 0) +
    (marked.contentHash === null ? sizeOf(contentHash) - markBytes : 0) +
    (marked.occurredAt === occurredAt ? 0 : sizeOf(occurredAt) - 1) +
    (marked.receivedAt === receivedAt ? 0 : sizeOf(receivedAt) - 1) +
    String(position.sequence).length -
    markBytes
  return { json, wholeBytes }
}

const markBytes = 'null'.length

/** Of an ASCII text in JSON. */
function sizeOf(text: string): number {
  return text.length + 2
}

const utcTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,6}))?Z$/

function markTime(time: string): string | number {
  const match = utcTime.exec(time)
  return match ? (match[1] ?? '').length : time
}

/** An event from a line of `keptColumns`: the very one that was stored, in the same order of keys. */
export function readKept(line: string): StoredEvent {
  const [id = '', occurredAt = '', receivedAt = '', contentHash = '', sequence = '', json = ''] =
    line.split('\t')
  // The column holds what `keepEvent` wrote, or a whole event from before: JSON without raw tabs or line breaks.
  const event = JSON.parse(json) as KeptEvent
  event.id ??= id
  event.occurredAt = readTime(event.occurredAt, occurredAt)
  event.receivedAt = readTime(event.receivedAt, receivedAt)
  event.contentHash ??= contentHash
  event.position.sequence ??= Number(sequence)
  // Every mark is replaced.
  return event as StoredEvent
}

function readTime(kept: string | number, column: string): string {
  if (typeof kept === 'string') return kept
  const seconds = `${column.slice(0, 10)}T${column.slice(11, 19)}`
  return kept === 0 ? `${seconds}Z` : `${seconds}.${column.slice(20, 20 + kept)}Z`
}

const idMark = '{"id":null,'
const hashMark = '"contentHash":null'
const sequenceMark = 'null}}'
/** Where `toString(id)`, two times, the hash and the sequence begin, with a tab behind each. */
const places = { id: 0, occurredAt: 37, receivedAt: 64, contentHash: 91, sequence: 124 } as const
const [idBytes, timeBytes, hashBytes] = [36, 26, 32]
/** How nearly every event begins: what stands before the times is short, and nobody chooses it freely. */
const beginning =
  /^\{"id":null,"idFromSender":(?:true|false),"type":"[a-z][a-z0-9_.]{0,63}","occurredAt":(\d),"receivedAt":(\d),/
const beginningBytesMax = 160
const lineFeed = 0x0a
const tab = 0x09

/**
 * Lines of `keptColumns` as lines of whole events, byte for byte what was stored, without parsing most of them. In JSON
 * text a key in its quotes stands nowhere but as a key, because quotes inside of texts are escaped; the hash and the
 * sequence stand behind everything that people choose.
 */
export function restoreLines(lines: Buffer): Buffer {
  // What is filled in stood in the columns before.
  const out = Buffer.allocUnsafe(lines.length + 1)
  let length = 0
  for (let start = 0; start < lines.length;) {
    const found = lines.indexOf(lineFeed, start)
    const end = found < 0 ? lines.length : found
    length = restoreLine(lines.subarray(start, end), out, length)
    out[length++] = lineFeed
    start = end + 1
  }
  return out.subarray(0, length)
}

/** Writes the event of a line to `out` from `to` on; returns the place behind it. */
function restoreLine(line: Buffer, out: Buffer, to: number): number {
  const json = line.indexOf(tab, places.sequence) + 1
  const begins = beginning.exec(line.toString('latin1', json, json + beginningBytesMax))
  const hashAt = line.lastIndexOf(hashMark, undefined, 'latin1')
  const tail = line.length - sequenceMark.length
  const isMarked = begins !== null && hashAt > json && line.toString('latin1', tail) === sequenceMark
  if (!isMarked) return to + out.write(JSON.stringify(readKept(line.toString('utf8'))), to)
  const column = (place: number, bytes: number): string => line.toString('latin1', place, place + bytes)
  const [, occurredDigits, receivedDigits] = begins
  const occurredAt = readTime(Number(occurredDigits), column(places.occurredAt, timeBytes))
  const receivedAt = readTime(Number(receivedDigits), column(places.receivedAt, timeBytes))
  const head = begins[0]
  const untilTimes = head.slice(idMark.length, head.indexOf('"occurredAt":'))
  let at = to
  at += out.write(
    `{"id":"${column(places.id, idBytes)}",${untilTimes}"occurredAt":"${occurredAt}","receivedAt":"${receivedAt}",`,
    at,
    'latin1',
  )
  const hashValue = hashAt + hashMark.length - markBytes
  at += line.copy(out, at, json + head.length, hashValue)
  at += out.write(`"${column(places.contentHash, hashBytes)}"`, at, 'latin1')
  at += line.copy(out, at, hashValue + markBytes, tail)
  return at + out.write(`${column(places.sequence, json - 1 - places.sequence)}}}`, at, 'latin1')
}
