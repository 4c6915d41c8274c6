import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type { KnownIds } from './known-ids.ts'

/** Another event came under an id that the log already has: `kept` stands, `refused` does not. */
export type IdConflict = { kept: { id: string; contentHash: string }; refused: StoredEvent }

export type SortedEvents = { fresh: StoredEvent[]; conflicts: IdConflict[]; repeats: number }

/**
 * Leaves out events whose id was there before: in the store or earlier in the batch. The lowest position wins, and an
 * event found at its own position is itself. Ids made by the server cannot repeat and are not looked up.
 */
export async function dropRepeats(events: readonly StoredEvent[], ids: KnownIds): Promise<SortedEvents> {
  const known = await findKnown(events, ids)
  const sorted: SortedEvents = { fresh: [], conflicts: [], repeats: 0 }
  for (const event of events) {
    if (!event.idFromSender) {
      sorted.fresh.push(event)
      continue
    }
    const key = `${event.workspaceId} ${event.id}`
    const before = known.get(key)
    const { position, contentHash, id } = event
    if (
      !before ||
      (before.position.node === position.node && before.position.sequence === position.sequence)
    ) {
      known.set(key, { position, contentHash })
      sorted.fresh.push(event)
    } else {
      sorted.repeats++
      if (before.contentHash !== contentHash) {
        sorted.conflicts.push({ kept: { id, contentHash: before.contentHash }, refused: event })
      }
    }
  }
  return sorted
}

type Known = Map<string, Pick<StoredEvent, 'position' | 'contentHash'>>

async function findKnown(events: readonly StoredEvent[], ids: KnownIds): Promise<Known> {
  const idsByWorkspace = new Map<string, Set<string>>()
  for (const event of events) {
    if (!event.idFromSender) continue
    const ofWorkspace = idsByWorkspace.get(event.workspaceId) ?? new Set()
    idsByWorkspace.set(event.workspaceId, ofWorkspace.add(event.id))
  }
  const known: Known = new Map()
  for (const [workspaceId, ofWorkspace] of idsByWorkspace) {
    for (const found of await ids.find(workspaceId, [...ofWorkspace])) {
      const key = `${workspaceId} ${found.id}`
      const before = known.get(key)
      if (!before || found.position.sequence < before.position.sequence) known.set(key, found)
    }
  }
  return known
}
