import { AuditError } from '@aleph-audit-log/domain/error'
import type { FastifyRequest } from 'fastify'

export type PublicAddress = {
  /** `https://audit.example.com`, without a trailing slash. */
  url: string
  /** Nobody has set it: then the machine's own names for itself are good as well. */
  isDefault: boolean
}

export type RequestChecks = {
  /**
   * Throws AuditError('forbidden') for a Host that is not ours: a page elsewhere whose name was pointed at this
   * machine (DNS rebinding) would otherwise share our origin.
   */
  checkHost: (request: FastifyRequest) => void
  /**
   * Throws AuditError('forbidden') for a write that another site makes a browser send. Browsers tell the Origin with
   * every write; a sender with a cookie must tell it, one without a cookie (a script that signs in) need not, and an
   * API key is never sent by a browser on its own.
   */
  checkOrigin: (request: FastifyRequest) => void
}

const reading = new Set(['GET', 'HEAD', 'OPTIONS'])
const ownNames = ['localhost', '127.0.0.1', '[::1]']

/** `address` is asked with each request, because a free port is known only once the server listens. */
export function createRequestChecks(address: () => PublicAddress): RequestChecks {
  let last = knownOrigins(address())
  const known = (): KnownOrigins => {
    const now = address()
    if (now.url !== last.url || now.isDefault !== last.isDefault) last = knownOrigins(now)
    return last
  }
  return {
    checkHost: ({ host }) => {
      const { origins, hosts, protocol } = known()
      // Nearly all requests name one of them just so; reading an address takes longer than all other checks.
      if (hosts.has(host)) return
      const text = `${protocol}//${host}`
      if (host !== '' && URL.canParse(text) && origins.has(new URL(text).origin) && !/[/?#@\\]/.test(host))
        return
      throw new AuditError(
        'forbidden',
        'This server is not known under the name in the Host header. Set AUDIT_PUBLIC_URL to the address people use.',
      )
    },
    checkOrigin: ({ method, headers }) => {
      if (reading.has(method) || headers.authorization !== undefined) return
      if (headers.origin === undefined && headers.cookie === undefined) return
      if (headers.origin !== undefined && known().origins.has(headers.origin)) return
      throw new AuditError(
        'forbidden',
        headers.origin === undefined
          ? 'A write with a session cookie needs an Origin header.'
          : 'Requests from other sites are refused. If this is the right address, set AUDIT_PUBLIC_URL to it.',
      )
    },
  }
}

type KnownOrigins = PublicAddress & {
  protocol: string
  origins: ReadonlySet<string>
  /** As a Host header names them. */
  hosts: ReadonlySet<string>
}

function knownOrigins({ url, isDefault }: PublicAddress): KnownOrigins {
  const { host, protocol, port } = new URL(url)
  const suffix = port === '' ? '' : `:${port}`
  const hosts = [host, ...(isDefault ? ownNames.map((name) => `${name}${suffix}`) : [])]
  const origins = hosts.map((name) => `${protocol}//${name}`)
  return { url, isDefault, protocol, origins: new Set(origins), hosts: new Set(hosts) }
}
