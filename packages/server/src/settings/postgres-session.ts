import { Socket } from 'node:net'
import { Client, type QueryResultRow } from 'pg'
import type { NoteContact } from './postgres-pool.ts'
import { settingsLimits } from './settings-limits.ts'

/**
 * The key of an advisory lock, from the name in `$1`. Locks belong to a database, and two installations may lie in two
 * schemas of one database.
 */
export const lockKey = `hashtextextended('aleph-audit-log ' || current_schema() || ' ' || $1, 0)`

/** A connection of its own, for locks that live as long as it does. Errors are those of `pg`. */
export type PostgresSession = {
  /** Aborted when the connection is gone, and with it every lock; also by `close`. */
  lost: AbortSignal
  /** Waits until nobody else has the lock; rejects after `exclusiveWaitMsMax`. */
  lock: (name: string) => Promise<void>
  /** Takes the lock if nobody has it. */
  tryLock: (name: string) => Promise<boolean>
  unlock: (name: string) => Promise<void>
  close: () => Promise<void>
}

type Asked = { text: string; values?: string[]; msMax: number }

/** Connects, and keeps the connection alive by saying something now and then. */
export async function openPostgresSession(
  databaseUrl: string,
  noteContact: NoteContact,
): Promise<PostgresSession> {
  const { postgres, exclusiveWaitMsMax, sessionSilenceMsMax } = settingsLimits
  const connection = new SessionConnection(databaseUrl, noteContact)
  await connection.open(`
    select
      set_config('idle_session_timeout', '${sessionSilenceMsMax}', false),
      set_config('lock_timeout', '${exclusiveWaitMsMax}', false),
      set_config('statement_timeout', '0', false)`)
  return {
    lost: connection.lost,
    lock: async (name) => {
      const msMax = exclusiveWaitMsMax + postgres.answerMsMax
      await connection.ask({ text: `select pg_advisory_lock(${lockKey})`, values: [name], msMax })
    },
    tryLock: async (name) => {
      const text = `select pg_try_advisory_lock(${lockKey}) as locked`
      const rows = await connection.ask<{ locked: boolean }>({
        text,
        values: [name],
        msMax: postgres.answerMsMax,
      })
      return rows[0]?.locked === true
    },
    unlock: async (name) => {
      const text = `select pg_advisory_unlock(${lockKey})`
      await connection.ask({ text, values: [name], msMax: postgres.answerMsMax })
    },
    close: async () => connection.close(),
  }
}

class SessionConnection {
  readonly #socket = new Socket()
  readonly #client: Client
  readonly #noteContact: NoteContact
  readonly #lost = new AbortController()
  #heartbeat: NodeJS.Timeout | undefined
  /** Statements that have no answer yet. */
  #asked = 0

  constructor(databaseUrl: string, noteContact: NoteContact) {
    this.#noteContact = noteContact
    this.#client = new Client({
      connectionString: databaseUrl,
      application_name: 'aleph-audit-log lock',
      connectionTimeoutMillis: settingsLimits.postgres.connectMsMax,
      keepAlive: true,
      stream: () => this.#socket,
    })
    this.#client.on('error', (error) => this.#lose(error))
    this.#client.on('end', () => this.#lose(new Error('The connection has ended.')))
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  async open(settings: string): Promise<void> {
    try {
      await this.#client.connect()
      await this.ask({ text: settings, msMax: settingsLimits.postgres.answerMsMax })
    } catch (error) {
      this.#lose(error)
      throw error
    }
    this.#heartbeat = setInterval(() => this.#beat(), settingsLimits.heartbeatMs)
  }

  /** An answer that does not come in time ends the connection: nobody knows then what it holds. */
  async ask<Row extends QueryResultRow>({ text, values = [], msMax }: Asked): Promise<Row[]> {
    let timer: NodeJS.Timeout | undefined
    const timeOut = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`PostgreSQL did not answer within ${msMax} ms.`)
        this.#lose(error)
        reject(error)
      }, msMax)
    })
    this.#asked++
    try {
      const { rows } = await Promise.race([this.#client.query<Row>(text, values), timeOut])
      this.#noteContact(undefined)
      return rows
    } finally {
      this.#asked--
      clearTimeout(timer)
    }
  }

  async close(): Promise<void> {
    const isOpen = !this.#lost.signal.aborted
    this.#forget()
    if (!isOpen) return
    const giveUp = setTimeout(() => this.#socket.destroy(), settingsLimits.heartbeatAnswerMsMax)
    await this.#client.end()
    clearTimeout(giveUp)
  }

  /**
   * So that PostgreSQL does not take the connection for dead, and this side notices if it is. Not while a statement
   * runs, such as one that waits for a lock: it would only wait behind it.
   */
  #beat(): void {
    if (this.#asked > 0) return
    const msMax = settingsLimits.heartbeatAnswerMsMax
    this.ask({ text: 'select 1', msMax }).catch((error: unknown) => this.#lose(error))
  }

  #lose(error: unknown): void {
    if (this.#lost.signal.aborted) return
    this.#forget()
    this.#noteContact(error)
    this.#socket.destroy()
  }

  #forget(): void {
    clearInterval(this.#heartbeat)
    this.#lost.abort()
  }
}
