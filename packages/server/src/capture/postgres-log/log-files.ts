import { hash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { open, readdir, readFile, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { toUtcLogTime } from './log-time.ts'

/** What a path stands for: a data directory (its log folder can change), a folder of logs, or one file. */
export type LogSource =
  | { kind: 'data_directory'; path: string }
  | { kind: 'folder'; path: string }
  | { kind: 'file'; path: string }

/** A jsonlog file with at least the beginning of a line. */
export type LogFile = {
  path: string
  inode: string
  /** Hash of its first bytes. They hold the time of the first line to the millisecond and its process. */
  head: string
  /** Time of its first line, UTC: files are read in this order. */
  startedAt: string
}

/** Every line is longer than this. */
const headBytes = 160
/** Enough for the times of the first line, which stand behind the names of user and database. */
const startBytes = 4096
/** A file that has no line is looked at each time, unless it has been so for long. */
const unstartedMsMax = 3_600_000

const timestamp = /^\{"timestamp":"([^"]{1,80})"/
const session = /"session_id":"([0-9a-f]{1,12})\.[0-9a-f]{1,8}".{0,200}?"session_start":"([^"]{1,80})"/s

/** Tells what a path stands for. Throws the file system's errors. */
export async function findLogSource(path: string): Promise<LogSource> {
  const stats = await stat(path)
  if (!stats.isDirectory()) return { kind: 'file', path }
  const names = await readdir(path)
  return { kind: names.includes('PG_VERSION') ? 'data_directory' : 'folder', path }
}

/** The jsonlog file that PostgreSQL writes now, from `current_logfiles` in its data directory; undefined if none. */
export async function readCurrentLogFile(dataDirectory: string): Promise<string | undefined> {
  const text = await readFile(join(dataDirectory, 'current_logfiles'), 'utf8').catch((error: unknown) => {
    if (isNotFound(error)) return ''
    throw error
  })
  const name = /^jsonlog (.+)$/m.exec(text)?.[1]
  return name === undefined ? undefined : resolve(dataDirectory, name)
}

/**
 * Finds the log files of a source. Owns what was seen of them, so that a look costs little where nothing has changed:
 * a folder may hold thousands of files.
 */
export class LogFileFinder {
  readonly #source: LogSource
  readonly #lookAgainMs: number
  /** By path: a file whose size and time of change are the same has the same beginning. */
  #seen = new Map<string, { stamp: string; file: LogFile | undefined }>()
  #stamp = ''
  #hasUnstarted = false
  #listedMs = Number.NEGATIVE_INFINITY

  constructor(source: LogSource, lookAgainMs: number) {
    this.#source = source
    this.#lookAgainMs = lookAgainMs
  }

