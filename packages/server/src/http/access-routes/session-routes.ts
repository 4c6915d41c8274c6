import { signInRequestSchema, type Session } from '@aleph-audit-log/domain/api/access'
import { isAuditError } from '@aleph-audit-log/domain/error'
import type { FastifyInstance } from 'fastify'
import { clearingCookie } from '../../access/session-cookie.ts'
import { readSession } from '../../access/sessions.ts'
import { signOut } from '../../access/sign-out.ts'
import { actOf, type AccessDeps } from './access-deps.ts'
import { readInput } from '../read-input.ts'
import { signInRequester } from './sign-in-requester.ts'

/** Sign-in, sign-out, and who is signed in. */
export function registerSessionRoutes(app: FastifyInstance, deps: AccessDeps): void {
  app.post('/api/auth/sign-in/email', async (request, reply): Promise<Session> => {
    const { session } = await signInRequester(
      request,
      reply,
      deps,
      readInput(signInRequestSchema, request.body),
    )
    return session
  })

  app.post('/api/auth/sign-out', async (request, reply) => {
    const act = await actOf(request, deps).catch((error: unknown) => {
      if (isAuditError(error, 'unauthenticated')) return undefined
      throw error
    })
    if (act) await signOut(act)
    reply.header('set-cookie', clearingCookie(deps.signIn.cookie))
    return { success: true }
  })

  app.get('/api/v1/session', async (request, reply): Promise<Session> => {
    const { viewer } = await actOf(request, deps)
    const session = await readSession(deps.settings, viewer)
    // Here, and not with every request: the page asks for the session whenever it is opened.
    const cookies = await deps.signIn.prolongSession(request.headers.cookie ?? '')
    if (cookies.length > 0) reply.header('set-cookie', cookies)
    return session
  })
}
