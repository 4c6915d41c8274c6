import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stopMsMax } from './server-process.ts'

const root = join(import.meta.dirname, '..')

let folder: string
let directory: string
let running: ChildProcess | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aleph-demo-'))
  directory = join(folder, 'demo-data')
})
afterAll(async () => {
  running?.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Runs the demo until it is ready or ends; returns what it printed. */
async function startDemo(...args: string[]): Promise<{ output: string; url: string | undefined }> {
  const env = { ...process.env, HOST: '127.0.0.1', PORT: '0' }
  const child = spawn(
    process.execPath,
    ['tools/demo.mjs', '--data', directory, '--events', '3000', ...args],
    {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  running = child
  let output = ''
  return new Promise((resolve, reject) => {
    const read = (chunk: string): void => {
      output += chunk
      const url = /is ready at (http:\/\/\S+)\n/.exec(output)?.[1]
      if (url !== undefined) resolve({ output, url })
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    child.once('error', reject)
    child.once('close', () => resolve({ output, url: undefined }))
  })
}

async function stopDemo(): Promise<void> {
  const child = running
  if (!child || child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
  await exited
  clearTimeout(timer)
  expect(child.signalCode).not.toBe('SIGKILL')
}

function passwordIn(output: string): string {
  return /password {2}(\S+)/.exec(output)?.[1] ?? ''
}

/** Signs in as the output says, and counts what the page of the audit log would show. */
async function countEvents(url: string, output: string): Promise<number> {
  const email = /email {5}(\S+)/.exec(output)?.[1]
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, password: passwordIn(output) }),
  })
  expect(answer.status).toBe(200)
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  const found = await fetch(`${url}/api/v1/events/histogram?q=-source:app`, { headers: { cookie } })
  const { buckets }: { buckets: { count: number }[] } = JSON.parse(await found.text())
  return buckets.reduce((sum, { count }) => sum + count, 0)
}

it('the demo makes its company once, lets one sign in as it prints, and begins anew only when asked', async () => {
  const first = await startDemo()
  expect(first.output).toContain('Making up the log of a company (3000 events)')
  expect(first.url, first.output).toBeDefined()
  const count = await countEvents(first.url ?? '', first.output)
  expect(count).toBeGreaterThan(2000)
  await stopDemo()

  const file = join(directory, 'demo.json')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const demo: Record<string, unknown> = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...demo, seededAt: '2026-01-02T03:04:05.678Z' }))

  const second = await startDemo()
  expect(second.output).not.toContain('Making up')
  expect(second.output).toContain('The made-up events end on 2026-01-02')
  expect(passwordIn(second.output)).toBe(passwordIn(first.output))
  expect(await countEvents(second.url ?? '', second.output)).toBe(count)
  await stopDemo()

  const third = await startDemo('--fresh')
  expect(third.output).toContain('Making up')
  expect(passwordIn(third.output)).not.toBe(passwordIn(first.output))
  expect(await countEvents(third.url ?? '', third.output)).toBeGreaterThan(2000)
  await stopDemo()

  // A directory of somebody else is neither used nor removed.
  await rm(file)
  for (const args of [[], ['--fresh']]) {
    const refused = await startDemo(...args)
    expect(refused.url).toBeUndefined()
    expect(refused.output).toContain('is no data directory of the demo')
  }
  expect((await stat(join(directory, 'settings.sqlite'))).isFile()).toBe(true)
}, 240_000)
