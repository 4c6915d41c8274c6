import { overviewQuery, overviewQuerySchema, type Overview } from '@aleph-audit-log/domain/api/overview'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Viewer } from '../access/viewer.ts'
import { makeOverview, type OverviewDependencies } from '../insights/overview.ts'
import type { SearchRecorder } from '../search/record-search.ts'
import { clientGone } from './client-gone.ts'
import { readInput } from './read-input.ts'

export type OverviewRouteDependencies = OverviewDependencies & {
  authenticate: (request: FastifyRequest) => Promise<Viewer>
  recorder: SearchRecorder<FastifyRequest>
}

/** Registers the overview: everything of the home page in one answer. Reading it is recorded, as searches are. */
export function registerOverviewRoute(app: FastifyInstance, deps: OverviewRouteDependencies): void {
  app.get('/api/v1/overview', async (request, reply): Promise<Overview> => {
    const viewer = await deps.authenticate(request)
    const asked = readInput(overviewQuerySchema, request.query)
    const overview = await makeOverview(deps, viewer, asked, { signal: clientGone(reply) })
    const { from, to } = overview
    const view = { page: 'overview', q: overviewQuery, from, to }
    if (asked.to === undefined) await deps.recorder.recordOpenPage(viewer, view, request)
    else await deps.recorder.recordInsights(viewer, view, request)
    return overview
  })
}
