import { isAuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { Viewer } from '../access/viewer.ts'
import type { SearchText } from './resolve-search.ts'

/** Writes an act of a viewer into the log; the front adds where the request came from. */
export type RecordAct<Request> = (request: Request, workspaceId: string, draft: EventDraft) => Promise<void>

export type SearchRecorderOptions<Request> = {
  record: RecordAct<Request>
  now: () => number
  /** The same search by the same person is recorded once in this time. */
  onceMs: number
}

/** How many searches are remembered; beyond, the oldest is forgotten and so may be recorded again. */
const rememberedMax = 10_000

/** Reading the log is an act like any other: who looked for what is in the log as well. */
export class SearchRecorder<Request> {
  readonly #options: SearchRecorderOptions<Request>
  readonly #recordedAt = new Map<string, number>()

  constructor(options: SearchRecorderOptions<Request>) {
    this.#options = options
  }

  /**
   * Records a search, once a minute for the same text and person. A full disk does not keep people from reading the
   * log (that is when they need it); every other failure to record fails the search.
   */
  async recordSearch(viewer: Viewer, text: SearchText, request: Request): Promise<void> {
    const { q = '', from, to } = text
    const key = JSON.stringify([viewer.workspaceId, viewer.actor.type, viewer.actor.id, q])
    const nowMs = this.#options.now()
    const last = this.#recordedAt.get(key)
    if (last !== undefined && nowMs - last < this.#options.onceMs) return
    this.#remember(key, nowMs)
    try {
      await this.#options.record(request, viewer.workspaceId, {
        type: 'audit_log_searched',
        actor: viewer.actor,
        data: { query: q, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
      })
    } catch (error) {
      this.#recordedAt.delete(key)
      if (!isAuditError(error, 'storage_full')) throw error
    }
  }

  #remember(key: string, nowMs: number): void {
    this.#recordedAt.delete(key)
    this.#recordedAt.set(key, nowMs)
    const oldest = this.#recordedAt.keys().next()
    if (this.#recordedAt.size > rememberedMax && !oldest.done) this.#recordedAt.delete(oldest.value)
  }
}
