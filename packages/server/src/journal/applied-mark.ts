import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import { crc32c } from './crc32c.ts'

const fileName = 'applied'

/** How far the applier got. Both are 0 in a new journal. */
export type AppliedMark = {
  /** Everything up to this sequence is dealt with. */
  applied: number
  /** The last of these sequences that the event store holds: the rest were repeats, or refused. */
  stored: number
}

export async function loadAppliedMark(dir: string): Promise<AppliedMark> {
  let text: string
  try {
    text = await readFile(join(dir, fileName), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { applied: 0, stored: 0 }
    throw error
  }
  const [applied = '', stored = ''] = text.split(' ')
  const mark = { applied: Number(applied), stored: Number(stored) }
  if (!/^\d{1,16} \d{1,16} /.test(text) || text !== encodeMark(mark)) {
    throw new AuditError(
      'unavailable',
      `The file ${join(dir, fileName)} is damaged. Delete it: the journal is then applied again from its ` +
        'beginning, and nothing is stored twice.',
    )
  }
  return mark
}

/** With a checksum: a mark that is too high by one flipped bit would pass events over in silence. */
function encodeMark({ applied, stored }: AppliedMark): string {
  const numbers = `${applied} ${stored}`
  return `${numbers} ${crc32c(Buffer.from(numbers)).toString(16).padStart(8, '0')}\n`
}

/**
 * Replaces the mark. An older mark after a power cut is harmless, because applying again finds what is there already:
 * so the directory is not synced, but the file is, lest it be empty after the rename.
 */
export async function saveAppliedMark(dir: string, mark: AppliedMark): Promise<void> {
  const next = join(dir, `${fileName}.next`)
  const file = await open(next, 'w', 0o600)
  try {
    await file.writeFile(encodeMark(mark))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(next, join(dir, fileName))
}
