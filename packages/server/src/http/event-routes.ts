import {
  facetNames,
  facetsQuerySchema,
  histogramQuerySchema,
  searchQuerySchema,
  toPublicEvent,
} from '@aleph-audit-log/domain/api/events'
import { AuditError } from '@aleph-audit-log/domain/error'
import { eventLimits } from '@aleph-audit-log/domain/event'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requirePermission, type Viewer } from '../access/viewer.ts'
import type { IngestEvents } from '../ingest/ingest-events.ts'
import type { LiveTail } from '../search/live-tail.ts'
import type { SearchRecorder } from '../search/record-search.ts'
import type { Search } from '../search/search-events.ts'
import type { FacetField } from '../store/event-store.ts'
import type { BodyBudget } from './body-budget.ts'
import { clientGone } from './client-gone.ts'
import { ingestNdjson } from './ingest-ndjson.ts'
import { unpackBody } from './read-body.ts'
import { readInput } from './read-input.ts'

export type EventRouteDependencies = {
  authenticate: (request: FastifyRequest) => Promise<Viewer>
  ingest: IngestEvents
  search: Search
  tail: Pick<LiveTail, 'position'>
  recorder: SearchRecorder<FastifyRequest>
  ndjsonBatchEventsMax: number
  bodies: BodyBudget
}

/** The way an event comes in over HTTP. */
const apiSource = 'api'

/** Registers `POST /api/v1/events` and the routes that read. */
export function registerEventRoutes(app: FastifyInstance, deps: EventRouteDependencies): void {
  const senders = new WeakMap<FastifyRequest, Viewer>()
  // Before the body is read: a stranger must not make the server unpack and parse.
  const admitSender = async (request: FastifyRequest): Promise<void> => {
    const viewer = await deps.authenticate(request)
    requirePermission(viewer, 'events:write')
    senders.set(request, viewer)
  }
  app.post('/api/v1/events', { onRequest: admitSender }, async (request, reply) => {
    const viewer = senders.get(request) ?? (await deps.authenticate(request))
    const way = { workspaceId: viewer.workspaceId, source: apiSource }
    const answer = isStream(request.body)
      ? await ingestStream(request, request.body, deps, way)
      : await ingestBody(request.body, deps.ingest, way)
    return reply.code(201).send(answer)
  })

  app.get('/api/v1/events', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const query = readInput(searchQuerySchema, request.query)
    // Before the search: whoever follows it from there misses nothing.
    if (query.cursor === undefined) reply.header('last-event-id', await deps.tail.position())
    const page = await deps.search.searchEvents(viewer, query, clientGone(reply))
    await deps.recorder.recordSearch(viewer, query, request)
    const events = page.events.map(toPublicEvent)
    return page.nextCursor === undefined ? { events } : { events, nextCursor: page.nextCursor }
  })

  app.get('/api/v1/events/histogram', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const { interval, ...text } = readInput(histogramQuerySchema, request.query)
    const histogram = await deps.search.histogram(viewer, text, interval, clientGone(reply))
    await deps.recorder.recordCounts(viewer, text, request)
    return histogram
  })

  app.get('/api/v1/events/facets', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const { fields, ...text } = readInput(facetsQuerySchema, request.query)
    const facets = await deps.search.facets(viewer, text, parseFields(fields), clientGone(reply))
    await deps.recorder.recordCounts(viewer, text, request)
    return { facets }
  })

  app.get<{ Params: { id: string } }>('/api/v1/events/:id', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const event = await deps.search.readEvent(viewer, request.params.id, clientGone(reply))
    await deps.recorder.recordEventRead(viewer, event.id, request)
    return toPublicEvent(event)
  })
}

type Way = { workspaceId: string; source: string }

function isStream(body: unknown): body is FastifyRequest['raw'] {
  return typeof body === 'object' && body !== null && 'pipe' in body
}

async function ingestStream(
  request: FastifyRequest,
  body: FastifyRequest['raw'],
  deps: EventRouteDependencies,
  way: Way,
): Promise<{ accepted: number }> {
  const lines = unpackBody(body, request.headers)
  const share = deps.bodies.shareOf(request)
  return { accepted: await ingestNdjson(lines, deps.ingest, way, deps.ndjsonBatchEventsMax, share) }
}

/** One event, or `{"events": [...]}`: told apart by the field, which no event has. */
async function ingestBody(
  body: unknown,
  ingest: IngestEvents,
  way: Way,
): Promise<{ accepted: number; ids: string[] }> {
  const isBatch = typeof body === 'object' && body !== null && Object.hasOwn(body, 'events')
  const drafts = isBatch ? readBatch(body) : [body]
  const receipts = await ingest(drafts, isBatch ? way : { ...way, pathOf: () => '' })
  return { accepted: receipts.length, ids: receipts.map((receipt) => receipt.id) }
}

function readBatch(body: object): unknown[] {
  const { events, ...others }: { events?: unknown } = body
  const problems = Object.keys(others).map((path) => ({ path, message: 'is not a known field' }))
  if (!Array.isArray(events) || events.length === 0) {
    problems.push({ path: 'events', message: 'must be a list with at least one event' })
  } else if (events.length > eventLimits.batchEventsMax) {
    throw new AuditError(
      'too_large',
      `A batch may have ${eventLimits.batchEventsMax} events; this has ${events.length}.`,
      {
        problems: [{ path: 'events', message: `must have at most ${eventLimits.batchEventsMax} events` }],
      },
    )
  }
  if (problems.length > 0 || !Array.isArray(events)) {
    throw new AuditError('invalid', 'The batch is not valid; no event was kept.', { problems })
  }
  return events
}

function parseFields(text: string | undefined): FacetField[] {
  if (text === undefined || text === '') return [...facetNames]
  return text.split(',').map((name) => {
    const field = facetNames.find((known) => known === name.trim())
    if (field) return field
    throw new AuditError('invalid', 'A facet is not known.', {
      problems: [{ path: 'fields', message: `"${name.trim()}" is not one of ${facetNames.join(', ')}` }],
    })
  })
}
