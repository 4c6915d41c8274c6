import { readFile } from 'node:fs/promises'
import { toPublicEvent } from '../../packages/domain/src/api/events.ts'
import type { StoredEvent } from '../../packages/domain/src/event.ts'
import { encodeXlsx } from '../../packages/server/src/search/export/encode-xlsx.ts'
import { parseColumns } from '../../packages/server/src/search/export/export-columns.ts'
import type { EventLines } from '../../packages/server/src/store/event-store.ts'
import { answerRequests } from '../worker.ts'

/** The encoder alone: events that are in memory already, as often as needed, into a file that nobody keeps. */
export type EncodeXlsxRequest = { eventsPath: string; rows: number; pageBytes: number }
export type EncodeXlsxResult = { seconds: number; bytes: number }

answerRequests(async ({ eventsPath, rows, pageBytes }: EncodeXlsxRequest) => {
  const lines = (await readFile(eventsPath, 'utf8')).split('\n').filter((line) => line !== '')
  // A line of the download is a stored event without the fields that a download does not show.
  const events = lines.map((line): StoredEvent => ({
    ...(JSON.parse(line) as StoredEvent),
    workspaceId: '00000000-0000-4000-8000-000000000000',
    contentHash: '00'.repeat(32),
    idFromSender: false,
  }))
  const texts = events.map((event) => Buffer.from(`${JSON.stringify(event)}\n`))
  async function* pages(): AsyncGenerator<EventLines> {
    let page: Buffer[] = []
    let bytes = 0
    for (let row = 0; row < rows; row++) {
      const text = texts[row % texts.length]!
      page.push(text)
      bytes += text.length
      if (bytes < pageBytes && row < rows - 1) continue
      yield Buffer.concat(page)
      page = []
      bytes = 0
    }
  }
  const startMs = performance.now()
  let bytes = 0
  const options = {
    columns: parseColumns(undefined),
    present: toPublicEvent,
    about: {
      workspaceName: 'Acme',
      searchText: '',
      exportedBy: 'Ann Lee <ann@acme.example>',
      exportedAt: new Date().toISOString(),
    },
  }
  for await (const chunk of encodeXlsx(pages(), options)) bytes += chunk.length
  const result: EncodeXlsxResult = { seconds: (performance.now() - startMs) / 1000, bytes }
  return result
})
