import { AuditError } from '@aleph-audit-log/domain/error'

/** A line, or a CSV record of several lines, as it stands in the file. */
export type RawRecord = {
  /** Without its line end. Of a record that is too long only the beginning. */
  bytes: Buffer
  /** From 1: where the record begins. */
  line: number
  /** Where the next record begins: bytes and lines from the beginning of the (unpacked) file. */
  end: { offset: number; line: number }
  /** Why it cannot be read. */
  fault?: string
}

export type RecordPlace = { offset: number; line: number }

export const recordLimits = {
  /** A longer line is refused; an event has at most half of it. */
  recordBytesMax: 1024 * 1024,
  /** What is kept of a longer one, to show which it was. */
  keptBytesMax: 1000,
} as const

type RecordLimits = { recordBytesMax: number; keptBytesMax: number }

const newline = 0x0a
const carriageReturn = 0x0d
const quote = 0x22

const textAfterQuote = 'has text between the closing quote and the end of the field'

/** Where the scan of a CSV record stands: what the next byte means. */
type ScanState = 'field start' | 'plain' | 'quoted' | 'after quote' | 'after return'

/**
 * Cuts bytes, that come in pieces cut anywhere, into lines or CSV records (RFC 4180). Memory is bounded whatever comes.
 * Written here because the importer needs of every record, also of a broken one, the exact bytes and where it ends, and
 * has to go on behind it: the CSV parsers that were looked at give neither.
 *
 * A quote that is not closed within `recordBytesMax` would swallow the rest of the file: its line alone is refused, and
 * reading goes on with the next line.
 */
export class RecordSplitter {
  readonly #delimiter: number | undefined
  readonly #limits: RecordLimits
  #buffer: Buffer = Buffer.alloc(0)
  /** How much of the buffer was scanned. */
  #scanned = 0
  #state: ScanState = 'field start'
  #fault: string | undefined
  #place: RecordPlace
  /** A line that is too long is passed over up to its end. */
  #long: { beginning: Buffer; bytes: number } | undefined

  /** `delimiter`: the byte between the fields of a CSV file; without it, records are lines. */
  constructor(options: { delimiter?: number; start?: RecordPlace; limits?: RecordLimits }) {
    this.#delimiter = options.delimiter
    this.#place = options.start ?? { offset: 0, line: 1 }
    this.#limits = options.limits ?? recordLimits
  }

  /** Takes the next bytes and returns the records that are complete. */
  push(chunk: Buffer): RawRecord[] {
    const records: RawRecord[] = []
    let rest = chunk
    if (this.#long !== undefined) {
      const end = rest.indexOf(newline)
      this.#long.bytes += end < 0 ? rest.length : end + 1
      if (end < 0) return records
      records.push(this.#takeLong(this.#long, 1))
      rest = rest.subarray(end + 1)
    }
    this.#buffer = this.#buffer.length === 0 ? rest : Buffer.concat([this.#buffer, rest])
    this.#cut(records)
    return records
  }

  /** The last record, of a file that ends without a line end. */
  end(): RawRecord[] {
    const records: RawRecord[] = []
    if (this.#long !== undefined) records.push(this.#takeLong(this.#long, 0))
    while (this.#buffer.length > 0) {
      if (this.#state === 'quoted') this.#takeUnclosed(records, 'begins a quote that is not closed')
      else this.#take(records, this.#buffer.length, this.#buffer.length)
      this.#cut(records)
    }
    return records
  }

  #cut(records: RawRecord[]): void {
    for (;;) {
      const end = this.#delimiter === undefined ? this.#findLineEnd() : this.#findRecordEnd(this.#delimiter)
      if (end >= 0) {
        this.#take(records, end, end + 1)
      } else if (this.#buffer.length <= this.#limits.recordBytesMax) {
        return
      } else if (this.#buffer.includes(newline)) {
        const begins =
          this.#state === 'quoted' ? 'begins a quote that is not closed' : 'begins a record that does not end'
        this.#takeUnclosed(records, `${begins} within ${this.#limits.recordBytesMax} bytes`)
      } else {
        this.#long = {
          beginning: Buffer.from(this.#buffer.subarray(0, this.#limits.keptBytesMax)),
          bytes: this.#buffer.length,
        }
        this.#forget(this.#buffer.length)
        return
      }
    }
  }

  #findLineEnd(): number {
    const end = this.#buffer.indexOf(newline, this.#scanned)
    this.#scanned = this.#buffer.length
    return end
  }

  #findRecordEnd(delimiter: number): number {
    const buffer = this.#buffer
    let state = this.#state
    for (let at = this.#scanned; at < buffer.length; at++) {
      const byte = buffer[at]
      if (state === 'after return' && byte !== newline) this.#fault ??= textAfterQuote
      if (state === 'quoted') {
        if (byte === quote) state = 'after quote'
      } else if (byte === newline) {
        this.#scanned = at
        return at
      } else if (byte === delimiter) {
        state = 'field start'
      } else if (byte === quote) {
        if (state === 'field start' || state === 'after quote') state = 'quoted'
        else this.#fault ??= 'has a quote in a field that does not begin with one'
      } else if (state === 'after quote' && byte === carriageReturn) {
        state = 'after return'
      } else {
        if (state === 'after quote') this.#fault ??= textAfterQuote
        state = 'plain'
      }
    }
    this.#state = state
    this.#scanned = buffer.length
    return -1
  }

