import { setTimeout as sleep } from 'node:timers/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import { limits } from './config.ts'
import type { Parts } from './audit-log-server.ts'
import type { EventLog } from './event-log.ts'
import { ScheduledExports, type ScheduledExportsOptions } from './jobs/scheduled-exports/scheduled-exports.ts'
import { Search } from './search/search-events.ts'
import { readWorkspaceName } from './settings/workspaces.ts'

/** The one way out of the log, for people, programs and what runs by the clock. */
export function createSearch({ config, eventLog, now }: Pick<Parts, 'config' | 'eventLog' | 'now'>): Search {
  return new Search({
    store: eventLog.store,
    now,
    retentionDays: config.retentionDays,
    windowDays: limits.search.windowDaysDefault,
    pageBytesMax: limits.search.pageBytesMax,
    histogramBucketsMax: limits.search.histogramBucketsMax,
    facetValuesMax: limits.search.facetValuesMax,
    settledPositions: async () => [await eventLog.applier.settledPosition()],
  })
}

type ScheduleParts = Pick<
  Parts,
  'config' | 'settings' | 'eventLog' | 'search' | 'sealer' | 'publicUrl' | 'now' | 'log'
> &
  Pick<ScheduledExportsOptions, 'record'>

/** What exports by the clock; it runs nothing before it is started. */
export function createScheduledExports({ config, eventLog, ...parts }: ScheduleParts): ScheduledExports {
  return new ScheduledExports({
    ...parts,
    workspaceName: async (id) => (await readWorkspaceName(parts.settings, id)) ?? '',
    pageBytesMax: limits.export.pageBytesMax,
    exportDir: config.exportDir,
    untilApplied: async (signal) => untilApplied(eventLog, signal),
    limits: limits.schedules,
  })
}

const appliedPollMs = 50

async function untilApplied({ journal, applier }: EventLog, signal: AbortSignal): Promise<void> {
  const wanted = journal.lastSequence
  const until = performance.now() + limits.schedules.appliedMsMax
  while (applier.status.appliedSequence < wanted) {
    signal.throwIfAborted()
    if (performance.now() > until) {
      throw new AuditError('unavailable', 'Events wait in the journal and are not in the event store yet.')
    }
    await sleep(appliedPollMs, undefined, { signal }).catch(() => undefined)
  }
}
