import type { EventLines } from '../../store/event-store.ts'
import type { ExportColumn, PresentEvent } from './export-columns.ts'
import type { OverflowColumns } from './overflow-columns.ts'

/** Events in the order of the file. A page may have any length. */
export type EventPages = AsyncIterable<EventLines>

/** What *About this export* tells. */
export type ExportAbout = {
  workspaceName: string
  /** As typed; empty if everything was asked for. */
  searchText: string
  /** RFC 3339 in UTC: from inclusive, to exclusive; absent where the range is open. */
  from?: string
  to?: string
  /** The name or e-mail of the person or key. */
  exportedBy: string
  /** RFC 3339 in UTC. */
  exportedAt: string
}

export type ExportOptions = {
  columns: readonly ExportColumn[]
  present: PresentEvent
  about: ExportAbout
  /** xlsx: what `countOverflow` found. */
  overflow?: OverflowColumns
  /** csv: put `'` before a text that a spreadsheet may take for a formula. */
  csvSafe?: boolean
  /** xlsx: zlib's level, 1 to 9. */
  level?: number
  /** xlsx: lower limits, for tests. */
  xlsxLimits?: Partial<XlsxLimits>
}

export type XlsxLimits = {
  /** Rows of a sheet with its header. */
  sheetRowsMax: number
  /** A sheet whose XML has so many bytes takes no further row. */
  sheetBytesMax: number
  /** From this size of the file on its directory has the 64-bit form. */
  zip64OffsetMin: number
}

/**
 * Yields the bytes of a file. Promises: nothing is read or made before it is pulled; the first chunk comes after the
 * first page; a failure of `pages` is thrown, and what was yielded before is no valid file.
 */
export type EncodeExport = (pages: EventPages, options: ExportOptions) => AsyncGenerator<Uint8Array>
