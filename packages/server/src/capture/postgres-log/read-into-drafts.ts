import type { PostgresLogSettings } from '@aleph-audit-log/domain/api/integrations'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { LogRead } from './follow-log.ts'
import type { PostgresLogLimits } from './log-limits.ts'
import type { EntrySource, FilePosition, LogPosition } from './log-position.ts'
import { LogClock } from './log-time.ts'
import { readLogBytes, type LogLineFault } from './read-log-line.ts'
import { SessionLines, type SessionEvent } from './session-lines.ts'
import type { RawLine } from './split-lines.ts'
import { toDraft, toFileLostDraft, type DraftOptions } from './to-drafts.ts'
import { toLogEntry, type EntryOptions } from './to-log-entry.ts'

export type ReadingOptions = {
  integrationId: string
  settings: Pick<PostgresLogSettings, 'bindParameters' | 'logins'>
  hashSecret: (text: string) => string
  limits: PostgresLogLimits
  now: () => number
}

/** What must be known of the lines before, to go on. */
export type ReadingState = Pick<LogPosition, 'sessions' | 'clock'>

/** What has been read since the start. */
export type ReadingCounts = {
  linesRead: number
  gaps: number
  /** By reason; `too_long` lines are larger than what is kept of a line. */
  malformed: Record<LogLineFault['fault'] | 'too_long', number>
  /** Lines in another language than English, of which only errors can be read. */
  translatedLines: number
}

/** Turns what is read of a log into drafts. Holds the state between the lines, no effects. */
export class Reading {
  readonly #options: ReadingOptions
  readonly #entryOptions: EntryOptions
  readonly #draftOptions: DraftOptions
  #sessions: SessionLines
  #clock = new LogClock()
  readonly #sources = new WeakMap<EventDraft, EntrySource>()
  readonly counts: ReadingCounts = {
    linesRead: 0,
    gaps: 0,
    malformed: { not_json: 0, not_a_log_line: 0, unknown_time_zone: 0, too_long: 0 },
    translatedLines: 0,
  }

  constructor(options: ReadingOptions) {
    const { hashSecret, limits, settings, integrationId } = options
    this.#options = options
    this.#entryOptions = { hashSecret, limits, bindParameters: settings.bindParameters }
    this.#draftOptions = {
      integrationId,
      logins: new Map(settings.logins.map((login) => [login.login, login])),
    }
    this.#sessions = new SessionLines(limits)
  }

  /** The line of which a draft was made, as far as it is kept. */
  sourceOf(draft: EventDraft): EntrySource | undefined {
    return this.#sources.get(draft)
  }

  get draftOptions(): DraftOptions {
    return this.#draftOptions
  }

  /** Goes on from a state that was saved. */
  resume(state: ReadingState | undefined): void {
    this.#sessions = new SessionLines(this.#options.limits, state?.sessions)
    this.#clock = new LogClock(state?.clock)
  }

  state(): ReadingState {
    return { sessions: this.#sessions.state(), clock: this.#clock.state() }
  }

  /** Adds the drafts of what was read to `drafts`. */
  read(read: LogRead, drafts: EventDraft[]): void {
    if (read.lost !== undefined) this.#addLost(read.lost, drafts)
    for (const line of read.lines) this.#addLine(line, drafts)
    if (read.atEnd) this.#addEvents(this.#sessions.expire(this.#options.now()), drafts)
  }

  #addLine({ bytes, cut }: RawLine, drafts: EventDraft[]): void {
    this.counts.linesRead++
    if (bytes === undefined) {
      this.counts.malformed.too_long++
      return
    }
    const line = readLogBytes(bytes, this.#clock, cut)
    if ('fault' in line) {
      this.counts.malformed[line.fault]++
      return
    }
    const entry = toLogEntry(line, this.#entryOptions)
    if (entry.message.kind === 'translated') this.counts.translatedLines++
    this.#addEvents(this.#sessions.add(entry, this.#options.now()), drafts)
  }

  #addEvents(events: readonly SessionEvent[], drafts: EventDraft[]): void {
    for (const event of events) {
      if (event.kind === 'gap') this.counts.gaps++
      const draft = toDraft(event, this.#draftOptions)
      this.#sources.set(draft, event.source)
      drafts.push(draft)
    }
  }

  #addLost(file: FilePosition, drafts: EventDraft[]): void {
    this.counts.gaps++
    drafts.push(toFileLostDraft(file, timeFromMs(this.#options.now()), this.#draftOptions))
  }
}
