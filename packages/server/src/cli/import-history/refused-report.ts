import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { Layout } from './interpret-record.ts'

/**
 * The file that tells which lines were refused, and why, with the lines themselves: mended, it can be imported like any
 * file. Made with the first refused line. `bytes` of it belong to the position that was saved last.
 */
export class RefusedReport {
  readonly path: string
  #file: FileHandle | undefined
  bytes: number

  private constructor(path: string, bytes: number) {
    this.path = path
    this.bytes = bytes
  }

  /**
   * Goes on with the report of the run that is continued: what was written after its position was saved is cut off.
   * Throws AuditError('conflict') where a file of that name is not this run's.
   */
  static async open(
    path: string,
    saved: { bytes: number; isRunning: boolean } | undefined,
  ): Promise<RefusedReport> {
    const size = await sizeOf(path)
    // A report that was moved away, to be mended perhaps, is not missed.
    if (size === undefined) return new RefusedReport(path, 0)
    const isOwn = saved !== undefined && (saved.isRunning ? size >= saved.bytes : saved.bytes > 0)
    if (!isOwn) {
      throw new AuditError(
        'conflict',
        `${path} is there already and is not of this import. Move it away, or name another file with --report.`,
      )
    }
    const report = new RefusedReport(path, saved.isRunning ? saved.bytes : size)
    report.#file = await open(path, 'r+')
    await report.#file.truncate(report.bytes)
    return report
  }

  /** Moves a report of an earlier run out of the way. Returns its new name. */
  static async putAside(path: string): Promise<string | undefined> {
    if ((await sizeOf(path)) === undefined) return undefined
    await rename(path, `${path}.old`)
    return `${path}.old`
  }

  /** Appends lines; they are on the disk when this resolves. */
  async append(lines: readonly string[], layout: Layout): Promise<void> {
    if (lines.length === 0) return
    this.#file ??= await open(this.path, 'wx', 0o600)
    const header =
      this.bytes === 0 ? `${JSON.stringify({ refusedLinesOf: { ...layout, isReport: false } })}\n` : ''
    const text = Buffer.from(`${header}${lines.join('\n')}\n`)
    await this.#file.write(text, 0, text.length, this.bytes)
    await this.#file.datasync()
    this.bytes += text.length
  }

  /** An empty report is removed. */
  async close(): Promise<void> {
    await this.#file?.close()
    if (this.#file !== undefined && this.bytes === 0) await rm(this.path, { force: true })
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
