import { AuditError } from '@aleph-audit-log/domain/error'
import { toAuditError } from './postgres-errors.ts'
import type { NoteContact } from './postgres-pool.ts'
import { openPostgresSession, type PostgresSession } from './postgres-session.ts'
import { createTurns } from './run-in-turn.ts'
import type { SettingsEngine } from './settings-engine.ts'
import { settingsLimits } from './settings-limits.ts'

export type PostgresExclusive = Pick<SettingsEngine, 'withExclusive'> & { close: () => Promise<void> }

/**
 * Turns between servers as an advisory lock: see `SettingsEngine.withExclusive`. Within this process the works of one
 * name come one after the other already, so each name needs one connection.
 */
export function createPostgresExclusive(databaseUrl: string, noteContact: NoteContact): PostgresExclusive {
  const runInTurn = createTurns()
  const locks = new KeptLocks(databaseUrl, noteContact)
  return {
    withExclusive: async (name, work) =>
      runInTurn(name, async () => {
        const lockName = `exclusive ${name}`
        const session = await locks.take(lockName).catch((error: unknown) => {
          throw toAuditError(error)
        })
        try {
          const result = await work(session.lost)
          if (!session.lost.aborted) return result
          throw new AuditError('unavailable', `The lock "${name}" was lost while it was needed.`, {
            facts: { retryAfterSeconds: 1 },
          })
        } finally {
          await locks.giveBack(lockName, session)
        }
      }),
    close: async () => locks.close(),
  }
}

/** Locks by name. The connection of each is kept for a while: the applier comes several times a second. */
class KeptLocks {
  readonly #databaseUrl: string
  readonly #noteContact: NoteContact
  /** Connections whose lock nobody needs at the moment. */
  readonly #kept = new Map<string, { session: PostgresSession; idle: NodeJS.Timeout }>()

  constructor(databaseUrl: string, noteContact: NoteContact) {
    this.#databaseUrl = databaseUrl
    this.#noteContact = noteContact
  }

  /** A connection that has the lock. Errors are those of `pg`. */
  async take(name: string): Promise<PostgresSession> {
    const kept = this.#kept.get(name)
    if (kept) {
      clearTimeout(kept.idle)
      this.#kept.delete(name)
      if (await this.#tryKept(kept.session, name)) return kept.session
    }
    const session = await openPostgresSession(this.#databaseUrl, this.#noteContact)
    try {
      await session.lock(name)
      return session
    } catch (error) {
      await this.#drop(session)
      throw error
    }
  }

  async giveBack(name: string, session: PostgresSession): Promise<void> {
    try {
      if (!session.lost.aborted) await session.unlock(name)
    } catch (error) {
      this.#noteContact(error)
      // With the connection the lock is gone as well.
      await this.#drop(session)
    }
    if (session.lost.aborted) return
    const idle = setTimeout(() => {
      this.#kept.delete(name)
      void this.#drop(session)
    }, settingsLimits.exclusiveIdleMs)
    this.#kept.set(name, { session, idle })
  }

  async close(): Promise<void> {
    const kept = [...this.#kept.values()]
    this.#kept.clear()
    for (const { session, idle } of kept) {
      clearTimeout(idle)
      await this.#drop(session)
    }
  }

  /** False if the connection has ended without our knowledge: then a new one is made. */
  async #tryKept(session: PostgresSession, name: string): Promise<boolean> {
    if (session.lost.aborted) return false
    try {
      await session.lock(name)
      return true
    } catch (error) {
      const wasLost = session.lost.aborted
      await this.#drop(session)
      if (wasLost) return false
      throw error
    }
  }

  async #drop(session: PostgresSession): Promise<void> {
    await session.close().catch(this.#noteContact)
  }
}
