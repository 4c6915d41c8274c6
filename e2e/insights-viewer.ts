import type { Browser, Locator, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { hostileNames } from './log-page.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const password = 'violet tractor melts quietly'
const admin = { email: 'grace@acme.com', password }

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

export const ann = { type: 'user', name: 'Ann Lee', email: 'ann@acme.com' }
export const bo = { type: 'user', name: 'Bo Ray', email: 'bo@acme.com' }
/** Has not been seen for two months. */
export const otto = { type: 'user', name: 'Otto Old', email: 'otto@acme.com' }
const joe = { type: 'user', name: 'Joe Slow', email: 'joe@acme.com' }

/** The five slowest queries, the slowest first, and one more; quantiles are interpolated, so they lie apart. */
export const slowTables = ['big.a', 'big.b', 'big.c', 'big.d', 'big.e', 'big.f']

/** Who has nothing but such a name is known by it, also in the address of their page. */
export const hostilePeople = { ...hostileNames, address: '../%2F?x=1#y&z=%zz \\ +' } as const

type Screen = {
  width: number
  height: number
  colorScheme?: 'light' | 'dark'
  hasTouch?: boolean
  timezoneId?: string
}

/**
 * A server whose log is counted by hand. Of `sales.orders`: 6 reads by Ann (durations 10 ms, the last one 100 ms), 3
 * reads by Bo (one fails and is tried again two minutes later), 2 inserts by Bo.
 */
export class InsightsViewer {
  readonly server: ServerProcess
  readonly browser: Browser
  readonly errors: string[] = []

  private constructor(server: ServerProcess, browser: Browser) {
    this.server = server
    this.browser = browser
  }

  static async start(): Promise<InsightsViewer> {
    const env = {
      AUDIT_BOOTSTRAP_API_KEY: apiKey,
      AUDIT_ADMIN_EMAIL: admin.email,
      AUDIT_ADMIN_PASSWORD: admin.password,
      AUDIT_ADMIN_NAME: 'Grace Admin',
    }
    const [server, browser] = await Promise.all([startServer({ env }), openBrowser()])
    const viewer = new InsightsViewer(server, browser)
    await viewer.#sendEvents()
    return viewer
  }

  async stop(): Promise<void> {
    await this.browser.close()
    await this.server.stop()
  }

  async #openPage({ width, height, ...options }: Screen): Promise<Page> {
    const viewport = { width, height }
    const context = await this.browser.newContext({ viewport, acceptDownloads: true, ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => this.errors.push(String(error)))
    return page
  }

  /** The admin, signed in, on the page where everybody begins. */
  async open(screen: Screen = { width: 1280, height: 800 }): Promise<InsightsPage> {
    const page = await this.#openPage(screen)
    await page.goto(`${this.server.url}/sign-in`)
    await page.getByLabel('Email').fill(admin.email)
    await page.getByLabel('Password', { exact: true }).fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    return new InsightsPage(page, this.server.url)
  }

  /** Somebody with another role, invited and signed in. */
  async join(
    role: 'member' | 'analyst',
    { name, email }: { name: string; email: string },
  ): Promise<InsightsPage> {
    const { link } = await this.call('/api/v1/members', { email, role })
    const page = await this.#openPage({ width: 1280, height: 800 })
    await page.goto(String(link))
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password').first().fill(password)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.waitForURL('**/audit-log**')
    return new InsightsPage(page, this.server.url)
  }

  async call(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.server.url}${path}`, {
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
    // The API answers with JSON objects.
    return (await answer.json()) as Record<string, unknown>
  }

  async #sendEvents(): Promise<void> {
    const now = Date.now()
    const query = (actor: object, minutesAgo: number, sql: string, data: object = {}, more: object = {}) => ({
      type: 'query',
      actor,
      occurredAt: new Date(now - minutesAgo * minuteMs).toISOString(),
      data: { sql, dialect: 'postgres', database: 'prod', durationMs: 10, rows: 3, ...data },
      context: { application: 'psql', ip: '203.0.113.9', sessionId: 's1' },
      ...more,
    })
    const orders = (id: number): string => `select total from sales.orders where id = ${id}`
    const events = [
      ...[100, 10, 10, 10, 10, 10].map((durationMs, i) => query(ann, 60 + i * 60, orders(i), { durationMs })),
      query(bo, 28, orders(71)),
      {
        ...query(bo, 30, orders(71), {
          error: { code: '42501', message: 'permission denied for table orders' },
          rows: undefined,
        }),
        outcome: 'failure',
      },
      query(bo, 2 * 24 * 60, orders(8)),
      ...[1, 2].map((i) =>
        query(bo, 24 * 60 + i, `insert into sales.orders (id) values (${i})`, { rows: 1 }),
      ),
      ...slowTables.map((table, i) =>
        query(joe, 300 + i, `select count(*) from ${table}`, { durationMs: 60_000 * 0.7 ** i }),
      ),
      ...Object.values(hostilePeople).map((name, i) => ({
        ...query(
          { type: 'user', name },
          90 + i,
          `select '<b onmouseover="window.ran=1">' as x from crm.leads`,
        ),
        context: { application: name },
      })),
      query(otto, (60 * dayMs) / minuteMs, 'select bins from old.stock'),
      ...['begin', 'commit'].map((sql) => query(ann, 61, sql)),
    ]
    await this.call('/api/v1/events', { events })
    await vi.waitFor(
      async () => {
        const found = await this.call('/api/v1/events?limit=1000&q=type:query&from=2020-01-01')
        expect(found['events']).toHaveLength(events.length)
      },
      { timeout: 10_000 },
    )
  }
}

/** The pages of Insights, as a person finds their way on them. */
export class InsightsPage {
  readonly page: Page
  readonly #url: string

  constructor(page: Page, url: string) {
    this.page = page
    this.#url = url
  }

  table = (name: string): Locator => this.page.getByRole('table', { name, exact: true })
  rows = (name: string): Locator => this.table(name).locator('tbody tr:not([aria-hidden])')
  row = (name: string, text: string): Locator => this.rows(name).filter({ hasText: text })
  cell = (name: string, text: string, column: string): Locator =>
    this.row(name, text).locator(`td[data-column="${column}"]`)
  events = (): Locator => this.page.getByRole('table', { name: 'Events' }).locator('tbody tr')
  tab = (name: string): Locator =>
    this.page.getByRole('navigation', { name: 'Insights' }).getByRole('link', { name, exact: true })
  button = (name: string): Locator => this.page.getByRole('button', { name, exact: true })
  list = (title: string): Locator => this.page.getByRole('region', { name: title, exact: true })

  async goTo(path: string): Promise<void> {
    await this.page.goto(`${this.#url}${path}`)
    await this.page.getByRole('heading', { name: 'Insights', level: 1 }).waitFor()
    await this.untilLoaded()
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.page.getByRole('heading', { name: 'Insights', level: 1 }).waitFor()
    await this.untilLoaded()
  }

  /** Waits until nothing on the page is on its way any more. */
  async untilLoaded(): Promise<void> {
    await expect
      .poll(async () => this.page.locator('[aria-busy="true"]').count(), { timeout: 15_000 })
      .toBe(0)
  }

  /** The texts of a column, from the first row on. */
  async column(name: string, column: string): Promise<string[]> {
    await this.untilLoaded()
    return this.rows(name).locator(`td[data-column="${column}"]`).allInnerTexts()
  }

  /** The number in a figure of a page. */
  figure = (label: string): Locator =>
    this.page
      .getByRole('main')
      .locator('dl > div')
      .filter({ has: this.page.getByText(label, { exact: true }) })
      .locator('dd')

  async expectEvents(count: number, q: string): Promise<void> {
    await this.page.waitForURL('**/audit-log?**')
    expect(new URL(this.page.url()).searchParams.get('q')).toBe(q)
    await expect.poll(async () => this.events().count(), { timeout: 10_000 }).toBe(count)
  }

  /** Nothing ran, and the page is as wide as its window. */
  async expectHarmless(): Promise<void> {
    const found = await this.page.evaluate(() => ({
      ran: (globalThis as { ran?: unknown }).ran,
      overhang: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }))
    expect(found).toEqual({ ran: undefined, overhang: 0 })
  }

  async expectNoViolations(): Promise<void> {
    expect(await findViolations(this.page)).toEqual([])
  }
}
