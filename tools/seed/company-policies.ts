import type { EnrichedEvent } from '@aleph-audit-log/domain/event'
import type { SettingsTransaction } from '../../packages/server/src/settings/commit-with-event.ts'
import { countPolicyChange } from '../../packages/server/src/settings/policies/policy-access.ts'

/** What the company has tagged. */
const tagsOfTable: ReadonlyMap<string, readonly string[]> = new Map([
  ['hr.salaries', ['pii', 'confidential']],
  ['hr.employees', ['pii']],
  ['crm.contacts', ['pii']],
  ['crm.customers', ['pii']],
  ['finance.payouts', ['confidential']],
])

/** Puts the tags into the settings, as if somebody had set them by hand. */
export async function fillTableTags(transaction: SettingsTransaction, workspaceId: string): Promise<void> {
  const rows = [...tagsOfTable].map(([pattern, tags]) => ({
    workspace_id: workspaceId,
    origin: 'hand' as const,
    pattern,
    column_name: '',
    tags_json: JSON.stringify(tags.toSorted()),
  }))
  await transaction.insertInto('table_tags').values(rows).execute()
  await countPolicyChange(transaction, workspaceId)
}

/** The event with the tags of its tables, as they are put on when it comes in. */
export function withTableTags(event: EnrichedEvent): EnrichedEvent {
  const ofTables = event.statement?.tables.flatMap(({ name }) => tagsOfTable.get(name) ?? []) ?? []
  if (ofTables.length === 0) return event
  return { ...event, tags: [...new Set([...ofTables, ...(event.tags ?? [])])] }
}
