import type { SessionFacts } from './gateway-facts.ts'
import { withoutChannelBinding } from './protocol/encode-message.ts'
import { backend } from './protocol/message-types.ts'
import type { MessageWalker } from './protocol/message-walker.ts'
import { readAuthenticationMethod } from './protocol/read-server-message.ts'

/**
 * Follows how a client signs in, from what the server says. Passwords and the answers to them are not looked at. Adds
 * what it learns to the facts of the session.
 */
export class SignIn {
  readonly #facts: SessionFacts
  readonly #stripsChannelBinding: boolean
  /** The server knows who the client is: from now on the client may send statements. */
  isAuthenticated = false

  constructor(facts: SessionFacts, stripsChannelBinding: boolean) {
    this.#facts = facts
    this.#stripsChannelBinding = stripsChannelBinding
  }

  /** `isOver`: the server is ready for statements. `replacement`: what the client gets instead of the message. */
  fromServer(walker: MessageWalker): { replacement?: Buffer; isOver: boolean } {
    const { body, bodyStart, bodyEnd, type } = walker
    if (type === backend.authentication) {
      if (bodyEnd - bodyStart >= 4 && body.readInt32BE(bodyStart) === 0) {
        this.isAuthenticated = true
        return { isOver: false }
      }
      const method = readAuthenticationMethod(body, bodyStart, bodyEnd)
      if (method !== undefined) this.#facts.authentication ??= { identity: this.#facts.login, method }
      const stripped = this.#stripsChannelBinding
        ? withoutChannelBinding(body.subarray(bodyStart, bodyEnd))
        : undefined
      return stripped === undefined ? { isOver: false } : { replacement: stripped, isOver: false }
    }
    if (type === backend.backendKeyData && bodyEnd - bodyStart >= 4) {
      this.#facts.backendPid = body.readInt32BE(bodyStart)
    }
    return { isOver: type === backend.readyForQuery }
  }
}
