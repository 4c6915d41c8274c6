import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import {
  changeReceiverRequestSchema,
  createReceiverRequestSchema,
  deliveriesQuerySchema,
  type DeliveryList,
  type ReceiverList,
  type ReceiverResponse,
} from '@aleph-audit-log/domain/api/alert-receivers'
import type { AlertDelivery } from '@aleph-audit-log/domain/api/alerts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Act } from '../../access/act.ts'
import { requirePermission } from '../../access/viewer.ts'
import { listDeliveries, replayDelivery, requestTest } from '../../settings/alerts/alert-deliveries.ts'
import {
  changeReceiver,
  createReceiver,
  deleteReceiver,
  listReceivers,
} from '../../settings/alerts/alert-receivers.ts'
import { readMailSettings } from '../../settings/mail-settings.ts'
import { readInput } from '../read-input.ts'
import { actOf, type AccessDeps } from './access-deps.ts'

/** What alerts are sent to, and what became of that. */
export function registerReceiverRoutes(app: FastifyInstance, deps: AccessDeps): void {
  const { settings, sealer, alerts } = deps
  const adminOf = async (request: FastifyRequest): Promise<Act> => {
    const act = await actOf(request, deps)
    requirePermission(act.viewer, 'admin')
    return act
  }
  const idOf = (request: FastifyRequest): string => readInput(idParamsSchema, request.params).id

  app.get('/api/v1/alert-receivers', async (request): Promise<ReceiverList> => {
    const { viewer } = await adminOf(request)
    return {
      receivers: await listReceivers(settings, viewer),
      mailIsSet: (await readMailSettings(settings, viewer)) !== undefined,
      privateIsAllowed: alerts.privateIsAllowed,
    }
  })

  app.post('/api/v1/alert-receivers', async (request, reply): Promise<ReceiverResponse> => {
    const act = await adminOf(request)
    const made = await createReceiver(act, sealer, readInput(createReceiverRequestSchema, request.body))
    reply.code(201)
    return made
  })

  app.patch('/api/v1/alert-receivers/:id', async (request): Promise<ReceiverResponse> => {
    const act = await adminOf(request)
    const change = readInput(changeReceiverRequestSchema, request.body)
    const changed = await changeReceiver(act, sealer, idOf(request), change)
    alerts.notify()
    return changed
  })

  app.delete('/api/v1/alert-receivers/:id', async (request, reply) => {
    await deleteReceiver(await adminOf(request), idOf(request))
    return reply.code(204).send()
  })

  app.post(
    '/api/v1/alert-receivers/:id/test',
    async (request, reply): Promise<{ delivery: AlertDelivery }> => {
      const delivery = await requestTest(await adminOf(request), idOf(request))
      alerts.notify()
      reply.code(202)
      return { delivery }
    },
  )

  app.get('/api/v1/alert-deliveries', async (request): Promise<DeliveryList> => {
    const { viewer } = await adminOf(request)
    return listDeliveries(settings, viewer, readInput(deliveriesQuerySchema, request.query))
  })

  app.post(
    '/api/v1/alert-deliveries/:id/replay',
    async (request, reply): Promise<{ delivery: AlertDelivery }> => {
      const delivery = await replayDelivery(await adminOf(request), idOf(request))
      alerts.notify()
      reply.code(202)
      return { delivery }
    },
  )
}
