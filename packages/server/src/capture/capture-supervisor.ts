import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type {
  CreateIntegrationRequest,
  GatewayTestRequest,
  GatewayTestResponse,
  Integration,
  IntegrationConfiguration,
  PostgresGatewayStatus,
  PostgresLogStatus,
} from '@aleph-audit-log/domain/api/integrations'
import { AuditError, isAuditError, type Problem } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { IngestEvents } from '../ingest/ingest-events.ts'
import type { Log } from '../log.ts'
import { readCapturePosition, saveCapturePosition } from '../settings/capture-positions.ts'
import { readIntegrationsToRun, type IntegrationToRun } from '../settings/integrations.ts'
import type { Settings } from '../settings/open-settings.ts'
import type { Lease } from '../settings/settings-engine.ts'
import { GatewaySessions, possibleSessionEventIds } from './gateway-sessions.ts'
import { checkGatewaySettings, testGatewaySettings } from './postgres-gateway/check-gateway-settings.ts'
import { handOverLeftSpools, spoolDirOf } from './postgres-gateway/left-spools.ts'
import {
  startPostgresGatewayCapture,
  type PostgresGatewayCapture,
} from './postgres-gateway/postgres-gateway-capture.ts'
import { openSpool } from './postgres-gateway/open-outbox.ts'
import { readGatewayAttribution } from './postgres-gateway/to-drafts.ts'
import { BehindGateway } from './postgres-log/behind-gateway.ts'
import { checkLogPath } from './postgres-log/check-log-path.ts'
import { readPostgresAttribution } from './postgres-log/to-drafts.ts'
import { startPostgresLogCapture, type PostgresLogCapture } from './postgres-log/postgres-log-capture.ts'

export type CaptureSupervisorOptions = {
  settings: Settings
  ingest: IngestEvents
  redactSecret: (secret: string) => string
  /** Takes secrets out of a draft of a workspace, before it is written to the disk. */
  maskDraft: (draft: EventDraft, workspaceId: string) => EventDraft
  /** Which of these ids are those of events of a workspace. */
  hasAnyEvent: (workspaceId: string, ids: readonly string[]) => Promise<boolean>
  dataDir: string
  now: () => number
  log: Log
}

/** How often the server that runs the captures looks for integrations that were changed on another one. */
const integrationsPollMs = 5000

type Running =
  | { kind: 'postgres_log'; integration: IntegrationToRun; capture: PostgresLogCapture }
  | { kind: 'postgres_gateway'; integration: IntegrationToRun; capture: PostgresGatewayCapture }

const startingLog: PostgresLogStatus = { state: 'starting', linesRead: 0, eventsRecorded: 0, gaps: 0 }
const startingGateway: PostgresGatewayStatus = {
  state: 'starting',
  eventsRecorded: 0,
  sessions: 0,
  statementsPerSecond: 0,
  eventsWaiting: 0,
  eventsLost: 0,
  errors: 0,
}

const elsewhere = {
  state: 'waiting',
  message: 'Another server that shares the settings runs the captures, or is about to.',
} as const

/**
 * Runs the captures that the integrations ask for: one each, started anew when its settings change. Of the servers
 * that share the settings one does so, the one with the lease.
 */
export class CaptureSupervisor {
  readonly #options: CaptureSupervisorOptions
  readonly #gatewaySessions = new GatewaySessions()
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

  /** An integration with how it does. */
  withStatus(integration: IntegrationConfiguration): Integration {
    const running = this.#lease?.isHeld() === false ? undefined : this.#running.get(integration.id)
    const other = this.#lease?.isHeld() === false ? elsewhere : {}
    switch (integration.kind) {
      case 'postgres_log': {
        const known = running?.kind === 'postgres_log' ? running.capture.status() : undefined
        return { ...integration, status: known ?? { ...startingLog, ...other } }
      }
      case 'postgres_gateway': {
        const known = running?.kind === 'postgres_gateway' ? running.capture.status() : undefined
        return { ...integration, status: known ?? { ...startingGateway, ...other } }
      }
    }
  }

