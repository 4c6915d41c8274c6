import { fork } from 'node:child_process'
import { join } from 'node:path'

/**
 * Work that runs in a process of its own, so that a peer or a load generator shares no event loop, heap or engine with
 * what it is compared to. A worker is a file in workers/ that calls `answerRequests`.
 */
export type WorkerProcess = {
  /** Sends a request and waits for its answer. Throws with the worker's own words if it fails or ends. */
  call: (request: unknown) => Promise<unknown>
  pid: number
  /** Ends the process and waits until it is gone. */
  stop: () => Promise<void>
}

type Reply = { result: unknown } | { error: string }

export type WorkerOptions = {
  /**
   * The worker imports the built packages: what is measured is then the code that runs in production, without what the
   * compiler of the sources adds to it.
   */
  usesBuild?: boolean
}

/** Starts the worker of this name. */
export function startWorker(name: string, { usesBuild = false }: WorkerOptions = {}): WorkerProcess {
  const child = fork(join(import.meta.dirname, 'workers', `${name}.ts`), {
    // Where tsx is found.
    cwd: join(import.meta.dirname, '..'),
    execArgv: ['--import', 'tsx', ...(usesBuild ? [] : ['--conditions=source'])],
    // The engine's calls hold threads of this pool, as in the server.
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    pid: child.pid ?? 0,
    call: (request) =>
      new Promise((resolve, reject) => {
        const settle = (finish: () => void): void => {
          child.off('message', onMessage)
          child.off('exit', onExit)
          finish()
        }
        // Only `answerRequests` below sends on this channel.
        const onMessage = (message: unknown): void => {
          const reply = message as Reply
          settle(() =>
            'error' in reply ? reject(new Error(`worker ${name}: ${reply.error}`)) : resolve(reply.result),
          )
        }
        const onExit = (code: number | null, signal: string | null): void =>
          settle(() => reject(new Error(`worker ${name} ended with ${code ?? signal} before it answered`)))
        child.on('message', onMessage)
        child.once('exit', onExit)
        child.send({ request })
      }),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await gone
    },
  }
}

/**
 * For workers: answers each request with what `work` returns. The process ends with the one that started it, which
 * matters for an interrupted run.
 */
export function answerRequests(work: (request: never) => Promise<unknown>): void {
  process.once('disconnect', () => process.exit())
  process.on('message', (message) => {
    // Only `call` above sends on this channel: its caller sends what the worker's file states, which nothing checks.
    const { request } = message as { request: never }
    work(request).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: String(error instanceof Error ? error.stack : error) }),
    )
  })
}
