import { isDeepStrictEqual } from 'node:util'
import type {
  IntegrationKind,
  IntegrationStatus,
  PostgresLogSettings,
} from '@aleph-audit-log/domain/api/settings'
import { isAuditError, type Problem } from '@aleph-audit-log/domain/error'
import type { IngestEvents } from '../ingest/ingest-events.ts'
import type { Log } from '../log.ts'
import { readCapturePosition, saveCapturePosition } from '../settings/capture-positions.ts'
import { readIntegrationsToRun, type IntegrationToRun } from '../settings/integrations.ts'
import type { Settings } from '../settings/open-settings.ts'
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

type Running = { integration: IntegrationToRun; capture: PostgresLogCapture }

const starting: IntegrationStatus = { state: 'starting', linesRead: 0, eventsRecorded: 0, gaps: 0 }

/** Runs the captures that the integrations ask for: one each, started anew when its settings change. */
export class CaptureSupervisor {
  readonly #options: CaptureSupervisorOptions
  readonly #running = new Map<string, Running>()
  /** Changes are carried out one after the other. */
  #changing: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: CaptureSupervisorOptions) {
    this.#options = options
  }

  /** Starts what was added, stops what was deleted, restarts what was changed. */
  async integrationsChanged(): Promise<void> {
    const change = this.#changing.then(async () => this.#bringUpToDate())
    this.#changing = change.catch(() => undefined)
    await change
  }

  statusOf(integrationId: string): IntegrationStatus {
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
    this.#closed = true
    await this.#changing
    await Promise.all([...this.#running.values()].map(async ({ capture }) => capture.close()))
    this.#running.clear()
  }

  async #bringUpToDate(): Promise<void> {
    if (this.#closed) return
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
    const way = { workspaceId, source: id, attributionOf: readPostgresAttribution }
    return startPostgresLogCapture({
      integration: { id: integration.id, settings: integration.settings },
      loadPosition: async () => readCapturePosition(settings, integration.id),
      savePosition: async (position) =>
        saveCapturePosition(settings, { integrationId: integration.id, position, nowMs: now() }),
      ingest: async (drafts) => {
        await ingest(drafts, way)
      },
      hashSecret: redactSecret,
      clock: now,
      log,
    })
  }
}
