import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { logLine } from '../packages/server/src/capture/postgres-log/testing/log-text.ts'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }

/** Names that would break a search, a page or a line, if they were taken for anything but text. */
export const hostileNames = {
  script: '<script>window.ran=1</script>',
  quotes: `O'Neil "the \\ boss" (x) OR -y*`,
  direction: 'محمد \u202eexe.nimda\u202c עברית',
  long: 'M'.repeat(300),
  qualifier: 'type:login',
} as const

export const integrationName = 'Lager "Nord" <b>1</b>'

/** Finds one event of each hostile name, and nothing that the search itself leaves in the log. */
export const brokenQueries = 'selekt outcome:failure'

/** The beginning of a text up to the first character that the page shows by its name. */
export function visibleBeginning(text: string): string {
  return text.slice(0, 20).split('\u202e')[0] ?? ''
}

type Screen = { width: number; height: number; colorScheme?: 'light' | 'dark'; hasTouch?: boolean }

/** A server with the events below, and a browser that looks at them. */
export class Viewer {
  readonly server: ServerProcess
  readonly browser: Browser
  readonly #folder: string
  /** Errors of all pages that were opened. */
  readonly errors: string[] = []

  private constructor(server: ServerProcess, browser: Browser, folder: string) {
    this.server = server
    this.browser = browser
    this.#folder = folder
  }

  static async start(): Promise<Viewer> {
    const folder = await mkdtemp(join(tmpdir(), 'aleph-viewer-'))
    const env = {
      AUDIT_BOOTSTRAP_API_KEY: apiKey,
      AUDIT_ADMIN_EMAIL: admin.email,
      AUDIT_ADMIN_PASSWORD: admin.password,
      AUDIT_ADMIN_NAME: 'Grace Admin',
    }
    const [server, browser] = await Promise.all([startServer({ env }), openBrowser()])
    const viewer = new Viewer(server, browser, folder)
    await viewer.#sendEvents()
    await viewer.#recordAnIntegration()
    return viewer
  }

  async stop(): Promise<void> {
    await this.browser.close()
    await this.server.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** A signed-in page of its own. */
  async open({ width, height, ...options }: Screen): Promise<LogPage> {
    const viewport = { width, height }
    const context = await this.browser.newContext({ viewport, acceptDownloads: true, ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => this.errors.push(String(error)))
    await page.goto(`${this.server.url}/sign-in?next=/audit-log`)
    await page.getByLabel('Email').fill(admin.email)
    await page.getByLabel('Password', { exact: true }).fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/^[^?]*\/audit-log/)
    return new LogPage(page, this.server.url)
  }

  /** A page of somebody who accepts an invitation. */
  async openAs(link: string, { name, password }: { name: string; password: string }): Promise<LogPage> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => this.errors.push(String(error)))
    await page.goto(link)
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password').first().fill(password)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.waitForURL('**/audit-log**')
    return new LogPage(page, this.server.url)
  }

  async #call(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.server.url}${path}`, {
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
    // The API answers with JSON objects.
    return (await answer.json()) as Record<string, unknown>
  }

  async count(q: string): Promise<number> {
    const { events } = await this.#call(`/api/v1/events?limit=1000&q=${encodeURIComponent(q)}`)
    return (events as unknown[]).length
  }

  /** Two events of each hostile name, fifty-five applications of one person, a session, and what programs send. */
  async #sendEvents(): Promise<void> {
    const now = Date.now()
    const at = (minutesAgo: number): string => new Date(now - minutesAgo * 60_000).toISOString()
    const query = (name: string, sql: string, more: object = {}, context: object = {}): object => ({
      type: 'query',
      actor: { type: 'user', name, email: `${name.length}@acme.com` },
      data: { sql, dialect: 'postgres', database: 'prod', durationMs: 12.5, rows: 3, ...more },
      context: { application: 'psql', ip: '203.0.113.9', ...context },
    })
    const events = [
      ...Object.values(hostileNames).flatMap((name, i) => [
        { ...query(name, 'select total from sales.orders', { database: name }), occurredAt: at(5 + i) },
        {
          ...query(name, 'selekt broken', { database: name }, { application: name }),
          outcome: 'failure',
          occurredAt: at(15 + i),
        },
      ]),
      ...Array.from({ length: 55 }, (_, i) => ({
        ...query(
          'Bulk Loader',
          'insert into logs.lines values (1)',
          { rows: i },
          { application: `app ${i}` },
        ),
        occurredAt: at(600 + i),
      })),
      { ...query('Ann Lee', 'update crm.leads set a = 1', {}, { sessionId: 's "1"' }), occurredAt: at(60) },
      { ...query('Ann Lee', 'select 1 from hr.pay', {}, { sessionId: 's "1"' }), occurredAt: at(70) },
      { ...query('Ann Lee', 'select 2 from hr.pay', {}, { sessionId: 's2' }), occurredAt: at(200) },
      ...['begin', 'set statement_timeout = 5', 'commit'].map((sql) => query('Ann Lee', sql)),
    ]
    await this.#call('/api/v1/events', { events })
    await vi.waitFor(async () => expect(await this.count('type:query')).toBe(events.length), {
      timeout: 10_000,
    })
  }

  /** One statement that a log of PostgreSQL has, so that an event's source is an integration. */
  async #recordAnIntegration(): Promise<void> {
    const log = join(this.#folder, 'postgresql.json')
    const time = new Date().toISOString().replace('T', ' ').replace('Z', ' UTC')
    const message = 'duration: 0.473 ms  statement: select bins from stock'
    await writeFile(log, `${logLine(7, 1, { message, timestamp: time, application_name: 'nightly' })}\n`)
    await this.#call('/api/v1/integrations', {
      kind: 'postgres_log',
      name: integrationName,
      settings: { path: log, logins: [] },
    })
    await vi.waitFor(async () => expect(await this.count('application:nightly')).toBe(1), { timeout: 20_000 })
  }
}

