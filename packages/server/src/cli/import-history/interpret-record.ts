import { isUtf8 } from 'node:buffer'
import { AuditError, type Problem } from '@aleph-audit-log/domain/error'
import {
  eventDraftSchema,
  eventLimits,
  toProblems,
  type EventDraft,
  type Json,
} from '@aleph-audit-log/domain/event'
import * as z from 'zod'
import { setAt, type ForeignRecord } from './field-path.ts'
import { idOfLine, mapRecord } from './map-record.ts'
import { stepsOf, type Mapping } from './mapping.ts'
import {
  draftOfExported,
  draftOfExportedRow,
  isExportedEvent,
  isExportedHeader,
  isObject,
} from './own-exports.ts'
import { hasInexactNumbers, parseExactJson } from './parse-exact-json.ts'
import { RecordSplitter, toFields, type RawRecord } from './split-records.ts'

export type FileFormat = 'jsonl' | 'csv'

/** What a file is, once its first bytes are known. Kept with the position, so that a resumed import needs not ask. */
export const layoutSchema = z.strictObject({
  format: z.enum(['jsonl', 'csv']),
  /** Names the source in the ids of events. */
  name: z.string(),
  /** Of a CSV file. */
  delimiter: z.string().exactOptional(),
  columns: z.array(z.string()).exactOptional(),
  /** The file is a report of refused lines: each of its lines holds one of another file. */
  isReport: z.boolean(),
})
export type Layout = z.infer<typeof layoutSchema>

/** The first line of a report of refused lines. */
export const reportHeaderSchema = z.strictObject({ refusedLinesOf: layoutSchema })

const reportLineSchema = z.object({
  line: z.number().int().positive(),
  /** Any JSON, which may be deeper than a schema can follow. */
  record: z.unknown().optional(),
  text: z.string().exactOptional(),
  base64: z.string().exactOptional(),
})

/** What a record of the file is. */
export type Interpreted =
  | { kind: 'nothing' }
  | { kind: 'draft'; draft: EventDraft; bytes: number }
  | { kind: 'refused'; line: number; problems: Problem[] }

export type InterpretOptions = {
  layout: Layout
  /** Without a mapping each record has to be an event as the API takes it, or as this product exports it. */
  mapping: Mapping | undefined
  /** Texts by field that replace what a record has; a mapping holds them itself. */
  constants: ReadonlyMap<string, string>
}

const nothing: Interpreted = { kind: 'nothing' }

/**
 * What a record of the file says: an event that the API would take as far as can be told here, its faults, or nothing
 * (an empty line, a header).
 */
export function interpretRecord(record: RawRecord, options: InterpretOptions): Interpreted {
  const { layout } = options
  const { line } = record
  const refuse = (...problems: Problem[]): Interpreted => ({ kind: 'refused', line, problems })
  if (record.bytes.length === 0 && record.fault === undefined) return nothing
  if (record.fault !== undefined) return refuse({ path: '', message: record.fault })
  if (!isUtf8(record.bytes)) return refuse({ path: '', message: 'is not UTF-8 text' })
  const text = record.bytes.toString('utf8')
  if (!layout.isReport) return toInterpreted(readText(text, options), { line, bytes: record.bytes }, options)
  const reported = readReportLine(text)
  if (reported === undefined) return nothing
  if ('fault' in reported) return refuse({ path: '', message: reported.fault })
  const fault = layout.format === 'csv' ? rowFault(reported.text, layout) : undefined
  if (fault !== undefined) return refuse({ path: '', message: fault })
  const origin = { line: reported.line, bytes: Buffer.from(reported.text) }
  return toInterpreted(readText(reported.text, options), origin, options)
}

/** What the splitter finds wrong with a row that did not come through it. */
function rowFault(text: string, { delimiter = ',' }: Layout): string | undefined {
  const splitter = new RecordSplitter({ delimiter: delimiter.charCodeAt(0) })
  const [row, another] = [...splitter.push(Buffer.from(text)), ...splitter.end()]
  if (another !== undefined && row?.fault === undefined)
    return 'has a line break outside quotes: one line holds one row'
  return row?.fault
}

