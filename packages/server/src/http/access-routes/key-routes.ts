import {
  createApiKeyRequestSchema,
  idParamsSchema,
  type ApiKeyList,
  type CreateApiKeyResponse,
} from '@aleph-audit-log/domain/api/access'
import type { FastifyInstance } from 'fastify'
import { createApiKey, listApiKeys, revokeApiKey } from '../../access/api-keys.ts'
import { actOf, type AccessDeps } from './access-deps.ts'
import { readInput } from '../read-input.ts'

/** API keys. */
export function registerKeyRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/keys', async (request): Promise<ApiKeyList> => {
    const { viewer } = await actOf(request, deps)
    return { keys: await listApiKeys(deps.settings, viewer) }
  })

  app.post('/api/v1/keys', async (request, reply): Promise<CreateApiKeyResponse> => {
    const act = await actOf(request, deps)
    const made = await createApiKey(act, readInput(createApiKeyRequestSchema, request.body))
    reply.code(201)
    return made
  })

  app.delete('/api/v1/keys/:id', async (request, reply) => {
    const { id } = readInput(idParamsSchema, request.params)
    await revokeApiKey(await actOf(request, deps), id)
    deps.authenticator.forgetApiKey(id)
    return reply.code(204).send()
  })
}
