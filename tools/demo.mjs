// `npm run demo`: `npm start` on a data directory of its own, filled with the log of a made-up company.
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { prepare, root } from './prepare.mjs'
import { runProgram } from './run-program.mjs'

/**
 * What `demo.json` in the data directory says once it is complete: what was made when, and how to sign in. The password protects nothing
 * but made-up data, so it may be kept and shown again.
 * @typedef {{ seededAt: string, events: number, email: string, password: string }} Demo
 */

const staleMs = 24 * 3_600_000

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(root, 'demo-data') },
    events: { type: 'string', default: '60000' },
    fresh: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const directory = resolve(values.data)
const demoFile = join(directory, 'demo.json')

if (values.help) {
  console.log(`Runs Aleph Audit Log with the log of a made-up company. PORT and HOST as for npm start.

  --events N   how many events the first start makes (60000)
  --fresh      throws the demo's data away and makes it anew, ending now
  --data DIR   another directory than ./demo-data`)
} else if (await prepare()) {
  process.exitCode = await runDemo()
} else {
  process.exitCode = 1
}

/** @returns {Promise<number>} the exit code */
async function runDemo() {
  if (existsSync(directory) && !existsSync(demoFile)) {
    console.error(`${directory} is no data directory of the demo: nothing was changed. Use --data.`)
    return 1
  }
  const demo = (values.fresh ? undefined : readDemo()) ?? seed()
  if (demo === undefined) return 1
  if (Date.now() - Date.parse(demo.seededAt) > staleMs) {
    console.log(
      `The made-up events end on ${demo.seededAt.slice(0, 10)}; \`npm run demo -- --fresh\` makes new ones.`,
    )
  }
  console.log(`\nSign in with\n  email     ${demo.email}\n  password  ${demo.password}\n`)
  process.env['AUDIT_DATA_DIR'] = directory
  process.env['AUDIT_ADMIN_EMAIL'] = demo.email
  process.env['AUDIT_ADMIN_PASSWORD'] = demo.password
  process.env['AUDIT_ADMIN_NAME'] = 'Demo Admin'
  return runProgram(join(root, 'packages', 'server', 'dist', 'main.js'), [])
}

/** @returns {Demo | undefined} undefined where none was completed */
function readDemo() {
  const demo = existsSync(demoFile) ? JSON.parse(readFileSync(demoFile, 'utf8')) : {}
  return typeof demo.password === 'string' ? demo : undefined
}

/** @returns {Demo | undefined} undefined after a failure, which has been printed */
function seed() {
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  // From now on the directory is known as the demo's, also if this is interrupted.
  writeFileSync(demoFile, '{}\n', { mode: 0o600 })
  const seededAt = new Date().toISOString()
  console.log(`Making up the log of a company (${values.events} events)...`)
  const script = join(root, 'tools', 'seed.ts')
  const options = ['--data', directory, '--events', values.events, '--now', seededAt]
  const { status } = spawnSync(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', script, ...options],
    { cwd: root, stdio: 'inherit', env: { UV_THREADPOOL_SIZE: '16', ...process.env } },
  )
  if (status !== 0) return undefined
  const demo = {
    seededAt,
    events: Number(values.events),
    email: 'demo@lumen.example',
    password: makePassword(),
  }
  writeFileSync(demoFile, `${JSON.stringify(demo, undefined, 2)}\n`)
  return demo
}

/** Four groups of five letters and digits that nobody mistakes for another: about 98 bits. */
function makePassword() {
  const characters = 'abcdefghjkmnpqrstuvwxyz23456789'
  const group = () => Array.from({ length: 5 }, () => characters[randomInt(characters.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}