/** A record of ours or of somebody else, a fault, or undefined for an empty line. */
type Read = ForeignRecord | Problem[] | undefined

function readText(text: string, options: InterpretOptions): Read {
  if (options.layout.format === 'jsonl' && text.trim() === '') return undefined
  return options.layout.format === 'csv' ? readRow(text, options) : readJsonLine(text, options)
}

function readJsonLine(text: string, { mapping }: InterpretOptions): ForeignRecord | Problem[] {
  try {
    const value: unknown = mapping === undefined ? JSON.parse(text) : parseExactJson(text)
    return isObject(value) ? value : [{ path: '', message: 'is no JSON object' }]
  } catch (error) {
    const where = error instanceof Error ? /at position \d+/.exec(error.message)?.[0] : undefined
    return [{ path: '', message: `is no JSON${where === undefined ? '' : ` (${where})`}` }]
  }
}

function readRow(text: string, { layout }: InterpretOptions): ForeignRecord | Problem[] {
  const { columns = [], delimiter = ',' } = layout
  const fields = toFields(text, delimiter)
  if (fields.length !== columns.length) {
    return [{ path: '', message: `has ${fields.length} fields; the header has ${columns.length}` }]
  }
  const cells = columns.map((name, i): [string, Json] => [name, fields[i] ?? ''])
  // An empty cell cannot be told from none.
  return Object.fromEntries(cells.filter(([, cell]) => cell !== ''))
}

function toInterpreted(
  read: Read,
  origin: { line: number; bytes: Buffer },
  options: InterpretOptions,
): Interpreted {
  if (read === undefined) return nothing
  const { line } = origin
  const draft = Array.isArray(read) ? read : toDraftOrTooDeep(read, options)
  if (Array.isArray(draft)) return { kind: 'refused', line, problems: draft }
  if (draft['id'] === undefined) draft['id'] = idOfLine(options.layout.name, line, origin.bytes)
  const checked = checkDraft(draft)
  if (Array.isArray(checked)) return { kind: 'refused', line, problems: checked }
  // The schema of drafts has just found nothing wrong with it.
  return { kind: 'draft', draft: draft as EventDraft, bytes: checked.bytes }
}

/** A record may be nested deeper than the call stack; an event may not. */
function toDraftOrTooDeep(record: ForeignRecord, options: InterpretOptions): ForeignRecord | Problem[] {
  try {
    return toDraft(record, options)
  } catch (error) {
    if (error instanceof RangeError) return [{ path: '', message: 'is nested too deeply' }]
    throw error
  }
}

function toDraft(
  record: ForeignRecord,
  { layout, mapping, constants }: InterpretOptions,
): ForeignRecord | Problem[] {
  if (mapping !== undefined) return mapRecord(record, mapping, layout.name)
  const draft = layout.format === 'csv' ? draftOfExportedRow(record) : draftOfRecord(record)
  if (draft === undefined)
    return [{ path: 'Details', message: 'and Data are not those of an exported event' }]
  for (const [name, value] of constants) {
    const steps = stepsOf(name)
    replaceAt(draft, steps, value)
  }
  return draft
}

function draftOfRecord(record: ForeignRecord): ForeignRecord {
  return isExportedEvent(record) ? draftOfExported(record) : record
}

function replaceAt(target: ForeignRecord, steps: string[], value: string): void {
  const last = steps.at(-1) ?? ''
  let at: Json | undefined = target
  for (const step of steps.slice(0, -1)) at = isObject(at) ? at[step] : undefined
  if (isObject(at)) delete at[last]
  setAt(target, steps, value)
}

