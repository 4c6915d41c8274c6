import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { constants, existsSync } from 'node:fs'
import { copyFile, cp, link, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { timeFromMs } from '../packages/domain/src/time.ts'
import type { PartContext } from './part.ts'

const root = join(import.meta.dirname, '..')
const seedProgram = join(root, 'tools', 'seed.ts')
const seed = 1
const dayMs = 86_400_000
/** Stored events that are older are made anew: the past 30 days would no longer hold them. */
const keptMsMax = 7 * dayMs

/** A data directory that is full of events. */
export type StoredEvents = {
  events: number
  /** What was made from the events and may be kept with them, such as a peer's database. */
  folder: string
  dataDir: string
  /** RFC 3339: the time at which the events were made; none is later. */
  now: string
}

/**
 * A data directory with so many made-up events, the newest of them at most a week old. Making ten million takes
 * minutes, so they are kept for the next run, by number, seed, schema and the program that makes them; a run
 * works on a copy (`copyDataDirectory`).
 */
export async function provideStoredEvents(context: PartContext, events: number): Promise<StoredEvents> {
  const folder = join(context.storedEventsFolder, `${events}-${seed}-${await hashOfMakers()}`)
  const record = join(folder, 'made.json')
  const dataDir = join(folder, 'data')
  if (existsSync(record) && !context.reseed) {
    // Written below.
    const { now } = JSON.parse(await readFile(record, 'utf8')) as { now: string }
    if (Date.now() - Date.parse(now) < keptMsMax) return { events, folder, dataDir, now }
  }
  context.say(`making ${events} stored events (kept in ${folder})`)
  await rm(folder, { recursive: true, force: true })
  // Made under another name: a directory that an interrupted run left is never taken for a whole one.
  const partial = `${folder}-partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  const now = timeFromMs(Date.now())
  await runSeedProgram(join(partial, 'data'), events, now)
  await writeFile(join(partial, 'made.json'), JSON.stringify({ now }))
  await rename(partial, folder)
  return { events, folder, dataDir, now }
}

/**
 * A copy to work on, so that what a run adds does not stay. The engine writes a part once and never changes it: the large
 * files of parts are the same ones under another name, where the file system can, so that copying gigabytes takes no time.
 */
export async function copyDataDirectory(stored: StoredEvents, folder: string): Promise<string> {
  const target = join(folder, 'data')
  const tables = join(stored.dataDir, 'clickhouse', 'store')
  const large: string[] = []
  await cp(stored.dataDir, target, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    mode: constants.COPYFILE_FICLONE,
    filter: async (source) => {
      if (!source.startsWith(tables)) return true
      const file = await lstat(source)
      const isLarge = file.isFile() && file.size >= sharedBytesMin
      if (isLarge) large.push(source)
      return !isLarge
    },
  })
  for (const source of large) {
    const copy = join(target, relative(stored.dataDir, source))
    await link(source, copy).catch(async () => copyFile(source, copy))
  }
  return target
}

/** What is smaller is copied: a folder, and whatever an engine may write anew in its place. */
const sharedBytesMin = 256 * 1024

/** Of what decides how the stored events look: the tables and the programs that make events. */
async function hashOfMakers(): Promise<string> {
  const folders = [join(root, 'packages', 'server', 'migrations', 'events'), join(root, 'tools', 'seed')]
  const files = [seedProgram]
  for (const folder of folders) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    for (const entry of entries) if (entry.isFile()) files.push(join(entry.parentPath, entry.name))
  }
  const hash = createHash('sha256')
  for (const file of files.toSorted()) hash.update(await readFile(file))
  return hash.digest('hex').slice(0, 12)
}

async function runSeedProgram(dataDir: string, events: number, now: string): Promise<void> {
  const options = ['--data', dataDir, '--events', String(events), '--seed', String(seed), '--now', now]
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=source', seedProgram, ...options], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
  })
  // Filled with the exit code by Node.
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${seedProgram} ended with ${code}`)
}
