import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type {
  IntegrationKind,
  IntegrationStatus,
  PostgresLogSettings,
} from '@aleph-audit-log/domain/api/integrations'
import { AuditError, isAuditError, type Problem } from '@aleph-audit-log/domain/error'
import type { IngestEvents } from '../ingest/ingest-events.ts'
import type { Log } from '../log.ts'
import { readCapturePosition, saveCapturePosition } from '../settings/capture-positions.ts'
import { readIntegrationsToRun, type IntegrationToRun } from '../settings/integrations.ts'
import type { Settings } from '../settings/open-settings.ts'
import type { Lease } from '../settings/settings-engine.ts'
import { checkLogPath } from './postgres-log/check-log-path.ts'
import { readPostgresAttribution } from './postgres-log/to-drafts.ts'
import { startPostgresLogCapture, type PostgresLogCapture } from './postgres-log/postgres-log-capture.ts'

export type CaptureSupervisorOptions = {
  settings: Settings
  ingest: IngestEvents
  redactSecret: (secret: string) => string
  now: () => number
  log: Log
}

/** How often the server that runs the captures looks for integrations that were changed on another one. */
const integrationsPollMs = 5000

type Running = { integration: IntegrationToRun; capture: PostgresLogCapture }

const starting: IntegrationStatus = { state: 'starting', linesRead: 0, eventsRecorded: 0, gaps: 0 }

const elsewhere: IntegrationStatus = {
  ...starting,
  state: 'waiting',
  message: 'Another server that shares the settings runs the captures, or is about to.',
}

/**
 * Runs the captures that the integrations ask for: one each, started anew when its settings change. Of the servers
 * that share the settings one does so, the one with the lease.
 */
export class CaptureSupervisor {
  readonly #options: CaptureSupervisorOptions
  readonly #running = new Map<string, Running>()
  /** Changes are carried out one after the other. */
  #changing: Promise<void> = Promise.resolve()
  #lease: Lease | undefined
  /** Not aborted while captures are to run here. */
  #lost: AbortSignal = AbortSignal.abort()
  #isClosing = false

  constructor(options: CaptureSupervisorOptions) {
    this.#options = options
  }

  /** Begins to run captures, now or whenever this server gets the lease. */
  async start(): Promise<void> {
    const { settings, log } = this.#options
    this.#lease = settings.lease('captures', {
      work: async (lost) => this.#runUntil(lost),
      onError: (error) => log.error('The captures could not be run', error),
    })
    await this.#changing
  }

  /** Starts what was added, stops what was deleted, restarts what was changed; nothing without the lease. */
  async integrationsChanged(): Promise<void> {
    const change = this.#changing.then(async () => this.#bringUpToDate())
    this.#changing = change.catch(() => undefined)
    await change
  }

  statusOf(integrationId: string): IntegrationStatus {
    if (this.#lease?.isHeld() === false) return elsewhere
    return this.#running.get(integrationId)?.capture.status() ?? starting
  }

  /** Faults of settings that only this machine can tell. */
  async checkSettings(_kind: IntegrationKind, settings: PostgresLogSettings): Promise<Problem[]> {
    try {
      await checkLogPath(settings.path)
      return []
    } catch (error) {
      if (isAuditError(error, 'invalid') && error.problems.length > 0) return [...error.problems]
      throw error
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#lease?.close()
  }

  async #runUntil(lost: AbortSignal): Promise<void> {
    const { log } = this.#options
    this.#lost = lost
    while (!lost.aborted) {
      await this.integrationsChanged().catch((error: unknown) =>
        log.warn('The integrations could not be read', error),
      )
      await sleep(integrationsPollMs, undefined, { signal: lost }).catch(() => undefined)
    }
    await this.#changing
    await Promise.all([...this.#running.values()].map(async ({ capture }) => capture.close()))
    this.#running.clear()
  }

  async #bringUpToDate(): Promise<void> {
    if (this.#lost.aborted) return
    const wanted = new Map(
      (await readIntegrationsToRun(this.#options.settings)).map((integration) => [
        integration.id,
        integration,
      ]),
    )
    for (const [id, { integration, capture }] of this.#running) {
      if (isDeepStrictEqual(wanted.get(id)?.settings, integration.settings)) continue
      await capture.close()
      this.#running.delete(id)
    }
    for (const [id, integration] of wanted) {
      if (!this.#running.has(id)) this.#running.set(id, { integration, capture: this.#start(integration) })
    }
  }

  #start(integration: IntegrationToRun): PostgresLogCapture {
    const { settings, ingest, now, log, redactSecret } = this.#options
    const { workspaceId, id } = integration
    const lost = this.#lost
    const way = { workspaceId, source: id, attributionOf: readPostgresAttribution }
    return startPostgresLogCapture({
      integration: { id: integration.id, settings: integration.settings },
      loadPosition: async () => readCapturePosition(settings, integration.id),
      savePosition: async (position) => {
        // It may be behind what the server that runs the captures now has saved.
        if (lost.aborted && !this.#isClosing)
          throw new AuditError('conflict', 'The captures run elsewhere now.')
        await saveCapturePosition(settings, { integrationId: integration.id, position, nowMs: now() })
      },
      ingest: async (drafts) => {
        await ingest(drafts, way)
      },
      hashSecret: redactSecret,
      clock: now,
      log,
    })
  }
}