  /** Faults of settings that only this machine can tell; `id` is the integration that is to have them. */
  async checkSettings(wanted: CreateIntegrationRequest, id: string | undefined): Promise<Problem[]> {
    try {
      switch (wanted.kind) {
        case 'postgres_log':
          await checkLogPath(wanted.settings.path)
          break
        case 'postgres_gateway':
          await checkGatewaySettings(wanted.settings, this.#ownAddress(id))
      }
      return []
    } catch (error) {
      if (isAuditError(error, 'invalid') && error.problems.length > 0) return [...error.problems]
      throw error
    }
  }

  /** See `CaptureDeps`. */
  async testGateway({ settings, id }: GatewayTestRequest): Promise<GatewayTestResponse> {
    return testGatewaySettings(settings, this.#ownAddress(id))
  }

  /**
   * Hands over what gateways left on this machine's disk that do not run here any more; to be called now and then. In
   * turn with the changes: nobody opens a spool that another one has open.
   */
  async handOverLeftSpools(): Promise<void> {
    const handingOver = this.#changing.then(async () =>
      handOverLeftSpools({
        gatewaysDir: this.#gatewaysDir,
        isUsed: (id) => {
          const integration = this.#running.get(id)?.integration
          return integration?.kind === 'postgres_gateway' && integration.settings.mode !== 'observe'
        },
        open: async ({ workspaceId, integrationId, dir }) =>
          openSpool({ ...this.#gatewayDeps(workspaceId, integrationId), integrationId, spoolDir: dir }),
      }),
    )
    this.#changing = handingOver.catch(() => undefined)
    await handingOver
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#lease?.close()
  }

  /** Where the gateway listens that has this integration's settings now: not free, and no fault. */
  #ownAddress(id: string | undefined): { host: string; port: number } | undefined {
    const integration = id === undefined ? undefined : this.#running.get(id)?.integration
    if (integration?.kind !== 'postgres_gateway') return undefined
    return { host: integration.settings.listenHost, port: integration.settings.listenPort }
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
      if (!this.#running.has(id)) this.#running.set(id, this.#start(integration))
    }
  }

  #start(integration: IntegrationToRun): Running {
    switch (integration.kind) {
      case 'postgres_log':
        return { kind: 'postgres_log', integration, capture: this.#startLog(integration) }
      case 'postgres_gateway':
        return { kind: 'postgres_gateway', integration, capture: this.#startGateway(integration) }
    }
  }

  #startLog(integration: Extract<IntegrationToRun, { kind: 'postgres_log' }>): PostgresLogCapture {
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
      ...this.#behindGateway(integration),
    })
  }

  /** For a log whose server has a gateway in front of it. */
  #behindGateway({ id, workspaceId, settings }: Extract<IntegrationToRun, { kind: 'postgres_log' }>): {
    behindGateway?: BehindGateway
  } {
    const { gatewayId } = settings
    if (gatewayId === undefined) return {}
    const { hasAnyEvent, now } = this.#options
    return {
      behindGateway: new BehindGateway({
        integrationId: id,
        gatewayId,
        findSession: (session) => this.#gatewaySessions.find(gatewayId, session),
        isRecorded: async (session) => hasAnyEvent(workspaceId, possibleSessionEventIds(gatewayId, session)),
        now,
      }),
    }
  }

  #startGateway({
    id,
    workspaceId,
    settings,
  }: Extract<IntegrationToRun, { kind: 'postgres_gateway' }>): PostgresGatewayCapture {
    return startPostgresGatewayCapture({
      ...this.#gatewayDeps(workspaceId, id),
      integration: { id, settings },
      sessions: this.#gatewaySessions,
      spoolDir: spoolDirOf(this.#gatewaysDir, workspaceId, id),
    })
  }

  get #gatewaysDir(): string {
    return join(this.#options.dataDir, 'gateways')
  }

  #gatewayDeps(workspaceId: string, source: string) {
    const { ingest, maskDraft, redactSecret, now, log } = this.#options
    const way = { workspaceId, source, attributionOf: readGatewayAttribution }
    return {
      ingest: async (drafts: EventDraft[]) => {
        await ingest(drafts, way)
      },
      mask: (draft: EventDraft) => maskDraft(draft, workspaceId),
      hashSecret: redactSecret,
      clock: now,
      log,
    }
  }
}
