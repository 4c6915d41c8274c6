import * as access from '@aleph-audit-log/domain/api/access'
import * as events from '@aleph-audit-log/domain/api/events'
import * as settings from '@aleph-audit-log/domain/api/settings'
import { eventDraftSchema } from '@aleph-audit-log/domain/event'
import * as z from 'zod'

type Operation = {
  method: 'get' | 'post' | 'patch' | 'delete'
  path: string
  tag: 'Events' | 'Access' | 'Settings' | 'Server'
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

/** Every route of the contract. A test asks the server for each and for none beside. */
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
    path: '/api/v1/events/{id}',
    tag: 'Events',
    scope: 'events:read',
    summary: 'Read one event',
    response: events.publicEventSchema,
  },
  ...accessOperations(),
  ...settingsOperations(),
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

function accessOperations(): Operation[] {
  const tag = 'Access'
  const scope = 'admin'
  const base = '/api/v1'
  return [
    {
      method: 'get',
      path: `${base}/session`,
      tag,
      scope: 'session',
      summary: 'Who is signed in',
      response: access.sessionSchema,
    },
    {
      method: 'post',
      path: '/api/auth/sign-in/email',
      tag,
      summary: 'Sign in',
      body: access.signInRequestSchema,
      response: z.unknown(),
    },
    {
      method: 'post',
      path: '/api/auth/sign-out',
      tag,
      scope: 'session',
      summary: 'Sign out',
      response: z.unknown(),
    },
    {
      method: 'get',
      path: `${base}/setup`,
      tag,
      summary: 'Whether set-up is still to be done',
      response: access.setupStateSchema,
    },
    {
      method: 'post',
      path: `${base}/setup`,
      tag,
      summary: 'Create the first admin',
      body: access.setupRequestSchema,
      status: 201,
      response: access.signedInAsSchema,
    },
    {
      method: 'get',
      path: `${base}/members`,
      tag,
      scope,
      summary: 'List members and invitations',
      response: access.memberListSchema,
    },
    {
      method: 'post',
      path: `${base}/members`,
      tag,
      scope,
      summary: 'Invite somebody',
      body: access.inviteRequestSchema,
      status: 201,
      response: access.inviteResponseSchema,
    },
    {
      method: 'patch',
      path: `${base}/members/{id}`,
      tag,
      scope,
      summary: 'Change a role',
      body: access.roleChangeRequestSchema,
      response: access.memberResponseSchema,
    },
    { method: 'delete', path: `${base}/members/{id}`, tag, scope, summary: 'Remove a member', status: 204 },
    {
      method: 'delete',
      path: `${base}/members/invitations/{id}`,
      tag,
      scope,
      summary: 'Withdraw an invitation',
      status: 204,
    },
    {
      method: 'get',
      path: `${base}/invitations/{token}`,
      tag,
      summary: 'Look at an invitation',
      response: access.openInvitationSchema,
    },
    {
      method: 'post',
      path: `${base}/invitations/{token}`,
      tag,
      summary: 'Accept an invitation',
      body: access.acceptInvitationRequestSchema,
      status: 201,
      response: access.signedInAsSchema,
    },
    {
      method: 'get',
      path: `${base}/password-resets/{token}`,
      tag,
      summary: 'Look at a password reset',
      response: access.openPasswordResetSchema,
    },
    {
      method: 'post',
      path: `${base}/password-resets/{token}`,
      tag,
      summary: 'Set a new password',
      body: access.passwordResetRequestSchema,
      status: 204,
    },
    {
      method: 'get',
      path: `${base}/keys`,
      tag,
      scope,
      summary: 'List API keys',
      response: access.apiKeyListSchema,
    },
    {
      method: 'post',
      path: `${base}/keys`,
      tag,
      scope,
      summary: 'Create an API key',
      body: access.createApiKeyRequestSchema,
      status: 201,
      response: access.createApiKeyResponseSchema,
    },
    { method: 'delete', path: `${base}/keys/{id}`, tag, scope, summary: 'Revoke an API key', status: 204 },
  ]
}

function settingsOperations(): Operation[] {
  const tag = 'Settings'
  const scope = 'admin'
  const path = '/api/v1/integrations'
  const body = settings.createIntegrationRequestSchema
  const response = settings.integrationResponseSchema
  return [
    {
      method: 'get',
      path,
      tag,
      scope,
      summary: 'List integrations',
      response: settings.integrationListSchema,
    },
    { method: 'post', path, tag, scope, summary: 'Add an integration', body, status: 201, response },
    {
      method: 'patch',
      path: `${path}/{id}`,
      tag,
      scope,
      summary: 'Change an integration',
      body: settings.changeIntegrationRequestSchema,
      response,
    },
    { method: 'delete', path: `${path}/{id}`, tag, scope, summary: 'Delete an integration', status: 204 },
  ]
}

/** The OpenAPI 3.1 description, made from the schemas that validate. */
export function describeApi(publicUrl: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describeOperation(operation) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Aleph Audit Log',
      version: 'v1',
      description:
        'Who did what on the data platform. Times are RFC 3339 in UTC; absent fields are left out, never null.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl }],
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'audit_session' },
      },
      schemas: { Problem: problemSchema },
    },
    paths,
  }
}

function describeOperation(operation: Operation): Record<string, unknown> {
  const { scope, body, otherBodies = {}, status = 200, response, otherResponse } = operation
  const path = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const others = Object.entries(otherBodies).map(([type, description]) => [
    type,
    { schema: { type: 'string', description } },
  ])
  const content =
    otherResponse !== undefined
      ? { [otherResponse]: { schema: { type: 'string' } } }
      : response && { 'application/json': { schema: toSchema(response, 'output') } }
  return {
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    ...(scope === undefined ? {} : { security: securityOf(scope) }),
    parameters: [...path, ...(operation.query ? describeQuery(operation.query) : [])],
    ...(body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: toSchema(body, 'input') }, ...Object.fromEntries(others) },
      },
    }),
    responses: {
      [status]: { description: operation.summary, ...(content ? { content } : {}) },
      default: {
        description: 'A problem (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

function securityOf(scope: NonNullable<Operation['scope']>): Record<string, string[]>[] {
  if (scope === 'session') return [{ session: [] }]
  return [{ apiKey: [scope] }, { session: [scope] }]
}

function describeQuery(query: z.ZodObject): Record<string, unknown>[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): unknown {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return described
}

const problemSchema = {
  type: 'object',
  required: ['title', 'status', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'What to decide on; the texts are for people' },
    detail: { type: 'string' },
    accepted: { type: 'integer', description: 'JSON lines: how many events were kept' },
    line: { type: 'integer', description: 'JSON lines: the line at fault, from 1' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: {
          path: { type: 'string' },
          message: { type: 'string' },
          start: { type: 'integer', description: 'In `q`: where the fault begins' },
          end: { type: 'integer' },
          suggestion: { type: 'string' },
        },
      },
    },
  },
}
