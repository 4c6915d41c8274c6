import type { Portal } from './portals.ts'
import { rowsOfTag } from './read-server-message.ts'
import type { QueryResult } from './simple-query.ts'
import type { ErrorFacts } from './statement-facts.ts'

/** What has come of the statement whose results are coming. */
export class CurrentResult {
  rows = 0
  bytes = 0
  firstRowAt = -1
  copy: 'in' | 'out' | 'both' | undefined
  /** When the statement before it ended. */
  lastEndAt = 0

  row(bytes: number, now: number): void {
    if (this.rows++ === 0) this.firstRowAt = now
    this.bytes += bytes
  }

  copyData(bytes: number, now: number): void {
    if (this.firstRowAt < 0) this.firstRowAt = now
    this.bytes += bytes
  }

  reset(now: number): void {
    this.rows = 0
    this.bytes = 0
    this.firstRowAt = -1
    this.copy = undefined
    this.lastEndAt = now
  }

  /** A statement that was sent while another one was being executed begins when that one ends. */
  startOf(sentAt: number): number {
    return Math.max(sentAt, this.lastEndAt)
  }

  /** Adds what came to a portal that was executed, perhaps not to its end. */
  addTo(portal: Portal, sentAt: number, now: number): void {
    const startedAt = this.startOf(sentAt)
    if (portal.isFinished) portal.restart()
    if (portal.startedAt < 0) portal.startedAt = startedAt
    if (portal.firstRowAt < 0) portal.firstRowAt = this.firstRowAt
    portal.activeMs += Math.max(0, now - startedAt)
    portal.rows += this.rows
    portal.bytes += this.bytes
    portal.copy ??= this.copy
  }

  /** What came as the result of a statement of a simple query. */
  toResult(
    sentAt: number,
    now: number,
    {
      tag,
      error,
      application,
    }: { tag: string; error?: ErrorFacts | undefined; application: string | undefined },
  ): QueryResult {
    return {
      startedAt: this.startOf(sentAt),
      endedAt: now,
      firstRowAt: this.firstRowAt,
      rows: this.rows > 0 ? this.rows : (rowsOfTag(tag) ?? -1),
      bytes: this.bytes,
      tag,
      copy: this.copy,
      error,
      application,
    }
  }
}
