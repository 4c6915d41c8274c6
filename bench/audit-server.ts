import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { startServer, type ServerProcess } from '../e2e/server-process.ts'
import { cpuSeconds } from './process-usage.ts'

/** How long events that were acknowledged may take until they are in the event store. */
const appliedMsMax = 300_000
/** Metrics cost the server some ms of its one thread: a busy one is not asked more often than this. */
const busyPauseMs = 200

/** A server that uses less than this share of a core for so long waits for somebody to ask. */
const restMs = 2000
const restShareMax = 0.05
/** How long a server may take to come to rest. */
const startedMsMax = 900_000

/** The built server in a process of its own, as `npm start` runs it, and what the benchmark asks of it. */
export class AuditServer {
  readonly url: string
  readonly pid: number
  readonly key: string
  /** From starting the process to its answer that it is ready. */
  readonly readyMs: number
  readonly #server: ServerProcess

  private constructor(server: ServerProcess, key: string, readyMs: number) {
    this.#server = server
    this.url = server.url
    this.pid = server.pid
    this.key = key
    this.readyMs = readyMs
  }

  /** `more`: settings of the environment, besides those that it has always. */
  static async start(dataDir?: string, more: Record<string, string> = {}): Promise<AuditServer> {
    const key = randomBytes(24).toString('hex')
    const startMs = performance.now()
    const env = { ...more, AUDIT_BOOTSTRAP_API_KEY: key }
    const server = await startServer(dataDir === undefined ? { env } : { dataDir, env })
    await until(async () => (await fetch(`${server.url}/readyz`)).ok, 60_000, 'the server to be ready')
    const started = new AuditServer(server, key, performance.now() - startMs)
    if (dataDir !== undefined) await started.#untilAtRest()
    return started
  }

  get authorization(): string {
    return `Bearer ${this.key}`
  }

  /** A search path such as `/api/v1/events` with its parameters. */
  async getJson<Body>(path: string, params: Record<string, string> = {}): Promise<Body> {
    const response = await this.get(path, params)
    // The caller names the route, and the contract of the API says what it answers.
    return (await response.json()) as Body
  }

  /** Throws unless the answer is 2xx: a refused request must never count as a fast one. */
  async get(path: string, params: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    const response = await fetch(`${this.url}${path}?${new URLSearchParams(params).toString()}`, {
      headers: { authorization: this.authorization },
      ...(signal === undefined ? {} : { signal }),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return response
  }

  /** Throws unless the answer is 2xx. */
  async post(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { authorization: this.authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  }

  /** The bytes of a download as they come. Leaving the loop early ends the download, and so does the signal. */
  async *download(params: Record<string, string>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const { body } = await this.get('/api/v1/events/export', params, signal)
    if (body === null) throw new Error('a download without a body')
    yield* body
  }

  /** Milliseconds from sending a request to having read its whole answer. */
  async time(path: string, params: Record<string, string> = {}): Promise<number> {
    const startMs = performance.now()
    await (await this.get(path, params)).arrayBuffer()
    return performance.now() - startMs
  }

  /** Sends drafts as JSON lines. Throws unless they were all taken. */
  async send(lines: string): Promise<void> {
    const response = await fetch(`${this.url}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: this.authorization, 'content-type': 'application/x-ndjson' },
      body: lines,
    })
    if (response.status !== 201) throw new Error(`events were refused: ${await response.text()}`)
  }

  /** Waits until everything that was acknowledged is in the event store. */
  async untilApplied(): Promise<void> {
    await until(
      async () => {
        const metrics = await (await fetch(`${this.url}/metrics`)).text()
        return readMetric(metrics, 'audit_applied_sequence') >= readMetric(metrics, 'audit_journal_sequence')
      },
      appliedMsMax,
      'all acknowledged events to be in the event store',
      busyPauseMs,
    )
  }

  /** Waits until detections have judged everything that is in the event store. */
  async untilJudged(): Promise<void> {
    await until(
      async () => {
        const metrics = await (await fetch(`${this.url}/metrics`)).text()
        return readMetric(metrics, 'audit_detections_behind_events') === 0
      },
      appliedMsMax,
      'detections to have judged all events',
      busyPauseMs,
    )
  }

  /** After a start detections read what they have to know of the past; what is measured then is a warm server. */
  async #untilAtRest(): Promise<void> {
    let before = cpuSeconds(this.pid)
    await until(
      async () => {
        await sleep(restMs)
        const now = cpuSeconds(this.pid)
        const isAtRest = now - before < (restMs / 1000) * restShareMax
        before = now
        return isAtRest
      },
      startedMsMax,
      'the server to be at rest',
    )
  }

  /** Resident memory of the whole process, engine included: now, and the most since the start. MB of 10^6 bytes. */
  async memory(): Promise<{ nowMb: number; mostMb: number } | undefined> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8').catch(() => undefined)
    if (status === undefined) return undefined
    const mb = (name: string): number =>
      (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6
    return { nowMb: mb('VmRSS'), mostMb: mb('VmHWM') }
  }

  async stop(): Promise<void> {
    await this.#server.stop()
  }
}

function readMetric(metrics: string, name: string): number {
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]
  if (value === undefined) throw new Error(`the metrics have no ${name}`)
  return Number(value)
}

/** Asks again and again until the answer is yes. Throws after `msMax`. */
async function until(isSo: () => Promise<boolean>, msMax: number, what: string, pauseMs = 20): Promise<void> {
  for (const endMs = performance.now() + msMax; !(await isSo()); await sleep(pauseMs)) {
    if (performance.now() > endMs) throw new Error(`waited ${msMax} ms in vain for ${what}`)
  }
}
