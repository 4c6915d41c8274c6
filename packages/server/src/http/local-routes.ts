import { emailSchema } from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { createPasswordReset } from '../access/password-reset.ts'
import { actOf, type AccessDeps } from './access-routes/access-deps.ts'
import { readInput } from './read-input.ts'

const resetRequestSchema = z.strictObject({ email: emailSchema })

/**
 * What only the command line on the server's own machine may do, over the socket in the data directory. Not part of
 * the public contract.
 */
export function registerLocalRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.post('/local/password-resets', async (request, reply) => {
    const act = await actOf(request, deps)
    if (act.viewer.via !== 'local') {
      throw new AuditError('forbidden', 'Only the command line on the server itself may do this.')
    }
    const { email } = readInput(resetRequestSchema, request.body)
    const token = await createPasswordReset(act, email)
    return reply
      .code(201)
      .send({ link: `${deps.publicUrl()}/reset-password?token=${encodeURIComponent(token)}` })
  })
}
