import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openBrowser } from '../../e2e/browser.ts'
import type { AuditServer } from '../audit-server.ts'
import { limitLine, type Line, type PartOutcome } from '../benchmark.ts'
import { quantileFigure, toFigure } from '../figures.ts'
import type { PartContext } from '../part.ts'
import { copyDataDirectory, provideStoredEvents } from '../stored-events.ts'
import { addProbe, loadRows, readProbe, scrollThrough, watchFrames } from './page-probe.ts'

const admin = { email: 'bench@acme.example', password: 'quartz lantern drifts northward' }
const viewport = { width: 1440, height: 900 }
/** The person who looks at the page waits between two things that they do. */
const betweenMs = 150

type Rounds = {
  firstRowMs: number[]
  shift: number[]
  interactionsMs: number[][]
  scrollMs: number[][]
  jumpMs: number[][]
  liveMs: number[][]
  /** Events that were sent while the page was live and are not exactly once in its list. */
  liveAstray: number[]
}

/** What the people who look at the log wait for: the page in a real browser, beside the server, on the same cores. */
export async function measurePage(context: PartContext): Promise<PartOutcome> {
  const { testbed, sizes, say } = context
  const stored = await provideStoredEvents(context, sizes.page.stored)
  const rounds: Rounds = {
    firstRowMs: [],
    shift: [],
    interactionsMs: [],
    scrollMs: [],
    jumpMs: [],
    liveMs: [],
    liveAstray: [],
  }
  const env = { AUDIT_ADMIN_EMAIL: admin.email, AUDIT_ADMIN_PASSWORD: admin.password }
  const version = await testbed.withFolder('stored', async (folder) => {
    say('copying the stored events')
    const dataDir = await copyDataDirectory(stored, folder)
    return testbed.withServer(
      dataDir,
      async (server) =>
        withBrowser(async (browser) => {
          const signedIn = await signIn(browser, server)
          await measureViews(context, { browser, server, signedIn }, rounds)
          await measureScrolling(context, { browser, server, signedIn }, rounds)
          await measureLive(context, { browser, server, signedIn }, rounds)
          return browser.version()
        }),
      env,
    )
  })
  return {
    lines: toLines(context, rounds),
    versions: { Chromium: version },
    conditions: [
      `Chromium without a window and without a GPU, ${viewport.width} × ${viewport.height}, on the same machine and cores as the server.`,
    ],
  }
}

type SignedIn = Awaited<ReturnType<BrowserContext['storageState']>>
type Setting = { browser: Browser; server: AuditServer; signedIn: SignedIn }

async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await openBrowser()
  try {
    return await work(browser)
  } finally {
    await browser.close()
  }
}

async function signIn(browser: Browser, { url }: AuditServer): Promise<SignedIn> {
  const context = await browser.newContext({ viewport })
  const page = await context.newPage()
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('Email').fill(admin.email)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation').first().waitFor()
  const state = await context.storageState()
  await context.close()
  return state
}

/** Opens a page in a browser context of its own, which has nothing in its cache. */
async function withPage<T>({ browser, signedIn }: Setting, work: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext({ viewport, storageState: signedIn })
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    await addProbe(page)
    return await work(page)
  } finally {
    await context.close()
  }
}

async function openLog(page: Page, { url }: AuditServer, query = ''): Promise<void> {
  await page.goto(`${url}/audit-log${query}`)
  await page.waitForFunction(
    () => (globalThis as unknown as { noted: { firstRowMs: number } }).noted.firstRowMs > 0,
  )
}

