import { hostname } from 'node:os'
import { join } from 'node:path'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { maskData } from '@aleph-audit-log/domain/secrets/mask-data'
import type { BindParameters } from '@aleph-audit-log/domain/secrets/mask-bind'
import type { FastifyRequest } from 'fastify'
import { createAuthenticator } from './access/authenticate.ts'
import { admitLocalOperator, type LocalOperator } from './access/local-operator.ts'
import { createPasswordHasher, type PasswordHasher } from './access/password-hashing.ts'
import { createSetupToken, setUpUnattended } from './access/setup.ts'
import { openSignIn, type SignIn } from './access/sign-in.ts'
import { CaptureSupervisor } from './capture/capture-supervisor.ts'
import { limits, type Config } from './config.ts'
import { openDataDirectory, type DataDirectory } from './data-directory.ts'
import type { OpenDetections } from './detections.ts'
import { openEventLog, type EventLog } from './event-log.ts'
import { listenHttp, listenLocally, type Listening } from './http/listen.ts'
import type { AlertDeliveries } from './jobs/alert-deliveries/alert-deliveries.ts'
import { runEvery } from './jobs/run-every.ts'
import type { ScheduledExports } from './jobs/scheduled-exports/scheduled-exports.ts'
import { makeRoomToStart } from './journal/disk-reserve.ts'
import { followPolicies } from './follow-policies.ts'
import { openPolicyDirectory, type PolicyDirectory } from './policy/policy-directory.ts'
import type { RecordAct } from './search/record-search.ts'
import type { Search } from './search/search-events.ts'
import { openOwnWork } from './own-work.ts'
import { createServerApp } from './server-app.ts'
import { readAppliedPositions, tellAppliedPosition } from './settings/applied-positions.ts'
import { admitServer } from './settings/admit-server.ts'
import { openSettings, type Settings } from './settings/open-settings.ts'
import type { Sealer } from './settings/seal-text.ts'
import { openPeopleDirectory, type PeopleDirectory } from './settings/people/people-directory.ts'
import { createTurns } from './settings/run-in-turn.ts'
import { loadWorkspaceSettings, type KnownWorkspaceSettings } from './settings/workspace-settings.ts'
import { ensureWorkspace, type Workspace } from './settings/workspaces.ts'
import type { Log } from './log.ts'

export type StartOptions = {
  config: Config
  log: Log
  /** False: only the command line's socket is opened, for work on a data directory that no server is using. */
  listen: boolean
  /** Something happened after which the process must end. */
  onFatal: (message: string) => void
  now?: () => number
  /** The detection rules that come with the product; undefined: where they are beside the program. */
  shippedRulesDir?: string
  /** The built file of detect/evaluator-worker; undefined: rules are held against events in this thread. */
  evaluatorProgram?: string
}

export type AuditLogServer = {
  /** Where people reach it. */
  url: string
  /** Where to create the first admin, while there is none. */
  setupUrl: string | undefined
  /** The socket for the command line; undefined if the data directory's path is too long for one. */
  socketPath: string | undefined
  /** Stops taking events, brings what was taken into the event store as far as time allows, and closes everything. */
  close: () => Promise<void>
}

/** Everything that the routes use. */
export type Parts = {
  config: Config
  log: Log
  now: () => number
  eventLog: EventLog
  settings: Settings
  workspace: Workspace
  search: Search
  sealer: Sealer
  schedules: ScheduledExports
  alertDeliveries: AlertDeliveries
  /** Names this server in positions. */
  node: string
  signIn: SignIn
  hasher: PasswordHasher
  operator: LocalOperator
  captures: CaptureSupervisor
  detecting: OpenDetections
  directory: PeopleDirectory
  workspaceSettings: KnownWorkspaceSettings
  policies: PolicyDirectory
  /** Keeps an act in the app, also when the disk is full: it takes from the reserve. */
  record: RecordAct<FastifyRequest>
  /** Keeps a search, of which there are many: not from the reserve. */
  recordSearch: RecordAct<FastifyRequest>
  publicUrl: () => string
  /** What keeps the server from doing all of its work, as it was found last. */
  findProblems: () => string[]
}

