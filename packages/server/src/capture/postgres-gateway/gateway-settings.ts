import { readFile, stat } from 'node:fs/promises'
import type { PostgresGatewaySettings } from '@aleph-audit-log/domain/api/integrations'
import { AuditError, isAuditError } from '@aleph-audit-log/domain/error'
import type { GatewayTls, ServerAddress } from './gateway-tls.ts'

/** The server of the settings: a folder is that of its unix socket. */
export function serverAddressOf({ serverHost, serverPort }: PostgresGatewaySettings): ServerAddress {
  return serverHost.startsWith('/')
    ? { path: `${serverHost}/.s.PGSQL.${serverPort}` }
    : { host: serverHost, port: serverPort }
}

/** The authorities of a whole operating system are some 250 KiB. */
const pemBytesMax = 2 * 1024 * 1024

type FileField = 'certificateFile' | 'keyFile' | 'clientCaFile' | 'serverCaFile'

/**
 * The settings' certificates and keys, from their files. Throws AuditError('invalid') with a problem at the setting of
 * one that cannot be read.
 */
export async function readTls(settings: PostgresGatewaySettings): Promise<GatewayTls> {
  const { clientTls, clientCertificate, serverTls } = settings
  const [certificate, key, clientAuthorities, authorities] = await Promise.all([
    readPem(settings, 'certificateFile'),
    readPem(settings, 'keyFile'),
    readPem(settings, 'clientCaFile'),
    readPem(settings, 'serverCaFile'),
  ])
  const tls: GatewayTls = {}
  if (clientTls !== 'off') {
    tls.client = {
      certificate: certificate ?? '',
      key: key ?? '',
      required: clientTls === 'required',
      clientCertificate,
      ...(clientAuthorities === undefined ? {} : { clientAuthorities }),
    }
  }
  if (serverTls !== 'off') {
    tls.server = { mode: serverTls, ...(authorities === undefined ? {} : { authorities }) }
  }
  return tls
}

async function readPem(settings: PostgresGatewaySettings, field: FileField): Promise<string | undefined> {
  const path = settings[field]
  if (path === undefined) return undefined
  const refuse = (message: string, cause?: unknown): never => {
    const problems = [{ path: `settings.${field}`, message }]
    throw new AuditError('invalid', `${path} cannot be read.`, { cause, problems })
  }
  try {
    const stats = await stat(path)
    // A pipe or a device may never end.
    if (!stats.isFile()) return refuse('is not a file')
    if (stats.size > pemBytesMax) return refuse(`is larger than ${pemBytesMax / 1024} KiB`)
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (isAuditError(cause)) throw cause
    return refuse(whyUnreadable(cause), cause)
  }
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist on this machine'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by the user that runs the audit log'
  return 'cannot be read'
}
