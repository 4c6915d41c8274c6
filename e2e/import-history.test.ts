import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const program = join(import.meta.dirname, '..', 'packages', 'server', 'dist', 'cli', 'main.js')

let dir: string
let server: ServerProcess | undefined
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aleph-import-'))
})
afterEach(async () => {
  await server?.kill()
  server = undefined
  await rm(dir, { recursive: true, force: true })
})

const start = async (port = '0'): Promise<ServerProcess> =>
  startServer({ dataDir: join(dir, 'data'), env: { AUDIT_BOOTSTRAP_API_KEY: apiKey, PORT: port } })

type Import = { child: ChildProcess; output: () => string; ended: Promise<number | null> }

/** Runs the command line. Without a server's address it works with the data directory of the test. */
function runImport(args: string[], address: Record<string, string> = {}): Import {
  const child = spawn(process.execPath, [program, 'import', ...args], {
    cwd: dir,
    env: {
      PATH: process.env['PATH'],
      AUDIT_DATA_DIR: join(dir, 'data'),
      PORT: '0',
      UV_THREADPOOL_SIZE: '16',
      ...address,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  const read = (chunk: string): void => void (output += chunk)
  child.stdout.setEncoding('utf8').on('data', read)
  child.stderr.setEncoding('utf8').on('data', read)
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) }
}

const remote = ({ url }: ServerProcess): Record<string, string> => ({
  AUDIT_URL: url,
  AUDIT_API_KEY: apiKey,
  AUDIT_DATA_DIR: join(dir, 'elsewhere'),
})

const path = (name: string): string => join(dir, name)
const aDayAgo = Date.now() - 86_400_000

/** Lines of another product, each with its number. */
async function writeHistory(name: string, count: number): Promise<string> {
  const lines = Array.from({ length: count }, (_, n) =>
    JSON.stringify({
      at: String(BigInt(aDayAgo) * 1000n + BigInt(n)),
      user: `user ${n % 50}`,
      text: `select ${n}`,
      n,
    }),
  )
  await writeFile(path(name), `${lines.join('\n')}\n`)
  const mapping = {
    fields: {
      type: { value: 'old_query' },
      occurredAt: { from: 'at', time: 'epoch-us' },
      'actor.type': { value: 'user' },
      'actor.name': 'user',
      'data.sql': 'text',
    },
  }
  await writeFile(path('map.json'), JSON.stringify(mapping))
  return path(name)
}

async function get(url: string): Promise<Response> {
  return fetch(url, { headers: { authorization: `Bearer ${apiKey}` } })
}

async function countOf({ url }: ServerProcess, q: string): Promise<number> {
  const answer = await get(`${url}/api/v1/events/histogram?interval=1d&q=${encodeURIComponent(q)}`)
  const { buckets } = (await answer.json()) as { buckets: { count: number }[] }
  return buckets.reduce((sum, { count }) => sum + count, 0)
}

/** The numbers of all lines that are stored, sorted, waiting until there are so many. */
async function numbersIn(from: ServerProcess, count: number): Promise<number[]> {
  await vi.waitFor(async () => expect(await countOf(from, 'type:old_query')).toBe(count), {
    timeout: 60_000,
    interval: 200,
  })
  const answer = await get(`${from.url}/api/v1/events/export?format=jsonl&q=type:old_query`)
  const lines = (await answer.text()).trimEnd().split('\n')
  return lines.map((line) => (JSON.parse(line) as { data: { n: number } }).data.n).sort((a, b) => a - b)
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

/** Waits until an import from elsewhere has saved a position behind so many lines. */
async function untilRead(lines: number): Promise<void> {
  const positions = join(dir, 'elsewhere', 'imports')
  await vi.waitFor(
    async () => {
      const [name = ''] = (await readdir(positions)).filter((file) => /^file-\w+\.json$/.test(file))
      const { line } = JSON.parse(await readFile(join(positions, name), 'utf8')) as { line: number }
      expect(line).toBeGreaterThan(lines)
    },
    { timeout: 60_000, interval: 5 },
  )
}

// Each starts several processes and imports tens of thousands of lines.
describe('an import', { timeout: 180_000 }, () => {
  it('that is killed again and again, and run again, stores every line exactly once', async () => {
    server = await start()
    const count = 30_000
    const file = await writeHistory('killed.jsonl', count)
    const args = ['jsonl', file, '--map', path('map.json')]
    for (let round = 1; round <= 3; round++) {
      const killed = runImport(args, remote(server))
      await untilRead(round * 3000)
      killed.child.kill('SIGKILL')
      await killed.ended
    }
    const last = runImport(args, remote(server))
    expect(await last.ended, last.output()).toBe(0)
    expect(last.output()).toMatch(/Going on at line [1-9]\d{3,} of /)
    expect(last.output()).toContain('30,000 lines read, 30,000 events imported, 0 refused.')
    expect(await numbersIn(server, count)).toEqual(upTo(count))
    expect(await countOf(server, 'type:events_imported')).toBe(1)
    expect(await countOf(server, 'type:event_id_conflict')).toBe(0)
  })

  it('that is interrupted says where it goes on, and goes on there', async () => {
    server = await start()
    const count = 30_000
    const file = await writeHistory('interrupted.jsonl', count)
    const args = ['jsonl', file, '--map', path('map.json')]
    const interrupted = runImport(args, remote(server))
    await untilRead(2000)
    interrupted.child.kill('SIGINT')
    expect(await interrupted.ended).toBe(130)
    const line = Number(/Stopped before line (\d+)\./.exec(interrupted.output())?.[1])
    expect(line).toBeGreaterThan(2000)
    expect(line).toBeLessThan(count)
    const last = runImport(args, remote(server))
    expect(await last.ended).toBe(0)
    expect(last.output()).toContain(`Going on at line ${line} of `)
    expect(await numbersIn(server, count)).toEqual(upTo(count))
  })

  it('waits for a server that is restarted in the middle, and loses and doubles nothing', async () => {
    server = await start()
    const count = 30_000
    const file = await writeHistory('restarted.jsonl', count)
    const running = runImport(['jsonl', file, '--map', path('map.json')], remote(server))
    await untilRead(3000)
    await server.kill()
    await vi.waitFor(
      () => expect(running.output()).toMatch(/waiting \d+ s: The audit log at .* cannot be reached/),
      {
        timeout: 60_000,
      },
    )
    server = await start(new URL(server.url).port)
    expect(await running.ended, running.output()).toBe(0)
    expect(await numbersIn(server, count)).toEqual(upTo(count))
  })

  it('of 200,000 lines needs no more memory than one of a few', async () => {
    server = await start()
    const count = 200_000
    const file = await writeHistory('long.jsonl', count)
    const running = runImport(['jsonl', file, '--map', path('map.json')], remote(server))
    let peakKilobytes = 0
    const watch = setInterval(() => {
      void readFile(`/proc/${running.child.pid}/status`, 'utf8').then(
        (status) => (peakKilobytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? peakKilobytes)),
        () => undefined,
      )
    }, 100)
    expect(await running.ended, running.output()).toBe(0)
    clearInterval(watch)
    expect(running.output()).toContain('200,000 events imported, 0 refused.')
    expect(peakKilobytes).toBeGreaterThan(10_000)
    // Node with the program loaded takes about 150 MB; batches of 4 MiB and their garbage come on top.
    const peakKilobytesMax = 400_000
    expect(peakKilobytes).toBeLessThan(peakKilobytesMax)
    // They are in the journal; what is stored comes behind, and must go on coming however busy the machine is.
    for (let stored = 0; stored < count;) {
      stored = await vi.waitFor(
        async () => {
          const now = await countOf(server!, 'type:old_query')
          expect(now).toBeGreaterThan(stored)
          return now
        },
        { timeout: 60_000, interval: 500 },
      )
      expect(stored).toBeLessThanOrEqual(count)
    }
  }, 300_000)

  it('works through the socket, reads the standard input, and ends with 2 where lines were refused', async () => {
    server = await start()
    await writeHistory('piped.jsonl', 10)
    await writeFile(
      path('piped.jsonl'),
      `${await readFile(path('piped.jsonl'), 'utf8')}{"at": "never", "user": "x", "n": 10}\n`,
    )
    const unnamed = runImport(['jsonl', '-', '--map', path('map.json')])
    expect(await unnamed.ended).toBe(1)
    expect(unnamed.output()).toContain('needs a name: --name')
    const piped = runImport(['jsonl', '-', '--name', 'old-system', '--map', path('map.json')])
    createReadStream(path('piped.jsonl')).pipe(piped.child.stdin!)
    expect(await piped.ended, piped.output()).toBe(2)
    expect(piped.output()).toContain('line 11: occurredAt "never" is no number of units since 1970')
    expect(await numbersIn(server, 10)).toEqual(upTo(10))
    const report = await readFile(path('old-system.refused.jsonl'), 'utf8')
    await writeFile(path('old-system.refused.jsonl'), report.replace('"never"', String(aDayAgo * 1000)))
    const mended = runImport(['jsonl', 'old-system.refused.jsonl', '--map', path('map.json')])
    expect(await mended.ended, mended.output()).toBe(0)
    expect(await numbersIn(server, 11)).toEqual(upTo(11))
  })

  it('works on a data directory that no server is using', async () => {
    const file = await writeHistory('alone.jsonl', 100)
    const alone = runImport(['jsonl', file, '--map', path('map.json')])
    expect(await alone.ended, alone.output()).toBe(0)
    server = await start()
    expect(await numbersIn(server, 100)).toEqual(upTo(100))
  })

  it('is not begun where the address, the key or the mapping is wrong', async () => {
    server = await start()
    const file = await writeHistory('wrong.jsonl', 10)
    const away = runImport(['jsonl', file], { ...remote(server), AUDIT_URL: 'http://127.0.0.1:1' })
    expect([await away.ended, away.output()]).toEqual([1, expect.stringContaining('cannot be reached')])
    const stranger = runImport(['jsonl', file, '--map', path('map.json')], {
      ...remote(server),
      AUDIT_API_KEY: 'aal_wrong_key_that_nobody_has_ever_made',
    })
    expect(await stranger.ended).toBe(1)
    await writeFile(path('bad.json'), '{"fields": {"type": {"value": "query"}}}')
    const unmapped = runImport(['jsonl', file, '--map', 'bad.json'], remote(server))
    expect(await unmapped.ended).toBe(1)
    expect(unmapped.output()).toContain('fields["occurredAt"]: is missing: every event needs it')
    const preset = runImport(['preset', '--name', 'snowflake'])
    expect(await preset.ended).toBe(0)
    expect(JSON.parse(preset.output())).toHaveProperty('fields.occurredAt', 'start_time')
    expect(await countOf(server, 'type:old_query')).toBe(0)
  })
})
