import { emailSchema } from '@aleph-audit-log/domain/api/access'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { createPasswordReset } from '../access/password-reset.ts'
import type { LogCheck } from '../ingest/check-log.ts'
import type { Rereading } from '../ingest/rereading.ts'
import { actOf, type AccessDeps } from './access-routes/access-deps.ts'
import { readInput } from './read-input.ts'

const resetRequestSchema = z.strictObject({ email: emailSchema })
const checkRequestSchema = z.strictObject({
  repair: z.boolean().default(false),
  dropDamagedParts: z.boolean().default(false),
})

export type LocalDeps = AccessDeps & {
  check: (options: z.infer<typeof checkRequestSchema>) => Promise<LogCheck>
  rereading: Rereading
}

/**
 * What only the command line on the server's own machine may do, over the socket in the data directory. Not part of
 * the public contract.
 */
export function registerLocalRoutes(app: FastifyInstance, deps: LocalDeps): void {
  const admit = async (request: FastifyRequest) => {
    const act = await actOf(request, deps)
    if (act.viewer.via === 'local') return act
    throw new AuditError('forbidden', 'Only the command line on the server itself may do this.')
  }
  app.post('/local/password-resets', async (request, reply) => {
    const act = await admit(request)
    const { email } = readInput(resetRequestSchema, request.body)
    const token = await createPasswordReset(act, email)
    return reply
      .code(201)
      .send({ link: `${deps.publicUrl()}/reset-password?token=${encodeURIComponent(token)}` })
  })
  app.post('/local/checks', async (request) => {
    const { viewer, record } = await admit(request)
    const asked = readInput(checkRequestSchema, request.body)
    if (asked.repair || asked.dropDamagedParts) {
      await record({ type: 'audit_log_repaired', actor: viewer.actor, data: asked })
    }
    return deps.check(asked)
  })
  app.get('/local/reread', async (request) => {
    await admit(request)
    return deps.rereading.status
  })
  app.post('/local/reread', async (request, reply) => {
    const { viewer, record } = await admit(request)
    deps.rereading.refuseSecond()
    await record({ type: 'audit_log_reread', actor: viewer.actor })
    deps.rereading.start()
    return reply.code(202).send(deps.rereading.status)
  })
  app.delete('/local/reread', async (request) => {
    await admit(request)
    await deps.rereading.stop()
    return deps.rereading.status
  })
}
