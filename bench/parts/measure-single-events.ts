import { limitLine, peerLine, type PartOutcome } from '../benchmark.ts'
import { quantileFigure, toFigure } from '../figures.ts'
import type { PartContext } from '../part.ts'
import type { HttpLoadRequest, HttpLoadResult } from '../workers/http-load.ts'

/** One event per request, as applications send that do not batch. */
export async function measureSingleEvents({ testbed, sizes, say }: PartContext): Promise<PartOutcome> {
  const { rounds, warmUpSeconds, seconds, ratePerSecond, connections } = sizes.singleEvents
  const load = (request: Omit<HttpLoadRequest, 'connections' | 'seconds' | 'warmUpSeconds'>) =>
    testbed.callWorker<HttpLoadResult>('http-load', { ...request, connections, seconds, warmUpSeconds })
  const latencies: number[][] = []
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 1; round <= rounds; round++) {
    await testbed.withFolder('data', (dataDir) =>
      testbed.withServer(dataDir, async ({ url, authorization }) => {
        const open = await load({ url, authorization, ratePerSecond })
        latencies.push(open.latenciesMs)
        say(`round ${round}: open loop, ${Math.round(open.answered / open.seconds)} requests/s`)
        const closed = await load({ url, authorization })
        ours.push(closed.answered / closed.seconds)
        say(`round ${round}: closed loop, ours ${Math.round(ours.at(-1) ?? 0)} requests/s`)
      }),
    )
    await testbed.withWorker('bare-server', async (worker) => {
      const url = String(await worker.call({}))
      const closed = await load({ url, authorization: 'Bearer none' })
      bare.push(closed.answered / closed.seconds)
      say(`round ${round}: closed loop, bare Node ${Math.round(bare.at(-1) ?? 0)} requests/s`)
    })
  }
  const openLoop =
    `One event per request, ${ratePerSecond} requests due a second over ${connections} keep-alive connections for ` +
    `${seconds} s, from when a request was due to its 201, which is after fdatasync`
  const lines = [
    limitLine(
      {
        id: 'single-events.p50',
        title: 'Acknowledging one event, median',
        unit: 'ms',
        ours: quantileFigure(latencies, 0.5),
        meaning: `${openLoop}.`,
      },
      10,
    ),
    limitLine(
      {
        id: 'single-events.p99',
        title: 'Acknowledging one event, 99th percentile',
        unit: 'ms',
        ours: quantileFigure(latencies, 0.99),
        meaning: `${openLoop}; waiting for a free connection counts.`,
      },
      60,
    ),
    peerLine(
      {
        id: 'single-events.bare-node',
        title: 'Single events, against a bare Node server',
        unit: 'requests/s',
        ours: toFigure(ours),
        meaning: `Closed loop over ${connections} keep-alive connections for ${seconds} s. Peer: node:http that reads the body, parses the JSON and answers 201, and keeps nothing. The load generator has a process of its own and shares the processors with both.`,
      },
      'bare Node',
      toFigure(bare),
      { kind: 'at least', ratio: 0.4 },
    ),
  ]
  return { lines, versions: { Node: process.versions.node }, conditions: [] }
}
