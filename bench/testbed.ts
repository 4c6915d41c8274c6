import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgresServer, type PostgresServer } from '../packages/server/src/testing/postgres-server.ts'
import { AuditServer } from './audit-server.ts'
import { startWorker, type WorkerOptions, type WorkerProcess } from './worker.ts'

type Stoppable = { stop: () => Promise<unknown> }

/**
 * Everything that a run starts and writes. `close` stops what still runs and removes every folder, also when a part
 * has failed or the run was interrupted.
 */
export class Testbed {
  readonly folder: string
  readonly #running = new Set<Stoppable>()
  #foldersMade = 0
  #isClosed = false

  private constructor(folder: string) {
    this.folder = folder
  }

  static async open(): Promise<Testbed> {
    return new Testbed(await mkdtemp(join(tmpdir(), 'aleph-bench-')))
  }

  /** An empty folder. */
  async makeFolder(name: string): Promise<string> {
    this.#foldersMade++
    const path = join(this.folder, `${this.#foldersMade}-${name}`)
    await mkdir(path)
    return path
  }

  /** Runs `work` with a folder and removes it after: gigabytes must not pile up. */
  async withFolder<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await this.makeFolder(name)
    try {
      return await work(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** The built server on a data directory. */
  async withServer<T>(
    dataDir: string,
    work: (server: AuditServer) => Promise<T>,
    env: Record<string, string> = {},
  ): Promise<T> {
    return this.with(() => AuditServer.start(dataDir, env), work)
  }

  async withWorker<T>(
    name: string,
    work: (worker: WorkerProcess) => Promise<T>,
    options?: WorkerOptions,
  ): Promise<T> {
    return this.with(async () => startWorker(name, options), work)
  }

  /** One request to a worker of its own. The caller names the type of the answer, as the worker's file states it. */
  async callWorker<Result>(name: string, request: unknown): Promise<Result> {
    return this.withWorker(name, async (worker) => (await worker.call(request)) as Result)
  }

  async withPostgres<T>(
    settings: Record<string, string>,
    work: (postgres: PostgresServer) => Promise<T>,
    hba: readonly string[] = [],
  ): Promise<T> {
    return this.with(() => startPostgresServer({ settings, hba }), work)
  }

  /** From now on nothing can be started any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled([...this.#running].map((running) => running.stop()))
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }

  /** Starts something, works with it and stops it. */
  async with<Thing extends Stoppable, T>(
    start: () => Promise<Thing>,
    work: (thing: Thing) => Promise<T>,
  ): Promise<T> {
    if (this.#isClosed) throw new Error('the run was interrupted')
    const starting = start()
    // Also what is only being started when `close` comes: it is stopped as soon as it runs.
    const running = { stop: async () => (await starting).stop() }
    this.#running.add(running)
    try {
      return await work(await starting)
    } finally {
      this.#running.delete(running)
      await running.stop()
    }
  }
}
