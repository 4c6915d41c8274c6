import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { Log } from '../../log.ts'
import type { GatewaySessions } from '../gateway-sessions.ts'
import type { SessionEnd, SessionFacts } from './gateway-facts.ts'
import type { GatewayRecorder } from './gateway-recorder.ts'
import type { Outbox } from './outbox.ts'
import type { ErrorFacts, Intent, StatementFacts } from './protocol/statement-facts.ts'
import {
  serverSessionOf,
  toIntentDraft,
  toQueryDraft,
  toSessionEndedDraft,
  toSessionStartedDraft,
  type GatewayDraftOptions,
} from './to-drafts.ts'

export type OutboxRecorderOptions = {
  /** Told of every session on the server, for whoever reads the server's log. */
  sessions?: GatewaySessions | undefined
  drafts: GatewayDraftOptions
  log: Log
}

/** An intent that is on the disk, and the id of the event that it becomes if nothing more is told of it. */
type KeptIntent = { intent: number; id: string }

/** Makes events of what the sessions of a gateway tell, and puts them into its outbox. */
export class OutboxRecorder implements GatewayRecorder {
  readonly #outbox: Outbox
  readonly #options: OutboxRecorderOptions
  /** By session, in the order of the intents. */
  readonly #kept = new Map<string, KeptIntent[]>()
  /** Of what was told here no event could be made: a fault of the program. */
  #failures = 0

  constructor(outbox: Outbox, options: OutboxRecorderOptions) {
    this.#outbox = outbox
    this.#options = options
  }

  get failures(): number {
    return this.#failures
  }

  sessionStarted(session: SessionFacts, error?: ErrorFacts): void {
    const { drafts, sessions } = this.#options
    const opened = serverSessionOf(session)
    if (opened !== undefined) sessions?.add(drafts.gatewayId, opened, session)
    this.#add(() => toSessionStartedDraft(session, error, this.#options.drafts))
  }

  statementFinished(session: SessionFacts, statement: StatementFacts): void {
    this.#add(() => toQueryDraft(session, statement, this.#options.drafts))
  }

  sessionEnded(session: SessionFacts, end: SessionEnd): void {
    this.#add(() => toSessionEndedDraft(session, end, this.#options.drafts))
    this.intentsSettled(session, Number.POSITIVE_INFINITY)
    this.#kept.delete(session.id)
  }

  async admit(session: SessionFacts, intents: readonly Intent[]): Promise<void> {
    const { drafts } = this.#options
    const made = intents.map((intent) => toIntentDraft(session, intent, drafts))
    await this.#outbox.addIntents(made)
    const kept = this.#kept.get(session.id) ?? []
    for (const [i, { intent }] of intents.entries()) kept.push({ intent, id: made[i]?.id ?? '' })
    this.#kept.set(session.id, kept)
  }

  intentsSettled(session: SessionFacts, last: number): void {
    const kept = this.#kept.get(session.id)
    if (kept === undefined) return
    const found = kept.findIndex(({ intent }) => intent > last)
    const settled = kept.splice(0, found < 0 ? kept.length : found)
    if (settled.length > 0) this.#outbox.settle(settled.map(({ id }) => id))
  }

  untilRoom(): Promise<void> | undefined {
    return this.#outbox.waitForRoom()
  }

  #add(make: () => EventDraft): void {
    try {
      this.#outbox.add(make())
    } catch (error) {
      this.#failures++
      this.#options.log.error('A gateway could not make an event of what it saw', error)
    }
  }
}
