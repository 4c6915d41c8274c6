import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const env = { AUDIT_BOOTSTRAP_API_KEY: apiKey }
const program = join(import.meta.dirname, '..', 'packages', 'server', 'dist')

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aleph-process-'))
})
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true })
})

const start = async (): Promise<ServerProcess> => startServer({ dataDir, env })

async function post(server: ServerProcess, draft: object): Promise<Response> {
  return fetch(`${server.url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(draft),
  })
}

type Found = { id: string; data?: { n?: number } }

async function findAll(server: ServerProcess, q: string): Promise<Found[]> {
  const found: Found[] = []
  for (let cursor = ''; ;) {
    const answer = await fetch(`${server.url}/api/v1/events?limit=1000&q=${encodeURIComponent(q)}${cursor}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    })
    const page = (await answer.json()) as { events: Found[]; nextCursor?: string }
    found.push(...page.events)
    if (page.nextCursor === undefined) return found
    cursor = `&cursor=${page.nextCursor}`
  }
}

/** Runs a program of the server's build to its end. */
async function run(script: string, args: string[] = [], more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(program, script), ...args], {
    env: { PATH: process.env['PATH'], AUDIT_DATA_DIR: dataDir, PORT: '0', UV_THREADPOOL_SIZE: '16', ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

describe('the server process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'closes in order within 5 s on %s, with everything it took',
    async (signal) => {
      const server = await start()
      for (let i = 0; i < 20; i++)
        expect((await post(server, { type: 'close_test', actor: { type: 'user', id: '1' } })).status).toBe(
          201,
        )
      const begin = performance.now()
      expect(await server.stop(signal)).toBe(0)
      expect(performance.now() - begin).toBeLessThan(5000)
      const again = await start()
      await vi.waitFor(async () => expect(await findAll(again, 'type:close_test')).toHaveLength(20))
      await again.stop()
    },
  )

  it('refuses a data directory that another process is using, and says so', async () => {
    const server = await start()
    const second = await run('main.js')
    expect(second.code).toBe(1)
    expect(second.output).toContain(
      `Another process (process ${server.pid}) is using the data directory ${dataDir}`,
    )
    expect((await post(server, { type: 'still_there', actor: { type: 'user', id: '1' } })).status).toBe(201)
    await server.stop()
  })

  it('refuses a port that is taken and an environment that makes no sense, without a stack', async () => {
    const server = await start()
    const other = await mkdtemp(join(tmpdir(), 'aleph-process-'))
    const taken = await run('main.js', [], { AUDIT_DATA_DIR: other, PORT: new URL(server.url).port })
    expect([taken.code, taken.output]).toEqual([1, expect.stringContaining('is taken by another program')])
    await rm(other, { recursive: true })
    await server.stop()
    const wrong = await run('main.js', [], {
      PORT: 'x',
      AUDIT_RETENTION_DAYS: '0',
      AUDIT_PUBLIC_URL: 'audit',
    })
    expect(wrong.code).toBe(1)
    for (const name of ['PORT must', 'AUDIT_RETENTION_DAYS must', 'AUDIT_PUBLIC_URL must'])
      expect(wrong.output).toContain(name)
    expect(wrong.output).not.toContain('    at ')
  })

  it('keeps its secrets for its owner alone, and opens the directory again after a kill', async () => {
    const server = await start()
    const modeOf = async (path: string): Promise<string> =>
      ((await stat(join(dataDir, path))).mode & 0o777).toString(8)
    expect(await modeOf('secrets')).toBe('700')
    for (const name of await readdir(join(dataDir, 'secrets')))
      expect(await modeOf(`secrets/${name}`)).toBe('600')
    expect(await modeOf('command.sock')).toBe('600')
    expect(await modeOf('settings.sqlite')).toBe('600')
    await server.kill()
    const again = await start()
    expect(await again.stop()).toBe(0)
  })

  it('says which secret is damaged instead of making a new one', async () => {
    const server = await start()
    await server.stop()
    const path = join(dataDir, 'secrets', 'session')
    await chmod(path, 0o600)
    await writeFile(path, 'nonsense')
    const refused = await run('main.js')
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining(`${path} is damaged`)])
  })
})

