import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import { EventMaker } from '../made-events.ts'
import { connect, copySql, toCopyLine } from '../postgres-peer.ts'
import { answerRequests } from '../worker.ts'

/**
 * COPY is PostgreSQL's fastest way in, faster than INSERT of many rows; ten thousand rows a transaction make its
 * commits cheap (ours commits a thousand at a time). Lines are made before the clock starts.
 */
export type PostgresInsertRequest =
  | { prepare: number }
  | { connectionString: string; seconds: number; clients: number }
export type PostgresInsertResult = { rows: number; seconds: number }

const rowsPerCopy = 10_000
const rowsPerChunk = 200

let pool: Buffer[] = []

answerRequests(async (asked: PostgresInsertRequest) => {
  if ('prepare' in asked) {
    const maker = new EventMaker(1)
    pool = Array.from({ length: Math.ceil(asked.prepare / rowsPerChunk) }, () =>
      Buffer.from(Array.from({ length: rowsPerChunk }, () => toCopyLine(maker.make())).join('')),
    )
    return undefined
  }
  const startMs = performance.now()
  const endMs = startMs + asked.seconds * 1000
  const counts = await Promise.all(
    Array.from({ length: asked.clients }, async (_, number) => {
      const client = await connect(asked.connectionString)
      let next = Math.floor((number / asked.clients) * pool.length)
      let rows = 0
      while (performance.now() < endMs) {
        const chunks = Array.from(
          { length: rowsPerCopy / rowsPerChunk },
          (_, i) => pool[(next + i) % pool.length] ?? Buffer.alloc(0),
        )
        next += chunks.length
        await pipeline(Readable.from(chunks), client.query(copyFrom(copySql)))
        rows += rowsPerCopy
      }
      await client.end()
      return rows
    }),
  )
  const result: PostgresInsertResult = {
    rows: counts.reduce((sum, count) => sum + count, 0),
    seconds: (performance.now() - startMs) / 1000,
  }
  return result
})
