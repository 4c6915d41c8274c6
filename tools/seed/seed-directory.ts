import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { limits } from '../../packages/server/src/config.ts'
import { openDataDirectory, type DataDirectory } from '../../packages/server/src/data-directory.ts'
import { openEventLog, type EventLog } from '../../packages/server/src/event-log.ts'
import { createLog } from '../../packages/server/src/log.ts'
import { createTurns } from '../../packages/server/src/settings/run-in-turn.ts'
import { openSettings } from '../../packages/server/src/settings/open-settings.ts'
import { ensureWorkspace } from '../../packages/server/src/settings/workspaces.ts'
import { openClickHouseEventStore } from '../../packages/server/src/store/clickhouse/clickhouse-event-store.ts'
import { openEmbeddedEngine } from '../../packages/server/src/store/clickhouse/embedded-engine.ts'
import type { Engine } from '../../packages/server/src/store/clickhouse/engine.ts'
import { fillDirectory } from './directory.ts'
import { leftOnUntil, makeCompany } from './company.ts'
import { openAlerts } from './open-alerts.ts'
import { settleAlerts } from './settle-alerts.ts'
import { multiplyEvents, type CopySource } from './multiply-events.ts'
import { toStoredEvents } from './to-stored-events.ts'

export type SeedOptions = {
  /** The data directory; made if it is not there. */
  path: string
  seed: string
  events: number
  nowMs: number
  /** Also into a directory that has events. */
  add?: boolean
  /** The id of one of the directory's workspaces; without it, the first. */
  workspaceId?: string
  /** More events than so many are copies of so many. */
  madeMax?: number
  say: (message: string) => void
}

/** So many events are made one by one; see `multiplyEvents` for the others. */
const madeMaxDefault = 100_000
const appendEvents = 25_000

/**
 * Fills a data directory with the log of the made-up company, as if a server with another node had written it: the
 * directory is locked, its settings, keys and workspace are made by the code of the server, and `npm start` opens it
 * like any other. The events go into the event store by `EventStore.appendEvents`, not through the journal and the
 * API, because the API takes no statements; each has passed the product's own validation and enrichment.
 * Errors: `conflict` for a directory that is in use or has events, `not_found` for a workspace that it has not.
 */
export async function seedDirectory(options: SeedOptions): Promise<void> {
  const directory = await openDataDirectory(options.path)
  try {
    await refuseOldEvents(options)
    const workspaceId = await openWorkspace(directory, options)
    const engine = await openSeedEngine(directory.path)
    let stored: StoredEvent[]
    try {
      stored = await fillEngine(engine, workspaceId, options)
    } finally {
      await engine.close()
    }
    if (options.add !== true) await findIncidents(directory, workspaceId, stored, options)
  } finally {
    directory.release()
  }
}

/** A directory that a server has used has events of its own, at least of its set-up. */
async function refuseOldEvents({ path, add }: SeedOptions): Promise<void> {
  if (add === true) return
  const isUsed = await access(join(path, 'clickhouse')).then(
    () => true,
    () => false,
  )
  if (!isUsed) return
  throw new AuditError('conflict', `The data directory ${path} has events already. Use --add to add to them.`)
}

/** The workspace to fill: the directory is opened as the server opens it, and closed again. */
async function openWorkspace(directory: DataDirectory, { nowMs, workspaceId }: SeedOptions): Promise<string> {
  const now = (): number => nowMs
  const settings = await openSettings({ path: join(directory.path, 'settings.sqlite'), now })
  try {
    const eventLog = await openSeedLog(directory, now)
    try {
      const record = async (draft: unknown, id: string): Promise<void> =>
        void (await eventLog.ingest([draft], { workspaceId: id, source: 'app' }))
      const first = await ensureWorkspace({ settings, now, record })
      if (workspaceId === undefined) {
        await fillDirectory(settings, first.id, nowMs, leftOnUntil(nowMs))
        return first.id
      }
      const found = await settings.db
        .selectFrom('workspaces')
        .select('id')
        .where('id', '=', workspaceId)
        .executeTakeFirst()
      if (found) {
        await fillDirectory(settings, found.id, nowMs, leftOnUntil(nowMs))
        return found.id
      }
      throw new AuditError('not_found', `The data directory has no workspace ${workspaceId}.`)
    } finally {
      await eventLog.close()
    }
  } finally {
    await settings.close()
  }
}

