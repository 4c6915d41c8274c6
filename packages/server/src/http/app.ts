import { Socket } from 'node:net'
import { AuditError } from '@aleph-audit-log/domain/error'
import { eventLimits } from '@aleph-audit-log/domain/event'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { createEventId } from '../ingest/create-event-id.ts'
import type { BodyBudget } from './body-budget.ts'
import { toErrorResponse } from './error-response.ts'
import { parseJson, readBody } from './read-body.ts'

export type AppOptions = {
  trustProxy: boolean
  bodyBytesMax: number
  /** Counts the bodies of events together, which only those send who may. */
  bodies: BodyBudget
  settingsBodyBytesMax: number
  /** The same of all others, which strangers may send as well: they take nothing from those who send events. */
  settingsBodies: BodyBudget
  /** So long such a body may take. */
  settingsBodyMsMax: number
  headersTimeoutMs: number
  requestIdleMs: number
  connectionsMax: number
  now: () => number
  /** Refuses a request with an unknown Host, or a cookie's write from an unknown Origin. */
  checkRequest: (request: FastifyRequest) => void
  /** Told of every error that is a bug. */
  onBug: (error: unknown, request: FastifyRequest) => void
}

/** Sent with every answer. Inline styles are what the component library needs; there are no inline scripts. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** The HTTP front without routes: bodies, limits, headers, errors. */
export function createApp(options: AppOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    // One machine in front: the address that it saw, not one that a client wrote into the header before.
    trustProxy: options.trustProxy ? (_address: string, hop: number) => hop === 0 : false,
    // Bodies are read and limited by readBody, after unpacking; this is only fastify's own early refusal.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    connectionTimeout: options.requestIdleMs,
    genReqId: () => createEventId(options.now()),
    // An address may name any person or table: their texts are bounded, and so is a request's head.
    routerOptions: { maxParamLength: 12_288 },
    // An address that cannot be read has no route, so no hook and no error handler of a route sees it.
    frameworkErrors: (error, _request, reply) => {
      const { status, headers, body } = toErrorResponse(asClientError(error))
      reply.hijack()
      reply.raw.writeHead(status, { ...securityHeaders, ...headers }).end(JSON.stringify(body))
    },
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  })
  app.server.headersTimeout = options.headersTimeoutMs
  // A stream of events may last as long as it likes, as long as something comes: see connectionTimeout.
  app.server.requestTimeout = 0
  app.server.maxConnections = options.connectionsMax
  registerBodyParsers(app, options)

  // With `done` instead of promises: these run with every request, and wait for nothing.
  app.addHook('onRequest', (request, reply, done) => {
    // fastify's own onResponse does not come when the client hangs up.
    reply.raw.once('close', () => {
      options.bodies.release(request)
      options.settingsBodies.release(request)
    })
    reply.headers(securityHeaders)
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store')
    // What it throws is the request's error.
    options.checkRequest(request)
    done()
  })
  // The limit on silence is for reading a body and for taking an answer, not for the work between.
  app.addHook('preHandler', (request, _reply, done) => {
    if (isWhole(request)) limitSilence(request, 0)
    done()
  })
  app.addHook('onSend', (request, _reply, payload, done) => {
    limitSilence(request, options.requestIdleMs)
    done(null, payload)
  })
  app.setErrorHandler(async (error, request, reply) => {
    const known = asClientError(error)
    if (!(known instanceof AuditError)) options.onBug(error, request)
    const response = toErrorResponse(known)
    // The rest of a body that nobody reads would otherwise be read as the next request.
    if (!isWhole(request)) reply.header('connection', 'close')
    return reply.code(response.status).headers(response.headers).send(response.body)
  })
  return app
}

/** A lone event beyond this is refused before it is looked at; spaces between its parts are allowed for. */
const singleEventBytesMax = 2 * eventLimits.eventBytesMax

function hasEvents(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'events')
}

/** Whether nothing of a request is still to come. Node says so of one without a body only a moment after its head. */
function isWhole({ raw, headers }: FastifyRequest): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers
  return raw.complete || (length === '0' && encoding === undefined)
}

/** Sets after how long without a byte a connection is given up; 0: never. A connection that is gone has none. */
function limitSilence(request: FastifyRequest, ms: number): void {
  const { socket } = request.raw
  if (socket instanceof Socket) socket.setTimeout(ms)
}

function registerBodyParsers(app: FastifyInstance, options: AppOptions): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', async (request: FastifyRequest) => {
    const bytes = isOfEvents(request)
      ? await readBody(request.raw, request.headers, options.bodyBytesMax, options.bodies.shareOf(request))
      : await readSettingsBody(request, options)
    // Many clients always name this type. A route that needs a body refuses what is not there.
    if (bytes.length === 0) return undefined
    const value = parseJson(bytes)
    if (bytes.length > singleEventBytesMax && !hasEvents(value)) {
      throw new AuditError('too_large', 'A single event is too large.')
    }
    return value
  })
  app.addContentTypeParser(
    ['application/x-ndjson', 'application/jsonl', 'application/x-jsonlines'],
    async (request: FastifyRequest) => {
      if (isOfEvents(request)) return request.raw
      if (request.is404) throw notFound()
      throw new AuditError('unsupported_media_type', 'JSON lines are only taken by POST /api/v1/events.')
    },
  )
}

/** Where who sends is known before the body is read. */
function isOfEvents({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === '/api/v1/events'
}

async function readSettingsBody(
  request: FastifyRequest,
  { settingsBodyBytesMax, settingsBodies, settingsBodyMsMax }: AppOptions,
): Promise<Buffer> {
  if (request.is404) throw notFound()
  const { raw, headers } = request
  const tooSlow = setTimeout(() => raw.destroy(), settingsBodyMsMax)
  try {
    return await readBody(raw, headers, settingsBodyBytesMax, settingsBodies.shareOf(request))
  } finally {
    clearTimeout(tooSlow)
  }
}

/** Before anything is read or unpacked for it. */
function notFound(): AuditError {
  return new AuditError('not_found', 'There is nothing at this address.')
}

/** fastify's own refusals (unknown media type, malformed URL...) as our errors; everything else as it is. */
function asClientError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AuditError) return error
  const status = 'statusCode' in error ? error.statusCode : undefined
  if (status === 415) {
    return new AuditError(
      'unsupported_media_type',
      'Send application/json, or application/x-ndjson for events.',
    )
  }
  if (status === 413) return new AuditError('too_large', 'The body is too large.')
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new AuditError('invalid', error.message)
  if ('code' in error && (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')) {
    return new AuditError('invalid', 'The connection ended before the body did.')
  }
  return error
}
