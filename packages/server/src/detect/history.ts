import type { EventField, NumberPath } from '@aleph-audit-log/domain/detect/rule'
import type { Position } from '@aleph-audit-log/domain/event'
import type { Filter } from '@aleph-audit-log/domain/filter/filter'
import { restrictToViewer } from '../access/restrict-to-viewer.ts'
import { serverViewer } from '../access/viewer.ts'
import type { EventGroups } from '../store/event-groups.ts'
import type { EventStore, ReadOptions } from '../store/event-store.ts'
import type { RestrictedSearch } from '../store/restricted-search.ts'
import { judgedEventOf, type JudgedEvent } from './judged-event.ts'
import { fromMicros, type Micros } from './times.ts'

type Asked = {
  filter: Filter
  /** Undefined: from the beginning of the log. */
  from: Micros | undefined
  /** Exclusive; undefined: without an end. */
  before: Micros | undefined
  /** Only what was known at these positions. */
  upTo: readonly Position[]
  limit: number
}

export type GroupsAsked = Asked & {
  fields: readonly EventField[]
  bucketMs: number | undefined
  sum: NumberPath | undefined
}

/** What lies before: events of one workspace that rules were held against before, or that are tried out. */
export type History = {
  group: (asked: GroupsAsked) => Promise<EventGroups>
  /** In the order of their times; where there are more than `limit`, the newest of them. */
  events: (asked: Asked) => Promise<{ events: JudgedEvent[]; hasMore: boolean }>
  count: (asked: Pick<Asked, 'filter' | 'from' | 'before'>) => Promise<number>
}

/** For a log that was empty before. */
export const emptyHistory: History = {
  group: async () => ({ groups: [], hasMore: false }),
  events: async () => ({ events: [], hasMore: false }),
  count: async () => 0,
}

export type StoreHistoryOptions = {
  store: Pick<EventStore, 'group' | 'searchEvents' | 'countEvents'>
  workspaceId: string
  /** Canonical time from which on events are kept. */
  keptFrom: () => string
  pageEventsMax: number
  pageBytesMax: number
  read?: ReadOptions
}

/** The times that there are; the log has none outside of them. */
const ends = { first: '0001-01-01T00:00:00.000000Z', last: '9999-12-31T23:59:59.999999Z' } as const

/** What the event store has, as the server itself sees it. */
export function createStoreHistory(options: StoreHistoryOptions): History {
  const { store, workspaceId, keptFrom, pageEventsMax, pageBytesMax, read = {} } = options
  const viewer = serverViewer(workspaceId)
  const restrict = ({
    filter,
    from,
    before,
  }: Pick<Asked, 'filter' | 'from' | 'before'>): RestrictedSearch => {
    const range = {
      from: from === undefined ? ends.first : fromMicros(from),
      before: before === undefined ? ends.last : fromMicros(before),
    }
    return restrictToViewer(viewer, { filter, ...range }, keptFrom())
  }
  return {
    group: async ({ fields, bucketMs, sum, limit, upTo, ...asked }) =>
      store.group(
        restrict(asked),
        {
          fields,
          limit,
          upTo,
          ...(bucketMs === undefined ? {} : { bucketMs }),
          ...(sum === undefined ? {} : { sum }),
        },
        read,
      ),
    events: async ({ limit, upTo, ...asked }) => {
      const search = restrict(asked)
      const found: JudgedEvent[] = []
      for (let after: { occurredAt: string; id: string } | undefined; ;) {
        const page = {
          limit: Math.min(pageEventsMax, limit - found.length + 1),
          bytesMax: pageBytesMax,
          upTo,
          ...(after === undefined ? {} : { after }),
        }
        const { events, hasMore } = await store.searchEvents(search, page, read)
        found.push(...events.map(judgedEventOf))
        if (found.length > limit) return { events: found.slice(0, limit).reverse(), hasMore: true }
        after = events.at(-1)
        if (!hasMore || after === undefined) return { events: found.reverse(), hasMore: false }
      }
    },
    count: async (asked) => store.countEvents(restrict(asked), read),
  }
}
