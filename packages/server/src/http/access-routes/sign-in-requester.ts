import type { FastifyReply, FastifyRequest } from 'fastify'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { SignedIn } from '../../access/sign-in.ts'
import { anonymousActOf, type AccessDeps } from './access-deps.ts'

export type Credentials = { email: string; password: string }

/** Signs the sender of a request in and gives the answer its cookie. */
export async function signInRequester(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: AccessDeps,
  { email, password }: Credentials,
): Promise<SignedIn> {
  const userAgent = request.headers['user-agent']
  const signedIn = await deps.signIn.signIn({
    email,
    password,
    ip: request.ip,
    ...(userAgent !== undefined && { userAgent }),
    record: anonymousActOf(request, deps).record,
  })
  reply.header('set-cookie', signedIn.cookies)
  return signedIn
}

/**
 * Signs somebody in who has just become a user, or has another password. What made it so is done: if the sign-in is refused
 * (too many tries from their address, a full queue) the answer only lacks the cookie, and they sign in by hand.
 */
export async function signInAgain(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: AccessDeps,
  credentials: Credentials,
): Promise<void> {
  try {
    await signInRequester(request, reply, deps, credentials)
  } catch (error) {
    if (!(error instanceof AuditError)) throw error
  }
}
