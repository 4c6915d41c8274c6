import type { Position } from '@aleph-audit-log/domain/event'
import type { History } from './history.ts'
import type { LeafNode } from './rule-graph.ts'
import { toMicros, type Micros } from './times.ts'

/** When the log began, for rules that want to know that: the time of its first event. */
export function createLogBegin(history: History): {
  prepare: (leaves: readonly LeafNode[], upTo: readonly Position[]) => Promise<void>
  add: (at: Micros) => void
  firstAt: () => Micros | undefined
} {
  let first: Micros | undefined
  let isRead = false
  return {
    prepare: async (leaves, upTo) => {
      const isAsked = leaves.some(
        ({ rule: { condition } }) => condition.kind === 'first_seen' && condition.field === undefined,
      )
      if (isRead || !isAsked) return
      const everything = { filter: { kind: 'and' as const, terms: [] }, from: undefined, before: undefined }
      const asked = { ...everything, fields: [], bucketMs: undefined, sum: undefined, limit: 1, upTo }
      const { groups } = await history.group(asked)
      const [group] = groups
      if (group !== undefined) first = toMicros(group.firstAt)
      isRead = true
    },
    add: (at) => {
      first = Math.min(first ?? at, at)
    },
    firstAt: () => first,
  }
}
