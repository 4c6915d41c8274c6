import {
  acceptInvitationRequestSchema,
  tokenParamsSchema,
  type OpenInvitation,
  type SignedInAs,
} from '@aleph-audit-log/domain/api/access'
import type { FastifyInstance } from 'fastify'
import { acceptInvitation, readInvitation } from '../../access/invitations.ts'
import { anonymousActOf, type AccessDeps } from './access-deps.ts'
import { readInput } from '../read-input.ts'
import { signInAgain } from './sign-in-requester.ts'

/** What somebody does with the link of an invitation. */
export function registerInvitationRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/invitations/:token', async (request): Promise<OpenInvitation> => {
    const { token } = readInput(tokenParamsSchema, request.params)
    return readInvitation(deps.settings, token, deps.now())
  })

  app.post('/api/v1/invitations/:token', async (request, reply): Promise<SignedInAs> => {
    const { token } = readInput(tokenParamsSchema, request.params)
    const wanted = readInput(acceptInvitationRequestSchema, request.body)
    const act = { ...anonymousActOf(request, deps), hasher: deps.hasher }
    const { email } = await acceptInvitation(act, token, wanted)
    await signInAgain(request, reply, deps, { email, password: wanted.password })
    reply.code(201)
    return { email }
  })
}
