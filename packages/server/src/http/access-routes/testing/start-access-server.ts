import type {
  CreateIntegrationRequest,
  PostgresGatewaySettings,
} from '@aleph-audit-log/domain/api/integrations'
import { AuditError, type Problem } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import { createAuthenticator, type Authenticator } from '../../../access/authenticate.ts'
import { createPasswordHasher, type PasswordHasher } from '../../../access/password-hashing.ts'
import { cheapPasswords } from '../../../access/testing/cheap-passwords.ts'
import { createSetupToken } from '../../../access/setup.ts'
import { openSignIn } from '../../../access/sign-in.ts'
import type { MailServer } from '../../../settings/mail-settings.ts'
import { openSettings, type Settings } from '../../../settings/open-settings.ts'
import type { SettingsEngineForTests, SettingsPlace } from '../../../settings/testing/settings-engines.ts'
import { createSealer } from '../../../settings/seal-text.ts'
import { loadWorkspaceSettings } from '../../../settings/workspace-settings.ts'
import { ensureWorkspace, type Workspace } from '../../../settings/workspaces.ts'
import type { AccessDeps } from '../access-deps.ts'
import { registerAccessRoutes } from '../register-access-routes.ts'
import { toErrorResponse } from '../../error-response.ts'
import { createRequestChecks } from '../request-checks.ts'

export type RecordedEvent = { draft: EventDraft; workspaceId: string; ip: string }

export type AccessServer = {
  /** How often a password was hashed or compared: nearly all of what a sign-in costs. */
  hashings: { count: number }
  app: FastifyInstance
  settings: Settings
  workspace: Workspace
  authenticator: Authenticator
  deps: AccessDeps
  /** What was recorded, in order. */
  events: RecordedEvent[]
  /** Makes every event fail to be stored while true, as a full journal would; or wait, as a slow one. */
  journal: { full: boolean; held?: Promise<void> }
  clock: { ms: number }
  capture: {
    problems: Problem[]
    changes: number
    directoryChanges: number
    checked: CreateIntegrationRequest[]
    tested: PostgresGatewaySettings[]
    mails: { server: MailServer; to: string }[]
    notified: number
  }
  /** Everything that the settings database was given to keep. */
  readDatabase: () => Promise<Buffer>
  close: () => Promise<void>
}

export type StartOptions = {
  /** A settings database that other servers use as well; it stays. By default a new one, which goes with the server. */
  place?: SettingsPlace
  publicUrl?: string
  isDefault?: boolean
  bootstrapApiKey?: string
  trustProxy?: boolean
}

const origin = 'http://127.0.0.1:4000'
export const adminPassword = 'violet-kettle-orbit-92'

function countHashings(hasher: PasswordHasher, hashings: { count: number }): PasswordHasher {
  return {
    hash: async (password) => {
      hashings.count++
      return hasher.hash(password)
    },
    verify: async (attempt) => {
      hashings.count++
      return hasher.verify(attempt)
    },
  }
}

