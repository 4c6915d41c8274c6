import { setTimeout as delay } from 'node:timers/promises'
import type { Applier } from './apply-journal.ts'
import { checkLog, type CheckDependencies, type LogCheck } from './check-log.ts'
import type { RepairRequests } from './repair-requests.ts'

export type RepairDependencies = CheckDependencies & { applier: Applier; repairs: RepairRequests }

const pollMs = 100

export type RepairOptions = { repair: boolean; dropDamagedParts: boolean }

/** Checks the log (see `checkLog`); if something is wrong, mends what it may and tells what is left. */
export async function checkAndRepair(deps: RepairDependencies, options: RepairOptions): Promise<LogCheck> {
  const found = await checkLog(deps)
  if (found.isSound || !(options.repair || options.dropDamagedParts)) return found
  if (options.repair) await repairDamage(deps, found)
  if (options.dropDamagedParts) await deps.store.dropDetachedParts()
  return checkLog(deps)
}

/**
 * Mends what a check has found: events that are missing are applied again from the journal, events that stand more
 * than once are left once, and what is computed of the events is computed anew. Resolves when that is done. What is
 * neither in the store nor in the journal cannot be mended: check again afterwards.
 */
async function repairDamage(deps: RepairDependencies, found: LogCheck): Promise<void> {
  const { store, repairs, applier, exclusively } = deps
  const { journal, store: faults } = found
  if (journal.missingCount > 0) {
    const range = { first: journal.first, last: journal.last }
    await repairs.request(range)
    applier.notify()
    while (repairs.range !== undefined && !applier.isClosing) await delay(pollMs)
  }
  const { repeatedEvents, tableWeeksAstray, projectionWeeksAstray, seenAstray } = faults
  if (repeatedEvents + tableWeeksAstray + projectionWeeksAstray + seenAstray > 0) {
    await exclusively(async () => store.repair())
  }
}
