import { beforeEach, expect, test, vi } from 'vitest'
import type * as cedar from './cedar.ts'
import { PolicySet, type PolicyFacts } from './policy-set.ts'
import { requirePolicy } from './read-policy.ts'
import { usualFacts } from './testing/usual-facts.ts'

const calls = vi.hoisted(() => ({ count: 0 }))
vi.mock(import('./cedar.ts'), async (original) => {
  const real = await original()
  const callCedar: typeof cedar.callCedar = (call) => {
    calls.count++
    return real.callCedar(call)
  }
  return { ...real, callCedar }
})
beforeEach(() => {
  calls.count = 0
})

/** How often Cedar is called for what a sender makes up; the first call tells it the policy. */
function callsFor(text: string, facts: (i: number) => Partial<PolicyFacts>): number {
  const read = requirePolicy(text)
  const set = new PolicySet([{ id: 'p', name: 'p', version: 1, read }], () => expect.unreachable())
  calls.count = 0
  for (let i = 0; i < 500; i++) set.violated({ ...usualFacts, ...facts(i) })
  const { count } = calls
  set.close()
  return count - 1
}

test('applications, tools and networks that a sender makes up do not make Cedar be called for each', () => {
  const like = 'forbid(principal, action, resource) when { context.application like "*Excel*" };'
  expect(callsFor(like, (i) => ({ application: `made up ${i}` }))).toBe(1)
  expect(callsFor(like, (i) => ({ application: `${i % 2 === 0 ? 'ms excel' : 'psql'} ${i}` }))).toBe(2)
  const tool = 'forbid(principal, action, resource) unless { context.tool like "dbt*" };'
  expect(callsFor(tool, (i) => ({ tool: `dbt ${i}` }))).toBe(1)
  const outside =
    'forbid(principal, action, resource) unless { context has network && context.network.isInRange(ip("10.0.0.0/8")) };'
  expect(callsFor(outside, (i) => ({ network: `11.${i >> 8}.${i & 255}.0/24` }))).toBe(1)
  expect(callsFor(outside, (i) => ({ network: `${10 + (i & 1)}.${i & 255}.0.0/24` }))).toBe(2)
})
