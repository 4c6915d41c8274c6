import { AuditError } from '@aleph-audit-log/domain/error'
import type { FastifyReply } from 'fastify'

/** So many files may be made at once, whatever they hold. */
export class DownloadSlots {
  readonly #max: number
  #running = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Takes a place until the answer has gone, or the client has. Throws AuditError('overloaded') where there is none. */
  take(reply: FastifyReply): void {
    // Who has left already would never give the place back.
    if (reply.raw.destroyed) throw new AuditError('unavailable', 'The client went away.')
    if (this.#running >= this.#max) {
      throw new AuditError(
        'overloaded',
        `${this.#running} exports are running already. Try again when one has ended.`,
      )
    }
    this.#running++
    // Also runs when the client goes away.
    reply.raw.once('close', () => this.#running--)
  }
}
