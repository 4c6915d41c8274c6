import { refusedExecute, refusedQuery } from './protocol/encode-message.ts'
import { MessageHold, type HeldPart } from './protocol/message-hold.ts'
import type { MessageWalker } from './protocol/message-walker.ts'
import type { PlacedIntent } from './protocol/placed-intent.ts'

export type StatementGateOptions = {
  walker: MessageWalker
  /** Called at each message of the client; gives back an intent where it needs one. */
  tell: (walker: MessageWalker) => PlacedIntent | undefined
  admit: (intents: readonly PlacedIntent[]) => Promise<void>
  /** This statement does not go to the server, but something in its place. */
  refuse: (intent: PlacedIntent) => void
  /** Passes bytes on to the server; does nothing when the session is over. */
  send: (bytes: Buffer) => void
}

/**
 * Keeps the statements of a client from the server until they are admitted. In place of those that are not, the server
 * gets statements that must fail, so that its state is the one that the client expects after an error.
 */
export class StatementGate {
  readonly #options: StatementGateOptions
  readonly #hold = new MessageHold<PlacedIntent>()

  constructor(options: StatementGateOptions) {
    this.#options = options
  }

  /**
   * Takes the next chunk of a client. Undefined if all of it that can be sent is sent; else resolves when it is: the
   * client must not be read before. Throws ProtocolFault.
   */
  take(chunk: Buffer): Promise<void> | undefined {
    const { walker, tell } = this.#options
    const wasHolding = this.#hold.isHolding
    const parts = this.#hold.take(chunk, walker, tell)
    const intents = parts.flatMap((part) => (part.about === undefined ? [] : [part.about]))
    // Nearly always a chunk is whole messages, and all of them pass: then it is sent as it came, in one piece.
    const admitted = wasHolding || this.#hold.isHolding ? parts.flatMap(({ bytes }) => bytes) : [chunk]
    if (intents.length > 0) return this.#sendAdmitted(admitted, parts, intents)
    for (const piece of admitted) this.#options.send(piece)
    return undefined
  }

  async #sendAdmitted(
    admitted: readonly Buffer[],
    parts: readonly HeldPart<PlacedIntent>[],
    intents: readonly PlacedIntent[],
  ): Promise<void> {
    const { admit, send } = this.#options
    try {
      await admit(intents)
    } catch {
      // Whatever the reason is, what is not recorded is not executed; the recorder knows and tells why.
      this.#sendRefused(parts)
      return
    }
    for (const piece of admitted) send(piece)
  }

  #sendRefused(parts: readonly HeldPart<PlacedIntent>[]): void {
    const { refuse, send } = this.#options
    for (const { bytes, about, beyond } of parts) {
      if (about === undefined) for (const piece of bytes) send(piece)
      else {
        refuse(about)
        this.#hold.drop(beyond)
        send(about.protocol === 'extended' ? refusedExecute : refusedQuery)
      }
    }
  }
}