  #take(records: RawRecord[], end: number, next: number): void {
    const hasReturn = end > 0 && this.#buffer[end - 1] === carriageReturn
    const bytes = this.#buffer.subarray(0, hasReturn ? end - 1 : end)
    const lines = this.#delimiter === undefined ? (next > end ? 1 : 0) : countNewlines(this.#buffer, next)
    const isLong = bytes.length > this.#limits.recordBytesMax
    const fault = isLong ? this.#tooLong(bytes.length) : this.#fault
    records.push({
      bytes: isLong ? bytes.subarray(0, this.#limits.keptBytesMax) : bytes,
      line: this.#place.line,
      end: this.#advance(next, lines),
      ...(fault === undefined ? {} : { fault }),
    })
    this.#forget(next)
  }

  /** Refuses the line in which the record begins, and reads what follows it as records of their own. */
  #takeUnclosed(records: RawRecord[], fault: string): void {
    const end = this.#buffer.indexOf(newline)
    this.#fault = fault
    if (end < 0) this.#take(records, this.#buffer.length, this.#buffer.length)
    else this.#take(records, end, end + 1)
  }

  #takeLong({ beginning, bytes }: { beginning: Buffer; bytes: number }, lines: number): RawRecord {
    this.#long = undefined
    const line = this.#place.line
    return { bytes: beginning, line, end: this.#advance(bytes, lines), fault: this.#tooLong(bytes - lines) }
  }

  #tooLong(bytes: number): string {
    return `has ${bytes} bytes; a line may have ${this.#limits.recordBytesMax}`
  }

  #advance(bytes: number, lines: number): RecordPlace {
    this.#place = { offset: this.#place.offset + bytes, line: this.#place.line + lines }
    return this.#place
  }

  #forget(bytes: number): void {
    this.#buffer = this.#buffer.subarray(bytes)
    this.#scanned = 0
    this.#state = 'field start'
    this.#fault = undefined
  }
}

function countNewlines(buffer: Buffer, end: number): number {
  let count = 0
  for (let at = buffer.indexOf(newline); at >= 0 && at < end; at = buffer.indexOf(newline, at + 1)) count++
  return count
}

/** The fields of a CSV record that the splitter found nothing wrong with. */
export function toFields(record: string, delimiter: string): string[] {
  const fields: string[] = []
  for (let at = 0; ;) {
    if (record[at] !== '"') {
      const end = record.indexOf(delimiter, at)
      fields.push(end < 0 ? record.slice(at) : record.slice(at, end))
      if (end < 0) return fields
      at = end + 1
      continue
    }
    let end = record.indexOf('"', at + 1)
    while (end >= 0 && record[end + 1] === '"') end = record.indexOf('"', end + 2)
    if (end < 0) throw new AuditError('invalid', 'A quoted field of a CSV record does not end.')
    fields.push(record.slice(at + 1, end).replaceAll('""', '"'))
    if (record[end + 1] !== delimiter) return fields
    at = end + 2
  }
}

const delimiters = [',', ';', '\t', '|'] as const

/** The delimiter that stands most often outside quotes in the first line; a comma where there is none. */
export function detectDelimiter(firstLine: string): string {
  const bare = firstLine.replaceAll(/"[^"]*"?/g, '')
  const counts = delimiters.map((delimiter) => bare.split(delimiter).length)
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ','
}
