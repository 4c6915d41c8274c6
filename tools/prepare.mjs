// Runs before anything is installed: plain JavaScript, nothing but Node.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const stampFile = join(root, 'node_modules', '.cache', 'aleph-audit-log', 'build.json')

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, os?: string[], cpu?: string[] }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 */

/**
 * Makes a fresh or changed checkout ready to run: checks Node, installs packages and builds what is stale.
 * Does nothing, in a few dozen milliseconds, where nothing changed. Says what it does unless `quiet`.
 * @param {{ quiet?: boolean }} [options]
 * @returns {Promise<boolean>} whether everything succeeded; what went wrong has then been printed.
 */
export async function prepare(options = {}) {
  return install(options) && (await build(options))
}

/**
 * The first half of `prepare`: the right Node, and the packages of the lockfile in node_modules.
 * @param {{ quiet?: boolean }} [options]
 * @returns {boolean}
 */
export function install(options = {}) {
  const complaint = nodeComplaint(process.versions.node)
  if (complaint !== undefined) {
    console.error(complaint)
    return false
  }
  if (!isInstalled()) {
    say(options, 'Installing packages (npm ci)...')
    // A production environment would leave out what the build needs. No package here needs its install script.
    const status = runNpm(['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'], options)
    if (status !== 0) {
      console.error('The packages could not be installed: see the messages of npm above.')
      return false
    }
  }
  return true
}

/**
 * Why this Node cannot run the product; undefined if it can.
 * @param {string} version such as 20.19.0
 * @returns {string | undefined}
 */
export function nodeComplaint(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const fits = major === 20 ? minor >= 19 : major === 22 ? minor >= 12 : major > 22
  if (fits) return undefined
  return `Aleph Audit Log needs Node 20.19 or newer (of the 22 line, 22.12 or newer); this is Node ${version}.`
}

/** True when node_modules holds what package-lock.json names, for this platform. npm keeps its own record of what it installed. */
function isInstalled() {
  const wanted = readLock(join(root, 'package-lock.json'))
  const present = readLock(join(root, 'node_modules', '.package-lock.json'))
  if (wanted === undefined || present === undefined) return false
  return isSatisfied(wanted, present, process.platform, process.arch)
}

/**
 * Whether an installation (npm's hidden lockfile) is what a lockfile asks for.
 * Optional packages may be missing (they are for other platforms), never of another version.
 * @param {Lock} wanted
 * @param {Lock} present
 * @param {string} platform
 * @param {string} arch
 */
export function isSatisfied(wanted, present, platform, arch) {
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (!/(^|\/)node_modules\//.test(path)) continue
    const found = present.packages[path]
    if (found === undefined) {
      if (entry.optional !== true) return false
    } else if (found.version !== entry.version || found.integrity !== entry.integrity) return false
  }
  // A node_modules that was copied from another kind of machine has the wrong binaries.
  return Object.values(present.packages).every(
    (entry) => (entry.os?.includes(platform) ?? true) && (entry.cpu?.includes(arch) ?? true),
  )
}

/**
 * @param {string} path
 * @returns {Lock | undefined}
 */