/** The size as JSON, or the faults that the API would find: one bad line need not send back the batch around it. */
function checkDraft(draft: ForeignRecord): { bytes: number } | Problem[] {
  const parsed = eventDraftSchema.safeParse(draft)
  if (!parsed.success) return toProblems(parsed.error, '')
  if (parsed.data.occurredAt === undefined) {
    return [{ path: 'occurredAt', message: 'is missing: history without its time would be dated to now' }]
  }
  const bytes = Buffer.byteLength(JSON.stringify(draft))
  if (bytes <= eventLimits.eventBytesMax) return { bytes }
  return [
    { path: '', message: `makes an event of ${bytes} bytes; one may have ${eventLimits.eventBytesMax}` },
  ]
}

/** Undefined for the report's own first line. */
function readReportLine(text: string): { line: number; text: string } | { fault: string } | undefined {
  const fault = 'is no line of a report: it needs line, and record or text'
  let value: unknown
  try {
    // A number that JavaScript cannot hold would stand in `text`, not in `record`.
    value = JSON.parse(text)
  } catch {
    return { fault: 'is no JSON' }
  }
  if (reportHeaderSchema.safeParse(value).success) return undefined
  const parsed = reportLineSchema.safeParse(value)
  if (!parsed.success) return { fault }
  const { line, record, text: original, base64 } = parsed.data
  if (record !== undefined) return { line, text: JSON.stringify(record) }
  if (original !== undefined) return { line, text: original }
  return base64 === undefined
    ? { fault }
    : { fault: 'still has the bytes that were refused: put the mended line into text' }
}

/** A refused line as it stands in the report: JSON as JSON, so that it can be mended in an editor. */
export function toReportLine(record: RawRecord, problems: readonly Problem[], layout: Layout): string {
  const place = { line: record.line, problems }
  if (!isUtf8(record.bytes)) return JSON.stringify({ ...place, base64: record.bytes.toString('base64') })
  const text = record.bytes.toString('utf8')
  if (layout.isReport) return reportAgain(text, place)
  if (layout.format === 'csv' || record.fault !== undefined || hasInexactNumbers(text)) {
    return JSON.stringify({ ...place, text })
  }
  try {
    const original: unknown = JSON.parse(text)
    return JSON.stringify({ ...place, record: original })
  } catch {
    return JSON.stringify({ ...place, text })
  }
}

/** A line of a report that is refused again keeps the number that it had in its file, which its id follows from. */
function reportAgain(text: string, place: { line: number; problems: readonly Problem[] }): string {
  try {
    const parsed = reportLineSchema.safeParse(JSON.parse(text))
    if (parsed.success) return JSON.stringify({ ...parsed.data, problems: place.problems })
  } catch {
    // No JSON any more: it is shown as it is.
  }
  return JSON.stringify({ ...place, text })
}

/** Reads the header of a CSV file. Throws AuditError('invalid') where it does not name every column once. */
export function readColumns(record: RawRecord, delimiter: string): string[] {
  if (record.fault !== undefined || !isUtf8(record.bytes)) {
    const fault = record.fault ?? 'is not UTF-8 text'
    throw new AuditError('invalid', `The header of the CSV file (line ${record.line}) ${fault}.`)
  }
  const names = toFields(record.bytes.toString('utf8'), delimiter)
  const columns = names.map((name, i) => (name === '' ? `column_${i + 1}` : name))
  const seen = new Set<string>()
  const twice = columns.find((name) => seen.size === seen.add(name).size)
  if (twice === undefined) return columns
  throw new AuditError('invalid', `The header of the CSV file names ${JSON.stringify(twice)} twice.`)
}

/** Throws AuditError('invalid') for a CSV file that is none of ours and has no mapping. */
export function requireMapping({ layout, mapping }: InterpretOptions): void {
  if (layout.format !== 'csv' || mapping !== undefined || isExportedHeader(layout.columns ?? [])) return
  throw new AuditError(
    'invalid',
    `A CSV file needs a mapping (--map or --preset), unless this product exported it with its default columns. ` +
      `Its columns are ${(layout.columns ?? []).join(', ')}.`,
  )
}
