import { setupRequestSchema, type SetupState, type SignedInAs } from '@aleph-audit-log/domain/api/access'
import type { FastifyInstance } from 'fastify'
import { completeSetup, isSetupNeeded } from '../../access/setup.ts'
import { anonymousActOf, type AccessDeps } from './access-deps.ts'
import { readInput } from '../read-input.ts'
import { signInAgain } from './sign-in-requester.ts'

/** The first user, by the link that the terminal showed. */
export function registerSetupRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.get('/api/v1/setup', async (): Promise<SetupState> => ({ needed: await isSetupNeeded(deps.settings) }))

  app.post('/api/v1/setup', async (request, reply): Promise<SignedInAs> => {
    const wanted = readInput(setupRequestSchema, request.body)
    const act = { ...anonymousActOf(request, deps), workspaceId: deps.workspace.id, hasher: deps.hasher }
    const made = await completeSetup(act, wanted)
    await signInAgain(request, reply, deps, wanted)
    reply.code(201)
    return made
  })
}
