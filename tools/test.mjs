// `npm test`: sets up, then runs every check and every test, also after one has failed, and counts.
// `npm run check` is its part that needs no running server, `npm run e2e` the browser tests.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installChromium } from './find-chromium.mjs'
import { build, install, root, runBin } from './prepare.mjs'

/**
 * @typedef {{ passed: number, failed: string[], skipped: { name: string, reason: string }[] }} Outcome
 * @typedef {'check' | 'unit' | 'e2e'} Part
 */

/** @type {Outcome} */
const total = { passed: 0, failed: [], skipped: [] }
const allParts = /** @type {const} */ (['check', 'unit', 'e2e'])
const asked = allParts.filter((part) => process.argv.includes(part))
const parts = new Set(asked.length === 0 ? allParts : asked)

if (install()) await runParts()
else total.failed.push('install')
report()

async function runParts() {
  const isBuilt = await step('build (with the types of the packages)', () => build())
  if (parts.has('check')) {
    await step('format', () => runBin('oxfmt', 'oxfmt', ['--check']))
    await step('lint', () => runBin('oxlint', 'oxlint', ['--type-aware', '--deny-warnings']))
    await step('types of tests and tools', () => runBin('typescript', 'tsc', ['--noEmit']))
    await step('unused files, exports and dependencies', () => runBin('knip', 'knip', []))
  }
  if (parts.has('unit')) runTests('unit')
  if (!parts.has('e2e')) return
  // Browser tests run the built server: an old build would tell nothing about these sources.
  if (!isBuilt) total.failed.push('browser tests (not run: the build failed)')
  else if (await step('a browser to test with', async () => (await installChromium()) !== undefined))
    runTests('e2e')
}

/**
 * @param {string} name
 * @param {() => boolean | Promise<boolean>} check
 */
async function step(name, check) {
  console.log(`\n== ${name}`)
  const ok = await check()
  if (ok) total.passed += 1
  else total.failed.push(name)
  return ok
}

/**
 * Runs one of vitest's projects; a reporter of ours writes what came out.
 * @param {'unit' | 'e2e'} project
 */
function runTests(project) {
  console.log(`\n== tests: ${project}`)
  const folder = mkdtempSync(join(tmpdir(), 'aleph-tests-'))
  const outcomeFile = join(folder, 'outcome.json')
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=./tools/count-tests-reporter.mjs',
  ]
  // A browser and a server with its engine fill two cores: two files at a time take nearly as long, and wait for each other.
  if (project === 'e2e') args.push('--no-file-parallelism')
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), ...args],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, TEST_OUTCOME_FILE: outcomeFile },
    },
  )
  const outcome = readOutcome(outcomeFile)
  rmSync(folder, { recursive: true })
  total.passed += outcome.passed
  total.failed.push(...outcome.failed)
  total.skipped.push(...outcome.skipped)
  if (status !== 0 && outcome.failed.length === 0)
    total.failed.push(`vitest (${project}) ended with ${status}`)
}

/**
 * @param {string} path
 * @returns {Outcome}
 */
function readOutcome(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    // vitest fell before it could report: its exit code says so, and so does this.
    return { passed: 0, failed: [`the report of vitest could not be read: ${String(error)}`], skipped: [] }
  }
}

function report() {
  console.log('')
  for (const { name, reason } of total.skipped) console.log(`skipped: ${name} (${reason})`)
  for (const name of total.failed) console.log(`FAILED: ${name}`)
  const skipped = total.skipped.length === 0 ? '' : `, ${total.skipped.length} skipped`
  console.log(`${total.passed} passed, ${total.failed.length} failed${skipped}`)
  process.exitCode = total.failed.length === 0 ? 0 : 1
}
