import { parseLines } from './event-lines.ts'
import type { EventPages, ExportOptions } from './export-options.ts'

/** A chunk is yielded when it has so many UTF-16 units. */
const chunkUnits = 64 * 1024

/** Encodes events as JSON lines: each event whole, as the API shows it, whatever the columns are. */
export async function* encodeJsonl(pages: EventPages, options: ExportOptions): AsyncGenerator<Uint8Array> {
  let text = ''
  let isFirstPage = true
  for await (const page of pages) {
    for (const event of parseLines(page)) {
      text += `${JSON.stringify(options.present(event))}\n`
      if (text.length < chunkUnits) continue
      yield Buffer.from(text, 'utf8')
      text = ''
    }
    if (isFirstPage && text !== '') {
      yield Buffer.from(text, 'utf8')
      text = ''
    }
    isFirstPage = false
  }
  if (text !== '') yield Buffer.from(text, 'utf8')
}
