import * as access from '@aleph-audit-log/domain/api/access'
import * as events from '@aleph-audit-log/domain/api/events'
import * as integrations from '@aleph-audit-log/domain/api/integrations'
import * as overview from '@aleph-audit-log/domain/api/overview'
import * as settings from '@aleph-audit-log/domain/api/settings'
import { eventDraftSchema } from '@aleph-audit-log/domain/event'
import * as z from 'zod'
import { accessReviewOperations } from './access-review-operations.ts'
import { alertOperations } from './alert-operations.ts'
import { insightsOperations } from './insights-operations.ts'
import { peopleOperations } from './people-operations.ts'
import { policyOperations } from './policy-operations.ts'
import { scheduleOperations } from './schedule-operations.ts'
import { viewOperations } from './view-operations.ts'

/** A route of the public contract, for people and programs to read. */
export type Operation = {
  method: 'get' | 'post' | 'patch' | 'delete'
  path: string
  tag:
    | 'Events'
    | 'Insights'
    | 'Alerts'
    | 'Policies'
    | 'Access'
    | 'People'
    | 'Settings'
    | 'Views'
    | 'Scheduled exports'
    | 'Server'
  summary: string
  description?: string
  /** The permission it needs; absent where none is. */
  scope?: 'events:write' | 'events:read' | 'admin' | 'session'
  query?: z.ZodObject
  body?: z.ZodType
  /** Other forms of the body, by media type. */
  otherBodies?: Record<string, string>
  status?: number
  response?: z.ZodType
  /** An answer that is not JSON, by media type. */
  otherResponse?: string
}

const accessOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/session',
    tag: 'Access',
    scope: 'session',
    summary: 'Who is signed in',
    response: access.sessionSchema,
  },
  {
    method: 'get',
    path: '/api/v1/account/sessions',
    tag: 'Access',
    scope: 'session',
    summary: 'Where you are signed in',
    response: access.accountSessionsSchema,
  },
  {
    method: 'delete',
    path: '/api/v1/account/sessions',
    tag: 'Access',
    scope: 'session',
    summary: 'Sign out everywhere else',
    response: access.endedSessionsSchema,
  },
  {
    method: 'post',
    path: '/api/v1/account/password',
    tag: 'Access',
    scope: 'session',
    summary: 'Change your password',
    body: access.changePasswordRequestSchema,
    status: 204,
  },
  {
    method: 'post',
    path: '/api/auth/sign-in/email',
    tag: 'Access',
    summary: 'Sign in',
    body: access.signInRequestSchema,
    response: z.unknown(),
  },
  {
    method: 'post',
    path: '/api/auth/sign-out',
    tag: 'Access',
    scope: 'session',
    summary: 'Sign out',
    response: z.unknown(),
  },
  {
    method: 'get',
    path: '/api/v1/setup',
    tag: 'Access',
    summary: 'Whether set-up is still to be done',
    response: access.setupStateSchema,
  },
  {
    method: 'post',
    path: '/api/v1/setup',
    tag: 'Access',
    summary: 'Create the first admin',
    body: access.setupRequestSchema,
    status: 201,
    response: access.signedInAsSchema,
  },
  {
    method: 'get',
    path: '/api/v1/members',
    tag: 'Access',
    scope: 'admin',
    summary: 'List members and invitations',
    response: access.memberListSchema,
  },
  {
    method: 'post',
    path: '/api/v1/members',
    tag: 'Access',
    scope: 'admin',
    summary: 'Invite somebody',
    body: access.inviteRequestSchema,
    status: 201,
    response: access.inviteResponseSchema,
  },
  {
    method: 'patch',
    path: '/api/v1/members/{id}',
    tag: 'Access',
    scope: 'admin',
    summary: 'Change a role',
    body: access.roleChangeRequestSchema,
    response: access.memberResponseSchema,
  },
  {
    method: 'delete',
    path: '/api/v1/members/{id}',
    tag: 'Access',
    scope: 'admin',
    summary: 'Remove a member',
    status: 204,
  },
  {
    method: 'delete',
    path: '/api/v1/members/invitations/{id}',
    tag: 'Access',
    scope: 'admin',
    summary: 'Withdraw an invitation',
    status: 204,
  },
  {
    method: 'get',
    path: '/api/v1/invitations/{token}',
    tag: 'Access',
    summary: 'Look at an invitation',
    response: access.openInvitationSchema,
  },
  {
    method: 'post',
    path: '/api/v1/invitations/{token}',
    tag: 'Access',
    summary: 'Accept an invitation',
    body: access.acceptInvitationRequestSchema,
    status: 201,
    response: access.signedInAsSchema,
  },
  {
    method: 'get',
    path: '/api/v1/password-resets/{token}',
    tag: 'Access',
    summary: 'Look at a password reset',
    response: access.openPasswordResetSchema,
  },
  {
    method: 'post',
    path: '/api/v1/password-resets/{token}',
    tag: 'Access',
    summary: 'Set a new password',
    body: access.passwordResetRequestSchema,
    status: 204,
  },
  {
    method: 'get',
    path: '/api/v1/keys',
    tag: 'Access',
    scope: 'admin',
    summary: 'List API keys',
    response: access.apiKeyListSchema,
  },
  {
    method: 'post',
    path: '/api/v1/keys',
    tag: 'Access',
    scope: 'admin',
    summary: 'Create an API key',
    body: access.createApiKeyRequestSchema,
    status: 201,
    response: access.createApiKeyResponseSchema,
  },
  {
    method: 'delete',
    path: '/api/v1/keys/{id}',
    tag: 'Access',
    scope: 'admin',
    summary: 'Revoke an API key',
    status: 204,
  },
]

