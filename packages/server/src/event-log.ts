import { join } from 'node:path'
import type { PeopleIndex } from '@aleph-audit-log/domain/attribution/people-index'
import type { BindParameters } from '@aleph-audit-log/domain/secrets/mask-bind'
import { SqlReader } from '@aleph-audit-log/domain/sql/sql-reader'
import { limits } from './config.ts'
import { keyedHash, type DataDirectory } from './data-directory.ts'
import { Applier } from './ingest/apply-journal.ts'
import type { LogCheck } from './ingest/check-log.ts'
import { idFromHash } from './ingest/create-event-id.ts'
import type { IdConflict } from './ingest/drop-repeats.ts'
import type { Enriching, Judge } from './ingest/enrich-event.ts'
import { GroupCommit } from './ingest/group-commit.ts'
import { createIngestEvents, type IngestDependencies, type IngestEvents } from './ingest/ingest-events.ts'
import { KnownIds } from './ingest/known-ids.ts'
import { checkAndRepair, type RepairOptions } from './ingest/repair-damage.ts'
import { openRepairRequests } from './ingest/repair-requests.ts'
import { Rereading } from './ingest/rereading.ts'
import { startUpkeep } from './jobs/start-upkeep.ts'
import { Journal } from './journal/journal.ts'
import { openQuarantine, type Quarantine } from './journal/quarantine.ts'
import { loadRepairs, saveRepairs } from './journal/repair-notes.ts'
import type { Log } from './log.ts'
import { RecentEvents, type NodePosition } from './search/recent-events.ts'
import { openClickHouseEventStore } from './store/clickhouse/clickhouse-event-store.ts'
import { openEmbeddedEngine } from './store/clickhouse/embedded-engine.ts'
import { openServerEngine, type ClickHouseAddress } from './store/clickhouse/server-engine.ts'
import type { EventStore } from './store/event-store.ts'

export type EventLogOptions = {
  directory: DataDirectory
  retentionDays: number
  /** The server that keeps the events; undefined: the embedded engine does, in the data directory. */
  clickhouse: ClickHouseAddress | undefined
  /** Runs a piece of work while no other server that shares the event store runs one. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  /** The directory of people of a workspace, from memory. Without it nobody is known. */
  peopleOf?: (workspaceId: string) => PeopleIndex
  /** What tags and policies say of an event. Without it only what the directory knows. */
  judge?: Judge
  /** What of bind values a workspace wants recorded. */
  bindParametersOf: (workspaceId: string) => BindParameters
  /** How far all servers have that share the event store; absent where there is one server. */
  readAllPositions?: (() => Promise<NodePosition[]>) | undefined
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
  /** What has come in of late, for live tails. */
  recent: RecentEvents
  /** What keeps the log from doing all of its work, as it was found last. */
  findProblems: () => string[]
  /** Looks at everything that is stored; with `repair`, mends what can be mended and looks again. */
  check: (options: RepairOptions) => Promise<LogCheck>
  /** Reads the SQL of stored events anew, when it is told to. */
  rereading: Rereading
  /** Tells secrets apart in redactions: eight hex digits, the same for the same secret. */
  redactSecret: (secret: string) => string
  close: () => Promise<void>
}

