import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export type PgbenchLoad = {
  /** On this machine; the superuser needs no password. */
  port: number
  /** `select`: one SELECT by key; `tpcb`: seven statements in a transaction, three of which write. */
  script: 'select' | 'tpcb'
  protocol: 'simple' | 'prepared'
  clients: number
  seconds: number
}

export type PgbenchOutcome = { transactions: number; transactionsPerSecond: number }

const database = 'postgres'

/** PostgreSQL's own load generator. */
export class Pgbench {
  readonly #program: string

  constructor(program: string) {
    this.#program = program
  }

  async version(): Promise<string> {
    const { stdout } = await run(this.#program, ['--version'])
    return /\d+(\.\d+)*/.exec(stdout)?.[0] ?? stdout
  }

  /** Makes the tables that the scripts use; 100,000 accounts for each step of the scale. */
  async fill(port: number, scale: number): Promise<void> {
    await run(this.#program, [...connection(port), '--initialize', '--quiet', `--scale=${scale}`, database])
  }

  /** Throws unless every transaction was successful. */
  async load(load: PgbenchLoad): Promise<PgbenchOutcome> {
    const { stdout } = await run(this.#program, optionsOf(load))
    const transactions = readNumber(stdout, /actually processed: (\d+)/)
    const failed = readNumber(stdout, /failed transactions: (\d+)/)
    if (failed > 0) throw new Error(`pgbench: ${failed} transactions failed`)
    return { transactions, transactionsPerSecond: readNumber(stdout, /^tps = ([\d.]+)/m) }
  }

  /** How long each transaction took, in µs. Its log is written to this folder. */
  async latenciesUs(load: PgbenchLoad, folder: string): Promise<number[]> {
    const prefix = `latency-${load.port}`
    await run(this.#program, ['--log', `--log-prefix=${prefix}`, ...optionsOf(load)], { cwd: folder })
    const names = (await readdir(folder)).filter((name) => name.startsWith(`${prefix}.`))
    const logs = await Promise.all(names.map(async (name) => readFile(join(folder, name), 'utf8')))
    return logs.flatMap((log) =>
      log
        .trimEnd()
        .split('\n')
        .map((line) => Number(line.split(' ')[2])),
    )
  }
}

function connection(port: number): string[] {
  return ['--host=127.0.0.1', `--port=${port}`, '--username=postgres']
}

function optionsOf({ port, script, protocol, clients, seconds }: PgbenchLoad): string[] {
  return [
    ...connection(port),
    '--no-vacuum',
    `--builtin=${script === 'select' ? 'select-only' : 'tpcb-like'}`,
    `--protocol=${protocol}`,
    `--client=${clients}`,
    `--jobs=${Math.min(2, clients)}`,
    `--time=${seconds}`,
    database,
  ]
}

function readNumber(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw new Error(`pgbench printed nothing like ${String(pattern)}: ${text}`)
  return Number(found)
}
