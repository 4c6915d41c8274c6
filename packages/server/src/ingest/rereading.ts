import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type { Log } from '../log.ts'
import type { EventStore, RewriteProgress } from '../store/event-store.ts'
import { statementOf, type Enriching } from './enrich-event.ts'

export type RereadingStatus = RewriteProgress & {
  /** `idle`: not since the server started. */
  state: 'idle' | 'running' | 'done' | 'stopped' | 'failed'
  message?: string
}

export type RereadingDependencies = {
  store: Pick<EventStore, 'rewriteEvents'>
  readStatement: Enriching['readStatement']
  /** See `ApplierDependencies`. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  log: Log
}

/**
 * Reads the SQL of stored events anew, as events that come in now are read: what their statements do, and with that
 * their tables, kind, flags and whether they are noise. Everything else of an event stays as it was acknowledged, above
 * all who did it. It runs beside the ordinary work; one at a time.
 */
export class Rereading {
  readonly #deps: RereadingDependencies
  #status: RereadingStatus = { state: 'idle', weeks: 0, weeksDone: 0, events: 0, changed: 0 }
  #stopped = new AbortController()
  #running: Promise<void> | undefined

  constructor(dependencies: RereadingDependencies) {
    this.#deps = dependencies
  }

  get status(): RereadingStatus {
    return this.#status
  }

  /** Throws AuditError('conflict') while one is running. */
  refuseSecond(): void {
    if (this.#running !== undefined) {
      throw new AuditError('conflict', 'The stored events are being read anew already.')
    }
  }

  /** Begins; `status` tells how far it has come. Throws AuditError('conflict') while one is running. */
  start(): void {
    this.refuseSecond()
    this.#stopped = new AbortController()
    this.#status = { state: 'running', weeks: 0, weeksDone: 0, events: 0, changed: 0 }
    this.#running = this.#run().finally(() => (this.#running = undefined))
  }

  /** Stops it, at the next page; the weeks that are done stay done. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { store, exclusively, log } = this.#deps
    const { signal } = this.#stopped
    try {
      await store.rewriteEvents((event) => this.#read(event), {
        exclusively,
        signal,
        onProgress: (progress) => {
          this.#status = { state: 'running', ...progress }
        },
      })
      this.#status = { ...this.#status, state: 'done' }
      log.info(`Read the SQL of ${this.#status.events} events anew: ${this.#status.changed} changed.`)
    } catch (error) {
      if (signal.aborted) {
        this.#status = { ...this.#status, state: 'stopped' }
        return
      }
      const message = isAuditError(error) ? error.message : 'Internal error'
      this.#status = { ...this.#status, state: 'failed', message }
      log.error('The stored events could not be read anew', error)
    }
  }

  #read(event: StoredEvent): StoredEvent | undefined {
    const statement = statementOf(event.data ?? {}, this.#deps.readStatement)
    if (JSON.stringify(statement) === JSON.stringify(event.statement)) return undefined
    // In the order of keys that the stages of an event give it: the store knows it, and is quicker with it.
    const { statement: _, workspaceId, source, contentHash, position, ...rest } = event
    return {
      ...rest,
      ...(statement === undefined ? {} : { statement }),
      workspaceId,
      source,
      contentHash,
      position,
    }
  }
}
