import type { Repairs } from '../journal/repair-notes.ts'

/** Records of the journal, both ends included. */
export type JournalRange = { first: number; last: number }

/** Where the notes are kept. */
export type RepairNotes = { load: () => Promise<Repairs>; save: (repairs: Repairs) => Promise<void> }

/** What is to be applied to the event store once more; survives a restart. */
export type RepairRequests = {
  /** Another object for each request. */
  readonly range: JournalRange | undefined
  /** The parts that the engine put aside, and that the last requests were for. */
  readonly damagedParts: readonly string[]
  /** Asks for a range to be applied again, together with what was asked for before. **Durable when it resolves.** */
  request: (range: JournalRange, damagedParts?: readonly string[]) => Promise<void>
  /** This range is in the store; if more was asked for meanwhile, nothing changes. */
  finish: (range: JournalRange) => Promise<void>
}

/** Opens the requests. Errors: those of the notes. */
export async function openRepairRequests(notes: RepairNotes): Promise<RepairRequests> {
  let repairs = await notes.load()
  const replace = async (next: Repairs): Promise<void> => {
    await notes.save(next)
    repairs = next
  }
  return {
    get range() {
      return repairs.again
    },
    get damagedParts() {
      return repairs.damagedParts
    },
    request: async ({ first, last }, damagedParts = repairs.damagedParts) => {
      const { again } = repairs
      await replace({
        damagedParts: [...damagedParts],
        again: { first: Math.min(first, again?.first ?? first), last: Math.max(last, again?.last ?? last) },
      })
    },
    finish: async (range) => {
      if (repairs.again === range) await replace({ damagedParts: repairs.damagedParts })
    },
  }
}
