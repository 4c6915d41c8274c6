import { policyTimeOf } from '@aleph-audit-log/domain/policy/policy-question'
import { statementKinds } from '@aleph-audit-log/domain/event-values'
import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { callCedar } from './cedar.ts'
import { actionEntities } from './cedar-schema.ts'
import { PolicySet, type NamedPolicy, type PolicyFacts } from './policy-set.ts'
import { requirePolicy } from './read-policy.ts'
import { usualFacts } from './testing/usual-facts.ts'

const named = (name: string, text: string): NamedPolicy => ({
  id: name,
  name,
  version: 1,
  read: requirePolicy(text),
})
const noFault = (): void => expect.unreachable()
const noon = Date.parse('2026-11-25T12:00:00Z')
const forbids = (text: string, facts: Partial<PolicyFacts>): boolean => {
  const set = new PolicySet([named('p', text)], noFault)
  const found = set.violated({ ...usualFacts, ...facts })
  set.close()
  return found.length > 0
}

describe('a policy forbids', () => {
  const pii =
    'forbid(principal, action in Action::"read", resource in Tag::"PII") unless { principal in Group::"Finance" };'
  const tool = 'forbid(principal, action in Action::"write", resource) when { context.tool == "Metabase" };'
  const night =
    '@zone("Europe/Berlin") forbid(principal, action in Action::"access", resource) when { context.hour >= 20 || context.hour < 6 };'
  const weekend = 'forbid(principal, action, resource) when { context.weekday > 5 };'
  const outside =
    'forbid(principal, action, resource) unless { context has network && context.network.isInRange(ip("10.0.0.0/8")) };'
  const excel = 'forbid(principal, action, resource) when { context.application like "*Excel*" };'
  test.each<[string, Partial<PolicyFacts>, boolean]>([
    [pii, {}, true],
    [pii, { groups: ['finance'] }, false],
    [pii, { groups: ['sales'] }, true],
    [pii, { tags: [] }, false],
    [pii, { tags: ['hr', 'pii'] }, true],
    [pii, { action: 'export' }, true],
    [pii, { action: 'write' }, false],
    [tool, { action: 'write', tool: 'metabase' }, true],
    [tool, { action: 'import', tool: 'metabase' }, true],
    [tool, { action: 'write', tool: 'dbt' }, false],
    [tool, { action: 'read', tool: 'metabase' }, false],
    // 19:59 and 20:00 in Berlin, in winter and in summer.
    [night, { ms: Date.parse('2026-11-25T18:59:59Z') }, false],
    [night, { ms: Date.parse('2026-11-25T19:00:00Z') }, true],
    [night, { ms: Date.parse('2026-07-25T18:00:00Z') }, true],
    [night, { ms: Date.parse('2026-11-25T19:00:00Z'), action: 'session' }, false],
    [weekend, { ms: Date.parse('2026-11-28T00:00:00Z') }, true],
    [weekend, { ms: Date.parse('2026-11-30T00:00:00Z') }, false],
    [outside, {}, true],
    [outside, { network: '10.7.3.0/24' }, false],
    [outside, { network: '203.0.113.0/24' }, true],
    [outside, { network: '2001:db8:1::/48' }, true],
    [excel, { application: 'microsoft excel 16' }, true],
    [excel, { application: 'psql' }, false],
    ['forbid(principal, action, resource) when { context.service };', { service: true }, true],
    ['forbid(principal, action, resource) when { context.service };', {}, false],
    [
      'forbid(principal, action, resource) when { !(["psql", "dbt"].contains(context.tool)) };',
      { tool: 'hex' },
      true,
    ],
    [
      'forbid(principal, action, resource) when { !(["psql", "dbt"].contains(context.tool)) };',
      { tool: 'dbt' },
      false,
    ],
  ])('%s of %o: %s', (text, facts, expected) => {
    expect(forbids(text, facts)).toBe(expected)
  })
})

test('of several policies each is told by its name, and once', () => {
  const set = new PolicySet(
    [
      named('a', 'forbid(principal, action, resource); forbid(principal, action, resource in Tag::"pii");'),
      named('b', 'forbid(principal, action, resource) when { context.hour == 12 };'),
      named('c', 'forbid(principal, action, resource in Tag::"other");'),
    ],
    noFault,
  )
  expect(
    set
      .violated(usualFacts)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['a', 'b'])
})

test('what cannot be evaluated forbids nothing, and is told', () => {
  const overflow: NamedPolicy = {
    ...named('a', 'forbid(principal, action, resource) when { context.hour > 1 };'),
  }
  const json = callCedar((cedar) =>
    cedar.policyToJson(
      'forbid(principal, action, resource) when { context.hour * 9007199254740991 * 9007199254740991 > 1 };',
    ),
  )
  if (json?.type !== 'success') throw new Error('Cedar does not read it.')
  overflow.read = { ...overflow.read, statements: [json.json] }
  const faults: string[] = []
  const set = new PolicySet(
    [overflow, named('b', 'forbid(principal, action, resource) when { context.hour > 1 };')],
    (policy, message) => faults.push(`${policy.name}: ${message}`),
  )
  expect(set.violated(usualFacts).map(({ name }) => name)).toEqual(['b'])
  expect(faults.join()).toMatch(/^a: .*overflow/)
  // As another version of Cedar may refuse it.
  const broken = new PolicySet(
    [
      { ...overflow, read: { ...overflow.read, statements: [{} as PolicyJson] } },
      named('b', 'forbid(principal, action, resource) when { context.hour > 1 };'),
    ],
    (policy, message) => faults.push(`${policy.name}: ${message}`),
  )
  expect(broken.violated(usualFacts).map(({ name }) => name)).toEqual(['b'])
  expect(faults.length).toBe(2)
})

