import { setTimeout as delay } from 'node:timers/promises'
import { AuditError } from '@aleph-audit-log/domain/error'

/** One query at a time; `kill` asks the engine to stop it, and does nothing when none is running. */
export type PooledConnection = { kill(): Promise<void> }

/** How many queries may wait for a connection of a lane before more are refused. */
const waitingMax = 200
/** A query that is only just beginning is not found by a kill, so it is asked for again. */
const killAgainMs = 20

type Waiting<Connection> = { resolve: (connection: Connection) => void; reject: (error: AuditError) => void }

/** The connections of a lane: each runs one query at a time, and waiting is done here. */
export class LanePool<Connection extends PooledConnection> {
  readonly #size: number
  readonly #idle: Connection[]
  readonly #waiting: Waiting<Connection>[] = []
  #closed = false

  constructor(connections: readonly Connection[]) {
    this.#size = connections.length
    this.#idle = [...connections]
  }

  /**
   * Runs something on a connection of this lane. When the signal aborts it rejects at once with 'unavailable'; the
   * connection serves others only after the engine has really let go of the query.
   */
  async use<T>(run: (connection: Connection) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const connection = await this.#take(signal)
    const running = run(connection)
    if (!signal) return running.finally(() => this.#release(connection))
    let abort = (): void => undefined
    const aborted = new Promise<'aborted'>((resolve) => (abort = () => resolve('aborted')))
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    void freeWhenEnded(running, aborted, connection).then(() => this.#release(connection))
    try {
      const first = await Promise.race([aborted, running.then((value) => ({ value }))])
      if (first === 'aborted') throw nobodyWaits()
      return first.value
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  /** Refuses what waits and waits for what runs; nothing can be run afterwards. */
  async close(): Promise<void> {
    this.#closed = true
    for (const waiting of this.#waiting.splice(0)) waiting.reject(closedError())
    for (let i = 0; i < this.#size; i++) await (this.#idle.pop() ?? this.#wait())
  }

  #release(connection: Connection): void {
    const next = this.#waiting.shift()
    if (next) next.resolve(connection)
    else this.#idle.push(connection)
  }

  async #take(signal: AbortSignal | undefined): Promise<Connection> {
    if (this.#closed) throw closedError()
    if (signal?.aborted) throw nobodyWaits()
    return this.#idle.pop() ?? this.#wait(signal)
  }

  async #wait(signal?: AbortSignal): Promise<Connection> {
    if (this.#waiting.length >= waitingMax) {
      throw new AuditError('overloaded', 'Too many searches are waiting. Try again in a moment.')
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(nobodyWaits())
      }
      const waiting: Waiting<Connection> = {
        resolve: (connection) => {
          signal?.removeEventListener('abort', leave)
          resolve(connection)
        },
        reject: (error) => {
          signal?.removeEventListener('abort', leave)
          reject(error)
        },
      }
      this.#waiting.push(waiting)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }
}

/** Resolves when the query has ended and no kill is under way that could hit the connection's next query. */
async function freeWhenEnded(
  running: Promise<unknown>,
  aborted: Promise<unknown>,
  connection: PooledConnection,
): Promise<void> {
  let isRunning = true
  const end = (): void => {
    isRunning = false
  }
  const ended = running.then(end, end)
  await Promise.race([ended, aborted])
  while (isRunning) {
    // A kill that fails leaves the query to its own limit of time.
    await connection.kill().catch(() => undefined)
    await Promise.race([ended, delay(killAgainMs)])
  }
}

function nobodyWaits(): AuditError {
  return new AuditError('unavailable', 'Nobody waits for the answer any more.')
}

function closedError(): AuditError {
  return new AuditError('unavailable', 'The event store is closed.')
}
