import { encodeCsv } from './encode-csv.ts'
import { encodeJsonl } from './encode-jsonl.ts'
import { encodeXlsx } from './encode-xlsx.ts'
import type { EncodeExport } from './export-options.ts'

export type ExportFormat = 'xlsx' | 'csv' | 'jsonl'

export type ExportFormatEntry = {
  contentType: string
  extension: string
  encode: EncodeExport
  /** False if events are written whole, so that columns cannot be chosen. */
  hasColumns: boolean
  /** True if the number of overflow columns must be counted first. */
  hasOverflow: boolean
}

/** Every format of an export: the only list of them. */
export const exportFormats: Readonly<Record<ExportFormat, ExportFormatEntry>> = {
  xlsx: {
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    extension: 'xlsx',
    encode: encodeXlsx,
    hasColumns: true,
    hasOverflow: true,
  },
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    encode: encodeCsv,
    hasColumns: true,
    hasOverflow: false,
  },
  jsonl: {
    contentType: 'application/x-ndjson; charset=utf-8',
    extension: 'jsonl',
    encode: encodeJsonl,
    hasColumns: false,
    hasOverflow: false,
  },
}
