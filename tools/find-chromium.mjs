import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runBin } from './prepare.mjs'

const commandNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']

const usualPaths = [
  '/usr/lib/chromium/chromium',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * The path of a Chromium or Chrome: CHROME_PATH, else one on the PATH, in a usual place, or downloaded by Playwright.
 * Throws if CHROME_PATH is set and is no program: another browser than the one asked for would be a surprise.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>}
 */
export async function findChromium(env = process.env) {
  const chosen = env['CHROME_PATH']
  if (chosen !== undefined && chosen !== '') {
    if (isProgram(chosen)) return chosen
    throw new Error(`CHROME_PATH is ${chosen}, which is not a program.`)
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const candidates = [
    ...commandNames.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...usualPaths,
  ]
  return candidates.find(isProgram) ?? (await playwrightChromium())
}

/** Playwright knows where its download would be, whether it is there or not. */
async function playwrightChromium() {
  const { chromium } = await import('playwright-core')
  const path = chromium.executablePath()
  return path !== '' && isProgram(path) ? path : undefined
}

/**
 * Finds Chromium, or installs it: from Debian's packages where this is root on a Debian, else Playwright's download.
 * @returns {Promise<string | undefined>} its path; undefined if it could not be installed (npm's and apt's messages were printed)
 */
export async function installChromium() {
  const found = await findChromium()
  if (found !== undefined) return found
  console.log(
    'No Chromium or Chrome was found for the browser tests: installing one. (CHROME_PATH names your own.)',
  )
  const isDebianRoot = process.getuid?.() === 0 && existsSync('/etc/debian_version')
  if (isDebianRoot && aptGet('update') && aptGet('install', '-y', '--no-install-recommends', 'chromium')) {
    return findChromium()
  }
  return runBin('playwright-core', 'playwright-core', ['install', 'chromium']) ? findChromium() : undefined
}

/** @param {string[]} args */
function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
