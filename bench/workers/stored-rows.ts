import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readEvent, type StoredEvent } from '../../packages/domain/src/event.ts'
import { timeFromMs } from '../../packages/domain/src/time.ts'
import { emptyPeopleIndex } from '../../packages/domain/src/attribution/people-index.ts'
import { SqlReader } from '../../packages/domain/src/sql/sql-reader.ts'
import { limits } from '../../packages/server/src/config.ts'
import { createEventId } from '../../packages/server/src/ingest/create-event-id.ts'
import { enrichEvent } from '../../packages/server/src/ingest/enrich-event.ts'
import { toEventRow } from '../../packages/server/src/store/clickhouse/event-row.ts'
import { EventMaker } from '../made-events.ts'
import { answerRequests } from '../worker.ts'

/**
 * Writes files of rows exactly as the server would insert them (JSONEachRow): the same drafts through the server's own
 * functions, with times that go on by as much as events would come in.
 */
export type StoredRowsRequest = { folder: string; batches: number; batchRows: number }

const sqlReader = new SqlReader(limits.sqlReader)

answerRequests(async ({ folder, batches, batchRows }: StoredRowsRequest) => {
  const maker = new EventMaker(1)
  const way = { workspaceId: createEventId(Date.now()), source: 'api' }
  const startMs = Date.now()
  const paths: string[] = []
  for (let batch = 0; batch < batches; batch++) {
    const lines: string[] = []
    for (let i = 0; i < batchRows; i++) {
      const sequence = batch * batchRows + i + 1
      const draft = maker.make()
      // Some 20,000 a second, each with a time of its own.
      const time = `${timeFromMs(startMs + Math.floor(sequence / 20)).slice(0, 23)}${String((sequence % 20) * 50).padStart(3, '0')}Z`
      const createId = (): string => createEventId(startMs + Math.floor(sequence / 20))
      const event = readEvent(draft, { receivedAt: time, createId })
      if (Array.isArray(event)) throw new Error(`a made event is not valid: ${JSON.stringify(event)}`)
      const contentHash = createHash('sha256').update(JSON.stringify(draft)).digest('hex').slice(0, 32)
      const enriched = enrichEvent(event, way, contentHash, {
        masking: { hashSecret: () => '', bindParameters: 'masked' },
        readStatement: (sql, dialect) => sqlReader.read(sql, dialect).statement,
        people: emptyPeopleIndex,
      })
      const stored: StoredEvent = { ...enriched, position: { node: 'node', sequence } }
      lines.push(JSON.stringify(toEventRow(stored)))
    }
    const path = join(folder, `${batch}.jsonl`)
    await writeFile(path, lines.join('\n'))
    paths.push(path)
  }
  return paths
})