/** The Audit Log page, as a person finds their way on it. */
export class LogPage {
  readonly page: Page
  readonly #url: string

  constructor(page: Page, url: string) {
    this.page = page
    this.#url = url
  }

  searchBox = (): Locator => this.page.getByLabel('Search the audit log')
  table = (): Locator => this.page.getByRole('table', { name: 'Events' })
  rows = (): Locator => this.table().locator('tbody tr')
  /** A cell of the first row. */
  cell = (column: string): Locator => this.rows().first().locator(`td[data-column="${column}"]`)
  panel = (): Locator => this.page.getByRole('complementary', { name: 'Event' })
  filters = (): Locator => this.page.getByRole('region', { name: 'Filters' })
  facet = (title: string): Locator => this.filters().getByRole('region', { name: title, exact: true })
  facetRow = (title: string, text: string): Locator =>
    this.facet(title)
      .locator('li')
      .filter({ hasText: visibleBeginning(text) })
  facetValue = (title: string, text: string): Locator =>
    this.facetRow(title, text).getByRole('button').first()
  button = (name: string): Locator => this.page.getByRole('button', { name, exact: true })

  async goTo(q: string): Promise<void> {
    await this.page.goto(`${this.#url}/audit-log${q === '' ? '' : `?q=${encodeURIComponent(q)}`}`)
    await this.rows().first().waitFor()
  }

  async search(text: string): Promise<void> {
    await this.searchBox().fill(text)
    await this.searchBox().press('Enter')
  }

  /** Turns columns on or off in the chooser, which stays open. */
  async chooseColumns(...names: string[]): Promise<void> {
    await this.button('Columns').click()
    for (const name of names) await this.page.getByRole('checkbox', { name, exact: true }).click()
  }

  /** The box shows this search, and so does the address bar. */
  async expectSearch(text: string): Promise<void> {
    await vi.waitFor(async () => expect(await this.searchBox().inputValue()).toBe(text))
    expect(new URL(this.page.url()).searchParams.get('q') ?? '').toBe(text)
  }

  async expectRows(count: number): Promise<void> {
    await expect.poll(async () => this.rows().count(), { timeout: 10_000 }).toBe(count)
  }

  /** Waits until rows, histogram and filters are there. */
  async untilComplete(): Promise<void> {
    await this.rows().first().waitFor()
    await this.page.locator('[aria-label="Histogram"][aria-busy="false"]').waitFor()
    await this.facet('Name').locator('li').first().waitFor()
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
