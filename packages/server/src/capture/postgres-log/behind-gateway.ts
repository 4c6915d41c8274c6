import { hash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { idFromHash } from '../../ingest/create-event-id.ts'
import type { OpenedSession, ServerSession } from '../gateway-sessions.ts'
import { provingMethods } from '../login-actor.ts'
import type { EntrySource } from './log-position.ts'
import { isClient } from './session-lines.ts'
import { readerActor } from './to-drafts.ts'

export type BehindGatewayOptions = {
  /** Of the log. */
  integrationId: string
  gatewayId: string
  /** A session that the gateway opened in this process. */
  findSession: (session: ServerSession) => OpenedSession | undefined
  /** Whether the audit log has an event of the gateway about this session. */
  isRecorded: (session: ServerSession) => Promise<boolean>
  /** Unix time in ms. */
  now: () => number
}

/** Behind a gateway these prove who runs the gateway, and not who uses it. */
const ofGateway: ReadonlySet<string> = new Set(['cert', 'peer'])

/** What a draft was made of. */
export type SourceOfDraft = (draft: EventDraft) => EntrySource | undefined

/** Of so many sessions it is remembered whether they went through the gateway. */
const rememberedMax = 10_000
/** The gateway hears of a sign-in from the server, just after the log: a younger line is looked at again. */
const youngMs = 2000
const retryMs = 200

/**
 * Sets what a server's log tells against what a gateway in front of the server has recorded. Events of sessions that the
 * gateway opened are its own already, with rows and the client's address: the log's are left out. A session that went
 * past the gateway is told by an event `gateway_bypassed`, once, before its first event.
 */
export class BehindGateway {
  readonly #options: BehindGatewayOptions
  readonly #isThrough = new Map<string, boolean>()

  constructor(options: BehindGatewayOptions) {
    this.#options = options
  }

  /** The drafts that are left, in their order. Rejects with what `isRecorded` rejects with. */
  async sort(drafts: readonly EventDraft[], sourceOf: SourceOfDraft): Promise<EventDraft[]> {
    const left: EventDraft[] = []
    for (const draft of drafts) {
      const source = sourceOf(draft)
      if (source === undefined || !isClient(source) || draft.type === 'log_gap_detected') {
        left.push(draft)
        continue
      }
      const isKnown = this.#isThrough.has(source.sessionId)
      if (await this.#wentThrough(source)) {
        this.#learn(source, draft)
        continue
      }
      if (!isKnown) left.push(bypassedDraft(this.#options, source, draft))
      left.push(draft)
    }
    return left
  }

  async #wentThrough(source: EntrySource): Promise<boolean> {
    const known = this.#isThrough.get(source.sessionId)
    if (known !== undefined) return known
    const isThrough = await this.#look(source)
    this.#isThrough.set(source.sessionId, isThrough)
    if (this.#isThrough.size > rememberedMax) {
      for (const oldest of this.#isThrough.keys()) {
        this.#isThrough.delete(oldest)
        break
      }
    }
    return isThrough
  }

  async #look(source: EntrySource): Promise<boolean> {
    const { findSession, isRecorded, now } = this.#options
    const session = serverSessionOf(source)
    for (;;) {
      const isYoung = now() - Date.parse(source.timestamp) < youngMs
      if (findSession(session) !== undefined || (await isRecorded(session))) return true
      if (!isYoung) return false
      await sleep(retryMs)
    }
  }

  /** The server's log tells how the server made sure who it is, which a gateway does not see. */
  #learn(source: EntrySource, { data }: EventDraft): void {
    const authentication = data?.['authentication']
    if (typeof authentication !== 'object' || authentication === null || Array.isArray(authentication)) return
    const { identity, method } = authentication
    if (typeof identity !== 'string' || typeof method !== 'string') return
    if (!provingMethods.has(method) || ofGateway.has(method)) return
    const session = this.#options.findSession(serverSessionOf(source))
    if (session !== undefined) session.authentication = { identity, method }
  }
}

function serverSessionOf({ sessionId, sessionStartSeconds, port }: EntrySource): ServerSession {
  // `session_id` is the time of the start and the process id, both in hex.
  const pid = Number.parseInt(sessionId.slice(sessionId.indexOf('.') + 1), 16)
  return { pid, port: port ?? 0, startedSeconds: sessionStartSeconds }
}

function bypassedDraft(
  { integrationId, gatewayId }: BehindGatewayOptions,
  { sessionId, sessionStart, timestamp }: EntrySource,
  { data = {}, context = {} }: EventDraft,
): EventDraft {
  const { login, database, clientHost } = data
  return {
    id: idFromHash(hash('sha256', JSON.stringify([integrationId, 'bypassed', sessionId, sessionStart]))),
    type: 'gateway_bypassed',
    occurredAt: timestamp,
    actor: readerActor,
    outcome: 'failure',
    data: {
      ...(login === undefined ? {} : { login }),
      ...(database === undefined ? {} : { database }),
      ...(clientHost === undefined ? {} : { clientHost }),
    },
    targets: [{ type: 'integration', id: gatewayId }],
    context,
  }
}
