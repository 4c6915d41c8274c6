import { isAuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeToMs, toCanonicalTime } from '@aleph-audit-log/domain/time'
import type { Viewer } from '../access/viewer.ts'
import type { SearchText } from './resolve-search.ts'

/** Writes an act of a viewer into the log; the front adds where the request came from. */
export type RecordAct<Request> = (request: Request, workspaceId: string, draft: EventDraft) => Promise<void>

export type SearchRecorderOptions<Request> = {
  record: RecordAct<Request>
  now: () => number
  /** The same search by the same person is recorded once in this time. */
  onceMs: number
  /** A live tail that is taken up again within this time is recorded once. */
  resumeMs: number
}

/** How many searches are remembered; beyond, the oldest is forgotten and so may be recorded again. */
const rememberedMax = 10_000

/** A page that counts again by itself does so at least this often; after a longer time somebody has come back to it. */
const openPageMs = 150_000

/** Reading the log is an act like any other: who looked for what is in the log as well. */
export class SearchRecorder<Request> {
  readonly #options: SearchRecorderOptions<Request>
  readonly #recordedAt = new Map<string, number>()
  readonly #tails = new Map<string, { open: number; endedMs: number }>()

  constructor(options: SearchRecorderOptions<Request>) {
    this.#options = options
  }

  /**
   * Records a search, once a minute for the same text and person. A full disk does not keep people from reading the
   * log (that is when they need it); every other failure to record fails the search.
   */
  async recordSearch(viewer: Viewer, text: SearchText, request: Request): Promise<void> {
    const { q = '', from, to } = text
    await this.#recordOnce(viewer, [q], request, {
      type: 'audit_log_searched',
      actor: viewer.actor,
      data: { query: q, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
    })
  }

  /**
   * Records that somebody looks at a page about usage; otherwise as `recordSearch`, once for each page, search and range.
   */
  async recordInsights(viewer: Viewer, view: SearchText & { page: string }, request: Request): Promise<void> {
    const { page, q = '', from, to } = view
    const what = ['insights', page, q, minuteOf(from), minuteOf(to)]
    await this.#recordOnce(viewer, what, request, {
      type: 'insights_viewed',
      actor: viewer.actor,
      data: { page, query: q, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
    })
  }

  /**
   * Records that somebody opens a page that shows the time up to now, and counts again for as long as it is open: that is
   * one look, however long it takes.
   */
  async recordOpenPage(
    viewer: Viewer,
    view: { page: string; q: string; from: string; to: string },
    request: Request,
  ): Promise<void> {
    const { page, q, from, to } = view
    const minutes = Math.round((timeToMs(to) - timeToMs(from)) / 60_000)
    const what = ['open', page, q, String(minutes)]
    const draft = { type: 'insights_viewed', actor: viewer.actor, data: { page, query: q, from, to } }
    await this.#recordOnce(viewer, what, request, draft, { onceMs: openPageMs, goesOn: true })
  }

  async #recordOnce(
    viewer: Viewer,
    what: string[],
    request: Request,
    draft: EventDraft,
    { onceMs, goesOn } = { onceMs: this.#options.onceMs, goesOn: false },
  ): Promise<void> {
    const key = JSON.stringify([viewer.workspaceId, viewer.actor.type, viewer.actor.id, ...what])
    const nowMs = this.#options.now()
    const last = this.#recordedAt.get(key)
    const isKnown = last !== undefined && nowMs - last < onceMs
    if (!isKnown || goesOn) this.#remember(key, nowMs)
    if (isKnown) return
    try {
      await this.#options.record(request, viewer.workspaceId, draft)
    } catch (error) {
      this.#recordedAt.delete(key)
      if (!isAuditError(error, 'storage_full')) throw error
    }
  }

  /**
   * Records that somebody begins to follow a search; call what it returns when they have stopped. The same tail of the
   * same person goes on when it is taken up again, or open twice: that is not recorded again. A full disk is no matter,
   * as for a search.
   */
  async recordTail(viewer: Viewer, { q = '', from }: SearchText, request: Request): Promise<() => void> {
    const { now, resumeMs, record } = this.#options
    const key = JSON.stringify([viewer.workspaceId, viewer.actor.type, viewer.actor.id, q])
    const known = this.#tails.get(key)
    const goesOn = known !== undefined && (known.open > 0 || now() - known.endedMs < resumeMs)
    const tail = { open: (known?.open ?? 0) + 1, endedMs: now() }
    this.#tails.delete(key)
    this.#tails.set(key, tail)
    this.#forgetTail()
    const stop = (): void => {
      const current = this.#tails.get(key)
      if (current) this.#tails.set(key, { open: Math.max(0, current.open - 1), endedMs: now() })
    }
    if (goesOn) return stop
    try {
      const data = { query: q, live: true, ...(from === undefined ? {} : { from }) }
      await record(request, viewer.workspaceId, { type: 'audit_log_searched', actor: viewer.actor, data })
    } catch (error) {
      this.#tails.delete(key)
      if (!isAuditError(error, 'storage_full')) throw error
    }
    return stop
  }

  /** One that is open is not forgotten: their number has its own limit. */
  #forgetTail(): void {
    if (this.#tails.size <= rememberedMax) return
    for (const [key, { open }] of this.#tails) {
      if (open > 0) continue
      this.#tails.delete(key)
      return
    }
  }

  #remember(key: string, nowMs: number): void {
    this.#recordedAt.delete(key)
    this.#recordedAt.set(key, nowMs)
    const oldest = this.#recordedAt.keys().next()
    if (this.#recordedAt.size > rememberedMax && !oldest.done) this.#recordedAt.delete(oldest.value)
  }
}

/** To the minute: who asks for the time up to now asks for another range each time, but for the same thing. */
function minuteOf(time = ''): string {
  return toCanonicalTime(time)?.slice(0, 'YYYY-MM-DDThh:mm'.length) ?? time
}
