import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { paths } from '../packages/web/src/paths.ts'
import { Viewer, type LogPage } from './log-page.ts'

let viewer: Viewer
let log: LogPage

beforeAll(async () => {
  viewer = await Viewer.start()
  log = await viewer.open({ width: 1280, height: 800 })
})
afterAll(async () => viewer?.stop())

describe('the first view', () => {
  it('needs at most 350 kB of JavaScript, and all text comes compressed', async () => {
    await log.untilComplete()
    const files = await log.page.evaluate(() =>
      performance.getEntriesByType('resource').flatMap((entry) => {
        const { name, encodedBodySize, decodedBodySize } = entry as PerformanceResourceTiming
        return /\.(?:js|css)$/.test(name) ? [{ name, encodedBodySize, decodedBodySize }] : []
      }),
    )
    const scripts = files.filter(({ name }) => name.endsWith('.js'))
    const texts = await Promise.all(scripts.map(async ({ name }) => (await fetch(name)).text()))
    const size = texts.reduce((sum, text) => sum + gzipSync(text).length, 0)
    for (const { name, encodedBodySize, decodedBodySize } of files) {
      if (decodedBodySize > 2000) expect(encodedBodySize, name).toBeLessThan(decodedBodySize / 2)
    }
    const [script] = scripts.filter(({ name }) => name.includes('/assets/index-'))
    for (const encoding of ['br', 'gzip']) {
      const { headers } = await fetch(script!.name, { headers: { 'accept-encoding': encoding } })
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-encoding': encoding,
        vary: 'accept-encoding',
        'cache-control': 'public, max-age=31536000, immutable',
      })
    }
    const plain = await fetch(script!.name, { headers: { 'accept-encoding': 'identity' } })
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(size).toBeGreaterThan(100_000)
    expect(size).toBeLessThan(350_000)
    expect(viewer.errors).toEqual([])
  })

  it('asks once for who one is and for the newest events, before the app is there', async () => {
    const { page } = await viewer.open({ width: 1280, height: 800 })
    await page.goto(new URL('/audit-log', page.url()).href)
    await page.locator('tbody tr[data-index]').first().waitFor()
    await page.locator('[aria-label="Histogram"][aria-busy="false"]').waitFor()
    const asked = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map(({ name, startTime }) => ({ path: name.slice(location.origin.length), startTime })),
    )
    const first = asked.filter(({ path }) => /^\/api\/v1\/(session|events)(\?|$)/.test(path))
    expect(first.map(({ path }) => path)).toEqual([
      '/api/v1/session',
      '/api/v1/events?q=-is%3Anoise&limit=100',
    ])
    // What the app asks itself comes later.
    const others = asked.filter(
      ({ path }) => path.startsWith('/api/') && !first.some((one) => one.path === path),
    )
    expect(others.length).toBeGreaterThan(2)
    for (const { startTime } of first)
      expect(startTime).toBeLessThan(Math.min(...others.map((other) => other.startTime)))
    expect(await page.evaluate(() => globalThis.begunRequests?.size)).toBe(0)
    await page.context().close()
  })

  it('asks for nothing that only who is signed in may have, where people sign in or come for the first time', async () => {
    const { page } = await viewer.open({ width: 1280, height: 800 })
    const asked: string[] = []
    for (const path of [paths.signIn, paths.setup, paths.invitation, paths.passwordReset]) {
      await page.goto(new URL(`${path}?token=none`, page.url()).href)
      if (await page.evaluate(() => globalThis.begunRequests !== undefined)) asked.push(path)
    }
    expect(asked).toEqual([])
    await page.context().close()
  })

  it('has no validator in any script: it is large, and tries what the content policy forbids', async () => {
    const all = await readBuilt('.js')
    expect(all).toContain('Download as Excel')
    expect(all).not.toContain('Invalid input: expected')
  })

  it('has the styles of each component of the library that it uses', async () => {
    const all = await readFile(
      createRequire(import.meta.filename).resolve('@mantine/core/styles.layer.css'),
      'utf8',
    )
    const known = new Set(all.match(/\bm_[0-9a-f]{6,8}\b/g))
    const used = new Set(
      (await readBuilt('.js')).match(/\bm_[0-9a-f]{6,8}\b/g)?.filter((name) => known.has(name)),
    )
    const styles = await readBuilt('.css')
    expect(used.size).toBeGreaterThan(80)
    expect([...used].filter((name) => !styles.includes(name))).toEqual([])
  })
})

/** All files of the built app that end so. */
async function readBuilt(end: string): Promise<string> {
  const assets = join(import.meta.dirname, '..', 'packages', 'web', 'dist', 'assets')
  const names = (await readdir(assets)).filter((name) => name.endsWith(end))
  return (await Promise.all(names.map(async (name) => readFile(join(assets, name), 'utf8')))).join('\n')
}
