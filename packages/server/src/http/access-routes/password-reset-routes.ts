import {
  passwordResetRequestSchema,
  tokenParamsSchema,
  type OpenPasswordReset,
} from '@aleph-audit-log/domain/api/access'
import type { FastifyInstance } from 'fastify'
import { readPasswordReset, resetPassword } from '../../access/password-reset.ts'
import { anonymousActOf, type AccessDeps } from './access-deps.ts'
import { readInput } from '../read-input.ts'

/** What somebody does with the link that `users reset` printed. */
export function registerPasswordResetRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/password-resets/:token', async (request): Promise<OpenPasswordReset> => {
    const { token } = readInput(tokenParamsSchema, request.params)
    return readPasswordReset(deps.settings, token, deps.now())
  })

  app.post('/api/v1/password-resets/:token', async (request, reply) => {
    const { token } = readInput(tokenParamsSchema, request.params)
    const { password } = readInput(passwordResetRequestSchema, request.body)
    const act = { ...anonymousActOf(request, deps), hasher: deps.hasher }
    const { email } = await resetPassword(act, token, password)
    // Who forgot a password has often tried too many.
    deps.signIn.limiter.succeed({ ip: request.ip, email })
    return reply.code(204).send()
  })
}
