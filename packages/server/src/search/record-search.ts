import { isAuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { withTermUse } from '@aleph-audit-log/domain/filter/edit-filter'
import { printTerm } from '@aleph-audit-log/domain/filter/print-filter'
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

type OnceOptions = { onceMs?: number; goesOn?: boolean; covers?: string[] }

/** How many searches are remembered; beyond, the oldest is forgotten and so may be recorded again. */
const rememberedMax = 10_000

/** A page that counts again by itself does so at least this often; after a longer time somebody has come back to it. */
const openPageMs = 150_000

/** Reading the log is an act like any other: who looked for what is in the log as well. */
export class SearchRecorder<Request> {
  readonly #options: SearchRecorderOptions<Request>
  readonly #recordedAt = new Map<string, number>()
  readonly #tails = new Map<string, { open: number; endedMs: number }>()
  /** How many tails are open on a look, whatever they do with noise. */
  readonly #followed = new Map<string, number>()

  constructor(options: SearchRecorderOptions<Request>) {
    this.#options = options
  }

  /**
   * Records a search, once a minute for the same text and person. A full disk does not keep people from reading the
   * log (that is when they need it); every other failure to record fails the search.
   */
  async recordSearch(viewer: Viewer, text: SearchText, request: Request): Promise<void> {
    const once = { covers: countsOf(text) }
    await this.#recordOnce(viewer, searchOf(text), request, searchDraft(viewer, text), once)
  }

  /**
   * Records that somebody counts what a search finds, over time or by value, as a search. Not if they have searched or
   * counted it in the same range in the last minutes, or follow it up to now: a page counts again for as long as it is open.
   * Noise left out or counted alone is the same look. Errors: as `recordSearch`.
   */
  async recordCounts(viewer: Viewer, text: SearchText, request: Request): Promise<void> {
    const counts = countsOf(text)
    if (text.to === undefined && this.#followed.has(keyOf(viewer, lookOf(text)))) return
    const once = { onceMs: openPageMs, goesOn: true, covers: searchOf(text) }
    await this.#recordOnce(viewer, counts, request, searchDraft(viewer, text), once)
  }

  /** Records that somebody looks at an alert, once for as long as its page is open. Errors: as `recordSearch`. */
  async recordAlertView(
    viewer: Viewer,
    { id, title }: { id: string; title: string },
    request: Request,
  ): Promise<void> {
    const targets = [{ type: 'alert', id, name: title }]
    const draft = { type: 'alert_viewed', actor: viewer.actor, targets }
    await this.#recordOnce(viewer, ['alert', id], request, draft, { onceMs: openPageMs, goesOn: true })
  }

  /** Records that somebody reads one event, as the search for it. Errors: as `recordSearch`. */
  async recordEventRead(viewer: Viewer, eventId: string, request: Request): Promise<void> {
    await this.recordSearch(viewer, { q: printTerm('id', eventId) }, request)
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

  /** Once in `onceMs`; `goesOn`: since the last time it happened. `covers`: what is recorded by it as well. */
  async #recordOnce(
    viewer: Viewer,
    what: string[],
    request: Request,
    draft: EventDraft,
    { onceMs = this.#options.onceMs, goesOn = false, covers = what }: OnceOptions = {},
  ): Promise<void> {
    const key = keyOf(viewer, what)
    const nowMs = this.#options.now()
    const last = this.#recordedAt.get(key)
    const isKnown = last !== undefined && nowMs - last < onceMs
    if (!isKnown || goesOn) this.#remember(key, nowMs)
    if (isKnown) return
    const covered = keyOf(viewer, covers)
    this.#remember(covered, nowMs)
    try {
      await this.#options.record(request, viewer.workspaceId, draft)
    } catch (error) {
      this.#recordedAt.delete(key)
      this.#recordedAt.delete(covered)
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
    const key = keyOf(viewer, [q])
    const known = this.#tails.get(key)
    const goesOn = known !== undefined && (known.open > 0 || now() - known.endedMs < resumeMs)
    const tail = { open: (known?.open ?? 0) + 1, endedMs: now() }
    this.#tails.delete(key)
    this.#tails.set(key, tail)
    this.#forgetTail()
    const look = keyOf(viewer, lookOf({ q }))
    this.#followed.set(look, (this.#followed.get(look) ?? 0) + 1)
    const stop = (): void => {
      const current = this.#tails.get(key)
      if (current) this.#tails.set(key, { open: Math.max(0, current.open - 1), endedMs: now() })
      const others = (this.#followed.get(look) ?? 1) - 1
      if (others > 0) this.#followed.set(look, others)
      else this.#followed.delete(look)
    }
    if (goesOn) return stop
    try {
      const data = { query: q, live: true, ...(from === undefined ? {} : { from }) }
      await record(request, viewer.workspaceId, { type: 'audit_log_searched', actor: viewer.actor, data })
    } catch (error) {
      this.#tails.delete(key)
      if (!isAuditError(error, 'storage_full')) {
        stop()
        throw error
      }
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

function keyOf({ workspaceId, actor }: Viewer, what: readonly string[]): string {
  return JSON.stringify([workspaceId, actor.type, actor.id, ...what])
}

function searchOf({ q = '' }: SearchText): string[] {
  return [q]
}

function countsOf({ from, to, ...text }: SearchText): string[] {
  return ['counts', ...lookOf(text), minuteOf(from), minuteOf(to)]
}

/** A search, whatever it says of noise. */
function lookOf({ q = '' }: SearchText): string[] {
  try {
    return [withTermUse(q, 'is:noise', 'any')]
  } catch (error) {
    // What is recorded as a search need not be one, such as the tables of an access review.
    if (isAuditError(error, 'invalid')) return [q]
    throw error
  }
}

function searchDraft({ actor }: Viewer, { q = '', from, to }: SearchText): EventDraft {
  const data = { query: q, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  return { type: 'audit_log_searched', actor, data }
}

/** To the minute: who asks for the time up to now asks for another range each time, but for the same thing. */
function minuteOf(time = ''): string {
  return toCanonicalTime(time)?.slice(0, 'YYYY-MM-DDThh:mm'.length) ?? time
}
