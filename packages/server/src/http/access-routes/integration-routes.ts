import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import {
  changeIntegrationRequestSchemas,
  createIntegrationRequestSchema,
  gatewayTestRequestSchema,
  type CreateIntegrationRequest,
  type GatewayTestResponse,
  type Integration,
  type IntegrationList,
} from '@aleph-audit-log/domain/api/integrations'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { FastifyInstance } from 'fastify'
import { requirePermission } from '../../access/viewer.ts'
import {
  changeIntegration,
  createIntegration,
  deleteIntegration,
  listIntegrations,
} from '../../settings/integrations.ts'
import { actOf, type AccessDeps } from './access-deps.ts'
import { readInput } from '../read-input.ts'

/** What is captured without an application's help. */
export function registerIntegrationRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/integrations', async (request): Promise<IntegrationList> => {
    const { viewer } = await actOf(request, deps)
    const integrations = await listIntegrations(deps.settings, viewer)
    return { integrations: integrations.map((integration) => deps.capture.withStatus(integration)) }
  })

  app.post('/api/v1/integrations', async (request, reply): Promise<{ integration: Integration }> => {
    const act = await actOf(request, deps)
    // Before the look at the machine's files, which is for admins only.
    requirePermission(act.viewer, 'admin')
    const wanted = readInput(createIntegrationRequestSchema, request.body)
    await refuseBadSettings(wanted, undefined, deps)
    const integration = await createIntegration(act, wanted)
    await deps.directoryChanged()
    await deps.capture.integrationsChanged()
    reply.code(201)
    return { integration: deps.capture.withStatus(integration) }
  })

  app.patch('/api/v1/integrations/:id', async (request): Promise<{ integration: Integration }> => {
    const act = await actOf(request, deps)
    requirePermission(act.viewer, 'admin')
    const { id } = readInput(idParamsSchema, request.params)
    const before = (await listIntegrations(deps.settings, act.viewer)).find((known) => known.id === id)
    if (!before) throw new AuditError('not_found', 'There is no such integration.')
    const { kind, name } = before
    const change = readInput(changeIntegrationRequestSchemas[kind], request.body)
    if (change.settings) {
      const wanted = createIntegrationRequestSchema.parse({ kind, name, settings: change.settings })
      await refuseBadSettings(wanted, id, deps)
    }
    const integration = await changeIntegration(act, id, change)
    await deps.directoryChanged()
    await deps.capture.integrationsChanged()
    return { integration: deps.capture.withStatus(integration) }
  })

  app.post('/api/v1/integrations/test', async (request): Promise<GatewayTestResponse> => {
    const { viewer } = await actOf(request, deps)
    // Before the look at the machine's files and its network.
    requirePermission(viewer, 'admin')
    return deps.capture.testGateway(readInput(gatewayTestRequestSchema, request.body))
  })

  app.delete('/api/v1/integrations/:id', async (request, reply) => {
    const { id } = readInput(idParamsSchema, request.params)
    await deleteIntegration(await actOf(request, deps), id)
    await deps.directoryChanged()
    await deps.capture.integrationsChanged()
    return reply.code(204).send()
  })
}

async function refuseBadSettings(
  wanted: CreateIntegrationRequest,
  id: string | undefined,
  { capture }: AccessDeps,
): Promise<void> {
  const problems = await capture.checkSettings(wanted, id)
  if (problems.length > 0)
    throw new AuditError('invalid', 'The integration cannot work like this.', { problems })
}
