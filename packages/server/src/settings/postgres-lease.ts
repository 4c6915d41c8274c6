import { setTimeout as sleep } from 'node:timers/promises'
import type { NoteContact } from './postgres-pool.ts'
import { openPostgresSession, type PostgresSession } from './postgres-session.ts'
import type { Lease, LeaseWork } from './settings-engine.ts'
import { settingsLimits } from './settings-limits.ts'

/** A lease as an advisory lock of a connection of its own: see `SettingsEngine.lease`. */
export class PostgresLease implements Lease {
  readonly #databaseUrl: string
  readonly #noteContact: NoteContact
  readonly #lockName: string
  readonly #work: LeaseWork
  readonly #closing = new AbortController()
  readonly #ended: Promise<void>
  /** The connection with the lock, while there is one. */
  #holding: PostgresSession | undefined

  constructor(databaseUrl: string, noteContact: NoteContact, name: string, work: LeaseWork) {
    this.#databaseUrl = databaseUrl
    this.#noteContact = noteContact
    this.#lockName = `lease ${name}`
    this.#work = work
    this.#ended = this.#run()
  }

  readonly isHeld = (): boolean =>
    this.#holding !== undefined && !this.#holding.lost.aborted && !this.#closing.signal.aborted

  readonly close = async (): Promise<void> => {
    this.#closing.abort()
    await this.#ended
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      const session = await this.#waitForLock()
      if (session) {
        this.#holding = session
        const { work, onError } = this.#work
        await work(AbortSignal.any([session.lost, signal])).catch(onError)
        this.#holding = undefined
        // With the connection PostgreSQL lets go of the lock.
        await session.close().catch(this.#noteContact)
      }
      await this.#pause()
    }
  }

  /** A connection with the lock; undefined after an error, or when the lease is closed. */
  async #waitForLock(): Promise<PostgresSession | undefined> {
    let session: PostgresSession | undefined
    try {
      session = await openPostgresSession(this.#databaseUrl, this.#noteContact)
      while (!this.#closing.signal.aborted) {
        if (await session.tryLock(this.#lockName)) return session
        await this.#pause()
      }
    } catch (error) {
      this.#noteContact(error)
    }
    await session?.close().catch(this.#noteContact)
    return undefined
  }

  async #pause(): Promise<void> {
    const { signal } = this.#closing
    await sleep(settingsLimits.leaseRetryMs, undefined, { signal }).catch(() => undefined)
  }
}
