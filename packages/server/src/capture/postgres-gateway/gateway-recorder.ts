import type { SessionEnd, SessionFacts } from './gateway-facts.ts'
import type { ErrorFacts, Intent, StatementFacts } from './protocol/statement-facts.ts'

/**
 * What happens when what was executed cannot be recorded. `observe`: sessions never wait. `buffer`: sessions wait before
 * they pass on what a client sends, as long as the recorder says so. `enforce`: a statement goes to the server only
 * after the recorder has admitted it.
 */
export type GatewayMode = 'observe' | 'buffer' | 'enforce'

/**
 * Whom the sessions of a gateway tell what happens. The calls without a promise run on the path of the bytes: they must
 * be quick, must not throw and must not keep more than they have room for.
 */
export type GatewayRecorder = {
  /** A sign-in that was successful; with an error one that was not (then no other call follows for the session). */
  sessionStarted: (session: SessionFacts, error?: ErrorFacts) => void
  /** Once for each statement that was executed, failed, or was refused. `startedAt` is Unix time in ms. */
  statementFinished: (session: SessionFacts, statement: StatementFacts) => void
  sessionEnded: (session: SessionFacts, end: SessionEnd) => void
  /**
   * `enforce`: resolves when the intents are durable. They are all statements of one chunk of what the client sent.
   * Rejects where they cannot be kept: then none of them goes to the server. `startedAt` is Unix time in ms.
   */
  admit: (session: SessionFacts, intents: readonly Intent[]) => Promise<void>
  /** `enforce`: everything has been told of the intents of this session up to this one. */
  intentsSettled: (session: SessionFacts, last: number) => void
  /** `buffer`: undefined while there is room for more; else resolves when there is. */
  untilRoom: () => Promise<void> | undefined
}
