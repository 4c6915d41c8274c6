import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalRecord } from './segment-format.ts'

/** Records that the event store refuses for good, kept beside the journal for somebody to look at. */
export type Quarantine = {
  /** How many records are in it: any is an alarm. */
  readonly count: number
  /** Whether the record with this sequence is in it. */
  has: (sequence: number) => boolean
  /** **Promise: when this resolves, the record is on the disk.** A record that is in it already is not added again. */
  add: (record: JournalRecord, reason: string) => Promise<void>
}

/** Opens `quarantine.jsonl` in the journal's directory: one line of JSON for each record. */
export async function openQuarantine(dir: string): Promise<Quarantine> {
  const path = join(dir, 'quarantine.jsonl')
  const sequences = await readSequences(path)
  return {
    get count() {
      return sequences.size
    },
    has: (sequence) => sequences.has(sequence),
    add: async ({ sequence, payload }, reason) => {
      if (sequences.has(sequence)) return
      const file = await open(path, 'a', 0o600)
      try {
        // After a line that was cut short, this one begins anew; empty lines mean nothing.
        await file.writeFile(`\n${JSON.stringify({ sequence, reason, event: payload.toString('utf8') })}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      sequences.add(sequence)
    },
  }
}

/** A line that a crash has cut short does not count: its record is added again. */
async function readSequences(path: string): Promise<Set<number>> {
  try {
    const text = await readFile(path, 'utf8')
    return new Set([...text.matchAll(/^\{"sequence":(\d+),.*\}$/gm)].map((match) => Number(match[1])))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Set()
    throw error
  }
}
