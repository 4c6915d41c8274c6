import { mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { join, relative, isAbsolute } from 'node:path'
import { syncDirectory } from '../../journal/sync-directory.ts'
import { RunFailure } from './run-failure.ts'

export type FolderDelivery = {
  /** The one folder that the operator allows. */
  exportDir: string
  /** Below it: names with `/` between them, checked when the schedule was made. */
  folder: string
  fileName: string
  /** Names the file while it is being written. */
  runId: string
}

/**
 * Writes a file into a folder of the server; returns its size. **Promise: under its name it is there whole and on the
 * disk, or not at all.** A run that is repeated replaces its own file. Links that lead out of the allowed folder are
 * refused, whoever has put them there.
 */
export async function writeToFolder(
  bytes: AsyncIterable<Uint8Array>,
  { exportDir, folder, fileName, runId }: FolderDelivery,
): Promise<number> {
  const root = await realpath(exportDir)
  const target = await makeFolder(root, folder)
  const temporary = join(target, `.${runId}.tmp`)
  let size = 0
  try {
    const file = await open(temporary, 'w', 0o640)
    try {
      for await (const chunk of bytes) {
        await file.appendFile(chunk)
        size += chunk.length
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, join(target, fileName))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(target)
  return size
}

/** Step by step, so that a link in the middle is seen before anything is made behind it. */
async function makeFolder(root: string, folder: string): Promise<string> {
  let path = root
  for (const name of folder.split('/').filter((part) => part !== '')) {
    const next = join(path, name)
    await mkdir(next).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    })
    path = await realpath(next)
    const inside = relative(root, path)
    if (inside.startsWith('..') || isAbsolute(inside)) {
      throw new RunFailure(`The folder ${folder} leads out of the folder that the operator allows.`, {
        passes: false,
      })
    }
  }
  return path
}