const settingsOperations: Operation[] = [
  {
    method: 'get',
    path: '/api/v1/integrations',
    tag: 'Settings',
    scope: 'admin',
    summary: 'List integrations',
    response: integrations.integrationListSchema,
  },
  {
    method: 'post',
    path: '/api/v1/integrations',
    tag: 'Settings',
    scope: 'admin',
    summary: 'Add an integration',
    body: integrations.createIntegrationRequestSchema,
    status: 201,
    response: integrations.integrationResponseSchema,
  },
  {
    method: 'patch',
    path: '/api/v1/integrations/{id}',
    tag: 'Settings',
    scope: 'admin',
    summary: 'Change an integration',
    body: integrations.changeIntegrationRequestSchema,
    response: integrations.integrationResponseSchema,
  },
  {
    method: 'delete',
    path: '/api/v1/integrations/{id}',
    tag: 'Settings',
    scope: 'admin',
    summary: 'Delete an integration',
    status: 204,
  },
  {
    method: 'post',
    path: '/api/v1/integrations/test',
    tag: 'Settings',
    scope: 'admin',
    summary: 'Try the settings of a PostgreSQL gateway',
    description:
      'Connects to the server as the gateway would, without signing in, and looks whether its address is free.',
    body: integrations.gatewayTestRequestSchema,
    response: integrations.gatewayTestResponseSchema,
  },
  {
    method: 'get',
    path: '/api/v1/settings',
    tag: 'Settings',
    scope: 'admin',
    summary: 'Settings of the workspace',
    response: settings.workspaceSettingsResponseSchema,
  },
  {
    method: 'patch',
    path: '/api/v1/settings',
    tag: 'Settings',
    scope: 'admin',
    summary: 'Change settings of the workspace',
    body: settings.changeWorkspaceSettingsRequestSchema,
    response: settings.workspaceSettingsResponseSchema,
  },
]

