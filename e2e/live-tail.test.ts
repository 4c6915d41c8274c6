import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { followTail } from '../packages/server/src/testing/follow-tail.ts'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }
const env = {
  AUDIT_BOOTSTRAP_API_KEY: apiKey,
  AUDIT_ADMIN_EMAIL: admin.email,
  AUDIT_ADMIN_PASSWORD: admin.password,
}
/** A loaded machine takes its time; nothing is measured. */
const patience = { timeout: 30_000, interval: 100 }

let dataDir: string
let server: ServerProcess
let browser: Browser
let context: BrowserContext
let page: Page
const pageErrors: string[] = []

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aleph-live-tail-'))
  ;[server, browser] = await Promise.all([startServer({ dataDir, env }), openBrowser()])
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  page = await openPage()
  await page.goto(`${server.url}/audit-log`)
  await page.getByLabel('Email').fill(admin.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(admin.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Audit Log' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(dataDir, { recursive: true, force: true })
})
beforeEach(async () => {
  // The mouse over the table would hold new events back.
  await page.mouse.move(5, 5)
})

async function openPage(): Promise<Page> {
  const opened = await context.newPage()
  opened.setDefaultTimeout(30_000)
  opened.on('pageerror', (error) => pageErrors.push(String(error)))
  return opened
}

