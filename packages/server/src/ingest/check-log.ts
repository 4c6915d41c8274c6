import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { timeFromMs } from '@aleph-audit-log/domain/time'
import type { Journal, JournalWalk } from '../journal/journal.ts'
import type { Quarantine } from '../journal/quarantine.ts'
import type { JournalRecord } from '../journal/segment-format.ts'
import type { EventStore, StoreFaults } from '../store/event-store.ts'
import { isWeekBefore, weekOf } from '../store/week.ts'
import { decodeRecord } from './apply-journal.ts'

/** How the store compares with the records that the journal still holds. */
export type JournalCheck = {
  /** The records that were compared, both ends included; `last` is 0 when there are none. */
  first: number
  last: number
  /** Stored exactly as acknowledged. */
  same: number
  /** Left out rightly: repeats of a known id, records in quarantine, events past the retention. */
  leftOut: number
  /** Sequences of events that the store should have, the first ones. */
  missing: number[]
  missingCount: number
  /** Sequences of events that the store has otherwise than they were acknowledged, the first ones. */
  changed: number[]
  changedCount: number
}

export type LogCheck = {
  isSound: boolean
  journal: JournalCheck
  store: StoreFaults
  /** Parts that the engine has put aside as damaged. */
  damagedParts: string[]
  /** Records in quarantine. */
  quarantined: number
}

export type CheckDependencies = {
  journal: Journal
  store: EventStore
  quarantine: Quarantine
  node: string
  /** See `ApplierDependencies`. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  now: () => number
  retentionDays: number
}

/** What is compared at once. */
const chunk = { records: 5000, bytes: 16 * 1024 * 1024 }
/** How many sequences of a kind are named. */
const namedMax = 100

/**
 * Looks at everything that is stored: each record which the journal still holds against its event, byte by byte, and
 * all tables, their projections and their files against each other. Changes nothing. New events go on being
 * acknowledged meanwhile; they are applied afterwards.
 */
export async function checkLog(deps: CheckDependencies): Promise<LogCheck> {
  const { store, quarantine, exclusively } = deps
  const journal = await compareWithJournal(deps)
  const faults = await exclusively(async () => store.findFaults())
  const damagedParts = await store.detachedParts()
  const { events: _, ...counts } = faults
  const found = [journal.missingCount, journal.changedCount, damagedParts.length, quarantine.count]
  return {
    isSound: [...found, ...Object.values(counts)].every((count) => count === 0),
    journal,
    store: faults,
    damagedParts,
    quarantined: quarantine.count,
  }
}

async function compareWithJournal(deps: CheckDependencies): Promise<JournalCheck> {
  const { journal } = deps
  const last = journal.appliedSequence
  const first = Math.min(journal.firstSequence, last + 1)
  const check: JournalCheck = {
    first,
    last,
    same: 0,
    leftOut: 0,
    missing: [],
    missingCount: 0,
    changed: [],
    changedCount: 0,
  }
  if (first > last) return check
  const walk = journal.openWalk(first)
  try {
    await compareRecords(deps, walk, check)
  } finally {
    await walk.close()
  }
  return check
}

async function compareRecords(
  deps: CheckDependencies,
  walk: JournalWalk,
  check: JournalCheck,
): Promise<void> {
  for (let next = check.first; next <= check.last;) {
    const records = (await walk.read(next, chunk)).filter(({ sequence }) => sequence <= check.last)
    const end = records.at(-1)?.sequence
    if (end === undefined) return
    const rows = await deps.store.readRows(deps.node, next, end)
    const stored = new Map(rows.map(({ sequence, event }) => [sequence, event]))
    const absent: JournalRecord[] = []
    for (const record of records) {
      const event = stored.get(record.sequence)
      if (event === undefined) absent.push(record)
      else if (isAsAcknowledged(event, decodeRecord(record, deps.node))) check.same++
      else note(check, 'changed', record.sequence)
    }
    await sortAbsent(deps, absent, check)
    next = end + 1
  }
}

/** Byte by byte; but what a statement does is read of its SQL, and may have been read anew since. */
function isAsAcknowledged(stored: string, acknowledged: StoredEvent): boolean {
  if (stored === JSON.stringify(acknowledged)) return true
  return withoutStatement(JSON.parse(stored) as StoredEvent) === withoutStatement(acknowledged)
}

function withoutStatement(event: StoredEvent): string {
  const { statement: _, ...rest } = event
  return JSON.stringify(rest)
}

async function sortAbsent(
  { store, quarantine, node, now, retentionDays }: CheckDependencies,
  absent: readonly JournalRecord[],
  check: JournalCheck,
): Promise<void> {
  const keptFrom = timeFromMs(now() - retentionDays * 86_400_000)
  for (const record of absent) {
    const event = decodeRecord(record, node)
    const isLeftOut =
      quarantine.has(record.sequence) ||
      isWeekBefore(weekOf(event.occurredAt), keptFrom) ||
      (event.idFromSender && (await store.findEvents(event.workspaceId, [event.id])).length > 0)
    if (isLeftOut) check.leftOut++
    else note(check, 'missing', record.sequence)
  }
}

function note(check: JournalCheck, kind: 'missing' | 'changed', sequence: number): void {
  check[`${kind}Count`]++
  if (check[kind].length < namedMax) check[kind].push(sequence)
}