/** The routes of sign-in, members, keys and integrations on a real settings database of their own. */
export async function startAccessServer(
  engine: SettingsEngineForTests,
  options: StartOptions = {},
): Promise<AccessServer> {
  const place = options.place ?? (await engine.createPlace())
  const clock = { ms: Date.now() }
  const now = (): number => clock.ms
  const events: RecordedEvent[] = []
  const journal: AccessServer['journal'] = { full: false }
  const keep = async (recorded: RecordedEvent): Promise<void> => {
    await journal.held
    if (journal.full) throw new AuditError('storage_full', 'The journal is full.')
    events.push(recorded)
  }
  const settings = await openSettings({ ...place.where, now })
  const workspace = await ensureWorkspace({
    settings,
    record: (draft, workspaceId) => keep({ draft, workspaceId, ip: '' }),
    now,
  })
  const hashings = { count: 0 }
  const hasher = countHashings(createPasswordHasher(cheapPasswords), hashings)
  const publicUrl = options.publicUrl ?? origin
  const secret = 'a-secret-for-tests-only-with-enough-characters-0123456789'
  const signIn = openSignIn({ settings, hasher, secret, publicUrl, now })
  const authenticator = createAuthenticator({
    settings,
    signIn,
    workspaceId: workspace.id,
    bootstrapApiKey: options.bootstrapApiKey,
    now,
    warn: (message, error) => {
      throw new Error(message, { cause: error })
    },
  })
  const capture: AccessServer['capture'] = {
    problems: [],
    changes: 0,
    directoryChanges: 0,
    checked: [],
    tested: [],
    mails: [],
    notified: 0,
  }
  const deps: AccessDeps = {
    settings,
    workspace,
    signIn,
    authenticator,
    hasher,
    recordFor: (request) => (draft, workspaceId) => keep({ draft, workspaceId, ip: request.ip }),
    publicUrl: () => publicUrl,
    now,
    directoryChanged: async () => {
      capture.directoryChanges++
    },
    workspaceSettings: await loadWorkspaceSettings(settings),
    sealer: createSealer(Buffer.from(secret)),
    schedules: { notify: () => capture.notified++, folderIsAllowed: true },
    alerts: { notify: () => capture.notified++, privateIsAllowed: false },
    sendTestMail: async (mailServer, to) => {
      capture.mails.push({ server: mailServer, to })
      return '250 Accepted'
    },
    capture: {
      checkSettings: async (wanted) => {
        capture.checked.push(wanted)
        return capture.problems
      },
      testGateway: async ({ settings: tried }) => {
        capture.tested.push(tried)
        return { authentication: 'a SCRAM password' }
      },
      withStatus: (integration) => {
        const status = { state: 'starting', eventsRecorded: 0 } as const
        return integration.kind === 'postgres_log'
          ? { ...integration, status: { ...status, linesRead: 0, gaps: 0 } }
          : {
              ...integration,
              status: {
                ...status,
                sessions: 0,
                statementsPerSecond: 0,
                eventsWaiting: 0,
                eventsLost: 0,
                errors: 0,
              },
            }
      },
      integrationsChanged: async () => {
        capture.changes++
      },
    },
  }
  const app = fastify({ trustProxy: options.trustProxy ?? false })
  const checks = createRequestChecks(() => ({ url: publicUrl, isDefault: options.isDefault ?? true }))
  app.addHook('onRequest', async (request) => {
    checks.checkHost(request)
    checks.checkOrigin(request)
  })
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof AuditError)) throw error
    const { status, headers, body } = toErrorResponse(error)
    return reply.code(status).headers(headers).send(body)
  })
  registerAccessRoutes(app, deps)
  await app.ready()
  return {
    app,
    settings,
    workspace,
    authenticator,
    deps,
    events,
    journal,
    clock,
    hashings,
    capture,
    readDatabase: place.readAll,
    close: async () => {
      await app.close()
      await settings.close()
      if (!options.place) await place.remove()
    },
  }
}

export type Call = {
  cookie?: string
  key?: string
  origin?: string | undefined
  host?: string
  ip?: string
  headers?: Record<string, string>
}

/** Sends a request as the page would (with its Origin), or as a program with a key. */
export function send(
  server: AccessServer,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: string,
  body?: unknown,
  call: Call = {},
): Promise<LightMyRequestResponse> {
  const from = 'origin' in call ? call.origin : origin
  return server.app.inject({
    method,
    url,
    remoteAddress: call.ip ?? '127.0.0.1',
    headers: {
      host: call.host ?? '127.0.0.1:4000',
      ...(from !== undefined && method !== 'GET' && { origin: from }),
      ...(call.cookie !== undefined && { cookie: call.cookie }),
      ...(call.key !== undefined && { authorization: `Bearer ${call.key}` }),
      ...call.headers,
    },
    ...(body !== undefined && { payload: body as object }),
  })
}

/** The session cookie an answer sets, as a Cookie header sends it back. */
export function cookieOf(response: LightMyRequestResponse): string {
  const cookie = response.cookies.find(({ name }) => name.endsWith('audit_session'))
  if (!cookie) throw new Error(`No session cookie in an answer ${response.statusCode}: ${response.body}`)
  return `${cookie.name}=${encodeURIComponent(cookie.value)}`
}

/** Sets up the first admin, Ann, and returns her session cookie. */
export async function setUpAdmin(server: AccessServer): Promise<string> {
  const token = await createSetupToken(server.settings, server.clock.ms)
  const body = { token, name: 'Ann Lee', email: 'ann@acme.test', password: adminPassword }
  const response = await send(server, 'POST', '/api/v1/setup', body)
  if (response.statusCode !== 201) throw new Error(`The set-up failed: ${response.body}`)
  return cookieOf(response)
}

export type JoinedMember = { id: string; email: string; cookie: string }

/** Invites somebody as `cookie`'s owner and accepts for them. */
export async function addMember(
  server: AccessServer,
  cookie: string,
  { email, role, password }: { email: string; role: 'admin' | 'auditor'; password: string },
): Promise<JoinedMember> {
  const invited = await send(server, 'POST', '/api/v1/members', { email, role }, { cookie })
  const { link } = invited.json<{ link: string }>()
  const token = new URL(link).searchParams.get('token')
  const name = email.split('@')[0]
  const accepted = await send(server, 'POST', `/api/v1/invitations/${token}`, { name, password })
  const session = cookieOf(accepted)
  const me = await send(server, 'GET', '/api/v1/session', undefined, { cookie: session })
  return { id: me.json<{ user: { id: string } }>().user.id, email, cookie: session }
}

/** The types of the recorded events, in order. */
export function typesOf(server: AccessServer): string[] {
  return server.events.map(({ draft }) => draft.type)
}