/** The first view, and what somebody does on the page then. */
async function measureViews(context: PartContext, setting: Setting, rounds: Rounds): Promise<void> {
  // Once before, so that the server is warm.
  await withPage(setting, async (page) => openLog(page, setting.server))
  for (let round = 1; round <= context.sizes.page.rounds; round++) {
    await withPage(setting, async (page) => {
      await openLog(page, setting.server)
      await page.locator('[aria-label="Histogram"][aria-busy="false"]').waitFor()
      await page.getByRole('region', { name: 'Filters' }).locator('li').first().waitFor()
      const view = await readProbe(page)
      rounds.firstRowMs.push(view.firstRowMs)
      rounds.shift.push(view.shift)
      await actOn(page)
      const { interactionsMs } = await readProbe(page)
      rounds.interactionsMs.push(interactionsMs)
      const slowest = Math.max(...interactionsMs)
      context.say(
        `first row after ${Math.round(view.firstRowMs)} ms; the slowest of ${interactionsMs.length} interactions ${slowest} ms`,
      )
    })
  }
}

/** Opens an event and walks on, filters, searches, and takes it all back: some forty key presses and clicks. */
async function actOn(page: Page): Promise<void> {
  const rows = page.locator('tbody tr[data-index]')
  await rows.nth(2).click()
  await page.getByRole('complementary', { name: 'Event' }).waitFor()
  for (let i = 0; i < 8; i++) {
    await page.keyboard.press('ArrowDown')
    await sleep(betweenMs)
  }
  await page.keyboard.press('Escape')
  await sleep(betweenMs)
  const box = page.getByLabel('Search the audit log')
  await box.click()
  await page.keyboard.type('type:query outcome:failure', { delay: 40 })
  await page.keyboard.press('Enter')
  await rows.first().waitFor()
  await sleep(4 * betweenMs)
  await page.getByRole('region', { name: 'Filters' }).locator('li button').first().click()
  await sleep(4 * betweenMs)
  await box.click()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.press('Delete')
  await page.keyboard.press('Enter')
  await rows.first().waitFor()
  await sleep(4 * betweenMs)
}

async function measureScrolling(context: PartContext, setting: Setting, rounds: Rounds): Promise<void> {
  const { rows, frames } = context.sizes.page
  await withPage(setting, async (page) => {
    await openLog(page, setting.server)
    await loadRows(page, rows, context.say)
    for (let round = 1; round <= 3; round++) {
      await page.evaluate(() => {
        const scroller = document.querySelector('table[aria-label="Events"]')?.parentElement
        if (scroller) scroller.scrollTop = 0
      })
      await sleep(500)
      rounds.scrollMs.push(await scrollThrough(page, { frames, step: 120, byJumps: false }))
      rounds.jumpMs.push(await scrollThrough(page, { frames, step: 120, byJumps: true }))
    }
  })
}

async function measureLive(context: PartContext, setting: Setting, rounds: Rounds): Promise<void> {
  const { liveSeconds, ratePerSecond } = context.sizes.page
  await withPage(setting, async (page) => {
    const marker = 'measured_live'
    await page.goto(`${setting.server.url}/audit-log?q=${encodeURIComponent(`type:${marker}`)}&live=on`)
    await page.getByRole('switch', { name: /^Live/ }).waitFor()
    await sleep(1000)
    const watching = watchFrames(page, liveSeconds * 1000)
    const sent = await sendSteadily(setting.server, marker, liveSeconds, ratePerSecond)
    rounds.liveMs.push(await watching)
    rounds.liveAstray.push(await countAstray(page, sent))
    context.say(`live: ${sent} events sent, ${rounds.liveAstray[0] ?? 0} astray`)
  })
}

async function sendSteadily(
  server: AuditServer,
  type: string,
  seconds: number,
  ratePerSecond: number,
): Promise<number> {
  const perTick = Math.max(1, Math.round(ratePerSecond / 10))
  const startMs = performance.now()
  let sent = 0
  for (let tick = 0; tick < seconds * 10; tick++) {
    const lines = Array.from({ length: perTick }, () => {
      const data = { sql: `select ${++sent} from orders`, dialect: 'postgres' }
      return JSON.stringify({ type, actor: { type: 'user', name: 'Ann Lee', email: 'ann@acme.com' }, data })
    })
    await server.send(`${lines.join('\n')}\n`)
    await sleep(Math.max(0, startMs + (tick + 1) * 100 - performance.now()))
  }
  return sent
}

