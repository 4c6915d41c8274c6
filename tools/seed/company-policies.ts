import { buildTagIndex, type TagRule } from '@aleph-audit-log/domain/policy/tag-index'
import { toPolicyName } from '@aleph-audit-log/domain/policy/policy-question'
import type { Rulebook } from '../../packages/server/src/policy/judge-statement.ts'
import { PolicySet } from '../../packages/server/src/policy/policy-set.ts'
import { readPolicy } from '../../packages/server/src/policy/read-policy.ts'
import type { SettingsTransaction } from '../../packages/server/src/settings/commit-with-event.ts'
import { countPolicyChange } from '../../packages/server/src/settings/policies/policy-access.ts'
import { personOf } from './people.ts'

/** What the company has tagged. */
const tagRules: readonly TagRule[] = [
  { pattern: 'hr.salaries', tags: ['confidential', 'pii'] },
  { pattern: 'hr.employees', tags: ['pii'] },
  { pattern: 'crm.contacts', tags: ['pii'] },
  { pattern: 'crm.customers', tags: ['pii'] },
  { pattern: 'finance.payouts', tags: ['confidential'] },
]

/** What the company forbids; the ids are the same in each made-up log. */
const policies = [
  {
    id: '6d1f3c52-8a0b-4e51-9c3d-2f7b1a90e401',
    name: 'Salaries are for the people team',
    text: `forbid (principal, action in Action::"access", resource in Tag::"confidential")
when { resource in Tag::"pii" }
unless { principal in Group::"people" || context.application == "pg_dump" };`,
    note: 'Agreed with the works council',
  },
  {
    id: '6d1f3c52-8a0b-4e51-9c3d-2f7b1a90e402',
    name: 'Personal data is not exported',
    text: `forbid (principal, action == Action::"export", resource in Tag::"pii")
unless { context.application == "pg_dump" };`,
    note: 'Backups are no exports',
  },
  {
    id: '6d1f3c52-8a0b-4e51-9c3d-2f7b1a90e403',
    name: 'No personal data for AI agents',
    text: `forbid (principal, action in Action::"read", resource in Tag::"pii")
when { context.application like "*(mcp)*" };`,
    note: 'Until the contracts with the makers of models are checked',
  },
] as const

/** By what the company judges its queries. Throws for a policy that cannot be read or evaluated. */
export function companyRulebook(): Rulebook {
  const named = policies.map(({ id, name, text }) => {
    const { policy, problems } = readPolicy(text)
    if (policy === undefined) throw new Error(`${name}: ${JSON.stringify(problems)}`)
    return { id, name, version: 1, read: policy }
  })
  const set = new PolicySet(named, ({ name }, message) => {
    throw new Error(`${name}: ${message}`)
  })
  return { tags: buildTagIndex(tagRules), set, exceptions: [] }
}

/** Puts tags and policies into the settings, as if somebody had written them at `nowMs`. */
export async function fillPolicies(
  transaction: SettingsTransaction,
  workspaceId: string,
  nowMs: number,
): Promise<void> {
  const time = new Date(nowMs).toISOString()
  const author = personOf('grace')
  const tags = tagRules.map(({ pattern, tags: own }) => ({
    workspace_id: workspaceId,
    origin: 'hand' as const,
    pattern,
    column_name: '',
    tags_json: JSON.stringify(own),
  }))
  await transaction.insertInto('table_tags').values(tags).execute()
  for (const { id, name, text, note } of policies) {
    const said = { workspace_id: workspaceId, name, text, enabled: 1, version: 1 }
    const updatedBy = {
      updated_by_id: author.id,
      updated_by_name: author.name,
      updated_by_email: author.email,
    }
    const row = {
      ...said,
      id,
      name_key: toPolicyName(name),
      created_at: time,
      updated_at: time,
      ...updatedBy,
    }
    await transaction.insertInto('policies').values(row).execute()
    const by = { by_id: author.id, by_name: author.name, by_email: author.email }
    const version = { ...said, policy_id: id, change: 'created' as const, note, at: time, ...by }
    await transaction.insertInto('policy_versions').values(version).execute()
  }
  await countPolicyChange(transaction, workspaceId)
}
