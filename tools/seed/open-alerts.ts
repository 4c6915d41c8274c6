import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { createEvaluator } from '../../packages/server/src/detect/evaluator.ts'
import { findingsOf } from '../../packages/server/src/detect/findings.ts'
import { emptyHistory } from '../../packages/server/src/detect/history.ts'
import { judgedEventOf } from '../../packages/server/src/detect/judged-event.ts'
import { readShippedRules } from '../../packages/server/src/detect/testing/judge-drafts.ts'
import { writeAlerts } from '../../packages/server/src/settings/alerts/write-alerts.ts'
import type { Settings } from '../../packages/server/src/settings/open-settings.ts'

/** So many events are judged as one batch, at the time of the last of them. */
const batchEvents = 500

/**
 * Holds the shipped rules against events, in their order and as if each had come in when it happened, and opens the
 * alerts that the server would have opened then.
 */
export async function openAlerts(
  settings: Settings,
  workspaceId: string,
  stored: readonly StoredEvent[],
): Promise<void> {
  const rules = readShippedRules()
  const evaluator = createEvaluator({ rules, history: emptyHistory })
  for (let at = 0; at < stored.length; at += batchEvents) {
    const batch = stored.slice(at, at + batchEvents)
    const { hits } = await evaluator.judge(batch.map(judgedEventOf), [])
    const nowMs = Date.parse(batch.at(-1)?.receivedAt ?? '')
    const findings = findingsOf(hits, rules)
    await settings.db
      .transaction()
      .execute(async (transaction) => writeAlerts(transaction, { workspaceId, nowMs, findings }))
  }
}
