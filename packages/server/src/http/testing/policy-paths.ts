import type { Act } from '../../access/act.ts'
import { createPolicy } from '../../settings/policies/policies.ts'
import { grantException } from '../../settings/policies/policy-exceptions.ts'
import { setTableTags } from '../../settings/policies/table-tags.ts'
import { admins, directoryReaders, type Expected } from './route-expectations.ts'

/** A text that is right, and says nothing of most queries. */
const policyText = 'forbid(principal, action == Action::"export", resource in Tag::"secret");'
const dayMs = 86_400_000

/** A request for an exception that holds for a day. */
function newException(reason: string, policyId?: string): object {
  const until = new Date(Date.now() + dayMs).toISOString()
  const subject = { kind: 'person', name: 'ann@acme.test' }
  return { subject, until, reason, approver: reason, ...(policyId === undefined ? {} : { policyId }) }
}

async function addPolicy(act: Act, name: string): Promise<string> {
  return (await createPolicy(act, { name, text: policyText, enabled: true, note: name })).id
}

async function addException(act: Act, reason: string): Promise<string> {
  const until = new Date(Date.now() + dayMs).toISOString()
  const wanted = { subject: { kind: 'person' as const, name: reason }, until, reason, approver: reason }
  return (await grantException(act, wanted)).id
}

/** A policy, an exception from it and tags of tables with this mark in them. */
export async function fillPolicies(
  act: Act,
  mark: string,
): Promise<{ policyId: string; exceptionId: string }> {
  await setTableTags(act, { pattern: `${mark}.*`, tags: [mark] })
  return { policyId: await addPolicy(act, `Policy ${mark}`), exceptionId: await addException(act, mark) }
}

/** Addresses of the routes about policies, for tests that call every route. */
export const policyPaths: readonly string[] = [
  '/api/v1/policies',
  '/api/v1/policies/nonsense/versions',
  '/api/v1/policies/activity',
  '/api/v1/policies/report?month=2026-11',
  '/api/v1/policies/report?month=nonsense',
  '/api/v1/policies/exceptions',
  '/api/v1/table-tags',
]

/** What is told of policies is made of the whole log: an admin key that does not read it has no part in that. */
const readersOfBoth = (status: number): Expected => ({ ...directoryReaders(status), 'key admin': 403 })

type Make = { fresh: () => string; act: () => Act }
type Call = { path: string; body?: unknown }

/** The routes about policies with who may call them. */
export function policyRoutes({
  fresh,
  act,
}: Make): Record<string, { expected: Expected; call: () => Call | Promise<Call> }> {
  const path = '/api/v1/policies'
  const get = (address: string, expected: Expected) => ({ expected, call: () => ({ path: address }) })
  const post = (address: string, expected: Expected, body: () => object) => ({
    expected,
    call: () => ({ path: address, body: body() }),
  })
  const id = async (): Promise<string> => addPolicy(act(), fresh())
  return {
    [`GET ${path}`]: get(path, directoryReaders(200)),
    [`POST ${path}`]: post(path, admins(201), () => ({ name: fresh(), text: policyText })),
    [`PATCH ${path}/:id`]: {
      expected: admins(200),
      call: async () => ({ path: `${path}/${await id()}`, body: { enabled: false } }),
    },
    [`DELETE ${path}/:id`]: { expected: admins(204), call: async () => ({ path: `${path}/${await id()}` }) },
    [`GET ${path}/:id/versions`]: {
      expected: directoryReaders(200),
      call: async () => ({ path: `${path}/${await id()}/versions` }),
    },
    [`POST ${path}/check`]: post(`${path}/check`, directoryReaders(200), () => ({ text: policyText })),
    [`POST ${path}/judge`]: post(`${path}/judge`, readersOfBoth(200), () => ({ text: policyText })),
    [`GET ${path}/activity`]: get(`${path}/activity`, readersOfBoth(200)),
    [`GET ${path}/report`]: get(`${path}/report?month=2026-11`, readersOfBoth(200)),
    [`GET ${path}/exceptions`]: get(`${path}/exceptions`, directoryReaders(200)),
    [`POST ${path}/exceptions`]: post(`${path}/exceptions`, admins(201), () => newException('Test')),
    [`DELETE ${path}/exceptions/:id`]: {
      expected: admins(204),
      call: async () => ({ path: `${path}/exceptions/${await addException(act(), fresh())}` }),
    },
    'GET /api/v1/table-tags': get('/api/v1/table-tags', directoryReaders(200)),
    'POST /api/v1/table-tags': post('/api/v1/table-tags', admins(200), () => ({
      pattern: fresh(),
      tags: ['x'],
    })),
    'POST /api/v1/table-tags/import': post('/api/v1/table-tags/import', admins(200), () => ({
      origin: 'csv',
      content: `table,tags\n${fresh()},x`,
    })),
  }
}

type Ask = (method: string, path: string, body?: object) => Promise<{ status: number; text: string }>

/** Everything that can be done with policies, as somebody of a workspace. */
export async function actOnPolicies(ask: Ask, mark: string): Promise<void> {
  const made = async (what: string, path: string, body: object): Promise<string> => {
    const { status, text } = await ask('POST', path, body)
    if (status !== 201) throw new Error(`${path} answers ${status}: ${text}`)
    return (JSON.parse(text) as Record<string, { id: string }>)[what]?.id ?? ''
  }
  const id = await made('policy', '/api/v1/policies', { name: mark, text: policyText })
  await ask('POST', '/api/v1/policies/check', { text: policyText })
  await ask('POST', '/api/v1/policies/judge', { text: 'forbid(principal, action, resource);' })
  await ask('PATCH', `/api/v1/policies/${id}`, { note: mark, enabled: false })
  await ask('GET', `/api/v1/policies/${id}/versions`)
  const exception = await made('exception', '/api/v1/policies/exceptions', newException(mark, id))
  await ask('DELETE', `/api/v1/policies/exceptions/${exception}`)
  await ask('DELETE', `/api/v1/policies/${id}`)
  await ask('POST', '/api/v1/table-tags', { pattern: mark, tags: [mark] })
  await ask('POST', '/api/v1/table-tags/import', { origin: 'csv', content: `table,tags\n${mark},x` })
}
