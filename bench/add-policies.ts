import type { AuditServer } from './audit-server.ts'
import { personEmail } from './made-events.ts'

/** The schemas of the made-up company (made-events.ts), each tagged with its name. */
const tags = ['sales', 'finance', 'product', 'marketing', 'hr', 'raw', 'staging', 'mart'] as const

/** What policies ask besides tags and groups; seldom true, as most of what people do is allowed. */
const conditions: readonly ((policy: number) => string)[] = [
  (policy) => `context.application == "client ${policy}"`,
  (policy) => `context.hour == ${policy % 24} && context.weekday == 7 && context.tool == "psql"`,
  (policy) => `context has network && context.network.isInRange(ip("192.168.${policy}.0/24"))`,
  (policy) => `context.tool == "tool ${policy}"`,
  () => 'context.service && context.tool == "excel"',
]

const peopleMax = 40

/** Tags the tables of the made-up company, puts its people into groups, and writes so many policies. */
export async function addPolicies(server: AuditServer, count: number): Promise<void> {
  for (const tag of tags) await server.post('/api/v1/table-tags', { pattern: `${tag}.*`, tags: [tag] })
  for (let person = 0; person < peopleMax; person++) {
    const groups = [`team ${person % tags.length}`]
    const name = `Person ${person}`
    await server.post('/api/v1/people', { name, emails: [personEmail(person)], groups })
  }
  for (let policy = 0; policy < count; policy++) {
    const action = policy % 3 === 0 ? 'write' : 'read'
    const condition = conditions[policy % conditions.length]?.(policy)
    const text = `forbid (principal, action in Action::"${action}", resource in Tag::"${tags[policy % tags.length]}")
when { ${condition} }
unless { principal in Group::"team ${policy % tags.length}" };`
    await server.post('/api/v1/policies', { name: `Policy ${policy}`, text })
  }
}
