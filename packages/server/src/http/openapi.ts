import * as z from 'zod'
import { operations, type Operation } from './api-operations.ts'

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
    retentionDays: { type: 'integer', description: 'An event is older: for how many days events are kept' },
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
