import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { EventStore } from '../store/event-store.ts'

/**
 * One run drops no more: in the ordinary course a week falls due in a week, and a clock that is wrong by years must not
 * empty the log before anybody looks.
 */
const weeksMax = 4

/**
 * Drops the weeks whose every event is past the retention, and returns their Mondays. Single events past it are hidden
 * by searches at once; their room is given back with their week. The clock is the application's, never the engine's.
 */
export async function dropExpiredEvents(
  store: Pick<EventStore, 'dropWeeksBefore'>,
  nowMs: number,
  retentionDays: number,
): Promise<string[]> {
  return store.dropWeeksBefore(timeFromMs(nowMs - retentionDays * 86_400_000), weeksMax)
}
