import { chromium, type Browser } from 'playwright-core'
import { findChromium } from '../tools/find-chromium.mjs'

/** Chromium talks to nobody but the server under test. */
const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Starts the Chromium or Chrome of this machine without a window. The caller closes it.
 * Throws if there is none: `npm run e2e` installs one, CHROME_PATH names another.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await findChromium()
  if (executablePath === undefined) {
    throw new Error(
      'No Chromium or Chrome was found. Run `npm run e2e`, which installs one, or set CHROME_PATH.',
    )
  }
  // Chromium's sandbox refuses to run as root, which is what containers are.
  const isRoot = process.getuid?.() === 0
  return chromium.launch({ executablePath, headless: true, chromiumSandbox: !isRoot, args: quiet })
}