  /**
   * The log files that have begun, the oldest first; those beside `besides` as well, because a file may have been
   * renamed or the log folder changed. Undefined if nothing seems to have changed since the last look.
   */
  async listIfChanged(besides: string, nowMs: number): Promise<LogFile[] | undefined> {
    const stamp = await this.#readStamp()
    const isDue = this.#hasUnstarted || nowMs - this.#listedMs >= this.#lookAgainMs
    if (stamp === this.#stamp && !isDue) return undefined
    const files = await this.list(besides, nowMs)
    this.#stamp = stamp
    this.#listedMs = nowMs
    return files
  }

  /** Makes the next `listIfChanged` look: the last look may have seen more than was of use then. */
  forgetLook(): void {
    this.#stamp = ''
  }

  async list(besides: string | undefined, nowMs: number): Promise<LogFile[]> {
    const before = this.#seen
    this.#seen = new Map()
    this.#hasUnstarted = false
    const files: LogFile[] = []
    for (const path of await listPaths(this.#source, besides)) {
      const stats = await readStats(path)
      if (stats === undefined) continue
      const stamp = `${stats.ino} ${stats.size} ${stats.mtimeNs}`
      const known = before.get(path)
      const file = known?.stamp === stamp ? known.file : await readLogFile(path)
      this.#seen.set(path, { stamp, file })
      if (file !== undefined) files.push(file)
      else if (nowMs - Number(stats.mtimeMs) < unstartedMsMax) this.#hasUnstarted = true
    }
    return files.sort((a, b) => compare(a.startedAt, b.startedAt) || compare(a.path, b.path))
  }

  /** Changes when a file appears, and for a data directory also when PostgreSQL begins to write to an old one anew. */
  async #readStamp(): Promise<string> {
    const { kind, path } = this.#source
    if (kind === 'file') return String((await readStats(path))?.ino)
    const folders = await findFolders(this.#source)
    const current = kind === 'data_directory' ? await readCurrentLogFile(path) : undefined
    const stamps = await Promise.all(folders.map(async (folder) => (await readStats(folder))?.mtimeNs))
    return [current, ...folders, ...stamps].join('\n')
  }
}

async function readStats(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

async function findFolders(source: LogSource): Promise<string[]> {
  if (source.kind !== 'data_directory') return [source.kind === 'file' ? dirname(source.path) : source.path]
  const current = await readCurrentLogFile(source.path)
  return [current === undefined ? join(source.path, 'log') : dirname(current)]
}

async function listPaths(source: LogSource, besides: string | undefined): Promise<string[]> {
  // A single file that is rotated keeps its name as the beginning of the new one: log.json.1, log.json-20261123
  const own = basename(source.path)
  const accepts = (name: string): boolean =>
    source.kind === 'file'
      ? name.startsWith(own) && /^[.-]\d+$/.test(name.slice(own.length))
      : extname(name) === '.json'
  const folders = new Set(source.kind === 'file' ? [] : await findFolders(source))
  if (besides !== undefined) folders.add(dirname(besides))
  const paths = new Set(source.kind === 'file' ? [source.path] : [])
  for (const folder of folders) for (const path of await listFolder(folder, accepts)) paths.add(path)
  return [...paths]
}

/** A file's beginning; undefined if it is gone, empty, or no jsonlog. */
async function readLogFile(path: string): Promise<LogFile | undefined> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    if (isNotFound(error)) return undefined
    throw error
  })
  if (handle === undefined) return undefined
  try {
    return await readLogFileHead(handle, path)
  } finally {
    await handle.close()
  }
}

/** The same of an open file. */
export async function readLogFileHead(handle: FileHandle, path: string): Promise<LogFile | undefined> {
  const stats = await handle.stat({ bigint: true })
  if (!stats.isFile()) return undefined
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(startBytes), 0, startBytes, 0)
  if (bytesRead < headBytes) return undefined
  const text = buffer.toString('latin1', 0, bytesRead)
  const time = timestamp.exec(text)?.[1]
  const [, started = '', sessionStart = ''] = session.exec(text) ?? []
  if (time === undefined || started === '') return undefined
  const sessionStartSeconds = Number.parseInt(started, 16)
  // Where the zone is not told, the file's last change stands for it: it comes before the first line of the next file.
  const startedAt =
    toUtcLogTime({ timestamp: time, sessionStart, sessionStartSeconds }) ?? stats.mtime.toISOString()
  return {
    path,
    inode: String(stats.ino),
    head: headOf(buffer),
    startedAt,
  }
}

/** What `LogFile.head` is now; undefined if the file is too short to have one. Costs little. */
export async function readHead(handle: FileHandle): Promise<string | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(headBytes), 0, headBytes, 0)
  return bytesRead < headBytes ? undefined : headOf(buffer)
}

function headOf(buffer: Buffer): string {
  return hash('sha256', buffer.subarray(0, headBytes)).slice(0, 16)
}

async function listFolder(folder: string, accepts: (name: string) => boolean): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isNotFound(error)) return []
    throw error
  })
  return names.filter(accepts).map((name) => join(folder, name))
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
