import type { PostgresGatewaySettings } from '@aleph-audit-log/domain/api/integrations'

export type Instruction = { tool: string; text: string }

/** What to put into clients so that they reach the database through the gateway. */
export function gatewayInstructions(settings: PostgresGatewaySettings): Instruction[] {
  const { listenPort: port, clientTls } = settings
  const host = hostForClients(settings.listenHost)
  const inUrl = host.includes(':') ? `[${host}]` : host
  const sslMode = clientTls === 'off' ? 'disable' : 'require'
  return [
    { tool: 'psql', text: `psql "host=${host} port=${port} dbname=DATABASE user=LOGIN sslmode=${sslMode}"` },
    { tool: 'JDBC', text: `jdbc:postgresql://${inUrl}:${port}/DATABASE?sslmode=${sslMode}` },
    {
      tool: 'SQLAlchemy',
      text: `create_engine("postgresql+psycopg://LOGIN:PASSWORD@${inUrl}:${port}/DATABASE?sslmode=${sslMode}")`,
    },
    {
      tool: 'Metabase',
      text: `Host: ${host}\nPort: ${port}\nUse a secure connection (SSL): ${clientTls === 'off' ? 'off' : 'on'}`,
    },
  ]
}

/** An address that stands for all of a machine's is no address to connect to. */
function hostForClients(listenHost: string): string {
  return listenHost === '0.0.0.0' || listenHost === '::' ? 'NAME-OF-THIS-MACHINE' : listenHost
}
