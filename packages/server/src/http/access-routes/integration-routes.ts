import { idParamsSchema } from '@aleph-audit-log/domain/api/access'
import {
  changeIntegrationRequestSchema,
  createIntegrationRequestSchema,
  type Integration,
  type IntegrationConfiguration,
  type IntegrationKind,
  type IntegrationList,
  type PostgresLogSettings,
} from '@aleph-audit-log/domain/api/settings'
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
    return { integrations: integrations.map((integration) => withStatus(integration, deps)) }
  })

  app.post('/api/v1/integrations', async (request, reply): Promise<{ integration: Integration }> => {
    const act = await actOf(request, deps)
    // Before the look at the machine's files, which is for admins only.
    requirePermission(act.viewer, 'admin')
    const wanted = readInput(createIntegrationRequestSchema, request.body)
    await refuseBadSettings(wanted.kind, wanted.settings, deps)
    const integration = await createIntegration(act, wanted)
    await deps.directoryChanged()
    await deps.capture.integrationsChanged()
    reply.code(201)
    return { integration: withStatus(integration, deps) }
  })

  app.patch('/api/v1/integrations/:id', async (request): Promise<{ integration: Integration }> => {
    const act = await actOf(request, deps)
    requirePermission(act.viewer, 'admin')
    const { id } = readInput(idParamsSchema, request.params)
    const change = readInput(changeIntegrationRequestSchema, request.body)
    const before = (await listIntegrations(deps.settings, act.viewer)).find((known) => known.id === id)
    if (before && change.settings) await refuseBadSettings(before.kind, change.settings, deps)
    const integration = await changeIntegration(act, id, change)
    await deps.directoryChanged()
    await deps.capture.integrationsChanged()
    return { integration: withStatus(integration, deps) }
  })

  app.delete('/api/v1/integrations/:id', async (request, reply) => {
    const { id } = readInput(idParamsSchema, request.params)
    await deleteIntegration(await actOf(request, deps), id)
    await deps.directoryChanged()
    await deps.capture.integrationsChanged()
    return reply.code(204).send()
  })
}

function withStatus(integration: IntegrationConfiguration, { capture }: AccessDeps): Integration {
  return { ...integration, status: capture.statusOf(integration.id) }
}

async function refuseBadSettings(
  kind: IntegrationKind,
  settings: PostgresLogSettings,
  { capture }: AccessDeps,
): Promise<void> {
  const problems = await capture.checkSettings(kind, settings)
  if (problems.length > 0)
    throw new AuditError('invalid', 'The integration cannot work like this.', { problems })
}
