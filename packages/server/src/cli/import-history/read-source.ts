import { basename } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { ImportState } from './import-state.ts'
import { reportHeaderSchema, type FileFormat, type Layout } from './interpret-record.ts'
import type { PrefixHash, SourceBytes } from './source-bytes.ts'
import { detectDelimiter, recordLimits } from './split-records.ts'

const newline = 0x0a
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * Reads what an earlier import has read, without looking at it but for its hash, and returns the bytes behind it that
 * came along. Throws AuditError('conflict') for a file that is not the one which was read then.
 */
export async function skipWhatWasRead(
  source: SourceBytes,
  hash: PrefixHash,
  saved: Pick<ImportState, 'offset' | 'line' | 'sha256' | 'file'>,
): Promise<Buffer> {
  let offset = 0
  let last: number | undefined
  let rest: Buffer = Buffer.alloc(0)
  while (offset < saved.offset) {
    const { value: chunk, done } = await source.chunks.next()
    if (done === true) throw changed(saved, 'it is shorter')
    hash.push(chunk)
    const taken = Math.min(chunk.length, saved.offset - offset)
    offset += taken
    hash.advanceTo(offset)
    last = chunk[taken - 1]
    rest = chunk.subarray(taken)
  }
  if (hash.advanceTo(offset) !== saved.sha256) throw changed(saved, 'its beginning is another')
  if (last === undefined || last === newline) return rest
  if (rest.length === 0) {
    const { value: chunk, done } = await source.chunks.next()
    if (done === true) return rest
    hash.push(chunk)
    rest = chunk
  }
  if (rest[0] !== newline && rest[0] !== 0x0d) throw changed(saved, 'its last line was not complete then')
  return rest
}

function changed({ file, line }: Pick<ImportState, 'file' | 'line'>, how: string): AuditError {
  return new AuditError(
    'conflict',
    `${file} has changed since it was imported up to line ${line}: ${how}. Use --restart to import it from its ` +
      'beginning; lines that are the same are not stored twice.',
  )
}

/** The beginning of a file: its first line at least, or as much as a line may have. */
export async function readHead(source: SourceBytes, hash: PrefixHash): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (!head.includes(newline) && head.length <= recordLimits.recordBytesMax) {
    const { value: chunk, done } = await source.chunks.next()
    if (done === true) break
    hash.push(chunk)
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
  }
  return head
}

/** How many bytes at the beginning are no text. Throws AuditError('invalid') for UTF-16. */
export function markBytes(head: Buffer): number {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  if (isUtf16) {
    throw new AuditError(
      'invalid',
      'The file is UTF-16. Convert it first: iconv -f UTF-16 -t UTF-8 FILE > NEW.',
    )
  }
  return head.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0
}

export type LayoutRequest = {
  file: string
  format: FileFormat
  name?: string | undefined
  delimiter?: string | undefined
}

/** The name under which the source stands in the ids of events. */
export function nameOfSource({ file, name }: Pick<LayoutRequest, 'file' | 'name'>): string {
  if (name !== undefined && name !== '') return name
  if (file !== '-') return basename(file)
  throw new AuditError('invalid', 'What comes from the standard input needs a name: --name billing-2026.')
}

/** What the beginning of a file tells about it; the columns of a CSV file are read with its first record. */
export function detectLayout(head: Buffer, request: LayoutRequest): Layout {
  const end = head.indexOf(newline)
  const firstLine = head.subarray(markBytes(head), end < 0 ? head.length : end).toString('utf8')
  const reported = readReportHeader(firstLine)
  if (reported !== undefined) {
    if (reported.format !== request.format) {
      throw new AuditError(
        'invalid',
        `This is a report of a ${reported.format} file: use import ${reported.format}.`,
      )
    }
    return { ...reported, isReport: true }
  }
  const name = nameOfSource(request)
  if (request.format === 'jsonl') return { format: 'jsonl', name, isReport: false }
  return { format: 'csv', name, delimiter: request.delimiter ?? detectDelimiter(firstLine), isReport: false }
}

function readReportHeader(firstLine: string): Layout | undefined {
  if (!firstLine.startsWith('{"refusedLinesOf":')) return undefined
  try {
    return reportHeaderSchema.safeParse(JSON.parse(firstLine)).data?.refusedLinesOf
  } catch {
    return undefined
  }
}
