import type { AuditError } from '@aleph-audit-log/domain/error'
import { describe, expect, test } from 'vitest'
import { readPolicy, requirePolicy } from './read-policy.ts'

const faultsOf = (text: string): string[] =>
  readPolicy(text).problems.map(
    ({ line, column, message, start, end }) => `${line}:${column} ${message} [${text.slice(start, end)}]`,
  )

test.each([
  'forbid(principal, action == Action::"read", resource in Tag::"pii") unless { principal in Group::"finance" };',
  'forbid(principal, action in [Action::"write", Action::"ddl"], resource) when { context.tool == "dbt" };',
  '@zone("Europe/Berlin") forbid(principal, action in Action::"access", resource) when { context.hour >= 20 || context.hour < 6 };',
  'forbid(principal, action, resource) when { context has network && !context.network.isInRange(ip("10.0.0.0/8")) };',
  'forbid(principal, action, resource) when { context.service && context.weekday > 5 };\n// twice\nforbid(principal, action == Action::"export", resource);',
  'forbid(principal, action, resource) when { context.application like "*excel*" };',
  '@description("why") forbid(principal is User, action, resource is Table in Tag::"hr");',
])('a policy may be: %s', (text) => {
  expect(faultsOf(text)).toEqual([])
})

describe('what cannot be used is refused at its place', () => {
  test.each([
    ['', '1:1 There is no forbid in it. []'],
    ['forbid(principal, action, resource', '1:35 unexpected end of input'],
    ['// größe 😀\nforbid(principal, action, resource) when { foo };', '2:44 invalid variable: foo'],
    ['// größe 😀\nforbid(principal, action, resource) when { context.nope == 1 };', '2:44 attribute `nope`'],
    ['forbid(principal, action, resource) when { context.hour < "x" };', '1:59 unexpected type'],
    ['forbid(principal, action == Action::"steal", resource);', 'unrecognized action'],
    [
      'forbid(principal, action, resource) when { context.network.isInRange(ip("10.0.0.0/8")) };',
      'optional attribute',
    ],
    ['permit(principal, action, resource);', '1:1 permit is not used'],
    [
      'forbid(principal == User::"ann", action, resource);',
      '1:21 A policy does not speak of a single person',
    ],
    [
      'forbid(principal, action, resource) when { principal == User::"ann" };',
      '1:57 A policy does not speak of a single person',
    ],
    ['forbid(principal, action, resource == Table::"t");', '1:39 A policy does not speak of a single table'],
    ['forbid(principal, action, resource) when { context.hour + 1 > 5 };', 'Arithmetic is not used'],
    ['forbid(principal, action, resource) when { context.hour * 2 > 5 };', 'Arithmetic is not used'],
    ['forbid(principal == ?principal, action, resource);', 'template'],
    ['@zone("Mars") forbid(principal, action, resource);', '@zone("Mars") is no time zone'],
    [
      '@zone("UTC") forbid(principal, action, resource);@zone("Europe/Rome") forbid(principal, action, resource);',
      'the same @zone',
    ],
    ['@zome("UTC") forbid(principal, action, resource);', '1:1 @zome is not known'],
    [
      'forbid(principal, action, resource) when { context has network && context.network.isInRange(ip("10.0.0.1")) };',
      '1:93 ip("10.0.0.1") is too narrow',
    ],
    ['forbid(principal, action, resource) when { false };', 'impossible'],
    ['forbid(principal in Role::"x", action, resource);', 'Role'],
  ])('%s', (text, fault) => {
    const faults = faultsOf(text)
    expect(faults.length).toBeGreaterThan(0)
    expect(faults.join('\n')).toContain(fault)
  })
})

test('a fault is told once, whatever the number of actions it is a fault of', () => {
  expect(faultsOf('forbid(principal, action, resource) when { context.nope == 1 };').length).toBe(1)
})

test('too many forbids are refused, and hostile text is refused within time', () => {
  const many = 'forbid(principal, action, resource);\n'.repeat(21)
  expect(faultsOf(many).join()).toContain('at most 20 forbids')
  const deep = `forbid(principal, action, resource) when { ${'('.repeat(5000)}true${')'.repeat(5000)} };`
  expect(faultsOf(deep)).toEqual(['1:1 It is nested too deeply. []'])
  const long = `forbid(principal, action, resource) when { ${Array(2500).fill('true').join('&&')} };`
  expect(faultsOf(long).join()).toContain('It is nested too deeply.')
  expect(faultsOf('forbid(principal, action, resource);')).toEqual([])
  expect(faultsOf('\u0000\ud83d\ude00"'.repeat(1000)).length).toBeGreaterThan(0)
})

test('a text that has to be right names line and column of what is wrong', () => {
  try {
    requirePolicy('forbid(principal, action, resource)\nwhen { foo };')
    expect.unreachable()
  } catch (error) {
    const { code, problems } = error as AuditError
    expect(code).toBe('invalid')
    expect(problems[0]).toMatchObject({ path: 'text', start: 43, end: 46 })
    expect(problems[0]?.message).toMatch(/^line 2, column 8: /)
  }
})
