import {
  changePasswordRequestSchema,
  type AccountSessions,
  type EndedSessions,
} from '@aleph-audit-log/domain/api/access'
import type { FastifyInstance } from 'fastify'
import { changeOwnPassword, endOtherSessions, listOwnSessions } from '../../access/account.ts'
import { readInput } from '../read-input.ts'
import { actOf, type AccessDeps } from './access-deps.ts'

/** What people do with their own account. */
export function registerAccountRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/account/sessions', async (request): Promise<AccountSessions> => {
    const { viewer, nowMs } = await actOf(request, deps)
    return { sessions: await listOwnSessions(deps.settings, viewer, nowMs) }
  })

  app.delete('/api/v1/account/sessions', async (request): Promise<EndedSessions> => ({
    ended: await endOtherSessions(await actOf(request, deps)),
  }))

  app.post('/api/v1/account/password', async (request, reply) => {
    const act = await actOf(request, deps)
    const { hasher, signIn } = deps
    const options = { ...act, hasher, limiter: signIn.limiter, ip: request.ip }
    await changeOwnPassword(options, readInput(changePasswordRequestSchema, request.body))
    return reply.code(204).send()
  })
}
