import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import {
  changeScheduleRequestSchema,
  createScheduleRequestSchema,
  type ExportRun,
  type Schedule,
  type ScheduleConfiguration,
  type ScheduleList,
} from '@aleph-audit-log/domain/api/schedules'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { FastifyInstance } from 'fastify'
import { readMailSettings } from '../../settings/mail-settings.ts'
import { requestRun } from '../../settings/schedules/export-runs.ts'
import { requireAdmin } from '../../settings/schedules/schedule-rows.ts'
import {
  changeSchedule,
  createSchedule,
  deleteSchedule,
  listSchedules,
} from '../../settings/schedules/schedules.ts'
import { readInput } from '../read-input.ts'
import { actOf, type AccessDeps } from './access-deps.ts'

/** What is exported by the clock. */
export function registerScheduleRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/schedules', async (request): Promise<ScheduleList> => {
    const { viewer } = await actOf(request, deps)
    const schedules = await listSchedules(deps.settings, viewer)
    return {
      schedules,
      folderIsAllowed: deps.schedules.folderIsAllowed,
      mailIsSet: (await readMailSettings(deps.settings, viewer)) !== undefined,
    }
  })

  app.post('/api/v1/schedules', async (request, reply): Promise<{ schedule: Schedule }> => {
    const act = await actOf(request, deps)
    requireAdmin(act.viewer)
    const wanted = readInput(createScheduleRequestSchema, request.body)
    refuseFolder(wanted, deps)
    const schedule = await createSchedule(act, wanted)
    reply.code(201)
    return { schedule }
  })

  app.patch('/api/v1/schedules/:id', async (request): Promise<{ schedule: Schedule }> => {
    const act = await actOf(request, deps)
    requireAdmin(act.viewer)
    const { id } = readInput(idParamsSchema, request.params)
    const change = readInput(changeScheduleRequestSchema, request.body)
    refuseFolder(change, deps)
    return { schedule: await changeSchedule(act, id, change) }
  })

  app.delete('/api/v1/schedules/:id', async (request, reply) => {
    const act = await actOf(request, deps)
    requireAdmin(act.viewer)
    await deleteSchedule(act, readInput(idParamsSchema, request.params).id)
    return reply.code(204).send()
  })

  app.post('/api/v1/schedules/:id/runs', async (request, reply): Promise<{ run: ExportRun }> => {
    const act = await actOf(request, deps)
    requireAdmin(act.viewer)
    const run = await requestRun(act, readInput(idParamsSchema, request.params).id)
    deps.schedules.notify()
    reply.code(202)
    return { run }
  })
}

/** Said when it is made, not at night when it runs. */
function refuseFolder({ destination }: Partial<ScheduleConfiguration>, { schedules }: AccessDeps): void {
  if (destination?.kind !== 'folder' || schedules.folderIsAllowed) return
  throw new AuditError('invalid', 'This server writes no files.', {
    problems: [
      {
        path: 'destination.kind',
        message: 'must be email: the operator of the server has not set AUDIT_EXPORT_DIR',
      },
    ],
  })
}
