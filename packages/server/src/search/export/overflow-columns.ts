import { cellUnitsMax, splitCellText } from './cell-text.ts'
import { parseLines } from './event-lines.ts'
import { type ExportColumn, type PresentEvent, textOf } from './export-columns.ts'
import type { EventPages } from './export-options.ts'

/**
 * No cell of an event overflows if the event's JSON has at most so many bytes: the worst case is a CR, two bytes in
 * JSON (`\r`) and seven units in a cell (`_x000D_`). Look for longer events only.
 */
export const overflowJsonBytesMin = Math.floor((cellUnitsMax * 2) / 7)

/** How many columns beside its own each column needs, by the column's id; a column that needs none is left out. */
export type OverflowColumns = ReadonlyMap<string, number>

/**
 * Counts the further columns (*Data (2)*, *Data (3)*...) that a workbook of these events needs. `longEvents` are those
 * whose JSON is longer than `overflowJsonBytesMin` bytes; shorter ones do no harm.
 */
export async function countOverflow(
  longEvents: EventPages,
  columns: readonly ExportColumn[],
  present: PresentEvent,
): Promise<OverflowColumns> {
  const overflow = new Map<string, number>()
  for await (const page of longEvents) {
    for (const event of parseLines(page)) {
      for (const column of columns) {
        const text = textOf(column.read(event, present))
        const extra = text === undefined ? 0 : splitCellText(text).length - 1
        if (extra > (overflow.get(column.id) ?? 0)) overflow.set(column.id, extra)
      }
    }
  }
  return overflow
}
