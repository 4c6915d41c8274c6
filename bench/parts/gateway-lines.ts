import { peerLine, type Figure, type Line } from '../benchmark.ts'
import { toFigure } from '../figures.ts'
import type { Sizes } from '../sizes.ts'

type PerFront = Record<'gateway' | 'pipe' | 'pgbouncer', number[]>

/** What was found, a number for each round; none where a program is missing. */
export type GatewayRounds = {
  /** CPU of the front for each transaction. */
  selectCpuUs: { prepared: PerFront; simple: PerFront }
  /** Beyond what the direct connection takes in the same round. */
  addedLatencyUs: PerFront
  rowsCpuSeconds: PerFront
  /** How much larger the gateway ever was while the rows passed than before them. */
  rowsMemoryMb: number[]
  /** Transactions. */
  writesPerSecond: PerFront
  /** Transactions, through the whole program. */
  modesPerSecond: { observe: number[]; enforce: number[] }
}

/** What a Node process may grow by in buffers and garbage, however many rows there are. */
const memoryMbMax = 64

const unmeasured: Figure = { median: NaN, least: NaN, most: NaN, rounds: 0 }

function figureOf(values: readonly number[]): Figure {
  return values.length === 0 ? unmeasured : toFigure(values)
}

/** The rows of the table. `missing` names the programs that are not installed. */
export function toLines(rounds: GatewayRounds, sizes: Sizes['gateway'], missing: readonly string[]): Line[] {
  const lines = [
    ...selectLines(rounds, sizes),
    ...writeLines(rounds, sizes),
    ...rowLines(rounds, sizes),
    latencyLine(rounds, sizes),
  ]
  const why = missing.length === 0 ? '' : ` Not measured here: ${missing.join(' and ')} not installed.`
  return lines.map((line) => (isMeasured(line) ? line : { ...line, meaning: `${line.meaning}${why}` }))
}

function isMeasured({ ours, against }: Line): boolean {
  return ours.rounds > 0 && (against.kind === 'limit' || against.figure.rounds > 0)
}

function selectLines({ selectCpuUs }: GatewayRounds, { seconds }: Sizes['gateway']): Line[] {
  const peers = [
    { peer: 'pipe', name: 'Node pipe', ratio: 1.35, what: 'a process that pipes the same sockets in Node' },
    { peer: 'pgbouncer', name: 'pgbouncer', ratio: 2.1, what: 'pgbouncer in session pooling' },
  ] as const
  return (['prepared', 'simple'] as const).flatMap((protocol) =>
    peers.map(({ peer, name, ratio, what }) =>
      peerLine(
        {
          id: `gateway.select-${protocol}-${peer}`,
          title: `CPU of the gateway per SELECT (${protocol}), against ${name}`,
          unit: 'µs',
          ours: figureOf(selectCpuUs[protocol].gateway),
          meaning:
            `\`pgbench -S -M ${protocol}\` with 8 clients for ${seconds} s: user and system time of the process by transaction. ` +
            `The gateway makes an event of each statement and throws it away. Peer: ${what}.`,
        },
        name,
        figureOf(selectCpuUs[protocol][peer]),
        { kind: 'at most', ratio },
      ),
    ),
  )
}

function writeLines(
  { writesPerSecond, modesPerSecond }: GatewayRounds,
  { seconds }: Sizes['gateway'],
): Line[] {
  const load = `TPC-B of pgbench (\`-M simple\`) with 8 clients for ${seconds} s`
  const wholeProgram =
    'the whole program, which sends its events over HTTP to a server that parses and drops them'
  return [
    peerLine(
      {
        id: 'gateway.writes',
        title: 'TPC-B through the gateway, against pgbouncer',
        unit: 'transactions/s',
        ours: figureOf(writesPerSecond.gateway),
        meaning: `${load}. The gateway makes an event of each of the seven statements and throws it away. Peer: pgbouncer in session pooling.`,
      },
      'pgbouncer',
      figureOf(writesPerSecond.pgbouncer),
      { kind: 'at least', ratio: 0.85 },
    ),
    peerLine(
      {
        id: 'gateway.enforce',
        title: 'TPC-B in the mode enforce, against observe',
        unit: 'transactions/s',
        ours: figureOf(modesPerSecond.enforce),
        meaning: `${load} through ${wholeProgram}. In enforce, intents of four statements are durable in the journal before they go on, and all events wait there. Peer: the mode observe.`,
      },
      'observe',
      figureOf(modesPerSecond.observe),
      { kind: 'at least', ratio: 0.5 },
    ),
  ]
}

function rowLines({ rowsCpuSeconds, rowsMemoryMb }: GatewayRounds, { rows }: Sizes['gateway']): Line[] {
  const result = `One SELECT of ${rows.toLocaleString('en-US')} rows of 300 bytes, read by a client that keeps nothing`
  return [
    peerLine(
      {
        id: 'gateway.rows',
        title: 'CPU for a large result, against pgbouncer',
        unit: 'CPU s',
        ours: figureOf(rowsCpuSeconds.gateway),
        meaning: `${result}: user and system time of the gateway. Peer: pgbouncer in session pooling.`,
      },
      'pgbouncer',
      figureOf(rowsCpuSeconds.pgbouncer),
      { kind: 'at most', ratio: 1.1 },
    ),
    {
      id: 'gateway.rows-memory',
      title: 'Memory that the gateway grows by while a large result passes',
      unit: 'MB',
      ours: figureOf(rowsMemoryMb),
      against: { kind: 'limit', value: memoryMbMax },
      goal: { kind: 'at most', ratio: 1 },
      meaning: `${result}: the most resident memory while it passes, less what there was before.`,
    },
  ]
}

function latencyLine({ addedLatencyUs }: GatewayRounds, { seconds }: Sizes['gateway']): Line {
  return peerLine(
    {
      id: 'gateway.latency',
      title: 'Latency that the gateway adds at the median',
      unit: 'µs',
      ours: figureOf(addedLatencyUs.gateway),
      meaning: `\`pgbench -S -M prepared\` with one client for ${seconds} s: the median of the transactions less that of a direct connection in the same round. Peer: what pgbouncer adds.`,
    },
    'pgbouncer',
    figureOf(addedLatencyUs.pgbouncer),
    { kind: 'at most', ratio: 1.5 },
  )
}