/** Opens the way of an event: what was acknowledged before is applied first, then the log takes more. */
export async function openEventLog(options: EventLogOptions): Promise<EventLog> {
  const { directory, retentionDays, now, log } = options
  const { contentHash, redaction } = directory.secrets
  const { node } = directory
  const journalDir = join(directory.path, 'journal')
  const journal = await Journal.open(journalDir, limits.journal, now, () =>
    options.onFatal('The disk under the journal failed. Nothing more is acknowledged.'),
  )
  const quarantine = await openQuarantine(journalDir)
  const repairs = await openRepairRequests({
    load: async () => loadRepairs(journalDir),
    save: async (next) => saveRepairs(journalDir, next),
  })
  const store = await openStore(directory, options.clickhouse)
  const ids = new KnownIds({
    store,
    node,
    isShared: options.clickhouse !== undefined,
    bytesMax: limits.apply.idFilterBytesMax,
  })
  const redactSecret = (secret: string): string => keyedHash(redaction, secret).slice(0, 8)
  const groupCommit = new GroupCommit(journal, limits, () => applier.notify())
  const hashContent = (text: string): string => keyedHash(contentHash, text)
  const sqlReader = new SqlReader(limits.sqlReader)
  const readStatement: Enriching['readStatement'] = (sql, dialect) => sqlReader.read(sql, dialect).statement
  const ingest = createIngest(options, { groupCommit, hashContent, redactSecret, readStatement })
  const parts = { journal, store, quarantine, repairs, node, exclusively: options.exclusively }
  const recent = createRecent(options, journal, store)
  const applier = new Applier({
    ...parts,
    ids,
    limits: limits.apply,
    followers: recent,
    onIdConflicts: async (conflicts) => recordIdConflicts(ingest, conflicts, contentHash),
    onError: (error) =>
      log.error('Events wait in the journal, because they could not be brought into the event store', error),
  })
  await applier.start()
  const upkeep = startUpkeep({ ...parts, ids, applier, retentionDays, now, log })
  const rereading = new Rereading({ store, readStatement, exclusively: options.exclusively, log })
  const deps = { ...parts, applier }
  return {
    ingest,
    journal,
    groupCommit,
    applier,
    quarantine,
    store,
    recent,
    findProblems: () => [
      ...(journal.state === 'open' ? [] : ['The journal takes no events.']),
      ...(journal.isDiskFull ? ['The disk is full: only what people do in the app is recorded.'] : []),
      ...(applier.status.error === undefined ? [] : ['Events cannot be brought into the event store.']),
      ...(quarantine.count === 0 ? [] : ['Events that the event store refuses are in quarantine.']),
      ...upkeep.findProblems(),
    ],
    check: async (asked) => checkAndRepair({ ...deps, now, retentionDays }, asked),
    rereading,
    redactSecret,
    close: async () => {
      await rereading.stop()
      await upkeep.stop()
      await groupCommit.close()
      await applier.close(limits.closeMs / 2)
      await store.close()
      await journal.close()
    },
  }
}

function createRecent(
  { directory, readAllPositions, log }: EventLogOptions,
  journal: Journal,
  store: EventStore,
): RecentEvents {
  const { batchJsonMax, recentBytesMax } = limits.tail
  const page = { limit: batchJsonMax, bytesMax: recentBytesMax / 4 }
  return new RecentEvents({
    node: directory.node,
    appliedSequence: () => journal.appliedSequence,
    readAllPositions,
    readAllBehind: async (range) => store.readAllBehind(range, page),
    limits: limits.tail,
    onError: (error) => log.warn('What other servers recorded could not be read for live tails', error),
  })
}

type IngestParts = Pick<IngestDependencies, 'groupCommit' | 'hashContent' | 'redactSecret' | 'readStatement'>

function createIngest(options: EventLogOptions, parts: IngestParts): IngestEvents {
  const { peopleOf, judge, bindParametersOf, now, retentionDays } = options
  return createIngestEvents({
    ...parts,
    ...(peopleOf === undefined ? {} : { peopleOf }),
    ...(judge === undefined ? {} : { judge }),
    bindParametersOf,
    now,
    retentionDays,
    futureMsMax: limits.futureMsMax,
  })
}

async function openStore(
  { path, node }: DataDirectory,
  address: ClickHouseAddress | undefined,
): Promise<EventStore> {
  const queryMemoryBytesMax = limits.search.queryMemoryBytes
  const queryTimeMs = {
    apply: limits.apply.queryTimeMs,
    interactive: limits.search.queryTimeMs,
    long: limits.export.queryTimeMs,
  }
  const engine =
    address === undefined
      ? await openEmbeddedEngine({
          path: join(path, 'clickhouse'),
          memoryBytesMax: limits.engineMemoryBytesMax,
          freeBytesMin: limits.engineFreeBytesMin,
          queryMemoryBytesMax,
          queryTimeMs,
        })
      : await openServerEngine({
          address,
          node,
          queryMemoryBytesMax,
          queryTimeMs,
          connectWaitMs: limits.clickhouseWaitMs,
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
