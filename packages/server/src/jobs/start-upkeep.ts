import type { Applier } from '../ingest/apply-journal.ts'
import type { KnownIds } from '../ingest/known-ids.ts'
import type { RepairRequests } from '../ingest/repair-requests.ts'
import type { Journal } from '../journal/journal.ts'
import type { Log } from '../log.ts'
import type { EventStore } from '../store/event-store.ts'
import { dropExpiredEvents } from './drop-expired-events.ts'
import { runEvery } from './run-every.ts'

/** How long loading the known ids waits after a failure. */
const loadRetryMs = 5000
const hourMs = 3_600_000
/** How often the event store is asked for damaged parts: not with each probe, which anybody may send. */
const inspectionMs = 15_000
/** How often a full disk is looked at again. */
const roomMs = 1000

export type UpkeepDependencies = {
  store: EventStore
  ids: KnownIds
  journal: Journal
  repairs: RepairRequests
  applier: Applier
  /** See `ApplierDependencies`. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>
  retentionDays: number
  now: () => number
  log: Log
}

/** What goes on beside the events: the ids are learned, expired weeks dropped, damage looked for and mended. */
export function startUpkeep(deps: UpkeepDependencies): {
  /** What was wrong with the event store when it was last looked at. */
  findProblems: () => string[]
  stop: () => Promise<void>
} {
  const { store, ids, journal, repairs, applier, exclusively, retentionDays, now, log } = deps
  let problems: string[] = []
  let stopping = false
  const jobs = [
    runEvery(
      loadRetryMs,
      async () => {
        if (!ids.isWhole) await ids.load()
      },
      (error) => {
        if (!stopping) log.error('The known ids could not be read: each is looked up meanwhile', error)
      },
    ),
    runEvery(
      inspectionMs,
      async () => {
        const damagedParts = await store.detachedParts()
        problems = damagedParts.length > 0 ? ['The event store has put damaged parts aside.'] : []
        if (damagedParts.every((part) => repairs.damagedParts.includes(part))) return
        log.error(`The event store has put damaged parts aside: ${damagedParts.join(', ')}`)
        await repairs.request({ first: journal.firstSequence, last: journal.appliedSequence }, damagedParts)
        applier.notify()
      },
      (error) => {
        problems = ['The event store does not answer.']
        log.error('The event store could not be looked at', error)
      },
    ),
    runEvery(
      roomMs,
      async () => journal.lookForRoom(),
      (error) => log.error('The reserve of the journal could not be made', error),
    ),
    runEvery(
      hourMs,
      async () => {
        const weeks = await exclusively(async () => dropExpiredEvents(store, now(), retentionDays))
        if (weeks.length > 0)
          log.info(`Dropped the events of the weeks from ${weeks.join(', ')}: past the retention.`)
      },
      (error) => log.error('Expired events could not be dropped', error),
    ),
  ]
  return {
    findProblems: () => problems,
    stop: async () => {
      stopping = true
      ids.close()
      await Promise.all(jobs.map(async (job) => job.stop()))
    },
  }
}
