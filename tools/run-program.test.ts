import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aleph-run-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A launcher like start.mjs for a program of the test. */
function launch(program: string): ReturnType<typeof spawn> {
  const script = join(folder, `program-${Math.random().toString(36).slice(2)}.mjs`)
  writeFileSync(script, program)
  const launcher = `${script}.launcher.mjs`
  const runProgram = JSON.stringify(new URL('run-program.mjs', import.meta.url).href)
  writeFileSync(
    launcher,
    `import { runProgram } from ${runProgram}\nprocess.exitCode = await runProgram(${JSON.stringify(script)}, ['a b'])\n`,
  )
  const env = { ...process.env }
  delete env['UV_THREADPOOL_SIZE']
  return spawn(process.execPath, [launcher], { stdio: ['ignore', 'pipe', 'inherit'], env })
}

async function finish(child: ReturnType<typeof spawn>): Promise<{ code: unknown; output: string }> {
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const [code] = await once(child, 'exit')
  return { code, output }
}

test('the program has its arguments and threads for two cores and more, and its exit code is passed on', async () => {
  const child = launch(
    'console.log(process.argv[2], process.env.UV_THREADPOOL_SIZE, process.execArgv[0])\nprocess.exit(7)\n',
  )
  const helpers = Math.min(4, Math.max(1, availableParallelism() - 1))
  expect(await finish(child)).toEqual({ code: 7, output: `a b 16 --v8-pool-size=${helpers}\n` })
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s reaches the program, which ends in its own way',
  async (signal) => {
    const child = launch(`
    process.on('${signal}', () => { console.log('closing'); setTimeout(() => process.exit(0), 20) })
    setInterval(() => {}, 1000)
    console.log('ready')
  `)
    child.stdout?.once('data', () => child.kill(signal))
    expect(await finish(child)).toEqual({ code: 0, output: 'ready\nclosing\n' })
  },
)

test.skipIf(process.platform === 'win32')('a program that a signal ended counts as failed', async () => {
  const child = launch("process.kill(process.pid, 'SIGKILL')\nsetInterval(() => {}, 1000)\n")
  expect((await finish(child)).code).toBe(128 + 9)
})

test.skipIf(process.platform === 'win32')('a program started by npm ends when npm was killed', async () => {
  const script = join(folder, 'orphan.mjs')
  writeFileSync(
    script,
    `process.on('SIGTERM', () => { console.log('closing'); process.exit(0) })
     setInterval(() => {}, 1000)
     console.log('ready')`,
  )
  const runProgram = JSON.stringify(new URL('run-program.mjs', import.meta.url).href)
  const launcher = join(folder, 'orphan-launcher.mjs')
  writeFileSync(
    launcher,
    `import { runProgram } from ${runProgram}\nawait runProgram(${JSON.stringify(script)}, [])\n`,
  )
  const npm = join(folder, 'npm.mjs')
  writeFileSync(
    npm,
    `import { spawn } from 'node:child_process'\nspawn(process.execPath, [${JSON.stringify(launcher)}], { stdio: 'inherit' })\n`,
  )
  const child = spawn(process.execPath, [npm], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_lifecycle_event: 'start' },
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
    if (output === 'ready\n') child.kill('SIGKILL')
  })
  // The pipe is closed when the last of the three has ended.
  await once(child.stdout, 'close')
  expect(output).toBe('ready\nclosing\n')
})
