import { join } from 'node:path'
import { limits } from './config.ts'
import { keyedHash, type DataDirectory } from './data-directory.ts'
import { Applier, type IdConflict } from './ingest/apply-journal.ts'
import { idFromHash } from './ingest/create-event-id.ts'
import { GroupCommit } from './ingest/group-commit.ts'
import { createIngestEvents, type IngestEvents } from './ingest/ingest-events.ts'
import { dropExpiredEvents } from './jobs/drop-expired-events.ts'
import { runEvery } from './jobs/run-every.ts'
import { Journal } from './journal/journal.ts'
import type { Log } from './log.ts'
import { openClickHouseEventStore } from './store/clickhouse/clickhouse-event-store.ts'
import { openEmbeddedEngine } from './store/clickhouse/embedded-engine.ts'
import type { EventStore } from './store/event-store.ts'

export type EventLogOptions = {
  directory: DataDirectory
  retentionDays: number
  now: () => number
  log: Log
  /** The disk under the journal failed: end the process. */
  onFatal: (message: string) => void
}

/** The part that keeps events: journal, event store, and the applier between them. */
export type EventLog = {
  ingest: IngestEvents
  journal: Journal
  groupCommit: GroupCommit
  applier: Applier
  store: EventStore
  /** Replaces a secret in SQL: eight hex digits, the same for the same secret. */
  redactSecret: (secret: string) => string
  close: () => Promise<void>
}

const hourMs = 3_600_000

/** Opens the way of an event: what was acknowledged before is applied first, then the log takes more. */
export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const { directory, retentionDays, now, log } = options
  const { contentHash, redaction } = directory.secrets
  const journal = await Journal.open(join(directory.path, 'journal'), limits.journal, now, () =>
    options.onFatal('The disk under the journal failed. Nothing more is acknowledged.'),
  )
  const store = await openStore(join(directory.path, 'clickhouse'))
  const redactSecret = (secret: string): string => keyedHash(redaction, secret).slice(0, 8)
  const groupCommit = new GroupCommit(journal, limits, () => applier.notify())
  const ingest = createIngestEvents({
    groupCommit,
    hashContent: (text) => keyedHash(contentHash, text),
    redactSecret,
    now,
    retentionDays,
    futureMsMax: limits.futureMsMax,
  })
  const applier = new Applier({
    journal,
    store,
    node: directory.node,
    limits: limits.apply,
    onIdConflicts: async (conflicts) => recordIdConflicts(ingest, conflicts, contentHash),
    onError: (error) =>
      log.error('Events wait in the journal, because they could not be brought into the event store', error),
  })
  await applier.start()
  const retention = runEvery(
    hourMs,
    async () => {
      const weeks = await dropExpiredEvents(store, now(), retentionDays)
      if (weeks.length > 0)
        log.info(`Dropped the events of the weeks from ${weeks.join(', ')}: past the retention.`)
    },
    (error) => log.error('Expired events could not be dropped', error),
  )
  return {
    ingest,
    journal,
    groupCommit,
    applier,
    store,
    redactSecret,
    close: async () => {
      await retention.stop()
      await groupCommit.close()
      await applier.close(limits.closeMs / 2)
      await store.close()
      await journal.close()
    },
  }
}

async function openStore(path: string): Promise<EventStore> {
  const engine = await openEmbeddedEngine({
    path,
    memoryBytesMax: limits.engineMemoryBytesMax,
    queryMemoryBytesMax: limits.search.queryMemoryBytes,
    queryTimeMs: {
      apply: limits.apply.queryTimeMs,
      interactive: limits.search.queryTimeMs,
      long: limits.export.queryTimeMs,
    },
  })
  try {
    return await openClickHouseEventStore(engine)
  } catch (error) {
    await engine.close()
    throw error
  }
}

/**
 * Another event came under a known id: the log says so, once per pair, because the id of that event follows from the
 * two contents. What was refused is told by its hash alone.
 */
async function recordIdConflicts(ingest: IngestEvents, conflicts: IdConflict[], key: Buffer): Promise<void> {
  for (const { kept, refused } of conflicts) {
    const { id, type, workspaceId, source, contentHash } = refused
    const pair = keyedHash(key, `${workspaceId} ${id} ${kept.contentHash} ${contentHash}`)
    const draft = {
      id: idFromHash(pair),
      type: 'event_id_conflict',
      occurredAt: refused.receivedAt,
      actor: { type: 'system', id: 'event_log', name: 'Aleph Audit Log' },
      outcome: 'failure',
      data: {
        eventId: id,
        refusedType: type,
        refusedSource: source,
        keptHash: kept.contentHash,
        refusedHash: contentHash,
      },
      targets: [{ type: 'event', id }],
    }
    await ingest([draft], { workspaceId, source: 'app' })
  }
}
