import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresGatewaySettings, PostgresGatewayStatus } from '@aleph-audit-log/domain/api/integrations'
import { isAuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { Log } from '../../log.ts'
import type { GatewaySessions } from '../gateway-sessions.ts'
import { readTls, serverAddressOf } from './gateway-settings.ts'
import { openOutbox } from './open-outbox.ts'
import type { Outbox, OutboxLimits } from './outbox.ts'
import { OutboxRecorder } from './outbox-recorder.ts'
import { RateMeter } from './rate-meter.ts'
import { startGateway, type Gateway } from './start-gateway.ts'
import type { GatewayDraftOptions } from './to-drafts.ts'

export type PostgresGatewayCaptureOptions = {
  integration: { id: string; settings: PostgresGatewaySettings }
  /** A folder of this integration's own for events that wait on the disk. */
  spoolDir: string
  /**
   * Resolves when all drafts are durable. May reject with AuditError overloaded, unavailable or storage_full (asked
   * again), and invalid or too_large with problems at `events[i]...` (those are left out, and that is told).
   */
  ingest: (drafts: EventDraft[]) => Promise<void>
  /** Takes secrets out of a draft, before it is written to the disk. */
  mask: (draft: EventDraft) => EventDraft
  /** Told of every session on the server. */
  sessions?: GatewaySessions
  /** Keyed hash in hex, at least eight digits: stands for what is masked. */
  hashSecret: (text: string) => string
  /** Unix time in ms. */
  clock: () => number
  log: Log
  limits?: OutboxLimits
}

export type PostgresGatewayCapture = {
  status: () => PostgresGatewayStatus
  /** Ends all sessions; events that cannot be handed over wait on the disk, or are told as lost in the log (observe). */
  close: () => Promise<void>
}

/** How long an address that is taken, or a disk that fails, is waited for. */
const retryMs = 5000

/** starting, running. waiting: for its address; goes on by itself. failed: for good, until it is started anew. */
type State = { name: 'starting' | 'running' } | { name: 'waiting' | 'failed'; message: string }

/**
 * Starts a gateway in front of a PostgreSQL server, whose statements become events. What it promises of them depends on
 * its mode: see `GatewayMode` and the outboxes.
 */
export function startPostgresGatewayCapture(options: PostgresGatewayCaptureOptions): PostgresGatewayCapture {
  const capture = new Capture(options)
  const started = capture.run()
  return {
    status: () => capture.status(),
    close: async () => {
      capture.stop()
      await started
      await capture.close()
    },
  }
}

class Capture {
  readonly #options: PostgresGatewayCaptureOptions
  readonly #stopping = new AbortController()
  #state: State = { name: 'starting' }
  #outbox: Outbox | undefined
  #recorder: OutboxRecorder | undefined
  #gateway: Gateway | undefined
  readonly #rate = new RateMeter(() => this.#gateway?.status().counters.statements ?? 0)

  readonly #drafts: GatewayDraftOptions

  constructor(options: PostgresGatewayCaptureOptions) {
    this.#options = options
    // Who is behind a login is known to the directory of people, and what is kept of bind values to the workspace.
    this.#drafts = {
      gatewayId: options.integration.id,
      hashSecret: options.hashSecret,
      bindParameters: 'full',
      logins: new Map(),
    }
  }

  status(): PostgresGatewayStatus {
    const outbox = this.#outbox?.status()
    const { name } = this.#state
    const message = 'message' in this.#state ? this.#state.message : outbox?.message
    return {
      state: name === 'running' && outbox?.message !== undefined ? 'waiting' : name,
      ...(message === undefined ? {} : { message }),
      ...(outbox?.lastEventAt === undefined ? {} : { lastEventAt: outbox.lastEventAt }),
      eventsRecorded: outbox?.eventsRecorded ?? 0,
      sessions: this.#gateway?.status().sessions ?? 0,
      statementsPerSecond: this.#rate.perSecond(),
      eventsWaiting: outbox?.eventsWaiting ?? 0,
      eventsLost: (outbox?.eventsLost ?? 0) + (this.#recorder?.failures ?? 0),
      errors: this.#errors(),
    }
  }

  #errors(): number {
    const counters = this.#gateway?.status().counters
    if (counters === undefined) return 0
    const { serverFailures, internalErrors, faults } = counters
    return Object.values(faults).reduce((sum, count) => sum + count, serverFailures + internalErrors)
  }

  /** Resolves when the gateway runs, has failed for good, or was stopped before. */
  async run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#start()
        this.#state = { name: 'running' }
        return
      } catch (error) {
        if (isAuditError(error, 'invalid')) {
          this.#state = { name: 'failed', message: error.message }
          return
        }
        this.#state = { name: 'waiting', message: messageOf(error, this.#options.integration.settings) }
        await sleep(retryMs, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  stop(): void {
    this.#stopping.abort()
  }

  async close(): Promise<void> {
    this.#rate.stop()
    await this.#gateway?.close()
    await this.#outbox?.close()
  }

  async #start(): Promise<void> {
    const { integration, log } = this.#options
    const { settings } = integration
    const tls = await readTls(settings)
    this.#outbox ??= await openOutbox(settings.mode, { ...this.#options, integrationId: integration.id })
    this.#recorder ??= new OutboxRecorder(this.#outbox, {
      drafts: this.#drafts,
      sessions: this.#options.sessions,
      log,
    })
    this.#gateway = await startGateway({
      listen: { host: settings.listenHost, port: settings.listenPort },
      server: serverAddressOf(settings),
      recorder: this.#recorder,
      mode: settings.mode,
      tls,
      replication: settings.replication === 'record' ? 'allow' : 'refuse',
    })
  }
}

function messageOf(error: unknown, { listenHost, listenPort }: PostgresGatewaySettings): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const address = `${listenHost}:${listenPort}`
  if (code === 'EADDRINUSE') return `${address} is used by another program.`
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${listenHost}.`
  if (code === 'EACCES') return `This server may not listen on ${address}.`
  return error instanceof Error ? error.message : String(error)
}