function readLock(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/**
 * The second half of `prepare`: compiles the packages, bundles the server and the page, each only if its sources have changed
 * since its last successful build.
 * @param {{ quiet?: boolean, force?: boolean }} [options]
 * @returns {Promise<boolean>}
 */
export async function build(options = {}) {
  const packages = await buildPackages(options)
  const page = await buildPage(options)
  return packages && page
}

const compiledPackages = ['domain', 'sdk', 'server', 'web']

/** @param {{ quiet?: boolean, force?: boolean }} options */
async function buildPackages(options) {
  const sources = compiledPackages.flatMap((name) => listFiles(join(root, 'packages', name, 'src')))
  const configs = compiledPackages.flatMap((name) => [
    join(root, 'packages', name, 'tsconfig.json'),
    join(root, 'packages', name, 'package.json'),
  ])
  const bundling = join(root, 'packages', 'server', 'rolldown.config.ts')
  const stamp = hashFiles([
    join(root, 'package-lock.json'),
    join(root, 'tsconfig.base.json'),
    bundling,
    ...configs,
    ...sources,
  ])
  const main = join(root, 'packages', 'server', 'dist', 'main.js')
  const fresh = readStamps().packages === stamp && existsSync(main)
  if (fresh && options.force !== true) return true
  say(options, 'Compiling...')
  // Not incremental: tsc keeps what it noted under other compiler options and does not miss an output that was
  // deleted, and compiling everything takes seconds.
  const projects = compiledPackages.map((name) => join('packages', name))
  if (!runBin('typescript', 'tsc', ['-b', '--force', ...projects], options)) return false
  await removeOrphans(sources)
  say(options, 'Bundling the server...')
  if (!runBin('rolldown', 'rolldown', ['--config', bundling], options)) return false
  await writeStamps({ ...readStamps(), packages: stamp })
  return true
}

/**
 * `packages/domain/src/a/b.ts` as `packages/domain/dist/a/b.ts`.
 * @param {string} source
 */
function toOutput(source) {
  const [, name = '', , ...rest] = relative(root, source).split(sep)
  return join(root, 'packages', name, 'dist', ...rest)
}

/**
 * Removes what was compiled from sources that are gone.
 * @param {string[]} sources
 */
async function removeOrphans(sources) {
  const expected = new Set(sources.map((source) => toOutput(source).replace(/\.tsx?$/, '')))
  for (const name of ['domain', 'sdk']) {
    for (const path of listFiles(join(root, 'packages', name, 'dist'))) {
      if (!expected.has(path.replace(/(\.d\.ts|\.js)(\.map)?$/, ''))) await rm(path)
    }
  }
}

/** @param {{ quiet?: boolean, force?: boolean }} options */
async function buildPage(options) {
  const web = join(root, 'packages', 'web')
  const stamp = hashFiles([
    join(root, 'package-lock.json'),
    ...['index.html', 'package.json', 'vite.config.ts'].map((name) => join(web, name)),
    ...['src', 'public'].flatMap((folder) => listFiles(join(web, folder))),
    ...listFiles(join(root, 'packages', 'domain', 'src')),
  ])
  const fresh = readStamps().page === stamp && existsSync(join(web, 'dist', 'index.html'))
  if (fresh && options.force !== true) return true
  say(options, 'Bundling the page...')
  // Whatever calls this, such as a test: the page is always built as it is served.
  const production = { ...options, env: { ...process.env, NODE_ENV: 'production' } }
  if (!runBin('vite', 'vite', ['build', '--logLevel', 'warn', web], production)) return false
  await writeStamps({ ...readStamps(), page: stamp })
  return true
}

/**
 * @typedef {{ packages?: string, page?: string }} Stamps
 * @returns {Stamps}
 */
function readStamps() {
  return existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {}
}

/** @param {Stamps} stamps */
async function writeStamps(stamps) {
  await mkdir(dirname(stampFile), { recursive: true })
  await writeFile(stampFile, `${JSON.stringify(stamps, undefined, 2)}\n`)
}

/**
 * Every file under a folder that can change what is built, sorted; none if there is no such folder.
 * @param {string} folder
 * @returns {string[]}
 */
function listFiles(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

/**
 * One hash over names and contents.
 * @param {string[]} paths
 */
function hashFiles(paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    const content = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
    hash.update(`${relative(root, path)}\n${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/**
 * Runs the command of an installed package and waits. Its output goes to stderr when quiet, so that what asked for
 * the build keeps stdout for itself.
 * @param {string} packageName
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv }} [options]
 * @returns {boolean} whether it exited with 0
 */
export function runBin(packageName, command, args, options = {}) {
  const folder = join(root, 'node_modules', packageName)
  /** @type {{ bin: string | Record<string, string> }} */
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const script = typeof bin === 'string' ? bin : bin[command]
  if (script === undefined) throw new Error(`The package ${packageName} has no command ${command}.`)
  const result = spawnSync(process.execPath, [join(folder, script), ...args], {
    cwd: root,
    stdio: ['ignore', options.quiet === true ? 2 : 'inherit', 'inherit'],
    ...(options.env === undefined ? {} : { env: options.env }),
  })
  if (result.error !== undefined) throw result.error
  return result.status === 0
}

/**
 * @param {string[]} args
 * @param {{ quiet?: boolean }} options
 */
function runNpm(args, options) {
  // npm tells its scripts where it is: the same npm then does the installation.
  const script = process.env['npm_execpath']
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = ['ignore', options.quiet === true ? 2 : 'inherit', 'inherit']
  const result =
    script !== undefined && /^npm-cli\.[cm]?js$/.test(basename(script))
      ? spawnSync(process.execPath, [script, ...args], { cwd: root, stdio })
      : spawnSync('npm', args, { cwd: root, stdio, shell: process.platform === 'win32' })
  if (result.error !== undefined) throw result.error
  return result.status
}

/**
 * @param {{ quiet?: boolean }} options
 * @param {string} message
 */
function say(options, message) {
  if (options.quiet !== true) console.log(message)
}
