import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Connection } from './connect.ts'

export type ExportRequest = {
  format: string
  /** A file, or `-` for the standard output. */
  output: string
  q?: string
  from?: string
  to?: string
  columns?: string
  csvSafe?: boolean
}

/** Writes what a search finds to a file. The file gets its name only when it is whole. */
export async function exportEvents(connection: Connection, request: ExportRequest): Promise<void> {
  const { format, output, csvSafe, ...search } = request
  const query = new URLSearchParams({ format, ...(csvSafe === true ? { csv_safe: '1' } : {}) })
  for (const [name, value] of Object.entries(search)) query.set(name, value)
  const answer = await connection.open('GET', `/api/v1/events/export?${query.toString()}`)
  if (output === '-') {
    await pipeline(answer, process.stdout, { end: false })
    return
  }
  const unfinished = `${output}.part`
  try {
    await pipeline(answer, createWriteStream(unfinished, { mode: 0o600 }))
    await rename(unfinished, output)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
