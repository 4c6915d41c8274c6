import { AuditError } from '@aleph-audit-log/domain/error'
import type { FastifyRequest } from 'fastify'

/** What one request takes of the budget. */
export type BodyShare = {
  /** Throws AuditError('overloaded') when all bodies together would take more than they may. */
  take: (bytes: number) => void
  giveBack: (bytes: number) => void
}

/**
 * Bounds the bytes of all request bodies in memory together: each of them is limited as well, but there may be
 * thousands. What a request has taken is given back when it ends, however it does (see `release`).
 */
export class BodyBudget {
  readonly #bytesMax: number
  readonly #taken = new Map<FastifyRequest, number>()
  /** A few bytes may still be read of a request whose connection is gone already. */
  readonly #released = new WeakSet<FastifyRequest>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  shareOf(request: FastifyRequest): BodyShare {
    const change = (bytes: number): void => {
      if (this.#released.has(request)) return
      this.#bytes += bytes
      this.#taken.set(request, (this.#taken.get(request) ?? 0) + bytes)
    }
    return {
      take: (bytes) => {
        if (this.#bytes + bytes > this.#bytesMax) {
          throw new AuditError('overloaded', 'Too many requests are being read. Try again in a moment.')
        }
        change(bytes)
      },
      giveBack: (bytes) => change(-bytes),
    }
  }

  /** Gives back everything that a request still has, which was answered or whose connection is gone. */
  release(request: FastifyRequest): void {
    this.#released.add(request)
    this.#bytes -= this.#taken.get(request) ?? 0
    this.#taken.delete(request)
  }
}