/** Opens, wires and serves the whole audit log. Errors of every step close what was opened before it. */
export async function startAuditLogServer(options: StartOptions): Promise<AuditLogServer> {
  const closers: (() => Promise<void> | void)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer()
  }
  try {
    return await open(options, closers, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function open(
  options: StartOptions,
  closers: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<AuditLogServer> {
  const { config, log, now = Date.now } = options
  const directory = await openDataDirectory(config.dataDir)
  closers.push(directory.release)
  await makeRoomToStart(join(config.dataDir, 'journal', 'reserve'), limits.startBytesMin)
  const { settings, findSettingsProblems } = await openSharedSettings(options, directory, closers)
  const people = await openDirectory(options, settings, closers)
  const workspaceSettings = await openWorkspaceSettings(options, settings, closers)
  const policies = await openPolicyDirectory(settings)
  const knowing = { peopleOf: people.indexOf, judge: policies.judge, workspaceSettings }
  const eventLog = await openEventLogOf({ ...options, directory, settings, ...knowing }, closers)
  closers.push(followPolicies(policies, recordOwn(eventLog), log).stop)
  const workspace = await ensureWorkspace({ settings, now, record: recordOwn(eventLog) })
  const hasher = createPasswordHasher()
  let listening: Listening | undefined
  const publicUrl = (): string => config.publicUrl ?? listening?.url ?? defaultUrl(config)
  const { session: secret } = directory.secrets
  const signIn = openSignIn({ settings, hasher, secret, publicUrl: publicUrl(), now })
  const { bootstrapApiKey } = config
  const members = { settings, signIn, workspaceId: workspace.id, now }
  const authenticator = createAuthenticator({ ...members, bootstrapApiKey, warn: log.warn })
  const operator = admitLocalOperator(authenticator, workspace.id)
  const captures = createCaptures({ config, settings, eventLog, workspaceSettings, now, log })
  closers.push(() => captures.close())
  const record = recordOwn(eventLog)
  const shared = { config, settings, eventLog, publicUrl, now, log }
  const { shippedRulesDir, evaluatorProgram } = options
  const ownParts = { ...shared, directory, record, shippedRulesDir, evaluatorProgram }
  const own = await openOwnWork(ownParts, closers)
  const findDetectionProblems = (): string[] => own.detecting.detections.findProblems()
  const parts: Parts = {
    ...own,
    ...shared,
    workspace,
    node: directory.node,
    signIn,
    hasher,
    operator,
    captures,
    directory: people,
    workspaceSettings,
    policies,
    record: recordWith(eventLog, { urgent: true }),
    recordSearch: recordWith(eventLog, { urgent: false }),
    findProblems: () =>
      [eventLog.findProblems, findSettingsProblems, findDetectionProblems].flatMap((find) => find()),
  }

  await setUpFromEnvironment(parts)
  const app = await createServerApp(parts)
  const local = await listenLocally(app, config.dataDir, operator.authorization, log)
  closers.push(() => local?.close())
  if (options.listen) {
    listening = await listenHttp(app, config.host, config.port)
    closers.push(() => listening?.close(limits.closeMs / 4))
    closers.push(await startCaptures(captures, log))
    own.schedules.start()
    own.alertDeliveries.start()
    own.detecting.detections.start()
  }
  // The command line shows no link, and must not make the one that a server has shown useless.
  const token = options.listen ? await createSetupToken(settings, now()) : undefined
  const setupUrl = token === undefined ? undefined : `${publicUrl()}/setup?token=${encodeURIComponent(token)}`
  return { url: publicUrl(), setupUrl, socketPath: local?.path, close }
}

/** Opens the settings; where other servers may be using them, too, this one must fit to those. */
async function openSharedSettings(
  { config, log, now = Date.now }: StartOptions,
  directory: DataDirectory,
  closers: (() => Promise<void> | void)[],
): Promise<{ settings: Settings; findSettingsProblems: () => string[] }> {
  const { databaseUrl } = config
  if (databaseUrl === undefined) {
    const settings = await openSettings({ path: join(config.dataDir, 'settings.sqlite'), now })
    closers.push(() => settings.close())
    return { settings, findSettingsProblems: settings.findProblems }
  }
  const settings = await openSettings({ databaseUrl, now })
  closers.push(() => settings.close())
  const { session, contentHash, redaction } = directory.secrets
  const admission = await admitServer({
    settings,
    node: directory.node,
    secrets: { session: Buffer.from(session, 'base64url'), 'content-hash': contentHash, redaction },
    secretsPath: join(directory.path, 'secrets'),
    hostName: hostname(),
    processId: process.pid,
    now,
    warn: log.warn,
  })
  closers.push(() => admission.close())
  return {
    settings,
    findSettingsProblems: () => [...settings.findProblems(), ...admission.findProblems()],
  }
}

/** The directory of people in memory, which follows what other servers change. */
async function openDirectory(
  { log }: StartOptions,
  settings: Settings,
  closers: (() => Promise<void> | void)[],
): Promise<PeopleDirectory> {
  const people = await openPeopleDirectory(settings)
  const following = runEvery(limits.directoryPollMs, people.refresh, (error) =>
    log.warn('The directory of people could not be read again', error),
  )
  closers.push(following.stop)
  return people
}

/** How often a server looks for settings that were changed on another one. */
const workspaceSettingsPollMs = 3000

/** Settings that every event needs: in memory, and brought up to date where other servers may change them. */
async function openWorkspaceSettings(
  { config, log }: StartOptions,
  settings: Settings,
  closers: (() => Promise<void> | void)[],
): Promise<KnownWorkspaceSettings> {
  const known = await loadWorkspaceSettings(settings)
  if (config.databaseUrl !== undefined) {
    const polling = runEvery(workspaceSettingsPollMs, known.refresh, (error) =>
      log.warn('The settings of the workspaces could not be read; those that are known go on', error),
    )
    closers.push(polling.stop)
  }
  return known
}

type EventLogParts = StartOptions & {
  directory: DataDirectory
  settings: Settings
  peopleOf: PeopleDirectory['indexOf']
  judge: PolicyDirectory['judge']
  workspaceSettings: KnownWorkspaceSettings
}

async function openEventLogOf(
  { config, log, now = Date.now, onFatal, directory, settings, workspaceSettings, ...known }: EventLogParts,
  closers: (() => Promise<void> | void)[],
): Promise<EventLog> {
  const { retentionDays, clickhouse } = config
  // An embedded event store is this process's own; a server's may be filled by others that share these settings.
  const runInTurn = clickhouse ? settings.withExclusive : createTurns()
  const exclusively = async <T>(work: () => Promise<T>): Promise<T> => runInTurn('event store', work)
  const bindParametersOf = (workspaceId: string): BindParameters =>
    workspaceSettings.of(workspaceId).bindParameters
  const from = { peopleOf: known.peopleOf, judge: known.judge, bindParametersOf }
  // Servers with settings of their own know nothing of each other.
  const isShared = clickhouse !== undefined && config.databaseUrl !== undefined
  const readAllPositions = isShared ? async () => readAppliedPositions(settings) : undefined
  const parts = { directory, retentionDays, clickhouse, exclusively, readAllPositions, ...from }
  const eventLog = await openEventLog({ ...parts, now, log, onFatal })
  closers.push(() => eventLog.close())
  if (isShared) {
    const telling = tellPosition(settings, directory.node, eventLog, log)
    closers.push(telling.stop)
  }
  return eventLog
}

/** Tells the other servers how far this one has applied, for their live tails. */
function tellPosition(
  settings: Settings,
  node: string,
  { applier }: EventLog,
  log: Log,
): ReturnType<typeof runEvery> {
  let told: number | undefined
  const tell = async (): Promise<void> => {
    const { appliedSequence } = applier.status
    if (appliedSequence === told) return
    await tellAppliedPosition(settings, node, appliedSequence)
    told = appliedSequence
  }
  return runEvery(limits.tail.othersMs, tell, (error) =>
    log.warn('Live tails on other servers do not see what this one records', error),
  )
}

/** Starts what the integrations ask for. Returns what stops what goes on beside it. */
async function startCaptures(captures: CaptureSupervisor, log: Log): Promise<() => Promise<void>> {
  await captures.start()
  const leftSpools = runEvery(
    limits.leftSpoolsMs,
    async () => captures.handOverLeftSpools(),
    (error) => log.error('What a gateway left on the disk could not be handed over', error),
  )
  return leftSpools.stop
}

type CaptureParts = Pick<Parts, 'config' | 'settings' | 'eventLog' | 'workspaceSettings' | 'now' | 'log'>

function createCaptures({
  config,
  settings,
  eventLog,
  workspaceSettings,
  now,
  log,
}: CaptureParts): CaptureSupervisor {
  const { ingest, redactSecret, store } = eventLog
  return new CaptureSupervisor({
    settings,
    ingest,
    redactSecret,
    maskDraft: (draft, workspaceId) => {
      const { bindParameters } = workspaceSettings.of(workspaceId)
      if (draft.data === undefined) return draft
      return { ...draft, data: maskData(draft.data, { hashSecret: redactSecret, bindParameters }) }
    },
    hasAnyEvent: async (workspaceId, ids) => (await store.findEvents(workspaceId, ids)).length > 0,
    dataDir: config.dataDir,
    now,
    log,
  })
}

function defaultUrl({ host, port }: Config): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Keeps what the server does by itself. */
function recordOwn(eventLog: EventLog) {
  return async (draft: EventDraft, workspaceId: string): Promise<void> =>
    void (await eventLog.ingest([draft], { workspaceId, source: 'app', urgent: true }))
}

/** Keeps what somebody did through the app, with where the request came from. */
function recordWith(eventLog: EventLog, { urgent }: { urgent: boolean }): RecordAct<FastifyRequest> {
  return async (request, workspaceId, draft) => {
    const userAgent = request.headers['user-agent']?.slice(0, 1024)
    const context = {
      ip: request.ip,
      requestId: request.id,
      ...(userAgent === undefined ? {} : { userAgent }),
    }
    await eventLog.ingest([{ ...draft, context: { ...context, ...draft.context } }], {
      workspaceId,
      source: 'app',
      urgent,
    })
  }
}

async function setUpFromEnvironment(parts: Parts): Promise<void> {
  const { config, settings, workspace, hasher, eventLog, now } = parts
  if (!config.admin) return
  await setUpUnattended(
    {
      settings,
      hasher,
      workspaceId: workspace.id,
      nowMs: now(),
      record: async (draft) => recordOwn(eventLog)(draft, workspace.id),
    },
    { adminEmail: config.admin.email, adminPassword: config.admin.password, adminName: config.admin.name },
  )
}