describe('the command line', () => {
  it('works beside a running server, and alone on a directory that none is using', async () => {
    const server = await start()
    const created = await run('cli/main.js', ['keys', 'create', 'from the shell', '--scope', 'events:write'])
    expect(created.output).toMatch(/aal_\S+/)
    const key = /aal_\S+/.exec(created.output)?.[0] ?? ''
    const sent = await fetch(`${server.url}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'cli_test', actor: { type: 'user', name: 'Ann Lee' } }),
    })
    expect(sent.status).toBe(201)
    await vi.waitFor(async () => expect(await findAll(server, 'type:cli_test')).toHaveLength(1))
    await server.stop()

    const file = join(dataDir, 'out.csv')
    const exported = await run('cli/main.js', [
      'export',
      '--format',
      'csv',
      '--query',
      'type:cli_test',
      '--columns',
      'name',
      '--output',
      file,
    ])
    expect([exported.code, exported.output]).toEqual([0, ''])
    expect(await readFile(file, 'utf8')).toBe('\ufeffName\r\nAnn Lee\r\n')
    const listed = await run('cli/main.js', ['keys', 'list'])
    expect(listed.output).toContain('from the shell')
    expect(listed.output).not.toContain(key)
    const unknown = await run('cli/main.js', ['users', 'reset', 'nobody@acme.com'])
    expect([unknown.code, unknown.output]).toEqual([1, 'There is no user with the e-mail nobody@acme.com.\n'])
  })

  it('checks the log, beside a running server and alone', async () => {
    const server = await start()
    for (let i = 0; i < 5; i++) await post(server, { type: 'check_test', actor: { type: 'user', id: '1' } })
    await vi.waitFor(async () => expect(await findAll(server, 'type:check_test')).toHaveLength(5))
    const beside = await run('cli/main.js', ['fsck'])
    expect([beside.code, beside.output]).toEqual([0, expect.stringContaining('Everything is sound.')])
    await server.stop()
    const alone = await run('cli/main.js', ['fsck', '--repair'])
    expect([alone.code, alone.output]).toEqual([0, expect.stringContaining('Everything is sound.')])
    await rm(join(dataDir, 'clickhouse'), { recursive: true })
    const mended = await run('cli/main.js', ['fsck', '--repair'])
    expect([mended.code, mended.output]).toEqual([0, expect.stringContaining('Everything is sound.')])
  })

  it('imports a PostgreSQL log into an audit log that is elsewhere, and goes on where it stopped', async () => {
    const server = await start()
    const elsewhere = await mkdtemp(join(tmpdir(), 'aleph-process-'))
    const log = join(elsewhere, 'postgresql.json')
    const begin = new Date()
    const second = begin.toISOString().slice(0, 19).replace('T', ' ')
    const sessionId = `${Math.floor(begin.getTime() / 1000).toString(16)}.4d`
    const line = (n: number): string => {
      const fields = {
        timestamp: `${second}.00${n} UTC`,
        user: 'report',
        dbname: 'warehouse',
        pid: 77,
        remote_host: '10.0.0.9',
        session_id: sessionId,
        line_num: n,
        session_start: `${second} UTC`,
        error_severity: 'LOG',
        message: `duration: 1.5 ms  statement: select ${n} from remote_orders`,
        application_name: 'psql',
        backend_type: 'client backend',
        query_id: 0,
      }
      return `${JSON.stringify(fields)}\n`
    }
    const importing = async () =>
      run('cli/main.js', ['import', 'postgres-log', log], {
        AUDIT_DATA_DIR: elsewhere,
        AUDIT_URL: server.url,
        AUDIT_API_KEY: apiKey,
      })
    await writeFile(log, line(1) + line(2))
    expect((await importing()).output).toContain('2 lines read, 2 events recorded')
    await appendFile(log, line(3))
    expect((await importing()).output).toContain('1 events recorded')
    await vi.waitFor(async () => {
      const found = await findAll(server, 'type:query database:warehouse login:report remote_orders')
      expect(found).toHaveLength(3)
    })
    await rm(elsewhere, { recursive: true })
    await server.stop()
  })

  it('lists its commands and refuses what it does not know', async () => {
    const help = await run('cli/main.js', ['--help'])
    for (const command of ['import', 'export', 'keys', 'users', 'fsck', 'reread', 'gateway'])
      expect(help.output).toContain(command)
    expect((await run('cli/main.js', ['nonsense'])).code).toBe(1)
  })
})
