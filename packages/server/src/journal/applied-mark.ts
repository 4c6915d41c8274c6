import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import { crc32c } from './crc32c.ts'

const fileName = 'applied'

/** The last sequence that is confirmed in the event store; 0 in a new journal. */
export async function loadAppliedMark(dir: string): Promise<number> {
  let text: string
  try {
    text = await readFile(join(dir, fileName), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
  const [number = ''] = text.split(' ')
  if (!/^\d{1,16}$/.test(number) || text !== encodeMark(Number(number))) {
    throw new AuditError(
      'unavailable',
      `The file ${join(dir, fileName)} is damaged. Delete it: the journal is then applied again from its ` +
        'beginning, and nothing is stored twice.',
    )
  }
  return Number(number)
}

/** With a checksum: a mark that is too high by one flipped bit would pass events over in silence. */
function encodeMark(sequence: number): string {
  const checksum = crc32c(Buffer.from(String(sequence)))
  return `${sequence} ${checksum.toString(16).padStart(8, '0')}\n`
}

/**
 * Replaces the mark. An older mark after a power cut is harmless, because applying again finds what is there already:
 * so the directory is not synced, but the file is, lest it be empty after the rename.
 */
export async function saveAppliedMark(dir: string, sequence: number): Promise<void> {
  const next = join(dir, `${fileName}.next`)
  const file = await open(next, 'w', 0o600)
  try {
    await file.writeFile(encodeMark(sequence))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(next, join(dir, fileName))
}
