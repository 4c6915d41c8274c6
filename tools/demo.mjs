// `npm run demo`: `npm start` on a data directory of its own, filled with the log of a made-up company.
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { prepare, root } from './prepare.mjs'
import { runProgram } from './run-program.mjs'

/**
 * Written beside the data when it is complete: what was made when, and how to sign in. The password protects nothing
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
  if (values.fresh && !removeDemo()) return 1
  let demo = readDemo()
  if (demo === undefined) {
    if (existsSync(directory) && !isHalfMade()) {
      console.error(`${directory} is no data directory of the demo: nothing was changed. Use --data.`)
      return 1
    }
    demo = seed()
    if (demo === undefined) return 1
  } else if (Date.now() - Date.parse(demo.seededAt) > staleMs) {
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

/** @returns {Demo | undefined} */
function readDemo() {
  return existsSync(demoFile) ? JSON.parse(readFileSync(demoFile, 'utf8')) : undefined
}

/** A start that was interrupted leaves this file, and no more than made-up data beside it. */
function isHalfMade() {
  return existsSync(`${directory}.seeding`)
}

/** Removes what a demo has made, and nothing else. */
function removeDemo() {
  if (!existsSync(directory)) return true
  if (readDemo() === undefined && !isHalfMade()) {
    console.error(`${directory} is no data directory of the demo: nothing was removed.`)
    return false
  }
  rmSync(directory, { recursive: true })
  return true
}

/** @returns {Demo | undefined} undefined after a failure, which has been printed */
function seed() {
  writeFileSync(`${directory}.seeding`, '')
  rmSync(directory, { recursive: true, force: true })
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
  writeFileSync(demoFile, `${JSON.stringify(demo, undefined, 2)}\n`, { mode: 0o600 })
  rmSync(`${directory}.seeding`)
  return demo
}

/** Four groups of five letters and digits that nobody mistakes for another: about 98 bits. */
function makePassword() {
  const characters = 'abcdefghjkmnpqrstuvwxyz23456789'
  const group = () => Array.from({ length: 5 }, () => characters[randomInt(characters.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}
