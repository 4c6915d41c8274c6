import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import { syncDirectory } from './sync-directory.ts'

const fileName = 'repairs.json'

/** What is being mended in the event store, so that a restart goes on with it. */
export type Repairs = {
  /** Records that are applied once more, both ends included. */
  again?: { first: number; last: number }
  /** Parts that the engine has put aside, and for which everything the journal held was applied again. */
  damagedParts: string[]
}

/** Reads the notes; none in a new journal. Throws AuditError('unavailable') if the file is damaged. */
export async function loadRepairs(dir: string): Promise<Repairs> {
  const path = join(dir, fileName)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { damagedParts: [] }
    throw error
  }
  const repairs = readRepairs(text)
  if (repairs) return repairs
  throw new AuditError(
    'unavailable',
    `The file ${path} is damaged. Delete it, start the server and run \`audit-log fsck --repair\`.`,
  )
}

function readRepairs(text: string): Repairs | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('damagedParts' in value)) return undefined
  const { damagedParts } = value
  if (!Array.isArray(damagedParts) || !damagedParts.every((part) => typeof part === 'string'))
    return undefined
  if (!('again' in value)) return { damagedParts }
  const { again } = value
  if (typeof again !== 'object' || again === null || !('first' in again) || !('last' in again))
    return undefined
  const { first, last } = again
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return undefined
  return { damagedParts, again: { first: Number(first), last: Number(last) } }
}

/** Replaces the notes. **Promise: when this resolves, they are on the disk.** */
export async function saveRepairs(dir: string, repairs: Repairs): Promise<void> {
  const next = join(dir, `${fileName}.next`)
  const file = await open(next, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(repairs)}\n`)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(next, join(dir, fileName))
  await syncDirectory(dir)
}
