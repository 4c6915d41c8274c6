import {
  activityQuerySchema,
  insightListQuerySchemas,
  insightsQuerySchema,
  type InsightFormat,
} from '@aleph-audit-log/domain/api/insights'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Viewer } from '../access/viewer.ts'
import type { AskedSearch, Insights } from '../insights/insights.ts'
import type { UsageAnswer } from '../insights/usage-sheet.ts'
import type { SearchRecorder } from '../search/record-search.ts'
import type { SearchText } from '../search/resolve-search.ts'
import type { ReadOptions } from '../store/event-store.ts'
import { clientGone } from './client-gone.ts'
import type { DownloadSlots } from './download-slots.ts'
import { sendUsage, type DownloadDependencies } from './insights-download.ts'
import { readInput } from './read-input.ts'

export type InsightsRouteDependencies = {
  authenticate: (request: FastifyRequest) => Promise<Viewer>
  recorder: SearchRecorder<FastifyRequest>
  insights: Insights
  slots: DownloadSlots
} & DownloadDependencies

/** What a list is asked for when it is to be a file. */
type FileWish = { format?: InsightFormat | undefined; csv_safe?: '0' | '1' | undefined }

/** A list with what it was asked by whom. */
type Listed = UsageAnswer & { viewer: Viewer; asked: AskedSearch; query: SearchText & FileWish }

type One = { Params: { id: string } }

/** Registers the routes that tell who works with what. Reading them is recorded, as searches are. */
export function registerInsightsRoutes(app: FastifyInstance, deps: InsightsRouteDependencies): void {
  const { insights } = deps
  const watch = (reply: FastifyReply, format?: InsightFormat): ReadOptions => ({
    signal: clientGone(reply),
    priority: format === undefined ? 'interactive' : 'long',
  })
  // A file has all rows, and takes a place of those that may be made at once.
  const rowsFor = <Query extends { limit: number; format?: InsightFormat | undefined }>(
    query: Query,
    reply: FastifyReply,
  ): Query & { cellsMax?: number } => {
    if (query.format === undefined) return query
    deps.slots.take(reply)
    return { ...query, limit: deps.rowsMax, cellsMax: deps.cellsMax }
  }
  const record = async (request: FastifyRequest, viewer: Viewer, page: string, text: SearchText) =>
    deps.recorder.recordInsights(viewer, { ...text, page, q: insights.resolve(text).q }, request)

  const answerWith = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { query, ...what }: Listed,
  ): Promise<unknown> => {
    const { format, csv_safe, ...text } = query
    if (format !== undefined)
      return sendUsage(request, reply, deps, { ...what, text, format, csvSafe: csv_safe === '1' })
    await record(request, what.viewer, what.list, text)
    return what.answer
  }

  app.get('/api/v1/insights/people', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const query = readInput(insightListQuerySchemas.people, request.query)
    const asked = insights.resolve(query)
    const answer = await insights.people(viewer, asked, rowsFor(query, reply), watch(reply, query.format))
    return answerWith(request, reply, { list: 'people', answer, viewer, asked, query })
  })
  app.get('/api/v1/insights/tables', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const query = readInput(insightListQuerySchemas.tables, request.query)
    const asked = insights.resolve(query)
    const answer = await insights.tables(viewer, asked, rowsFor(query, reply), watch(reply, query.format))
    return answerWith(request, reply, { list: 'tables', answer, viewer, asked, query })
  })
  app.get('/api/v1/insights/queries', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const query = readInput(insightListQuerySchemas.queries, request.query)
    const asked = insights.resolve(query)
    const answer = await insights.queries(viewer, asked, rowsFor(query, reply), watch(reply, query.format))
    return answerWith(request, reply, { list: 'queries', answer, viewer, asked, query })
  })
  app.get('/api/v1/insights/tools', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const query = readInput(insightListQuerySchemas.tools, request.query)
    const asked = insights.resolve(query)
    const answer = await insights.tools(viewer, asked, rowsFor(query, reply), watch(reply, query.format))
    return answerWith(request, reply, { list: 'tools', answer, viewer, asked, query })
  })
  app.get('/api/v1/insights/activity', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const query = readInput(activityQuerySchema, request.query)
    const answer = await insights.activity(viewer, query, watch(reply))
    await record(request, viewer, 'activity', query)
    return answer
  })
  registerSingleRoutes(app, deps, record)
}

type Record = (request: FastifyRequest, viewer: Viewer, page: string, text: SearchText) => Promise<void>

function registerSingleRoutes(app: FastifyInstance, deps: InsightsRouteDependencies, record: Record): void {
  const { insights } = deps
  const watch = (reply: FastifyReply): ReadOptions => ({ signal: clientGone(reply) })
  app.get<One>('/api/v1/insights/people/:id', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const query = readInput(insightsQuerySchema, request.query)
    const answer = await insights.person(viewer, request.params.id, query, watch(reply))
    await record(request, viewer, `people/${request.params.id}`, query)
    return answer
  })
  app.get<One>('/api/v1/insights/tables/:id', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const query = readInput(insightsQuerySchema, request.query)
    const answer = await insights.table(viewer, request.params.id, query, watch(reply))
    await record(request, viewer, `tables/${request.params.id}`, query)
    return answer
  })
  app.get<One>('/api/v1/insights/queries/:id', async (request, reply) => {
    const viewer = await deps.authenticate(request)
    const query = readInput(insightsQuerySchema, request.query)
    const answer = await insights.query(viewer, request.params.id, query, watch(reply))
    await record(request, viewer, `queries/${request.params.id}`, query)
    return answer
  })
}
