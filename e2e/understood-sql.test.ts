import { readFile } from 'node:fs/promises'
import excel from 'exceljs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openBrowser } from './browser.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }

let server: ServerProcess
let browser: Browser
let page: Page

beforeAll(async () => {
  const env = {
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: admin.password,
    AUDIT_ADMIN_NAME: 'Grace Admin',
  }
  ;[server, browser] = await Promise.all([startServer({ env }), openBrowser()])
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(`${server.url}/sign-in?next=/audit-log`)
  await page.getByLabel('Email').fill(admin.email)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/^[^?]*\/audit-log/)
  await sendQueries()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** What a day of a small company's database looks like, through a BI tool, by hand, and by programs. */
async function sendQueries(): Promise<void> {
  const redash = (email: string, sql: string): object => ({
    actor: { type: 'service', id: 'svc_bi' },
    data: {
      sql: `/* Username: ${email}, query_id: 12, Queue: queries, Job ID: 1, Query Hash: 1, Scheduled: False */ ${sql}`,
      dialect: 'postgres',
      login: 'svc_bi',
    },
  })
  const byHand = (name: string, sql: string): object => ({
    actor: { type: 'user', name, email: `${name.toLowerCase().replace(' ', '.')}@acme.com` },
    data: { sql, dialect: 'postgres', login: 'app' },
  })
  const events = [
    redash('ann@acme.com', 'select region, sum(total) from sales.orders where day > 7 group by region'),
    redash('bob@acme.com', 'SELECT region, sum(total) FROM sales.orders\nWHERE day > 30 GROUP BY region'),
    byHand('Carl Ross', 'update sales.orders set total = 0 where id = 5'),
    byHand('Dora Quinn', 'select name from crm.customers limit 10'),
    byHand('Dora Quinn', 'selekt broken from sales.orders'),
    ...['begin', 'set statement_timeout = 5', 'select 1', 'select relname from pg_catalog.pg_class'].map(
      (sql) => byHand('Dora Quinn', sql),
    ),
  ]
  const status = await page.evaluate(
    async (drafts) => {
      await fetch('/api/v1/service-accounts', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ login: 'svc_bi', tool: 'redash' }),
      })
      const answer = await fetch('/api/v1/events', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ events: drafts }),
      })
      return answer.status
    },
    events.map((event) => ({ type: 'query', ...event })),
  )
  expect(status).toBe(201)
  // What is on the page stays as it was when it was asked.
  const findAll = async (): Promise<number> =>
    page.evaluate(async () => {
      const answer = await fetch('/api/v1/events?q=type:query')
      return ((await answer.json()) as { events: unknown[] }).events.length
    })
  await vi.waitFor(async () => expect(await findAll()).toBe(events.length), { timeout: 10_000 })
}

const rows = () => page.getByRole('row').filter({ hasText: /sele[ck]t|update/i })
const rowWith = (text: string) => page.getByRole('row').filter({ hasText: text }).first()
const panel = () => page.getByRole('complementary', { name: 'Event' })

async function search(text: string): Promise<void> {
  const box = page.getByLabel('Search the audit log')
  await box.fill(text)
  await box.press('Enter')
}

describe('SQL that the log understands', () => {
  it('leads from a table to everybody who used it, and through which tool', async () => {
    await search('table:sales.orders')
    await expect.poll(async () => rows().count(), { timeout: 10_000 }).toBe(4)
    const text = (await rows().allInnerTexts()).join('\n')
    expect(text).toContain('ann@acme.com')
    expect(text).toContain('bob@acme.com')
    expect(text).toContain('via Redash')
    expect(text).toContain('Carl Ross')
    await search('table:sales.orders kind:write')
    await expect.poll(async () => rows().count(), { timeout: 10_000 }).toBe(1)
  })

  it('says what an event does, and what of it was not understood', async () => {
    await search('table:sales.orders selekt')
    await rowWith('selekt').click()
    await panel().getByText('The SQL could not be read as a whole').waitFor()
    await page.keyboard.press('Escape')
    await search('table:sales.orders kind:write')
    await rowWith('update sales.orders').click()
    await panel().getByText('Writes data').waitFor()
    expect(await panel().innerText()).toMatch(/sales\.orders\s+write/)
    await page.keyboard.press('Escape')
  })

  it('leads from one run to the same query by others, whatever its literals, and into a file', async () => {
    await search('actor:ann@acme.com')
    await rowWith('ann@acme.com').click()
    await panel().getByRole('link', { name: 'Same query' }).click()
    await page.waitForURL(/q=fingerprint/)
    await expect.poll(async () => rows().count(), { timeout: 10_000 }).toBe(2)
    await page.getByRole('button', { name: 'More formats' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Excel with all columns' }).click(),
    ])
    const workbook = new excel.Workbook()
    await workbook.xlsx.load((await readFile(await download.path())).buffer)
    const sheet = workbook.worksheets[0]
    const titles = (sheet?.getRow(1).values ?? []) as string[]
    const tables = [2, 3].map((row) => sheet?.getRow(row).getCell(titles.indexOf('Tables')).text)
    expect(tables.every((text) => text?.includes('sales.orders'))).toBe(true)
    expect(sheet?.rowCount).toBe(3)
  })

  it('puts aside what programs send by themselves, says how much, and shows it when asked', async () => {
    await search('type:query actor:dora.quinn@acme.com')
    await page.getByText('4 routine statements of programs hidden').waitFor()
    await expect.poll(async () => rows().count(), { timeout: 10_000 }).toBe(2)
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL(/noise=shown/)
    await page.getByRole('row').filter({ hasText: 'statement_timeout' }).waitFor()
    await page.getByRole('button', { name: 'Hide', exact: true }).click()
    await page.getByText('4 routine statements of programs hidden').waitFor()
    await search('is:noise')
    await page.getByRole('row').filter({ hasText: 'pg_class' }).waitFor()
    expect(await page.getByText('routine statements').count()).toBe(0)
  })
})
