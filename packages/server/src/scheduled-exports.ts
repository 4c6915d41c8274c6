import { setTimeout as sleep } from 'node:timers/promises'
import { AuditError } from '@aleph-audit-log/domain/error'
import { limits } from './config.ts'
import type { Parts } from './audit-log-server.ts'
import type { DataDirectory } from './data-directory.ts'
import type { EventLog } from './event-log.ts'
import { ScheduledExports, type ScheduledExportsOptions } from './jobs/scheduled-exports/scheduled-exports.ts'
import { Search } from './search/search-events.ts'
import { createSealer } from './settings/seal-text.ts'
import { readWorkspaceName } from './settings/workspaces.ts'

/** The one way out of the log, for people, programs and what runs by the clock. */
function createSearch({ config, eventLog, now }: Pick<Parts, 'config' | 'eventLog' | 'now'>): Search {
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

type ScheduleParts = Pick<Parts, 'config' | 'settings' | 'eventLog' | 'publicUrl' | 'now' | 'log'> &
  Pick<ScheduledExportsOptions, 'record'> & { directory: DataDirectory }

/** The search of the server, and what exports by the clock, which runs nothing before it is started. */
export function openScheduledExports({
  config,
  eventLog,
  directory,
  ...parts
}: ScheduleParts): Pick<Parts, 'search' | 'sealer' | 'schedules'> {
  const search = createSearch({ config, eventLog, now: parts.now })
  const sealer = createSealer(Buffer.from(directory.secrets.session, 'base64url'))
  const schedules = new ScheduledExports({
    ...parts,
    search,
    sealer,
    workspaceName: async (id) => (await readWorkspaceName(parts.settings, id)) ?? '',
    pageBytesMax: limits.export.pageBytesMax,
    exportDir: config.exportDir,
    untilApplied: async (signal) => untilApplied(eventLog, signal),
    limits: limits.schedules,
  })
  return { search, sealer, schedules }
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
