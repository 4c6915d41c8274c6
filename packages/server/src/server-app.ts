import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Parts } from './audit-log-server.ts'
import { limits } from './config.ts'
import type { AccessDeps } from './http/access-routes/access-deps.ts'
import { registerAccessRoutes } from './http/access-routes/register-access-routes.ts'
import { createRequestChecks } from './http/access-routes/request-checks.ts'
import { createApp } from './http/app.ts'
import { BodyBudget } from './http/body-budget.ts'
import { registerEventRoutes } from './http/event-routes.ts'
import { registerExportRoute } from './http/export-route.ts'
import { registerHealthRoutes } from './http/health-routes.ts'
import { registerLocalRoutes } from './http/local-routes.ts'
import { createMetrics } from './http/metrics.ts'
import { registerReference } from './http/reference-page.ts'
import { registerTailRoute } from './http/tail-route.ts'
import { registerWebApp } from './http/web-app.ts'
import { sendTestMail } from './jobs/scheduled-exports/send-test-mail.ts'
import { LiveTail } from './search/live-tail.ts'
import { SearchRecorder } from './search/record-search.ts'
import { readWorkspaceName } from './settings/workspaces.ts'

const openToProbes: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])

/** The HTTP front with all of its routes. */
export async function createServerApp(parts: Parts): Promise<FastifyInstance> {
  const { config, eventLog, now, record, log, operator, search } = parts
  const isDefault = config.publicUrl === undefined
  const checks = createRequestChecks(() => ({ url: parts.publicUrl(), isDefault }))
  const onBug = (error: unknown, request: FastifyRequest): void =>
    log.error(
      `${request.method} ${request.routeOptions.url ?? 'unknown address'} failed (request ${request.id})`,
      error,
    )
  const bodies = new BodyBudget(limits.bodiesBytesMax)
  const app = createApp({
    ...limits,
    bodies,
    trustProxy: config.trustProxy,
    now,
    onBug,
    checkRequest: (request) => {
      if (request.headers.authorization === operator.authorization) return
      // Probes ask by address, and learn nothing of the log.
      if (openToProbes.has(request.url)) return
      checks.checkHost(request)
      checks.checkOrigin(request)
    },
  })
  const authenticate = async (request: FastifyRequest) => operator.authenticator.authenticate(request.headers)
  const recorder = new SearchRecorder({
    record: parts.recordSearch,
    now,
    onceMs: limits.search.recordOnceMs,
    resumeMs: limits.tail.resumeMs,
  })
  const { store, recent, journal } = eventLog
  const tail = new LiveTail({
    search,
    store,
    recent,
    node: parts.node,
    lastSequence: () => journal.lastSequence,
    limits: limits.tail,
  })
  const { ingest } = eventLog
  const { ndjsonBatchEventsMax } = limits
  registerEventRoutes(app, { authenticate, ingest, search, tail, recorder, ndjsonBatchEventsMax, bodies })
  registerTailRoute(app, { authenticate, tail, recorder, onBug, checkMs: limits.tail.checkMs })
  registerExportRoute(app, {
    authenticate,
    search,
    record,
    now,
    onBug,
    workspaceName: async (id) => (await readWorkspaceName(parts.settings, id)) ?? '',
    ...limits.export,
  })
  const accessDeps = accessDepsOf(parts)
  registerAccessRoutes(app, accessDeps)
  registerLocalRoutes(app, { ...accessDeps, check: eventLog.check, rereading: eventLog.rereading })
  registerReference(app, parts.publicUrl)
  registerHealth(app, parts, bodies)
  await registerWebApp(app)
  return app
}

function accessDepsOf(parts: Parts): AccessDeps {
  const {
    settings,
    workspace,
    signIn,
    operator,
    hasher,
    record,
    publicUrl,
    now,
    captures,
    directory,
    workspaceSettings,
    sealer,
    schedules,
    config,
  } = parts
  return {
    settings,
    workspace,
    signIn,
    authenticator: operator.authenticator,
    hasher,
    recordFor: (request) => async (draft, workspaceId) => record(request, workspaceId, draft),
    publicUrl,
    now,
    directoryChanged: async () =>
      // The change has happened; it is read again in a moment.
      directory
        .refresh()
        .catch((error: unknown) => parts.log.warn('The directory of people could not be read', error)),
    capture: captures,
    workspaceSettings,
    sealer,
    schedules: { notify: () => schedules.notify(), folderIsAllowed: config.exportDir !== undefined },
    sendTestMail,
  }
}

function registerHealth(
  app: FastifyInstance,
  { eventLog, schedules, findProblems }: Parts,
  bodies: BodyBudget,
): void {
  const { journal, applier, groupCommit, quarantine, recent } = eventLog
  const metrics = createMetrics({
    journalBytes: () => journal.bytes,
    journalReserveUsedBytes: () => journal.reserveUsedBytes,
    isDiskFull: () => journal.isDiskFull,
    journalSequence: () => journal.lastSequence,
    appliedSequence: () => journal.appliedSequence,
    queuedBytes: () => groupCommit.queuedBytes,
    bodiesBytes: () => bodies.bytes,
    repeatsDropped: () => applier.status.repeatsDropped,
    applyErrors: () => applier.status.errors,
    tailClients: () => recent.followers,
    problems: () => eventLog.findProblems().length,
    quarantinedEvents: () => quarantine.count,
    exportsDelivered: () => schedules.counts.delivered,
    exportsFailed: () => schedules.counts.failed,
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    metrics.countRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1000)
    done()
  })
  registerHealthRoutes(app, {
    metrics: metrics.registry,
    readiness: findProblems,
  })
}
