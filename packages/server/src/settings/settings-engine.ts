import type { Kysely, Transaction } from 'kysely'
import type { SettingsTables } from './settings-tables.ts'

export type SettingsDatabase = Kysely<SettingsTables>

/** What became of a transaction whose commit ended in an error. */
export type TransactionOutcome = 'committed' | 'rolled_back' | 'unknown'

/**
 * Something that only one of the servers sharing the settings may do.
 *
 * ```text
 * waiting ──has it──► held ──connection lost, or work ended──► waiting
 *    └──────close──────┴──close──► closed
 * ```
 */
export type Lease = {
  /** True while this server has the lease and its work has not been told to end. */
  isHeld: () => boolean
  /** Tells the work to end, waits until it has, and lets go. */
  close: () => Promise<void>
}

export type LeaseWork = {
  /**
   * Called each time this server gets the lease. It goes on until `lost` is aborted (the connection went away, or the
   * lease is closed) and must then end soon: another server may have the lease a few seconds later. Work that ends or
   * fails by itself gives the lease back, and tries for it again.
   */
  work: (lost: AbortSignal) => Promise<void>
  /** Told of work that failed. */
  onError: (error: unknown) => void
}

/**
 * The engine behind the settings. SQLite belongs to one server, so all that concerns other servers is simple there;
 * PostgreSQL may be shared by several.
 */
export type SettingsEngine = {
  db: SettingsDatabase
  /**
   * Runs `work` while no other work of this name runs in any server that shares the settings, and gives back its
   * result. Callers of one server come in the order of their calls; servers take turns.
   *
   * On PostgreSQL this is an advisory lock on a connection of its own. **Promise: it resolves only if the lock was
   * held from the beginning of the work to its end.** If the connection is lost meanwhile, `lost` is aborted, and even
   * work that went well is answered with AuditError('unavailable'): somebody else may have worked at the same time, so
   * the caller must look again at what it did. A process that is stopped for longer than `sessionSilenceMsMax` loses
   * the lock in this way. `work` must not call `withExclusive` with the same name: it would wait for itself.
   *
   * Errors: `unavailable` if PostgreSQL is away or the lock is not to be had within `exclusiveWaitMsMax`;
   * `overloaded` if more than `exclusiveWaitersMax` wait in this server; and those of `work`.
   */
  withExclusive: <T>(name: string, work: (lost: AbortSignal) => Promise<T>) => Promise<T>
  /**
   * Runs `work` on one server at a time for as long as it is there: on SQLite at once and always; on PostgreSQL while
   * this server holds an advisory lock on a connection of its own, which is tried for every `leaseRetryMs`. A server
   * that ends in whatever way gives its lease away within `leaseTakeoverMsMax`.
   */
  lease: (name: string, work: LeaseWork) => Lease
  /** Makes other transactions that lock the same name wait until this one has ended. */
  lockUntilCommit: (transaction: Transaction<SettingsTables>, name: string) => Promise<void>
  /** Marks a transaction, so that what became of it can be asked after a commit that ended in an error. */
  markTransaction: (transaction: Transaction<SettingsTables>) => Promise<string | undefined>
  outcomeOf: (mark: string | undefined) => Promise<TransactionOutcome>
  /** What keeps the settings from being read and changed, as far as it is known at the moment. */
  findProblems: () => string[]
  close: () => Promise<void>
}
