import { emptyPeopleIndex, type PeopleIndex } from '@aleph-audit-log/domain/attribution/people-index'
import { toCanonicalJson } from '@aleph-audit-log/domain/canonical-json'
import { AuditError, formatPath, type ErrorFacts, type Problem } from '@aleph-audit-log/domain/error'
import { eventLimits, readEvent, type AuditEvent, type EnrichedEvent } from '@aleph-audit-log/domain/event'
import type { BindParameters } from '@aleph-audit-log/domain/secrets/mask-bind'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { createEventId } from './create-event-id.ts'
import { enrichEvent, type Enriching, type Judge, type Way } from './enrich-event.ts'
import type { GroupCommit } from './group-commit.ts'

export type Receipt = { id: string; sequence: number }

export type IngestDependencies = {
  groupCommit: GroupCommit
  /** Keyed hash of a text in hex. */
  hashContent: (text: string) => string
  /** The directory of people of a workspace as it is now, from memory. Without it nobody is known. */
  peopleOf?: (workspaceId: string) => PeopleIndex
  /** What tags and policies say of an event. Without it only what the directory knows. */
  judge?: Judge
  /** Eight hex digits in place of a secret. */
  redactSecret: (secret: string) => string
  readStatement: Enriching['readStatement']
  /** What of bind values a workspace wants recorded. */
  bindParametersOf: (workspaceId: string) => BindParameters
  now: () => number
  retentionDays: number
  futureMsMax: number
}

/** What is not about the drafts themselves: whose log, which way in, and how the caller names the drafts. */
export type IngestOptions = Way & {
  /** The path of draft `i` in error messages; by default `events[i]`. */
  pathOf?: (index: number) => string
  /** For what the server itself has to tell, above all acts in the app; see `Journal.append`. */
  urgent?: boolean
}

export type IngestEvents = (drafts: readonly unknown[], options: IngestOptions) => Promise<Receipt[]>

/**
 * Makes the one way in: validates, enriches and keeps drafts, all of them or none.
 * **Promise: when it resolves, every event is on the disk; within a second it is found by searches.**
 * Errors: `invalid` with the path of every fault, `too_large`, and those of `GroupCommit.append`.
 */
export function createIngestEvents(dependencies: IngestDependencies): IngestEvents {
  const receivedAt = createReceiveClock(dependencies.now)
  return async (drafts, options) => {
    if (drafts.length === 0) return []
    const events = parseDrafts(drafts, options, dependencies, receivedAt)
    const payloads = events.map((event) => JSON.stringify(event))
    const first = await dependencies.groupCommit.append(payloads, {
      urgent: options.urgent === true,
    })
    return events.map((event, i) => ({ id: event.id, sequence: first + i }))
  }
}

/**
 * Canonical times that never repeat: events of the same millisecond get the next microseconds, so that those without a
 * time of their own are listed in the order in which they came.
 */
function createReceiveClock(now: () => number): () => string {
  let lastMicros = 0
  let lastMs = -1
  let toMilliseconds = ''
  return () => {
    const micros = now() * 1000
    // A clock that was put back by more than a second is followed, not waited for.
    lastMicros = lastMicros - micros > 1_000_000 ? micros : Math.max(micros, lastMicros + 1)
    const ms = Math.floor(lastMicros / 1000)
    if (ms !== lastMs) {
      lastMs = ms
      toMilliseconds = timeFromMs(ms).slice(0, 23)
    }
    return `${toMilliseconds}${String(lastMicros % 1000).padStart(3, '0')}Z`
  }
}

function parseDrafts(
  drafts: readonly unknown[],
  options: IngestOptions,
  dependencies: IngestDependencies,
  receivedAt: () => string,
): EnrichedEvent[] {
  const nowMs = dependencies.now()
  const createId = (): string => createEventId(nowMs)
  const { workspaceId } = options
  const enriching: Enriching = {
    masking: {
      hashSecret: dependencies.redactSecret,
      bindParameters: dependencies.bindParametersOf(workspaceId),
    },
    readStatement: dependencies.readStatement,
    people: dependencies.peopleOf?.(workspaceId) ?? emptyPeopleIndex,
    ...(dependencies.judge === undefined ? {} : { judge: dependencies.judge }),
  }
  const problems: Problem[] = []
  const events: EnrichedEvent[] = []
  let facts: ErrorFacts = {}
  for (const [i, draft] of drafts.entries()) {
    const path = options.pathOf?.(i) ?? `events[${i}]`
    const event = readEvent(draft, { receivedAt: receivedAt(), createId, path })
    if (Array.isArray(event)) {
      for (const problem of event) problems.push(problem)
      continue
    }
    const fault = hasOwnTime(draft) ? timeFault(event, nowMs, dependencies) : undefined
    if (fault !== undefined) {
      if (timeToMs(event.occurredAt) < nowMs) facts = { retentionDays: dependencies.retentionDays }
      problems.push({ path: formatPath(['occurredAt'], path), message: fault })
      continue
    }
    const content = toCanonicalJson(draft)
    refuseTooLarge(content, path)
    events.push(enrichEvent(event, options, dependencies.hashContent(content), enriching))
  }
  if (problems.length > 0) {
    const shown = problems.slice(0, problemsMax)
    const more = problems.length - shown.length
    if (more > 0) shown.push({ path: '', message: `and ${more} more faults that are not listed` })
    throw new AuditError('invalid', 'The events are not valid; none of them was kept.', {
      problems: shown,
      facts,
    })
  }
  return events
}

/** How many faults one answer lists. */
const problemsMax = 100

/** The server's own time is never at fault, also when its clock has just been put right. */
function hasOwnTime(draft: unknown): boolean {
  return typeof draft === 'object' && draft !== null && Object.hasOwn(draft, 'occurredAt')
}

function timeFault(event: AuditEvent, nowMs: number, dependencies: IngestDependencies): string | undefined {
  const ms = timeToMs(event.occurredAt)
  if (ms > nowMs + dependencies.futureMsMax) return 'is more than a day in the future'
  if (ms < nowMs - dependencies.retentionDays * 86_400_000) {
    return `is older than the ${dependencies.retentionDays} days for which events are kept`
  }
  return undefined
}

function refuseTooLarge(content: string, path: string): void {
  if (content.length * 3 <= eventLimits.eventBytesMax) return
  const bytes = Buffer.byteLength(content)
  if (bytes <= eventLimits.eventBytesMax) return
  const message = `has ${bytes} bytes of JSON; an event may have ${eventLimits.eventBytesMax}`
  throw new AuditError('too_large', 'An event is too large; none was kept.', {
    problems: [{ path, message }],
  })
}
