import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type { KnownIds } from './known-ids.ts'

/** Another event came under an id that the log already has: `kept` stands, `refused` does not. */
export type IdConflict = { kept: { id: string; contentHash: string }; refused: StoredEvent }

type Known = Map<string, Pick<StoredEvent, 'position' | 'contentHash'>>

/**
 * Leaves out events whose id was there before: in the store or earlier in the batch. The lowest position wins, and an
 * event found at its own position is itself. Ids made by the server cannot repeat and are not looked up. A batch comes
 * in chunks, in order.
 */
export class RepeatFilter {
  readonly #ids: KnownIds
  /** By workspace and id. */
  readonly #known: Known = new Map()
  /** What was left out and had another content than the event that stands. */
  readonly conflicts: IdConflict[] = []
  /** How many events were left out. */
  repeats = 0

  constructor(ids: KnownIds) {
    this.#ids = ids
  }

  /** The events of the next chunk without those that repeat. */
  async dropRepeats(events: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    const fromSenders = events.filter((event) => event.idFromSender)
    if (fromSenders.length === 0) return events
    await this.#lookUp(fromSenders)
    return events.filter((event) => !event.idFromSender || !this.#isRepeat(event))
  }

  #isRepeat(event: StoredEvent): boolean {
    const { position, contentHash, id } = event
    const key = keyOf(event.workspaceId, id)
    const before = this.#known.get(key)
    if (
      !before ||
      (before.position.node === position.node && before.position.sequence === position.sequence)
    ) {
      this.#known.set(key, { position, contentHash })
      return false
    }
    this.repeats++
    if (before.contentHash !== contentHash) {
      this.conflicts.push({ kept: { id, contentHash: before.contentHash }, refused: event })
    }
    return true
  }

  async #lookUp(events: readonly StoredEvent[]): Promise<void> {
    const idsByWorkspace = new Map<string, Set<string>>()
    for (const event of events) {
      const ofWorkspace = idsByWorkspace.get(event.workspaceId) ?? new Set()
      idsByWorkspace.set(event.workspaceId, ofWorkspace.add(event.id))
    }
    for (const [workspaceId, ofWorkspace] of idsByWorkspace) {
      for (const found of await this.#ids.find(workspaceId, [...ofWorkspace])) {
        const key = keyOf(workspaceId, found.id)
        const before = this.#known.get(key)
        if (!before || found.position.sequence < before.position.sequence) this.#known.set(key, found)
      }
    }
  }
}

function keyOf(workspaceId: string, id: string): string {
  return `${workspaceId} ${id}`
}
