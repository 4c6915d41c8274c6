import { open, type FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { findLogSource, LogFileFinder, readHead, readLogFileHead, type LogFile } from './log-files.ts'
import type { PostgresLogLimits } from './log-limits.ts'
import type { FilePosition } from './log-position.ts'
import { LineSplitter, type RawLine } from './split-lines.ts'

/** What was read at once. */
export type LogRead = {
  lines: RawLine[]
  /** Where to go on after these lines; undefined as long as there is no log file. */
  position: FilePosition | undefined
  /** There is no more at the moment: time to hand over what was gathered. */
  atEnd: boolean
  /** A file that is gone, with what had been read of it: the rest of it may be lost. */
  lost?: FilePosition
}

export type FollowLogOptions = {
  path: string
  /** False: end at the end of the last file. */
  follow: boolean
  /** Where to go on; undefined: at the beginning of the oldest file. */
  from: FilePosition | undefined
  limits: PostgresLogLimits
  now: () => number
  signal: AbortSignal
}

/**
 * Reads a log as it grows: a data directory (through `current_logfiles`), a folder of logs, or one file. Files are read
 * in the order of their first lines, each to its end before the next one is begun. A file is known by its beginning,
 * and kept open, so it may be renamed or removed meanwhile; one that was cut and begun anew is read from its start.
 *
 * Promise: every complete line from `from` on is yielded once and in order; going on from a yielded position continues
 * exactly there. Reads `readBytes` at a time and only when asked for more. Ends when `signal` is aborted. Throws the
 * file system's errors.
 */
export async function* followLog(options: FollowLogOptions): AsyncGenerator<LogRead, void, void> {
  const reader = new LogReader(options)
  try {
    while (!options.signal.aborted) {
      const read = await reader.next()
      yield read
      if (!read.atEnd) continue
      if (!options.follow) return
      await sleep(options.limits.pollMs, undefined, { signal: options.signal }).catch(() => undefined)
    }
  } finally {
    await reader.close()
  }
}

type OpenFile = LogFile & { handle: FileHandle; offset: number; splitter: LineSplitter }

class LogReader {
  readonly #options: FollowLogOptions
  #finder: LogFileFinder | undefined
  #file: OpenFile | undefined
  /** Where to look for what comes after a file that is gone. */
  #after: FilePosition | undefined
  /** Found while the file before may still have more. */
  #next: LogFile | undefined
  /** The last read came to the end. */
  #rested = true

  constructor(options: FollowLogOptions) {
    this.#options = options
  }

  async close(): Promise<void> {
    await this.#file?.handle.close()
    this.#file = undefined
  }

  /** The next bytes as lines, or what happened at the end of the file. */
  async next(): Promise<LogRead> {
    const lost = this.#file === undefined ? await this.#openFirst() : undefined
    if (lost !== undefined) return { lines: [], position: lost, atEnd: false, lost }
    const file = this.#file
    if (file === undefined) return { lines: [], position: this.#after, atEnd: true }
    if (await this.#wasBegunAnew(file)) return this.next()
    const { readBytes } = this.#options.limits
    const { buffer, bytesRead } = await file.handle.read(
      Buffer.allocUnsafe(readBytes),
      0,
      readBytes,
      file.offset,
    )
    this.#rested = bytesRead === 0
    if (bytesRead === 0) return this.#atFileEnd(file)
    file.offset += bytesRead
    return {
      lines: file.splitter.push(buffer.subarray(0, bytesRead)),
      position: positionOf(file),
      atEnd: false,
    }
  }

  /** Opens the file to begin or go on with; tells of the one to go on with if it is gone. */
  async #openFirst(): Promise<FilePosition | undefined> {
    const { path, from, limits } = this.#options
    this.#finder ??= new LogFileFinder(await findLogSource(path), limits.lookAgainMs)
    const before = this.#after ?? from
    const files = await this.#finder.list(before?.path, this.#options.now())
    if (before === undefined) {
      if (files[0] !== undefined) await this.#open(files[0], 0)
      return undefined
    }
    const same = this.#after === undefined ? files.find((file) => file.head === before.head) : undefined
    if (same !== undefined) {
      await this.#open(same, before.offset)
      return undefined
    }
    const isNews = this.#after === undefined
    this.#after = before
    const next = files.find((file) => file.startedAt > before.startedAt)
    // Told once, before anything of the next file: then the position is the same, and going on from it tells it again.
    if (isNews) return before
    if (next !== undefined) await this.#open(next, 0)
    return undefined
  }

  async #open(file: LogFile, offset: number): Promise<void> {
    const handle = await open(file.path, 'r')
    try {
      // What lies there now may be another file than the one that was found.
      const now = await readLogFileHead(handle, file.path)
      if (now?.head !== file.head) {
        await handle.close()
        return
      }
      const { size } = await handle.stat()
      const splitter = new LineSplitter(this.#options.limits)
      this.#file = { ...now, handle, offset: offset <= size ? offset : 0, splitter }
      this.#after = undefined
      this.#rested = false
      this.#finder?.forgetLook()
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** A file that was emptied and written anew, or that is shorter than what was read: reads it from its start. */
  async #wasBegunAnew(file: OpenFile): Promise<boolean> {
    const head = await readHead(file.handle)
    // Emptied, and nothing new in it yet.
    if (head === undefined) return false
    if (head === file.head) {
      const { size } = this.#rested ? await file.handle.stat() : { size: file.offset }
      if (size >= file.offset) return false
    }
    const now = await readLogFileHead(file.handle, file.path)
    if (now === undefined) return false
    Object.assign(file, now)
    file.offset = 0
    file.splitter = new LineSplitter(this.#options.limits)
    return true
  }

  /** At the end of a file, the next one is begun only if it was there before the last look for more in this one. */
  async #atFileEnd(file: OpenFile): Promise<LogRead> {
    if (this.#next !== undefined) return this.#moveOn(file, this.#next)
    const files = await this.#finder?.listIfChanged(file.path, this.#options.now())
    this.#next = files?.find((other) => other.startedAt > file.startedAt && other.head !== file.head)
    const atEnd = this.#next === undefined
    if (atEnd && !this.#options.follow) return { ...this.#takeRest(file), atEnd }
    return { lines: [], position: positionOf(file), atEnd }
  }

  async #moveOn(file: OpenFile, next: LogFile): Promise<LogRead> {
    this.#next = undefined
    const rest = this.#takeRest(file)
    await file.handle.close()
    this.#file = undefined
    this.#after = rest.position
    await this.#open(next, 0)
    return { ...rest, atEnd: false }
  }

  /** A last line without a newline: nobody will complete it. */
  #takeRest(file: OpenFile): { lines: RawLine[]; position: FilePosition } {
    const rest = file.splitter.takeRest()
    return { lines: rest === undefined ? [] : [rest], position: positionOf(file) }
  }
}

function positionOf({ path, inode, head, startedAt, offset, splitter }: OpenFile): FilePosition {
  return { path, inode, head, startedAt, offset: offset - splitter.restBytes }
}