/** How many of the events are not in the page's list, or more than once: all rows are read, from the top to the bottom. */
async function countAstray(page: Page, sent: number): Promise<number> {
  // What is far down was let go while new events flowed in, and comes again.
  await loadRows(page, sent, () => undefined)
  const texts = await page.evaluate(async () => {
    const table = document.querySelector('table[aria-label="Events"]')
    const scroller = table?.parentElement
    if (!table || !scroller) throw new Error('the list of events is not there')
    const found = new Map<string, string>()
    const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
    for (let top = 0; top < scroller.scrollHeight; top += 300) {
      scroller.scrollTop = top
      await nextFrame()
      await nextFrame()
      for (const row of table.querySelectorAll('tbody tr[data-index]'))
        found.set(
          row.getAttribute('data-index') ?? '',
          row.querySelector('[data-column="data"]')?.textContent ?? '',
        )
    }
    return [...found.values()]
  })
  const seen = new Map<string, number>()
  for (const text of texts) seen.set(text, (seen.get(text) ?? 0) + 1)
  let astray = Math.abs(texts.length - sent)
  for (let n = 1; n <= sent; n++) if (seen.get(`select ${n} from orders`) !== 1) astray++
  return astray
}

function toLines({ sizes }: PartContext, rounds: Rounds): Line[] {
  const { stored, rows, ratePerSecond, liveSeconds } = sizes.page
  const before = `${stored.toLocaleString('en-US')} events stored, past 30 days`
  const loaded = `${rows.toLocaleString('en-US')} rows loaded`
  return [
    limitLine(
      {
        id: 'page.first-view',
        title: 'First view of the Audit Log, to rows on screen',
        unit: 'ms',
        ours: toFigure(rounds.firstRowMs),
        meaning: `${before}; warm server, signed in, nothing in the browser's cache; from the navigation until a frame with rows was drawn.`,
      },
      1500,
    ),
    limitLine(
      {
        id: 'page.shift',
        title: 'Layout shift of the first view',
        unit: 'CLS',
        ours: toFigure(rounds.shift),
        meaning: `The same views, until rows, histogram and filters were there; the browser's Layout Instability entries.`,
      },
      0.05,
    ),
    limitLine(
      {
        id: 'page.interaction',
        title: 'Interaction to next paint, 98th percentile',
        unit: 'ms',
        ours: quantileFigure(rounds.interactionsMs, 0.98),
        meaning: `${before}; opening an event, walking on with the keys, typing a search, filtering; the browser's Event Timing entries of 16 ms and more, steps of 8 ms.`,
      },
      200,
    ),
    limitLine(
      {
        id: 'page.scroll',
        title: 'Frame time while scrolling, 95th percentile',
        unit: 'ms',
        ours: quantileFigure(rounds.scrollMs, 0.95),
        meaning: `${loaded}, 120 pixels a frame.`,
      },
      50,
    ),
    limitLine(
      {
        id: 'page.scroll-jumps',
        title: 'Frame time while jumping through the list, 95th percentile',
        unit: 'ms',
        ours: quantileFigure(rounds.jumpMs, 0.95),
        meaning: `${loaded}, every tenth frame to a place anywhere in the list.`,
      },
      50,
    ),
    limitLine(
      {
        id: 'page.live-frames',
        title: 'Frame time while live events come in, 95th percentile',
        unit: 'ms',
        ours: quantileFigure(rounds.liveMs, 0.95),
        meaning: `${ratePerSecond} events a second for ${liveSeconds} s, put on top of the list as they come.`,
      },
      50,
    ),
    {
      id: 'page.live-astray',
      title: 'Live events that are not in the list exactly once',
      unit: 'events',
      ours: toFigure(rounds.liveAstray),
      against: { kind: 'limit', value: 1 },
      goal: { kind: 'at most', ratio: 0 },
      meaning: `Of the same events, all rows read from the top to the bottom afterwards.`,
    },
  ]
}
