import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bootstrapApiKey, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-people-'))
  server = await startTestServer()
})
afterAll(async () => {
  await server?.remove()
  await rm(folder, { recursive: true, force: true })
})

/** Runs the program of the command line from its sources. */
async function run(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const program = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', program, ...args], {
    env: { PATH: process.env['PATH'], AUDIT_URL: server.url, AUDIT_API_KEY: bootstrapApiKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  await once(child, 'close')
  return { code: child.exitCode ?? -1, output, errors }
}

describe('people on the command line', () => {
  test('are imported from a file and listed', async () => {
    const file = join(folder, 'people.csv')
    await writeFile(
      file,
      'name,email,logins\nAnn Lee,ann@acme.test,ann;prod/alee\nBo\u001b[31m,bo@acme.test,\n',
    )
    const refused = await run('people', 'import', file)
    expect([refused.code, refused.errors]).toEqual([
      1,
      expect.stringContaining('line 3: name must not contain'),
    ])
    await writeFile(file, 'name,email,logins\nAnn Lee,ann@acme.test,ann;prod/alee\nBo,bo@acme.test,\n')
    expect((await run('people', 'import', '--dry-run', file)).output).toBe(
      '2 people would be added, 0 changed; 0 are as they were.\n',
    )
    expect((await run('people', 'import', file)).output).toBe(
      '2 people were added, 0 changed; 0 are as they were.\n',
    )
    expect((await run('people', 'list')).output).toBe(
      'name\temail\tlogins\ttool_ids\tgroups\tleft_on\n' +
        'Ann Lee\tann@acme.test\tann;prod/alee\t\t\t\nBo\tbo@acme.test\t\t\t\t\n',
    )
  }, 60_000)

  test('of a file that is not there are an error in words', async () => {
    const { code, errors } = await run('people', 'import', join(folder, 'none.csv'))
    expect([code, errors]).toEqual([1, expect.stringContaining('none.csv cannot be read')])
  }, 30_000)
})
