import { apiKeyListSchema, createApiKeyResponseSchema, type ApiKey } from '@aleph-audit-log/domain/api/access'
import type { Connection } from './connect.ts'

/** The API keys as lines of a table, tab-separated. */
export async function listKeys(connection: Connection): Promise<string[]> {
  const { keys } = apiKeyListSchema.parse(await connection.call('GET', '/api/v1/keys'))
  const row = ({ id, name, prefix, scopes, createdAt, lastUsedAt, revokedAt }: ApiKey): string =>
    [
      id,
      printable(name),
      `${prefix}...`,
      scopes.join(','),
      createdAt,
      lastUsedAt ?? 'never',
      revokedAt ?? 'valid',
    ].join('\t')
  return ['id\tname\tkey\tscopes\tcreated\tlast used\trevoked', ...keys.map(row)]
}

/** Creates an API key and returns it: the only time that it can be seen. */
export async function createKey(connection: Connection, name: string, scopes: string[]): Promise<string> {
  const answer = await connection.call('POST', '/api/v1/keys', { name, scopes })
  return createApiKeyResponseSchema.parse(answer).secret
}

/** Makes an API key invalid from now on. */
export async function revokeKey(connection: Connection, id: string): Promise<void> {
  await connection.call('DELETE', `/api/v1/keys/${encodeURIComponent(id)}`)
}

/** Names come from users: what would move the cursor or colour the terminal is shown as a question mark. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?')
}
