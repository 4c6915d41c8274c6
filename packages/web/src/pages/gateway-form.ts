import type { PostgresGatewaySettings } from '@aleph-audit-log/domain/api/integrations'

/** The fields of the form as they are typed. */
export type GatewayFields = {
  listenHost: string
  listenPort: string
  serverHost: string
  serverPort: string
  mode: PostgresGatewaySettings['mode']
  clientTls: PostgresGatewaySettings['clientTls']
  certificateFile: string
  keyFile: string
  clientCertificate: PostgresGatewaySettings['clientCertificate']
  clientCaFile: string
  serverTls: PostgresGatewaySettings['serverTls']
  serverCaFile: string
  replication: PostgresGatewaySettings['replication']
}

const empty: GatewayFields = {
  listenHost: '127.0.0.1',
  listenPort: '6432',
  serverHost: '',
  serverPort: '5432',
  mode: 'observe',
  clientTls: 'off',
  certificateFile: '',
  keyFile: '',
  clientCertificate: 'none',
  clientCaFile: '',
  serverTls: 'off',
  serverCaFile: '',
  replication: 'refuse',
}

export function toGatewayFields(settings: PostgresGatewaySettings | undefined): GatewayFields {
  if (settings === undefined) return empty
  const { listenPort, serverPort, ...rest } = settings
  return { ...empty, ...rest, listenPort: String(listenPort), serverPort: String(serverPort) }
}

/** What is not used (the key of a gateway without TLS) is left out; the server says what is missing. */
export function readGatewayFields(fields: GatewayFields): PostgresGatewaySettings {
  const { listenHost, serverHost, mode, clientTls, clientCertificate, serverTls, replication } = fields
  const path = (text: string, isUsed: boolean): string | undefined =>
    isUsed && text.trim() !== '' ? text.trim() : undefined
  const files = {
    certificateFile: path(fields.certificateFile, clientTls !== 'off'),
    keyFile: path(fields.keyFile, clientTls !== 'off'),
    clientCaFile: path(fields.clientCaFile, clientTls !== 'off' && clientCertificate !== 'none'),
    serverCaFile: path(fields.serverCaFile, serverTls === 'verify-ca' || serverTls === 'verify-full'),
  }
  return {
    listenHost: listenHost.trim(),
    listenPort: readPort(fields.listenPort),
    serverHost: serverHost.trim(),
    serverPort: readPort(fields.serverPort),
    mode,
    clientTls,
    clientCertificate: clientTls === 'off' ? 'none' : clientCertificate,
    serverTls,
    replication,
    ...Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined)),
  }
}

/** 0 where it is no number: the server refuses that by its field. */
function readPort(text: string): number {
  return /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0
}