async function openSeedLog(directory: DataDirectory, now: () => number): Promise<EventLog> {
  const runInTurn = createTurns()
  return openEventLog({
    directory,
    retentionDays: retentionDaysMax,
    clickhouse: undefined,
    bindParametersOf: () => 'masked',
    exclusively: async (work) => runInTurn('event store', work),
    now,
    log: createLog(),
    onFatal: (message) => {
      throw new Error(message)
    },
  })
}

/** Seeding drops nothing, also where `nowMs` is not today. */
const retentionDaysMax = 20_000

/** What detections would have found while the events came in, and what people have done about it since. */
async function findIncidents(
  directory: DataDirectory,
  workspaceId: string,
  stored: readonly StoredEvent[],
  { nowMs, say }: SeedOptions,
): Promise<void> {
  const settings = await openSettings({ path: join(directory.path, 'settings.sqlite'), now: () => nowMs })
  try {
    await timed(say, stored.length, 'judged by detections', async () =>
      openAlerts(settings, workspaceId, stored),
    )
    const eventLog = await openSeedLog(directory, () => nowMs)
    try {
      const record = async (draft: unknown): Promise<void> =>
        void (await eventLog.ingest([draft], { workspaceId, source: 'app' }))
      await settleAlerts({ settings, workspaceId, nowMs, record })
    } finally {
      await eventLog.close()
    }
  } finally {
    await settings.close()
  }
}

async function openSeedEngine(path: string): Promise<Engine> {
  return openEmbeddedEngine({
    path: join(path, 'clickhouse'),
    // Nothing else runs: large blocks make few parts.
    memoryBytesMax: 4_000_000_000,
    queryMemoryBytesMax: 2_000_000_000,
    queryTimeMs: { apply: 600_000, interactive: 600_000, long: limits.export.queryTimeMs },
  })
}

/** Gives back the events that were made one by one. */
async function fillEngine(engine: Engine, workspaceId: string, options: SeedOptions): Promise<StoredEvent[]> {
  const { seed, events, nowMs, say } = options
  const node = `demo-${seed}`
  const store = await openClickHouseEventStore(engine)
  if ((await store.lastSequence(node)) > 0) {
    throw new AuditError('conflict', `The events of the seed ${seed} are there already. Use another --seed.`)
  }
  const count = Math.min(events, options.madeMax ?? madeMaxDefault)
  const made = await timed(say, count, 'made', async () => makeCompany({ seed, nowMs, events: count }))
  const stored = await timed(say, count, 'validated', async () =>
    toStoredEvents(made, { workspaceId, node, leftOn: leftOnUntil(nowMs) }),
  )
  await timed(say, count, 'stored', async () => {
    for (const run of runsOf(stored)) await store.appendEvents(run, { mayBeThere: false })
  })
  if (events === count) return stored
  const sources = made.flatMap(({ routine, literal }, i): CopySource[] => {
    const event = stored[i]
    if (!routine || !event) return []
    return [literal === undefined ? { event } : { event, literal }]
  })
  await timed(say, events - count, 'copied', async () =>
    multiplyEvents({
      engine,
      sources,
      copies: events - count,
      firstSequence: count + 1,
      nowMs,
      onProgress: (copies) => say(`${copies} of ${events - count} copies`),
    }),
  )
  return stored
}

function* runsOf(events: readonly StoredEvent[]): Generator<StoredEvent[]> {
  for (let i = 0; i < events.length; i += appendEvents) yield events.slice(i, i + appendEvents)
}

async function timed<T>(
  say: (message: string) => void,
  count: number,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const begin = performance.now()
  const result = await work()
  const seconds = (performance.now() - begin) / 1000
  say(`${count} events ${what} in ${seconds.toFixed(1)} s (${Math.round(count / seconds)} a second)`)
  return result
}