/** Each statement has a number of its own, over the whole file. */
let sent = 0
async function send(type: string, count: number, more: object = {}): Promise<string[]> {
  const statements = Array.from({ length: count }, () => `select ${++sent} from orders`)
  const events = statements.map((sql) => ({
    type,
    actor: { type: 'user', name: 'Ann Lee', email: 'ann@acme.com' },
    data: { sql, dialect: 'postgres', ...more },
  }))
  const answer = await fetch(`${server.url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
  })
  if (answer.status !== 201) throw new Error(await answer.text())
  return statements
}

/** Some hundred a second, as a busy log has them. */
async function sendSteadily(type: string, batches: number): Promise<string[]> {
  const all: string[] = []
  for (let i = 0; i < batches; i++) {
    all.push(...(await send(type, 50)))
    await pause(100)
  }
  return all
}

const table = (of = page) => of.getByRole('table', { name: 'Events' })
const statements = (of = page) => table(of).locator('tbody [data-column="data"]')
const footer = (of = page) => of.getByRole('region', { name: 'Results' }).getByRole('status')
const liveSwitch = (of = page) => of.getByRole('switch', { name: /^Live/ })
const newEvents = (of = page) => of.getByRole('button', { name: /new events?$/ })
const scroller = (of = page) => table(of).locator('..')

async function openLog(q: string, live: boolean, of = page): Promise<void> {
  await of.goto(`${server.url}/audit-log?q=${encodeURIComponent(q)}${live ? '&live=on' : ''}`)
  await of.getByRole('heading', { name: 'Audit Log' }).waitFor()
}

async function untilRows(count: number, of = page): Promise<void> {
  await expect
    .poll(async () => footer(of).innerText(), patience)
    .toBe(count === 1 ? '1 event' : `${count} events`)
}

async function newest(statement: string): Promise<void> {
  await expect.poll(async () => statements().first().innerText(), patience).toBe(statement)
}

/** The statements of all rows from the top to the bottom, as one reads them. */
async function readAllRows(of = page): Promise<string[]> {
  const found = new Map<number, string>()
  const height = await scroller(of).evaluate((element) => element.scrollHeight)
  for (let top = 0; top < height; top += 200) {
    const rows = await scroller(of).evaluate(async (element, to) => {
      element.scrollTop = to
      // Two frames: one for the scroll, one for what it makes.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      return [...element.querySelectorAll('tbody tr')].map((row) => [
        Number(row.getAttribute('data-index')),
        row.querySelector('[data-column="data"]')?.textContent ?? '',
      ])
    }, top)
    for (const [index, text] of rows) found.set(Number(index), String(text))
  }
  await scroller(of).evaluate((element) => (element.scrollTop = 0))
  return [...found].sort(([a], [b]) => a - b).map(([, text]) => text)
}

async function countTails(): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^audit_tail_clients (\d+)$/m.exec(metrics)?.[1])
}

describe('live', () => {
  it('shows events at some hundred a second, each once, the newest at the top', async () => {
    await openLog('type:flow', true)
    await expect.poll(countTails, patience).toBe(1)
    const all = await sendSteadily('flow', 16)
    await untilRows(all.length)
    expect(await statements().first().innerText()).toBe(all.at(-1))
    const rows = await readAllRows()
    expect(rows.toSorted()).toEqual(all.toSorted())
    expect(await findViolations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await findViolations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
  })

  it('misses nothing and repeats nothing over a killed server, on the page and for a program', async () => {
    const headers = { authorization: `Bearer ${apiKey}` }
    await openLog('type:restart', true)
    const before = await followTail(server.url, headers, { q: 'type:restart' })
    const all = await sendSteadily('restart', 4)
    await untilRows(all.length)
    all.push(...(await send('restart', 100)))
    await server.kill()
    await before.ended
    await page.getByRole('switch', { name: 'Live: reconnecting…' }).waitFor()
    const { port } = new URL(server.url)
    server = await startServer({ dataDir, env: { ...env, PORT: port } })
    all.push(...(await sendSteadily('restart', 4)))
    await untilRows(all.length)
    await page.getByRole('switch', { name: 'Live', exact: true }).waitFor()
    expect((await readAllRows()).toSorted()).toEqual(all.toSorted())
    const after = await followTail(server.url, headers, { q: 'type:restart', lastId: before.lastId() })
    await after.untilEvents(all.length - before.events.length)
    expect([...before.events, ...after.events].map(({ data }) => data?.['sql'])).toEqual(all)
    await after.close()
  })

  it('does not move what one reads: it counts, and a click shows', async () => {
    await send('reading', 80)
    await openLog('type:reading', true)
    await untilRows(80)
    await scroller().evaluate((element) => (element.scrollTop = 500))
    const readRow = async () =>
      scroller().evaluate((element) => {
        const top = element.getBoundingClientRect().top + 100
        const row = [...element.querySelectorAll('tbody tr')].find(
          (one) => one.getBoundingClientRect().top > top,
        )
        return [row?.querySelector('[data-column="data"]')?.textContent, row?.getBoundingClientRect().top]
      })
    const before = await readRow()
    await sendSteadily('reading', 4)
    await newEvents().getByText('200 new events').waitFor()
    expect(await readRow()).toEqual(before)
    expect(await findViolations(page)).toEqual([])
    const last = `select ${sent} from orders`
    expect(await statements().filter({ hasText: last }).count()).toBe(0)
    await newEvents().click()
    await untilRows(280)
    await newest(last)
    expect(await newEvents().count()).toBe(0)
    expect(await scroller().evaluate((element) => element.scrollTop)).toBe(0)
  })

  it('waits while the mouse is over the table or an event is open, and goes on after', async () => {
    await send('hover', 5)
    await openLog('type:hover', true)
    await untilRows(5)
    await statements().nth(1).hover()
    const [first] = await send('hover', 1)
    await newEvents().getByText('1 new event', { exact: true }).waitFor()
    expect(
      await statements()
        .filter({ hasText: first ?? '' })
        .count(),
    ).toBe(0)
    await page.mouse.move(5, 5)
    await untilRows(6)
    expect(await statements().first().innerText()).toBe(first)
    await statements().nth(3).click()
    await page.mouse.move(5, 5)
    await page.getByRole('complementary', { name: 'Event' }).waitFor()
    await send('hover', 2)
    await newEvents().getByText('2 new events').waitFor()
    await page.keyboard.press('Escape')
    await untilRows(8)
  })

  it('shows an event with a past time at its place, and leaves hidden noise hidden', async () => {
    await send('query', 3)
    await openLog('type:query database:mixed', true)
    await page
      .getByText(/No events? match|Nothing matches|found/i)
      .first()
      .waitFor()
    const noise = { sql: 'BEGIN', database: 'mixed' }
    await send('query', 3, noise)
    const [shown] = await send('query', 1, { database: 'mixed' })
    await untilRows(1)
    expect(await statements().allInnerTexts()).toEqual([shown])
    const old = { type: 'query', occurredAt: new Date(Date.now() - 86_400_000).toISOString() }
    const event = {
      ...old,
      actor: { type: 'user', name: 'Late' },
      data: { sql: 'select 0 from old', database: 'mixed' },
    }
    await fetch(`${server.url}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(event),
    })
    await untilRows(2)
    expect(await statements().allInnerTexts()).toEqual([shown, 'select 0 from old'])
    await expect
      .poll(async () => page.getByText('3 routine statements of programs hidden').count(), patience)
      .toBe(1)
  })

  it('lets go of what is far below, and loads it when one scrolls there', async () => {
    await openLog('type:long', true)
    await expect.poll(countTails, patience).toBe(1)
    const all: string[] = []
    for (let i = 0; i < 44; i++) all.push(...(await send('long', 50)))
    await newest(all.at(-1) ?? '')
    const loaded = async (): Promise<number> =>
      table()
        .locator('tbody')
        .evaluate((body) => body.clientHeight / 34)
    await expect.poll(loaded, patience).toBeLessThan(2100)
    await expect
      .poll(async () => {
        await scroller().evaluate((element) => (element.scrollTop = element.scrollHeight))
        return footer().innerText()
      }, patience)
      .toBe('2,200 events')
    expect((await readAllRows()).toSorted()).toEqual(all.toSorted())
  })

  it('draws rows that are on their way only where the list ends', async () => {
    const onTheirWay = scroller().locator('[aria-hidden="true"] [data-column]')
    let isHeld = true
    await page.route(/\/api\/v1\/events\?.*cursor=/, async (route) => {
      while (isHeld) await pause(50)
      await route.continue()
    })
    await openLog('type:long', false)
    await statements().first().waitFor()
    await expect.poll(async () => footer().innerText(), patience).toBe('2,200 events · 100 loaded')
    expect(await onTheirWay.count()).toBe(0)
    await scroller().evaluate((element) => (element.scrollTop = element.scrollHeight))
    await onTheirWay.first().waitFor()
    isHeld = false
    await statements().first().waitFor()
    await expect.poll(async () => onTheirWay.count(), patience).toBe(0)
    await page.unrouteAll({ behavior: 'wait' })
  })

  it('is off by default, where new events are counted, and not offered for a range with an end', async () => {
    await send('quiet', 2)
    // A list that is empty at first would show whatever comes.
    const found = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${apiKey}` }
      const answer = await fetch(`${server.url}/api/v1/events?q=type:quiet`, { headers })
      return ((await answer.json()) as { events: unknown[] }).events.length
    }
    await expect.poll(found, patience).toBe(2)
    await openLog('type:quiet', false)
    await untilRows(2)
    expect(await liveSwitch().getAttribute('aria-checked')).toBe('false')
    await send('quiet', 3)
    await newEvents().getByText('3 new events').waitFor()
    await untilRows(2)
    await liveSwitch().click()
    await page.mouse.move(5, 5)
    await untilRows(5)
    expect(page.url()).toContain('live=on')
    await page.goto(`${server.url}/audit-log?q=type:quiet&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z`)
    await page.getByRole('button', { name: /^Time range/ }).waitFor()
    expect(await liveSwitch().count()).toBe(0)
  })

  it('works in more tabs than a browser has connections: hidden ones hold none, and catch up', async () => {
    await openLog('type:tabs', true)
    const tabs: Page[] = []
    for (let i = 0; i < 7; i++) {
      const tab = await openPage()
      tabs.push(tab)
      await openLog('type:tabs', true, tab)
      await expect.poll(countTails, patience).toBe(2)
      await setVisible(tab, false)
      await expect.poll(countTails, patience).toBe(1)
    }
    const all = await send('tabs', 30)
    await untilRows(30)
    for (const tab of tabs) {
      await setVisible(tab, true)
      await tab.bringToFront()
      await untilRows(30, tab)
      expect((await readAllRows(tab)).toSorted()).toEqual(all.toSorted())
      await tab.close()
    }
  })

  it('is recorded once, however often it was taken up again', async () => {
    for (const text of ['type:tabs', 'type:restart']) {
      const q = `type:audit_log_searched data.live:true actor:${admin.email} data.query:"${text} -is:noise"`
      const find = async (): Promise<number> => {
        const answer = await fetch(`${server.url}/api/v1/events?q=${encodeURIComponent(q)}`, {
          headers: { authorization: `Bearer ${apiKey}` },
        })
        return ((await answer.json()) as { events: unknown[] }).events.length
      }
      // A server that is new does not know what the one before has recorded.
      await expect.poll(find, patience).toBe(text === 'type:restart' ? 2 : 1)
    }
  })

  it('ends with the session, and leads to the sign-in', async () => {
    await openLog('type:last', true)
    await expect.poll(countTails, patience).toBe(1)
    const other = await openPage()
    await other.goto(`${server.url}/audit-log`)
    await other.getByRole('button', { name: /Grace|grace/ }).click()
    await other.getByRole('menuitem', { name: 'Sign out' }).click()
    await other.getByRole('button', { name: 'Sign in' }).waitFor()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await expect.poll(countTails, patience).toBe(0)
    expect(pageErrors).toEqual([])
  })
})

/** A browser without windows shows all of its tabs: tells a page that it is seen or not. */
async function setVisible(tab: Page, isVisible: boolean): Promise<void> {
  await tab.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { get: () => state, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    },
    isVisible ? 'visible' : 'hidden',
  )
}
