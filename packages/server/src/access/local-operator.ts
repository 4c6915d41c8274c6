import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Authenticator } from './authenticate.ts'
import { operatorViewer } from './viewer.ts'

export type LocalOperator = {
  /** Put on requests that came through the data directory's socket; made anew at each start, never written down. */
  authorization: string
  /** The same authenticator, which knows the operator as well. */
  authenticator: Authenticator
}

/** No secret: it only saves the requests of all others the comparison. */
const publicBeginning = 'Bearer local_'

/**
 * Whoever can open the 0600 socket in the data directory owns the data: the command line acts with all
 * permissions, and what it does is recorded under its name.
 */
export function admitLocalOperator(authenticator: Authenticator, workspaceId: string): LocalOperator {
  const key = randomBytes(32).toString('base64url')
  const authorization = `${publicBeginning}${key}`
  const expected = digest(authorization)
  const viewer = operatorViewer(workspaceId)
  const isOperator = ({ authorization: presented }: IncomingHttpHeaders): boolean =>
    presented?.startsWith(publicBeginning) === true && timingSafeEqual(digest(presented), expected)
  return {
    authorization,
    authenticator: {
      ...authenticator,
      authenticate: async (headers) => (isOperator(headers) ? viewer : authenticator.authenticate(headers)),
    },
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
