import type {
  CreateIntegrationRequest,
  GatewayTestRequest,
  GatewayTestResponse,
  Integration,
  IntegrationConfiguration,
} from '@aleph-audit-log/domain/api/integrations'
import type { Problem } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { FastifyRequest } from 'fastify'
import type { Act, AnonymousAct } from '../../access/act.ts'
import type { Authenticator } from '../../access/authenticate.ts'
import type { PasswordHasher } from '../../access/password-hashing.ts'
import type { SignIn } from '../../access/sign-in.ts'
import type { MailServer } from '../../settings/mail-settings.ts'
import type { Settings } from '../../settings/open-settings.ts'
import type { Sealer } from '../../settings/seal-text.ts'
import type { KnownWorkspaceSettings } from '../../settings/workspace-settings.ts'
import type { Workspace } from '../../settings/workspaces.ts'

/** What integrations need from what captures. */
export type CaptureDeps = {
  /**
   * Faults of the settings that only the machine can tell (path `settings.path`: not readable, no log there). `id`: the
   * integration that is to have them.
   */
  checkSettings: (wanted: CreateIntegrationRequest, id: string | undefined) => Promise<Problem[]>
  /** Tries to reach a gateway's server. Throws AuditError('invalid') with the path of what is wrong. */
  testGateway: (request: GatewayTestRequest) => Promise<GatewayTestResponse>
  withStatus: (integration: IntegrationConfiguration) => Integration
  /** Called after an integration was added, changed or deleted. */
  integrationsChanged: () => Promise<void>
}

/** Everything that the routes of sign-in, members, keys and integrations use. */
export type AccessDeps = {
  settings: Settings
  /** The workspace that a set-up makes an admin for, and whose log has the acts of strangers. */
  workspace: Workspace
  signIn: SignIn
  authenticator: Authenticator
  hasher: PasswordHasher
  /**
   * Keeps an event with the request's address, browser and id; resolves when it is on the disk. Must not use the
   * settings database (see RecordEvent).
   */
  recordFor: (request: FastifyRequest) => (draft: EventDraft, workspaceId: string) => Promise<void>
  /** Where people reach the server, without a trailing slash; known for sure only once it listens. */
  publicUrl: () => string
  now: () => number
  /** Brings the directory of people in memory up to date, after it or an integration was changed. */
  directoryChanged: () => Promise<void>
  capture: CaptureDeps
  workspaceSettings: KnownWorkspaceSettings
  /** Encrypts the passwords of other servers. */
  sealer: Sealer
  schedules: {
    /** Called after a run was asked for. */
    notify: () => void
    folderIsAllowed: boolean
  }
  alerts: {
    /** Called after something is to be told to receivers. */
    notify: () => void
    privateIsAllowed: boolean
  }
  /** Sends a test and returns what the server said. Throws AuditError('invalid') with the path of what is wrong. */
  sendTestMail: (server: MailServer, to: string, workspaceName: string) => Promise<string>
}

/** Who sends the request, ready to act. Throws AuditError('unauthenticated'). */
export async function actOf(request: FastifyRequest, deps: AccessDeps): Promise<Act> {
  const viewer = await deps.authenticator.authenticate(request.headers)
  const record = deps.recordFor(request)
  return {
    settings: deps.settings,
    viewer,
    record: (draft) => record(draft, viewer.workspaceId),
    nowMs: deps.now(),
  }
}

/** The request of somebody who is not signed in. */
export function anonymousActOf(request: FastifyRequest, deps: AccessDeps): AnonymousAct {
  const record = deps.recordFor(request)
  return {
    settings: deps.settings,
    record: (draft, workspaceId = deps.workspace.id) => record(draft, workspaceId),
    nowMs: deps.now(),
  }
}
