import type { Settings } from '../../open-settings.ts'
import { writeAlerts, type Finding, type WrittenAlert } from '../write-alerts.ts'

/** What a rule found, as a test wants it. */
export function makeFinding(over: Partial<Finding> = {}): Finding {
  return {
    rule: { id: '5f2f5d2a-0000-4000-8000-000000000001', title: 'Password spraying', level: 'high' },
    group: [{ field: 'ip', value: '203.0.113.9' }],
    summaryOf: () => '203.0.113.9 failed to sign in as 12 people',
    searchText: 'type:user_sign_in_failed ip:203.0.113.9',
    searchTextOfRule: () => 'type:user_sign_in_failed',
    firstEventAt: '2026-11-28T10:00:00.000000Z',
    lastEventAt: '2026-11-28T10:05:00.000000Z',
    eventCount: 2,
    people: ['ann@acme.test', 'bo@acme.test'],
    tables: [],
    eventIds: ['e1', 'e2'],
    late: false,
    ...over,
  }
}

/** Writes findings as the evaluation of rules does, in a transaction of their own. */
export async function writeFindings(
  settings: Settings,
  { workspaceId, nowMs, findings }: { workspaceId: string; nowMs: number; findings: readonly Finding[] },
): Promise<WrittenAlert[]> {
  return settings.db
    .transaction()
    .execute(async (transaction) => writeAlerts(transaction, { workspaceId, nowMs, findings }))
}