const texts = [
  'forbid(principal, action in Action::"read", resource in Tag::"pii") unless { principal in Group::"finance" };',
  'forbid(principal in Group::"Temp", action == Action::"export", resource);',
  'forbid(principal, action in [Action::"write", Action::"ddl"], resource) when { context.tool == "metabase" || context.tool == "Hex" };',
  'forbid(principal, action, resource in Tag::"hr") when { context.application like "ps*l" };',
  'forbid(principal, action, resource) when { context.tool != "dbt" && context.tool == context.application };',
  'forbid(principal, action, resource) when { context.hour > 20 } unless { context.service };',
  '@zone("Asia/Kolkata") forbid(principal, action, resource in Tag::"hr") when { context.hour < 6 || context.weekday == 7 };',
  'forbid(principal, action, resource in Tag::"pii") when { context has network && !context.network.isInRange(ip("10.0.0.0/16")) };',
  'forbid(principal, action, resource) when { ["a", "B"].contains(context.application) };',
  'forbid(principal, action, resource) when { context.tool like "*E*" && !(context.tool like "h\\**") };',
  'forbid(principal, action, resource) when { context.application like "*\ufffd" || context.application like "" };',
  'forbid(principal, action, resource) unless { context has network && (context.network.isInRange(ip("203.0.0.0/16")) || context.network.isInRange(ip("2001:db8::/32"))) };',
  'forbid(principal, action in Action::"write", resource) when { context has network && context.network.isIpv6() };',
  'forbid(principal, action in Action::"read", resource) when { context has network };',
]

/** Cedar itself, asked without anything that is remembered or left out. */
function plainly(policies: readonly NamedPolicy[], facts: PolicyFacts): string[] {
  return policies.flatMap(({ name, read }) => {
    const { hour, weekday } = policyTimeOf(facts.ms, read.zone)
    const answer = callCedar((cedar) =>
      cedar.isAuthorized({
        principal: { type: 'User', id: 'x' },
        action: { type: 'Action', id: facts.action },
        resource: { type: 'Table', id: 'y' },
        context: {
          tool: facts.tool,
          application: facts.application,
          hour,
          weekday,
          service: facts.service,
          ...(facts.network === undefined ? {} : { network: { __extn: { fn: 'ip', arg: facts.network } } }),
        },
        policies: {
          staticPolicies: Object.fromEntries([
            ...read.statements.map((statement, i) => [`s${i}`, statement] as const),
            ['all', 'permit(principal, action, resource);'] as const,
          ]),
        },
        entities: [
          {
            uid: { type: 'User', id: 'x' },
            attrs: {},
            parents: facts.groups.map((id) => ({ type: 'Group', id })),
          },
          {
            uid: { type: 'Table', id: 'y' },
            attrs: {},
            parents: facts.tags.map((id) => ({ type: 'Tag', id })),
          },
          ...actionEntities,
        ],
      }),
    )
    if (answer?.type !== 'success') throw new Error('Cedar does not answer.')
    return answer.response.decision === 'deny' ? [name] : []
  })
}

test('what is remembered is what Cedar says, whatever is asked and in whatever order', () => {
  const policies = texts.map((text, i) => named(`p${i}`, text))
  const set = new PolicySet(policies, noFault)
  const facts: fc.Arbitrary<PolicyFacts> = fc.record({
    action: fc.constantFrom(...statementKinds),
    tags: fc.subarray(['pii', 'hr', 'other']),
    groups: fc.subarray(['finance', 'temp', 'sales']),
    tool: fc.constantFrom('', 'metabase', 'hex', 'h*e', 'dbt', 'x\u0000y', 'a'),
    application: fc.constantFrom('', 'psql', 'a', 'b', 'dbt', 'x\u0000y', '\u0000?', '\ufffd'),
    network: fc.constantFrom(
      undefined,
      '10.0.7.0/24',
      '203.0.113.0/24',
      '203.1.0.0/24',
      '2001:db8::/48',
      '2001:db9:1::/48',
      '0:0:0::/48',
    ),
    service: fc.boolean(),
    ms: fc.integer({ min: 0, max: 14 * 24 }).map((hours) => noon + hours * 3_600_000 + 1234),
  })
  fc.assert(
    fc.property(facts, (one) => {
      const expected = plainly(policies, one).sort()
      const names = (): string[] => set.violated(one).map(({ name }) => name)
      expect(names().sort()).toEqual(expected)
      // From memory.
      expect(names().sort()).toEqual(expected)
    }),
    { numRuns: 100 },
  )
})
