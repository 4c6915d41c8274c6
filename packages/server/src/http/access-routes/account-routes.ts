import {
  changePasswordRequestSchema,
  type AccountSessions,
  type EndedSessions,
} from '@aleph-audit-log/domain/api/access'
import type { FastifyInstance } from 'fastify'
import { changeOwnPassword, endOtherSessions, listOwnSessions } from '../../access/account.ts'
import { readInput } from '../read-input.ts'
import { actOf, type AccessDeps } from './access-deps.ts'
import { signInAgain } from './sign-in-requester.ts'

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
    const wanted = readInput(changePasswordRequestSchema, request.body)
    const { email } = await changeOwnPassword(options, wanted)
    // A session of its own: the cookie of before is worth nothing, whoever has it.
    await signInAgain(request, reply, deps, { email, password: wanted.password })
    return reply.code(204).send()
  })
}
