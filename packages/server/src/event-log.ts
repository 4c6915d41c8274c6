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
import { openQuarantine, type Quarantine } from './journal/quarantine.ts'
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
  quarantine: Quarantine
  store: EventStore
  /** What keeps the log from doing all of its work, as it was found last. */
  findProblems: () => string[]
  /** Replaces a secret in SQL: eight hex digits, the same for the same secret. */
  redactSecret: (secret: string) => string
  close: () => Promise<void>
}

const hourMs = 3_600_000
/** How often the event store is asked for damaged parts: not with each probe, which anybody may send. */
const inspectionMs = 15_000
/** How often a full disk is looked at again. */
const roomMs = 1000

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
  const quarantine = await openQuarantine(join(directory.path, 'journal'))
  const applier = new Applier({
    quarantine,
    journal,
    store,
    node: directory.node,
    limits: limits.apply,
    onIdConflicts: async (conflicts) => recordIdConflicts(ingest, conflicts, contentHash),
    onError: (error) =>
      log.error('Events wait in the journal, because they could not be brought into the event store', error),
  })
  await applier.start()
  let damagedParts = 0
  const inspection = runEvery(
    inspectionMs,
    async () => {
      damagedParts = await store.detachedParts()
    },
    (error) => log.error('The event store could not be looked at', error),
  )
  const room = runEvery(
    roomMs,
    () => journal.lookForRoom(),
    (error) => log.error('The reserve of the journal could not be made', error),
  )
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
    quarantine,
    store,
    findProblems: () => findProblems({ journal, applier, quarantine, damagedParts }),
    redactSecret,
    close: async () => {
      await Promise.all([retention.stop(), inspection.stop(), room.stop()])
      await groupCommit.close()
      await applier.close(limits.closeMs / 2)
      await store.close()
      await journal.close()
    },
  }
}

function findProblems(parts: {
  journal: Journal
  applier: Applier
  quarantine: Quarantine
  damagedParts: number
}): string[] {
  const { journal, applier, quarantine, damagedParts } = parts
  const problems: string[] = []
  if (journal.state !== 'open') problems.push('The journal takes no events.')
  if (journal.isDiskFull) problems.push('The disk is full: only what people do in the app is recorded.')
  if (applier.status.error !== undefined) problems.push('Events cannot be brought into the event store.')
  if (quarantine.count > 0) problems.push('Events that the event store refuses are in quarantine.')
  if (damagedParts > 0) problems.push('The event store has put damaged parts aside.')
  return problems
}

async function openStore(path: string): Promise<EventStore> {
  const engine = await openEmbeddedEngine({
    path,
    memoryBytesMax: limits.engineMemoryBytesMax,
    queryMemoryBytesMax: limits.search.queryMemoryBytes,
    freeBytesMin: limits.engineFreeBytesMin,
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
 * two contents, and so does all that it says. What was refused is told by its hash alone.
 */
async function recordIdConflicts(ingest: IngestEvents, conflicts: IdConflict[], key: Buffer): Promise<void> {
  for (const { kept, refused } of conflicts) {
    const { id, type, workspaceId, contentHash } = refused
    const pair = keyedHash(key, `${workspaceId} ${id} ${kept.contentHash} ${contentHash}`)
    const draft = {
      id: idFromHash(pair),
      type: 'event_id_conflict',
      actor: { type: 'system', id: 'event_log', name: 'Aleph Audit Log' },
      outcome: 'failure',
      data: {
        eventId: id,
        refusedType: type,
        keptHash: kept.contentHash,
        refusedHash: contentHash,
      },
      targets: [{ type: 'event', id }],
    }
    await ingest([draft], { workspaceId, source: 'app', urgent: true })
  }
}
