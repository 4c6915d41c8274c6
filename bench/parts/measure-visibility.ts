import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditServer } from '../audit-server.ts'
import { limitLine, type Line, type PartOutcome } from '../benchmark.ts'
import { quantile, quantileFigure } from '../figures.ts'
import type { PartContext } from '../part.ts'
import { copyDataDirectory, provideStoredEvents } from '../stored-events.ts'
import type { VisibilityProbeResult } from '../workers/visibility-probe.ts'

/** The time from an event's acknowledgement until a search finds it: on a log with nothing else to do, and on a busy one. */
export async function measureVisibility(context: PartContext): Promise<PartOutcome> {
  const { testbed, say, sizes } = context
  const calm = await testbed.withFolder('data', (dataDir) =>
    testbed.withServer(dataDir, (server) => probeUnderIngest(context, server)),
  )
  say(`99 % of ${calm.length} probes found within ${Math.round(p99(calm))} ms`)
  const stored = await provideStoredEvents(context, sizes.visibility.stored)
  const busy = await testbed.withFolder('stored', async (folder) => {
    const dataDir = await copyDataDirectory(stored, folder)
    return testbed.withServer(dataDir, (server) => measureBusy(context, server, stored.now))
  })
  say(
    `busy: 99 % of ${busy.delaysMs.length} probes found within ${Math.round(p99(busy.delaysMs))} ms, ` +
      `95 % of ${busy.newestMs.length} first pages within ${Math.round(p95(busy.newestMs))} ms`,
  )
  return {
    lines: toLines(context, calm, busy),
    versions: { Node: process.versions.node },
    conditions: [
      `While events were probed on the busy server, the heavy search ran ${busy.heavyMs.length} times to its end (${busy.heavyMs.map((ms) => (ms / 1000).toFixed(1)).join(', ')} s), ` +
        `${busy.heavyCut} times the server cut it off, and ${(busy.exportedBytes / 1e6).toFixed(1)} MB of the workbook came.`,
    ],
  }
}

async function probeUnderIngest({ testbed, sizes }: PartContext, server: AuditServer): Promise<number[]> {
  const { seconds, ratePerSecond, probesPerSecond } = sizes.visibility
  const { url, authorization } = server
  const [probes] = await Promise.all([
    testbed.callWorker<VisibilityProbeResult>('visibility-probe', {
      url,
      authorization,
      seconds,
      probesPerSecond,
    }),
    testbed.callWorker('http-load', {
      url,
      authorization,
      connections: sizes.singleEvents.connections,
      warmUpSeconds: 0,
      seconds,
      ratePerSecond,
    }),
  ])
  return probes.delaysMs
}

type Busy = {
  delaysMs: number[]
  newestMs: number[]
  heavyMs: number[]
  /** Heavy searches that the server ended because they took longer than it lets them. */
  heavyCut: number
  exportedBytes: number
}

async function measureBusy(context: PartContext, server: AuditServer, storedUntil: string): Promise<Busy> {
  const heavyQuery = await findHeavyQuery(context, server, storedUntil)
  const ending = new AbortController()
  const busy: Busy = { delaysMs: [], newestMs: [], heavyMs: [], heavyCut: 0, exportedBytes: 0 }
  const others = Promise.all([
    repeat(ending.signal, async () => {
      const tookMs = await timeHeavy(server, heavyQuery, storedUntil, ending.signal).catch(() => undefined)
      if (tookMs !== undefined) busy.heavyMs.push(tookMs)
      else if (!ending.signal.aborted) busy.heavyCut++
    }),
    repeat(ending.signal, async () => {
      for await (const chunk of server.download({ format: 'xlsx' }, ending.signal)) {
        busy.exportedBytes += chunk.length
      }
    }),
    repeat(ending.signal, async () => {
      busy.newestMs.push(await server.time('/api/v1/events'))
      await sleep(100)
    }),
  ])
  // Awaited below, also when the probes fail: until then its failure is nobody's.
  others.catch(() => undefined)
  try {
    busy.delaysMs = await probeUnderIngest(context, server)
  } finally {
    ending.abort()
    await others
  }
  return busy
}

/** Again and again until the signal; a failure before it is the run's failure, one after it is the signal's doing. */
async function repeat(signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    try {
      await act()
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
}

/** So many alternatives may the heavy search have; the product's own limit on terms is higher. */
const alternativesMax = 100

/**
 * A download of a search that looks at every event, finds none, and takes about as long as asked: texts with a wildcard,
 * which no index answers, as many of them as it takes. It runs where exports run.
 */
async function findHeavyQuery(
  { sizes, say }: PartContext,
  server: AuditServer,
  storedUntil: string,
): Promise<string> {
  const wantedMs = sizes.visibility.heavyQuerySeconds * 1000
  for (let alternatives = 1; ;) {
    const query = Array.from({ length: alternatives }, (_, i) => `select*nowhere${i}*found`).join(' OR ')
    const tookMs = await timeHeavy(server, query, storedUntil)
    if (tookMs >= wantedMs || alternatives === alternativesMax) {
      say(`the heavy search takes ${(tookMs / 1000).toFixed(1)} s alone (${alternatives} alternatives)`)
      return query
    }
    const growth = Math.min(4, Math.max(1.25, wantedMs / tookMs))
    alternatives = Math.min(alternativesMax, Math.ceil(alternatives * growth))
  }
}

/** Ends before this run, because the record of the search itself holds its words. */
async function timeHeavy(server: AuditServer, q: string, to: string, signal?: AbortSignal): Promise<number> {
  const startMs = performance.now()
  for await (const chunk of server.download({ format: 'jsonl', q, to }, signal)) {
    if (chunk.length > 0) throw new Error('the heavy search was to find nothing')
  }
  return performance.now() - startMs
}

function p99(values: number[]): number {
  return quantileOf(values, 0.99)
}

function p95(values: number[]): number {
  return quantileOf(values, 0.95)
}

function quantileOf(values: number[], share: number): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    share,
  )
}

function toLines({ sizes }: PartContext, calm: number[], busy: Busy): Line[] {
  const { ratePerSecond, probesPerSecond, seconds, stored, heavyQuerySeconds } = sizes.visibility
  const probing =
    `${ratePerSecond} single events a second for ${seconds} s; ${probesPerSecond} marked ones a second are searched ` +
    'for without a pause, and timed from their 201 to the answer that holds them'
  const load =
    `${stored.toLocaleString('en-US')} events stored, ${ratePerSecond} single events a second coming in, an Excel ` +
    `download running and, again and again, a search of about ${heavyQuerySeconds} s`
  return [
    limitLine(
      {
        id: 'visibility.p99',
        title: 'From 201 to found by search, 99th percentile',
        unit: 'ms',
        ours: quantileFigure([calm], 0.99),
        meaning: `${probing}.`,
      },
      1000,
    ),
    limitLine(
      {
        id: 'visibility.busy-p99',
        title: 'From 201 to found on a busy server, 99th percentile',
        unit: 'ms',
        ours: quantileFigure([busy.delaysMs], 0.99),
        meaning: `${load}; ${probing}.`,
      },
      1000,
    ),
    limitLine(
      {
        id: 'visibility.busy-newest',
        title: 'Newest 100 on a busy server, 95th percentile',
        unit: 'ms',
        ours: quantileFigure([busy.newestMs], 0.95),
        meaning: `${load}; the first page is asked for ten times a second at most, over HTTP.`,
      },
      150,
    ),
  ]
}