/** Every route of the contract. A test asks the server for each of them. */
export const operations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/v1/events',
    tag: 'Events',
    scope: 'events:write',
    summary: 'Record events',
    description:
      'One event, or `{"events": [...]}` with up to 1,000: all of them are kept or none. The answer comes when they ' +
      'are on the disk; searches find them within a second. An event with the same `id` is stored once. ' +
      'JSON lines may be of any number; they are kept 1,000 at a time, and a problem tells `accepted` and `line`.',
    body: z.union([eventDraftSchema, events.eventBatchSchema]),
    otherBodies: { 'application/x-ndjson': 'One event a line, up to 512 KiB each' },
    status: 201,
    response: events.acceptedSchema,
  },
  {
    method: 'get',
    path: '/api/v1/events',
    tag: 'Events',
    scope: 'events:read',
    summary: 'Search events, newest first',
    description:
      'Here and on every other reading route, people see what their role lets them see: admins and auditors all events ' +
      'of the workspace, analysts all events of type `query` and their own, members their own. A key reads all.',
    query: events.searchQuerySchema,
    response: events.eventPageSchema,
  },
  {
    method: 'get',
    path: '/api/v1/events/histogram',
    tag: 'Events',
    scope: 'events:read',
    summary: 'Count events over time',
    query: events.histogramQuerySchema,
    response: events.histogramSchema,
  },
  {
    method: 'get',
    path: '/api/v1/events/facets',
    tag: 'Events',
    scope: 'events:read',
    summary: 'Count the values of fields',
    query: events.facetsQuerySchema,
    response: events.facetsSchema,
  },
  {
    method: 'get',
    path: '/api/v1/events/export',
    tag: 'Events',
    scope: 'events:read',
    summary: 'Download what a search finds, as Excel, CSV or JSON Lines',
    query: events.exportQuerySchema,
    otherResponse: 'application/octet-stream',
  },
  {
    method: 'get',
    path: '/api/v1/events/tail',
    tag: 'Events',
    scope: 'events:read',
    summary: 'Follow a search: server-sent events for what comes in from now on',
    description:
      'Each message is an event as the search shows it, in the order in which events were recorded (`position`), ' +
      'whatever their own time. Its id, sent back as the header `Last-Event-ID`, goes on behind it: nothing is missed and ' +
      'nothing comes twice, also after a restart or from another server of the installation. A search answers with that ' +
      'header as well, to be followed without a gap: what it found of the last moments may then come once more. ' +
      'Messages without data only move the id. The stream ends when the key or session, or what it may see, changes.',
    query: events.tailQuerySchema,
    otherResponse: 'text/event-stream',
  },
  {
    method: 'get',
    path: '/api/v1/events/{id}',
    tag: 'Events',
    scope: 'events:read',
    summary: 'Read one event',
    response: events.publicEventSchema,
  },
  {
    method: 'get',
    path: '/api/v1/overview',
    tag: 'Insights',
    scope: 'events:read',
    summary: 'What happened of late, beside the period before',
    description:
      'Counted of what the viewer may see, but for what machines send by themselves (`-is:noise`). Sources and storage ' +
      'are told to people who are admins or auditors.',
    query: overview.overviewQuerySchema,
    response: overview.overviewSchema,
  },
  ...accessReviewOperations,
  ...insightsOperations,
  ...accessOperations,
  ...policyOperations,
  ...peopleOperations,
  ...settingsOperations,
  ...viewOperations,
  ...scheduleOperations,
  ...alertOperations,
  {
    method: 'get',
    path: '/healthz',
    tag: 'Server',
    summary: 'Whether the process runs',
    response: z.object({ status: z.string() }),
  },
  {
    method: 'get',
    path: '/readyz',
    tag: 'Server',
    summary: 'Whether it can do all of its work; 503 says what it cannot',
    response: z.object({ status: z.string(), problems: z.array(z.string()).optional() }),
  },
  {
    method: 'get',
    path: '/metrics',
    tag: 'Server',
    summary: 'Metrics for Prometheus',
    otherResponse: 'text/plain',
  },
]
