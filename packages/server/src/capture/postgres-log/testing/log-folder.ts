import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder as PostgreSQL's data directory, without a server. */
export type LogFolder = {
  dataDir: string
  logDir: string
  append: (name: string, lines: readonly string[]) => Promise<void>
  remove: () => Promise<void>
}

export async function createLogFolder(): Promise<LogFolder> {
  const dataDir = await mkdtemp(join(tmpdir(), 'postgres-log-'))
  const logDir = join(dataDir, 'log')
  await mkdir(logDir)
  return {
    dataDir,
    logDir,
    append: async (name, lines) => appendFile(join(logDir, name), lines.map((line) => `${line}\n`).join('')),
    remove: async () => rm(dataDir, { recursive: true, force: true }),
  }
}
