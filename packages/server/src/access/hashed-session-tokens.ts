import type { kyselyAdapter } from '@better-auth/kysely-adapter'
import { hashSecret } from './secret-token.ts'

/** better-auth's port to its database, made when it knows its options. */
type CreateAdapter = ReturnType<typeof kyselyAdapter>
type Adapter = ReturnType<CreateAdapter>

type Condition = { field: string; value: unknown }
/** What all of the adapter's methods take, as far as it matters here. */
type Query = { model: string; where?: Condition[]; data?: Record<string, unknown> }
type Method = (query: Query) => Promise<unknown>

const methods = [
  'create',
  'findOne',
  'findMany',
  'count',
  'update',
  'updateMany',
  'delete',
  'deleteMany',
  'consumeOne',
  'incrementOne',
] as const

/**
 * better-auth keeps the token of a session as it stands in the cookie. With this around its adapter the database has
 * only the token's hash: tokens are hashed on their way in, in rows and in conditions, and the rows that come back
 * have the token that was asked for.
 */
export function hashSessionTokens(createAdapter: CreateAdapter): CreateAdapter {
  return (options) => {
    const adapter = createAdapter(options)
    return {
      ...hashing(adapter),
      transaction: (callback) => adapter.transaction((transaction) => callback(hashing(transaction))),
    }
  }
}

function hashing<T extends Omit<Adapter, 'transaction'>>(adapter: T): T {
  const wrapped: Partial<Record<(typeof methods)[number], Method>> = {}
  for (const name of methods) {
    // The methods differ in their type parameters only, which say nothing about the values.
    const call = adapter[name] as Method
    wrapped[name] = async (query) => {
      if (query.model !== 'session') return call(query)
      const tokens = new Map<unknown, unknown>()
      return restoreTokens(await call(hashTokens(query, tokens)), tokens)
    }
  }
  return { ...adapter, ...wrapped }
}

/** The query with hashes in place of tokens; `tokens` then has the token of each hash. */
function hashTokens(query: Query, tokens: Map<unknown, unknown>): Query {
  const hashValue = (token: unknown): unknown => {
    if (Array.isArray(token)) return token.map(hashValue)
    if (typeof token !== 'string') return token
    const hash = hashSecret(token)
    tokens.set(hash, token)
    return hash
  }
  return {
    ...query,
    ...(query.where && {
      where: query.where.map((condition) =>
        condition.field === 'token' ? { ...condition, value: hashValue(condition.value) } : condition,
      ),
    }),
    ...(query.data &&
      'token' in query.data && { data: { ...query.data, token: hashValue(query.data.token) } }),
  }
}

function restoreTokens(result: unknown, tokens: Map<unknown, unknown>): unknown {
  if (Array.isArray(result)) return result.map((row: unknown) => restoreTokens(row, tokens))
  if (typeof result !== 'object' || result === null || !('token' in result)) return result
  return { ...result, token: tokens.get(result.token) ?? result.token }
}
