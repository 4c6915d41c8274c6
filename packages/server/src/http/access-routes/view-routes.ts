import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import {
  changeViewRequestSchema,
  createViewRequestSchema,
  type View,
  type ViewList,
  type ViewState,
} from '@aleph-audit-log/domain/api/views'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { FastifyInstance } from 'fastify'
import { requirePerson } from '../../access/viewer.ts'
import { exportColumnIds } from '../../search/export/export-columns.ts'
import { changeView, createView, deleteView, listViews } from '../../settings/views.ts'
import { readInput } from '../read-input.ts'
import { actOf, type AccessDeps } from './access-deps.ts'

/** What people save of the Audit Log page, for themselves or for the workspace. */
export function registerViewRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/views', async (request): Promise<ViewList> => {
    const { viewer } = await actOf(request, deps)
    return { views: await listViews(deps.settings, viewer) }
  })

  app.post('/api/v1/views', async (request, reply): Promise<{ view: View }> => {
    const act = await actOf(request, deps)
    requirePerson(act.viewer)
    const wanted = readInput(createViewRequestSchema, request.body)
    refuseUnknownColumns(wanted.state)
    const view = await createView(act, wanted)
    reply.code(201)
    return { view }
  })

  app.patch('/api/v1/views/:id', async (request): Promise<{ view: View }> => {
    const act = await actOf(request, deps)
    requirePerson(act.viewer)
    const { id } = readInput(idParamsSchema, request.params)
    const change = readInput(changeViewRequestSchema, request.body)
    refuseUnknownColumns(change.state)
    return { view: await changeView(act, id, change) }
  })

  app.delete('/api/v1/views/:id', async (request, reply) => {
    const act = await actOf(request, deps)
    requirePerson(act.viewer)
    const { id } = readInput(idParamsSchema, request.params)
    await deleteView(act, id)
    return reply.code(204).send()
  })
}

/** A view that no page and no download could show is not kept. */
function refuseUnknownColumns(state: ViewState | undefined): void {
  const unknown = state?.columns.findIndex((id) => !exportColumnIds.includes(id)) ?? -1
  if (unknown < 0) return
  const message = `is no column; the columns are ${exportColumnIds.join(', ')}`
  throw new AuditError('invalid', 'The view has a column that is not known.', {
    problems: [{ path: `state.columns[${unknown}]`, message }],
  })
}
