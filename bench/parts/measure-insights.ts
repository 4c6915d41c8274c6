import { limitLine, peerLine, type Line, type PartOutcome } from '../benchmark.ts'
import type { AuditServer } from '../audit-server.ts'
import { quantileFigure } from '../figures.ts'
import type { PartContext } from '../part.ts'
import { copyDataDirectory, provideStoredEvents, type StoredEvents } from '../stored-events.ts'

type Asked = { id: string; title: string; path: string; params: Record<string, string>; range: Range }

/**
 * `days`: what the pages ask for as they open, 30 days from the begin of the first on, up to now. `moments`: from one time of day
 * to another, so that the events of the first day and of the last are counted one by one.
 */
type Range = 'days' | 'moments'

const lists = [
  { id: 'people', title: 'Most active people', path: 'people', params: {} },
  { id: 'dormant', title: 'People without events', path: 'people', params: { sort: 'dormant' } },
  { id: 'tables', title: 'Most used tables', path: 'tables', params: {} },
  { id: 'unused', title: 'Tables without events', path: 'tables', params: { sort: 'unused' } },
  { id: 'queries', title: 'Most frequent queries', path: 'queries', params: {} },
  { id: 'slowest', title: 'Slowest queries', path: 'queries', params: { sort: 'slowest' } },
  { id: 'tools', title: 'Tools', path: 'tools', params: {} },
  { id: 'activity', title: 'Weekdays and hours', path: 'activity', params: { zone: 'Asia/Kolkata' } },
] as const

const asked: readonly Asked[] = [
  ...lists.map((list): Asked => ({ ...list, range: 'days' })),
  ...lists
    .filter(({ id }) => id === 'people' || id === 'tables' || id === 'queries')
    .map((list): Asked => ({
      ...list,
      id: `${list.id}-of-moments`,
      title: `${list.title}, from one time of day to another`,
      range: 'moments',
    })),
]

const limitMs = 300

/** What people wait for when they ask who works with what, in a large log and in a small one. */
export async function measureInsights(context: PartContext): Promise<PartOutcome> {
  const { testbed, sizes, say } = context
  const stored = await provideStoredEvents(context, sizes.insights.stored)
  const storedSmall = await provideStoredEvents(context, sizes.insights.storedSmall)
  const times = await testbed.withFolder('stored', async (folder) =>
    testbed.withFolder('stored-small', async (smallFolder) => {
      say('copying the stored events')
      const large = await copyDataDirectory(stored, folder)
      const small = await copyDataDirectory(storedSmall, smallFolder)
      return testbed.withServer(large, async (server) =>
        testbed.withServer(small, async (smallServer) =>
          timeLists(context, { server, stored }, { server: smallServer, stored: storedSmall }),
        ),
      )
    }),
  )
  return { lines: linesOf(context, times), versions: {}, conditions: [] }
}

type Place = { server: AuditServer; stored: StoredEvents }
type Times = Map<string, { large: number[]; small: number[] }>

/** Both servers take turns; the first answer of each is not counted. */
async function timeLists({ sizes }: PartContext, large: Place, small: Place): Promise<Times> {
  const times: Times = new Map()
  for (const { id, path, params, range } of asked) {
    const found: { large: number[]; small: number[] } = { large: [], small: [] }
    for (let sample = 0; sample <= sizes.insights.samples; sample++) {
      const time = async ({ server, stored }: Place): Promise<number> =>
        server.time(`/api/v1/insights/${path}`, {
          ...params,
          ...timesOf(range, stored.now),
        })
      const [ofLarge, ofSmall] = [await time(large), await time(small)]
      if (sample === 0) continue
      found.large.push(ofLarge)
      found.small.push(ofSmall)
    }
    times.set(id, found)
  }
  return times
}

function timesOf(range: Range, now: string): Record<string, string> {
  const from = new Date(Date.parse(now) - 30 * 86_400_000).toISOString()
  return range === 'moments' ? { from, to: now } : { from: from.slice(0, 10) }
}

const manners: Record<Range, string> = {
  days: '30 days, as the pages ask for them',
  moments: '30 days, of which the first and the last are broken and their events are counted one by one',
}

function linesOf({ sizes }: PartContext, times: Times): Line[] {
  const { stored, storedSmall, samples } = sizes.insights
  return asked.flatMap(({ id, title, range }): Line[] => {
    const found = times.get(id)
    if (found === undefined) return []
    const manner = `${count(stored)} events stored, over HTTP, ${samples} requests one after the other, warm; ${manners[range]}`
    const line = {
      id: `insights.${id}`,
      title: `${title}, 95th percentile`,
      unit: 'ms' as const,
      ours: quantileFigure([found.large], 0.95),
      meaning: `The first 50 rows, with a count for each day. ${manner}.`,
    }
    const bySize = {
      ...line,
      id: `insights.${id}-by-size`,
      title: `${title}, ${count(stored)} against ${count(storedSmall)} events`,
      meaning: `The same request to two servers in turn: how much slower the list gets as the log grows. ${manner}.`,
    }
    const small = quantileFigure([found.small], 0.95)
    return [limitLine(line, limitMs), peerLine(bySize, 'small log', small, { kind: 'at most', ratio: 1.5 })]
  })
}

function count(events: number): string {
  return events.toLocaleString('en-US')
}
