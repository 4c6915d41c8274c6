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
 * name come one after the other already, so each name needs one connection. It is kept for a while: the applier comes
 * several times a second.
 */
export function createPostgresExclusive(databaseUrl: string, noteContact: NoteContact): PostgresExclusive {
  const runInTurn = createTurns()
  const sessions = new Map<string, { session: PostgresSession; idle: NodeJS.Timeout | undefined }>()

  const drop = async (name: string, session: PostgresSession): Promise<void> => {
    if (sessions.get(name)?.session === session) sessions.delete(name)
    await session.close().catch(noteContact)
  }
  const keep = (name: string, session: PostgresSession): void => {
    const idle = setTimeout(() => void drop(name, session), settingsLimits.exclusiveIdleMs)
    sessions.set(name, { session, idle })
  }
  /** A connection with the lock. One that was kept may have ended without our knowledge: then a new one is tried. */
  const lock = async (name: string): Promise<PostgresSession> => {
    const kept = sessions.get(name)
    clearTimeout(kept?.idle)
    sessions.delete(name)
    if (kept && (await tryToLock(kept.session, name))) return kept.session
    const session = await openPostgresSession(databaseUrl, noteContact)
    try {
      await session.lock(name)
      return session
    } catch (error) {
      await drop(name, session)
      throw error
    }
  }
  const tryToLock = async (session: PostgresSession, name: string): Promise<boolean> => {
    if (session.lost.aborted) return false
    try {
      await session.lock(name)
      return true
    } catch (error) {
      const wasLost = session.lost.aborted
      await drop(name, session)
      if (wasLost) return false
      throw error
    }
  }
  return {
    withExclusive: async (name, work) =>
      runInTurn(name, async () => {
        const session = await lock(`exclusive ${name}`).catch((error: unknown) => {
          throw toAuditError(error)
        })
        try {
          const result = await work(session.lost)
          if (!session.lost.aborted) return result
          throw new AuditError('unavailable', `The lock "${name}" was lost while it was needed.`, {
            facts: { retryAfterSeconds: 1 },
          })
        } finally {
          await unlock(session, name)
        }
      }),
    close: async () => {
      for (const [name, { session, idle }] of sessions) {
        clearTimeout(idle)
        await drop(name, session)
      }
    },
  }

  async function unlock(session: PostgresSession, name: string): Promise<void> {
    const lockName = `exclusive ${name}`
    try {
      if (!session.lost.aborted) await session.unlock(lockName)
      if (!session.lost.aborted) return keep(lockName, session)
    } catch (error) {
      noteContact(error)
    }
    // With the connection the lock is gone as well.
    await drop(lockName, session)
  }
}
