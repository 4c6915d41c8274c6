import { AuditError } from '@aleph-audit-log/domain/error'
import type { FastifyReply } from 'fastify'

/** So many things that are heavy may run at once, such as files that are made, whatever they hold. */
export class DownloadSlots {
  readonly #max: number
  readonly #what: string
  #running = 0

  /** `what` takes the places, in the plural. */
  constructor(max: number, what = 'exports') {
    this.#max = max
    this.#what = what
  }

  /** Takes a place until the answer has gone, or the client has. Throws AuditError('overloaded') where there is none. */
  take(reply: FastifyReply): void {
    // Who has left already would never give the place back.
    if (reply.raw.destroyed) throw new AuditError('unavailable', 'The client went away.')
    if (this.#running >= this.#max) {
      throw new AuditError(
        'overloaded',
        `${this.#running} ${this.#what} are running already. Try again when one has ended.`,
      )
    }
    this.#running++
    // Also runs when the client goes away.
    reply.raw.once('close', () => this.#running--)
  }
}
