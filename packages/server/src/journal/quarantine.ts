import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalRecord } from './segment-format.ts'

/** Records that the event store refuses for good, kept beside the journal for somebody to look at. */
export type Quarantine = {
  /** How many records are in it: any is an alarm. */
  readonly count: number
  /** **Promise: when this resolves, the record is on the disk.** May keep a record twice after a crash. */
  add: (record: JournalRecord, reason: string) => Promise<void>
}

/** Opens `quarantine.jsonl` in the journal's directory: one line of JSON for each record. */
export async function openQuarantine(dir: string): Promise<Quarantine> {
  const path = join(dir, 'quarantine.jsonl')
  let count = await countLines(path)
  return {
    get count() {
      return count
    },
    add: async ({ sequence, payload }, reason) => {
      const file = await open(path, 'a', 0o600)
      try {
        await file.writeFile(`${JSON.stringify({ sequence, reason, event: payload.toString('utf8') })}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      count++
    },
  }
}

async function countLines(path: string): Promise<number> {
  try {
    const bytes = await readFile(path)
    return bytes.filter((byte) => byte === 0x0a).length
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
}
