import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import {
  alertsQuerySchema,
  muteAlertRequestSchema,
  resolveAlertRequestSchema,
  type Alert,
  type AlertDetail,
  type AlertList,
  type AlertMute,
  type AlertMuteList,
} from '@aleph-audit-log/domain/api/alerts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Act } from '../../access/act.ts'
import { requireWholeLog } from '../../access/restrict-to-viewer.ts'
import { endMute, listMutes, muteAlert } from '../../settings/alerts/alert-mutes.ts'
import {
  acknowledgeAlert,
  reopenAlert,
  requireAlertKeeper,
  resolveAlert,
} from '../../settings/alerts/change-alert.ts'
import { listAlerts, readAlert } from '../../settings/alerts/read-alerts.ts'
import { readInput } from '../read-input.ts'
import { actOf, type AccessDeps } from './access-deps.ts'

/** What detections found, and what people do with it. */
export function registerAlertRoutes(app: FastifyInstance, deps: AccessDeps): void {
  /** Who may change alerts, with the id of the one that is meant. */
  const keeperOf = async (request: FastifyRequest): Promise<{ act: Act; id: string }> => {
    const act = await actOf(request, deps)
    requireAlertKeeper(act.viewer)
    return { act, id: readInput(idParamsSchema, request.params).id }
  }

  app.get('/api/v1/alerts', async (request): Promise<AlertList> => {
    const { viewer } = await actOf(request, deps)
    requireWholeLog(viewer)
    return listAlerts(deps.settings, viewer, readInput(alertsQuerySchema, request.query))
  })

  app.get('/api/v1/alerts/:id', async (request): Promise<AlertDetail> => {
    const { viewer, nowMs } = await actOf(request, deps)
    requireWholeLog(viewer)
    return readAlert(deps.settings, viewer, readInput(idParamsSchema, request.params).id, nowMs)
  })

  app.post('/api/v1/alerts/:id/acknowledge', async (request): Promise<{ alert: Alert }> => {
    const { act, id } = await keeperOf(request)
    return told(deps, { alert: await acknowledgeAlert(act, id) })
  })

  app.post('/api/v1/alerts/:id/resolve', async (request): Promise<{ alert: Alert }> => {
    const { act, id } = await keeperOf(request)
    const wanted = readInput(resolveAlertRequestSchema, request.body)
    return told(deps, { alert: await resolveAlert(act, id, wanted) })
  })

  app.post('/api/v1/alerts/:id/reopen', async (request): Promise<{ alert: Alert }> => {
    const { act, id } = await keeperOf(request)
    return told(deps, { alert: await reopenAlert(act, id) })
  })

  app.post('/api/v1/alerts/:id/mute', async (request, reply): Promise<{ mute: AlertMute }> => {
    const { act, id } = await keeperOf(request)
    const mute = await muteAlert(act, id, readInput(muteAlertRequestSchema, request.body))
    reply.code(201)
    return told(deps, { mute })
  })

  app.get('/api/v1/alert-mutes', async (request): Promise<AlertMuteList> => {
    const { viewer, nowMs } = await actOf(request, deps)
    return listMutes(deps.settings, viewer, nowMs)
  })

  app.delete('/api/v1/alert-mutes/:id', async (request, reply) => {
    const { act, id } = await keeperOf(request)
    await endMute(act, id)
    return told(deps, reply.code(204).send())
  })
}

/** Receivers hear of it at once, not when it is looked for the next time. */
function told<T>({ alerts }: AccessDeps, answer: T): T {
  alerts.notify()
  return answer
}
