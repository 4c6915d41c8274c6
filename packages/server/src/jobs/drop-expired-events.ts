import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { EventStore } from '../store/event-store.ts'

/**
 * Drops the weeks whose every event is past the retention, and returns their Mondays. Single events past it are hidden
 * by searches at once; their room is given back with their week. The clock is the application's, never the engine's.
 */
export async function dropExpiredEvents(
  store: Pick<EventStore, 'dropWeeksBefore'>,
  nowMs: number,
  retentionDays: number,
): Promise<string[]> {
  return store.dropWeeksBefore(timeFromMs(nowMs - retentionDays * 86_400_000))
}
