import { join } from 'node:path'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { expect, vi } from 'vitest'
import { Journal, type JournalLimits } from '../../journal/journal.ts'
import { openQuarantine } from '../../journal/quarantine.ts'
import { loadRepairs, saveRepairs } from '../../journal/repair-notes.ts'
import type { EventStore } from '../../store/event-store.ts'
import { search } from '../../store/testing/sketch-events.ts'
import { createTurns } from '../../settings/run-in-turn.ts'
import { Applier, type ApplierDependencies, type ApplyLimits } from '../apply-journal.ts'
import type { IdConflict } from '../drop-repeats.ts'
import { GroupCommit } from '../group-commit.ts'
import { readSql } from '@aleph-audit-log/domain/sql/read-sql'
import { createIngestEvents, type IngestEvents } from '../ingest-events.ts'
import { KnownIds } from '../known-ids.ts'
import { openRepairRequests, type RepairRequests } from '../repair-requests.ts'

const journalLimits: JournalLimits = {
  segmentBytesMax: 10_000,
  payloadBytesMax: 1_000_000,
  unappliedBytesMax: 10_000_000,
  appliedKeptMs: 1000,
  appliedKeptBytes: 1_000_000,
}
const applyLimits: ApplyLimits = {
  recordsMax: 7,
  recordsPerChunk: 3,
  bytesMax: 1_000_000,
  intervalMs: 0,
  retryMs: { first: 1, max: 2 },
}
const now = (): number => Date.parse('2026-11-22T10:00:00Z')
export const way = { workspaceId: 'w1', source: 'api' }
export const actor = { type: 'user' as const, email: 'ann@acme.com' }

export type Applying = {
  journal: Journal
  ingest: IngestEvents
  applier: Applier
  ids: KnownIds
  repairs: RepairRequests
  conflicts: IdConflict[]
  errors: unknown[]
  stop: () => Promise<void>
}

export type StartOptions = {
  node?: string
  isShared?: boolean
  exclusively?: ApplierDependencies['exclusively']
}

/** Work on the store one after the other, as one server does it. */
export function inTurn(): ApplierDependencies['exclusively'] {
  const runInTurn = createTurns()
  return async (work) => runInTurn('event store', work)
}

/** Opens a journal in `dir`, its applier and the way in, all on one store. */
export async function startApplying(
  dir: string,
  store: EventStore,
  options: StartOptions = {},
): Promise<Applying> {
  const { node = 'n1', isShared = false, exclusively = inTurn() } = options
  const journalDir = join(dir, node)
  const journal = await Journal.open(journalDir, journalLimits, now)
  const conflicts: IdConflict[] = []
  const errors: unknown[] = []
  const ids = new KnownIds({ store, node, isShared, bytesMax: 10_000_000 })
  const repairs = await openRepairRequests({
    load: async () => loadRepairs(journalDir),
    save: async (next) => saveRepairs(journalDir, next),
  })
  const applier = new Applier({
    journal,
    store,
    ids,
    repairs,
    exclusively,
    node,
    limits: applyLimits,
    onIdConflicts: async (found) => void conflicts.push(...found),
    onError: (error) => errors.push(error),
    quarantine: await openQuarantine(journalDir),
  })
  await applier.start()
  const groupCommit = new GroupCommit(journal, { groupBytesMax: 10_000, queueBytesMax: 1_000_000 }, () =>
    applier.notify(),
  )
  const ingest = createIngestEvents({
    groupCommit,
    hashContent: (text) => Buffer.from(text).toString('hex').slice(-32).padStart(32, '0'),
    redactSecret: () => 'abcd1234',
    readStatement: readSql,
    bindParametersOf: () => 'masked',
    now,
    retentionDays: 400,
    futureMsMax: 86_400_000,
  })
  const stop = async (): Promise<void> => {
    await groupCommit.close()
    await applier.close(1000)
    await journal.close()
  }
  return { journal, ingest, applier, ids, repairs, conflicts, errors, stop }
}

/** Resolves when everything that was acknowledged has been applied. */
export const applied = async ({ journal }: Applying): Promise<void> =>
  vi.waitFor(() => expect(journal.appliedSequence).toBe(journal.lastSequence))

export const readEverything = async (store: EventStore): Promise<StoredEvent[]> =>
  (await store.searchEvents(search(), { limit: 10_000, bytesMax: 100_000_000 })).events

export const storedTypes = async (store: EventStore): Promise<string[]> =>
  (await readEverything(store)).map((event) => event.type).sort()
