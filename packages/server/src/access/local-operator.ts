import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { apiKeyScopes } from '@aleph-audit-log/domain/api/access'
import type { Authenticator } from './authenticate.ts'
import type { Permission, Viewer } from './viewer.ts'

export type LocalOperator = {
  /** Put on requests that came through the data directory's socket; made anew at each start, never written down. */
  authorization: string
  /** The same authenticator, which knows the operator as well. */
  authenticator: Authenticator
}

/**
 * Whoever can open the 0600 socket in the data directory owns the data: the command line acts as *local operator*
 * with all permissions, and what it does is recorded under that name.
 */
export function admitLocalOperator(authenticator: Authenticator, workspaceId: string): LocalOperator {
  const key = randomBytes(32).toString('base64url')
  const authorization = `Bearer local_${key}`
  const expected = digest(authorization)
  const viewer: Viewer = {
    workspaceId,
    actor: { type: 'system', id: 'local_operator', name: 'Local operator' },
    via: 'local',
    permissions: new Set<Permission>(apiKeyScopes),
  }
  const isOperator = ({ authorization: presented }: IncomingHttpHeaders): boolean =>
    presented !== undefined && timingSafeEqual(digest(presented), expected)
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
