import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Parts } from './audit-log-server.ts'
import { limits } from './config.ts'
import type { AccessDeps } from './http/access-routes/access-deps.ts'
import { registerAlertContextRoute } from './http/alert-context-route.ts'
import { registerAccessRoutes } from './http/access-routes/register-access-routes.ts'
import { createRequestChecks } from './http/access-routes/request-checks.ts'
import { createApp } from './http/app.ts'
import { BodyBudget } from './http/body-budget.ts'
import {
  registerAccessReviewRoutes,
  type AccessReviewRouteDependencies,
} from './http/access-review-routes.ts'
import { registerDetectionRuleRoutes } from './http/detection-rule-routes.ts'
import { registerEventRoutes } from './http/event-routes.ts'
import { DownloadSlots } from './http/download-slots.ts'
import { registerExportRoute } from './http/export-route.ts'
import { registerInsightsRoutes } from './http/insights-routes.ts'
import { registerHealthRoutes } from './http/health-routes.ts'
import { registerLocalRoutes } from './http/local-routes.ts'
import { createMetrics } from './http/metrics.ts'
import { registerOverviewRoute } from './http/overview-route.ts'
import { registerPolicyRoutes } from './http/policy-routes.ts'
import { registerReference } from './http/reference-page.ts'
import { registerTailRoute } from './http/tail-route.ts'
import { registerWebApp } from './http/web-app.ts'
import { Insights } from './insights/insights.ts'
import { overviewHealth } from './overview-health.ts'
import { sendTestMail } from './jobs/mail/send-test-mail.ts'
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
  const settingsBodies = new BodyBudget(limits.settingsBodiesBytesMax)
  const app = createApp({
    ...limits,
    bodies,
    settingsBodies,
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
  const recorder = createRecorder(parts)
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
  const workspaceName = async (id: string): Promise<string> =>
    (await readWorkspaceName(parts.settings, id)) ?? ''
  const slots = new DownloadSlots(limits.export.concurrentMax)
  registerExportRoute(app, {
    authenticate,
    slots,
    search,
    record,
    now,
    onBug,
    workspaceName,
    pageBytesMax: limits.export.pageBytesMax,
  })
  registerInsights(app, parts, { authenticate, recorder, workspaceName, slots })
  registerPolicies(app, parts, { authenticate, workspaceName })
  registerDetectionRules(app, parts, authenticate)
  const accessDeps = accessDepsOf(parts)
  registerAccessRoutes(app, accessDeps)
  registerLocalRoutes(app, { ...accessDeps, check: eventLog.check, rereading: eventLog.rereading })
  registerReference(app, parts.publicUrl)
  registerHealth(app, parts, [bodies, settingsBodies])
  await registerWebApp(app)
  return app
}

function createRecorder({ recordSearch, now }: Parts): SearchRecorder<FastifyRequest> {
  const { search, tail } = limits
  return new SearchRecorder({
    record: recordSearch,
    now,
    onceMs: search.recordOnceMs,
    resumeMs: tail.resumeMs,
  })
}

type InsightsParts = Pick<AccessReviewRouteDependencies, 'authenticate' | 'recorder' | 'workspaceName'> & {
  slots: DownloadSlots
}

/** What is made of events: the overview, who works with what, and who has access to what. */
function registerInsights(app: FastifyInstance, parts: Parts, shared: InsightsParts): void {
  const { config, eventLog, now, record, settings } = parts
  const { store } = eventLog
  const ranges = {
    now,
    retentionDays: config.retentionDays,
    windowDays: limits.search.windowDaysDefault,
  }
  registerAccessReviewRoutes(app, { ...shared, ...ranges, record, store, settings })
  const insights = new Insights({ store, ...ranges })
  registerInsightsRoutes(app, {
    ...shared,
    insights,
    record,
    now,
    rowsMax: limits.insights.fileRowsMax,
    cellsMax: limits.insights.fileCellsMax,
  })
  registerAlertContextRoute(app, { ...shared, insights, settings, now })
  registerOverviewRoute(app, { ...shared, ...ranges, store, ...overviewHealth(parts) })
}

/** Policies and what they need to know of tables. */
function registerPolicies(
  app: FastifyInstance,
  { config, eventLog, now, record, settings, policies, directory, log }: Parts,
  shared: Pick<InsightsParts, 'authenticate' | 'workspaceName'>,
): void {
  registerPolicyRoutes(app, {
    ...shared,
    store: eventLog.store,
    settings,
    policies,
    peopleOf: directory.indexOf,
    record,
    now,
    retentionDays: config.retentionDays,
    windowDays: limits.search.windowDaysDefault,
    onRefreshFailure: (error) => log.warn('Policies could not be read', error),
  })
}

function registerDetectionRules(
  app: FastifyInstance,
  { config, eventLog, now, record, settings, detecting }: Parts,
  authenticate: InsightsParts['authenticate'],
): void {
  registerDetectionRuleRoutes(app, {
    authenticate,
    record,
    settings,
    now,
    ruleSet: detecting.ruleSet,
    store: eventLog.store,
    retentionDays: config.retentionDays,
    slots: new DownloadSlots(limits.detections.backtestsMax, 'backtests'),
    pageEventsMax: limits.detections.backtestPageEvents,
    pageBytesMax: limits.search.pageBytesMax,
  })
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
    alertDeliveries,
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
    alerts: {
      notify: () => alertDeliveries.notify(),
      privateIsAllowed: config.webhookAllowPrivate,
    },
    sendTestMail,
  }
}

function registerHealth(
  app: FastifyInstance,
  { eventLog, schedules, alertDeliveries, detecting, findProblems }: Parts,
  bodies: readonly BodyBudget[],
): void {
  const { journal, applier, groupCommit, quarantine, recent } = eventLog
  const { detections } = detecting
  const metrics = createMetrics({
    journalBytes: () => journal.bytes,
    journalReserveUsedBytes: () => journal.reserveUsedBytes,
    isDiskFull: () => journal.isDiskFull,
    journalSequence: () => journal.lastSequence,
    appliedSequence: () => journal.appliedSequence,
    queuedBytes: () => groupCommit.queuedBytes,
    bodiesBytes: () => bodies.reduce((sum, { bytes }) => sum + bytes, 0),
    repeatsDropped: () => applier.status.repeatsDropped,
    applyErrors: () => applier.status.errors,
    tailClients: () => recent.followers,
    detectionsBehindEvents: () => detections.behind,
    detectionsJudgedEvents: () => detections.counts.judged,
    detectionsLeftOut: () => detections.counts.leftOut,
    alertsOpened: () => detections.counts.opened,
    problems: () => findProblems().length,
    quarantinedEvents: () => quarantine.count,
    exportsDelivered: () => schedules.counts.delivered,
    exportsFailed: () => schedules.counts.failed,
    alertsDelivered: () => alertDeliveries.counts.delivered,
    alertsUndelivered: () => alertDeliveries.counts.dead,
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
