import { AuditError } from '@aleph-audit-log/domain/error'
import { settingsLimits } from './settings-limits.ts'

export type RunInTurn = <T>(name: string, work: () => Promise<T>) => Promise<T>

/**
 * Makes works of the same name wait for each other within this process, in the order of their calls.
 * Throws AuditError('overloaded') when too many wait.
 */
export function createTurns(): RunInTurn {
  const waiting = new Map<string, { last: Promise<unknown>; count: number }>()
  return async (name, work) => {
    const queue = waiting.get(name) ?? { last: Promise.resolve(), count: 0 }
    if (queue.count > settingsLimits.exclusiveWaitersMax) {
      throw new AuditError('overloaded', `Too many wait for "${name}".`)
    }
    waiting.set(name, queue)
    queue.count++
    const turn = queue.last.then(work, work)
    queue.last = turn
    try {
      return await turn
    } finally {
      queue.count--
      if (queue.count === 0) waiting.delete(name)
    }
  }
}
