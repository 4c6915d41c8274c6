import type { EventDraft } from '@aleph-audit-log/domain/event'
import { limits } from './config.ts'
import { runEvery } from './jobs/run-every.ts'
import type { Log } from './log.ts'
import type { PolicyDirectory } from './policy/policy-directory.ts'

/** Policies in memory follow what other servers change, and tell which of them cannot be judged, until it is stopped. */
export function followPolicies(
  policies: PolicyDirectory,
  record: (draft: EventDraft, workspaceId: string) => Promise<void>,
  log: Log,
): ReturnType<typeof runEvery> {
  const follow = async (): Promise<void> => {
    await policies.refresh()
    await policies.tellFaults(record)
  }
  return runEvery(limits.directoryPollMs, follow, (error) =>
    log.warn('Policies could not be read again', error),
  )
}
