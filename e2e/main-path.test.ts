import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import excel from 'exceljs'
import { Client } from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgresServer, type PostgresServer } from '../packages/server/src/testing/postgres-server.ts'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const hasLibreOffice = spawnSync('libreoffice', ['--version']).status === 0
const password = 'violet tractor melts quietly'

let server: ServerProcess
let postgres: PostgresServer
let browser: Browser
let page: Page
let folder: string
const browserErrors: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aleph-main-path-'))
  ;[server, postgres, browser] = await Promise.all([startServer(), startPostgresServer(), openBrowser()])
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.on('pageerror', (error) => browserErrors.push(String(error)))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await postgres?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Runs a statement as a client of PostgreSQL, and gives back its error if it fails. */
async function query(
  text: string,
  values: unknown[] = [],
  user?: string,
  userPassword?: string,
): Promise<string> {
  const client = new Client({
    connectionString: postgres.connectionString('postgres', user, userPassword),
    application_name: 'nightly report',
  })
  try {
    await client.connect()
    await client.query(text, values)
    return ''
  } catch (error) {
    return String(error)
  } finally {
    await client.end()
  }
}

const searchBox = () => page.getByLabel('Search the audit log')
const table = () => page.getByRole('table', { name: 'Events' }).or(page.getByRole('grid', { name: 'Events' }))
const rowWith = (text: string) => table().getByRole('row').filter({ hasText: text })

async function search(text: string): Promise<void> {
  await searchBox().fill(text)
  await searchBox().press('Enter')
}

describe('from an empty directory to an Excel file', () => {
  it('creates the first admin by the printed link', async () => {
    await page.goto(server.setupUrl ?? '')
    await page.getByLabel('Name').fill('Grace Admin')
    await page.getByLabel('Email').fill('grace@acme.com')
    await page.getByLabel('Password', { exact: false }).first().fill(password)
    await page.getByRole('button', { name: /create|set up/i }).click()
    await page.waitForURL(/^[^?]*\/audit-log/)
    await page.getByRole('heading', { name: 'Audit Log' }).waitFor()
    // What has just happened is an event already, found within a second: the page may have asked before.
    await expect
      .poll(
        async () => {
          const found = await rowWith('user_signed_in').count()
          if (found === 0) await page.getByRole('button', { name: 'Refresh' }).click()
          return found
        },
        { timeout: 10_000, interval: 500 },
      )
      .toBe(1)
    // While filters load there is nothing in their list that a key could reach.
    await page.getByRole('region', { name: 'Filters' }).locator('li').first().waitFor()
    expect(await findViolations(page)).toEqual([])
  })

  it('lets nobody use the link twice', async () => {
    const context = await browser.newContext()
    const other = await context.newPage()
    await other.goto(server.setupUrl ?? '')
    await other
      .getByText(/already|no longer|is done/i)
      .first()
      .waitFor()
    await context.close()
  })

  it("adds PostgreSQL's log as an integration", async () => {
    await page.getByRole('link', { name: 'Integrations' }).click()
    await page.getByRole('button', { name: 'Add an integration' }).click()
    await page.getByRole('menuitem', { name: /^PostgreSQL log/ }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name', { exact: true }).fill('Production warehouse')
    await form.getByLabel('Path').fill('/nowhere/at/all')
    await form.getByRole('button', { name: 'Add a login' }).click()
    await form.getByLabel('Login 1', { exact: true }).fill('report')
    await form.getByLabel('Name of login 1').fill('Ann Lee')
    await form.getByLabel('Email of login 1').fill('ann@acme.com')
    await form
      .getByRole('button', { name: /^(Add|Save)/ })
      .last()
      .click()
    await form.getByText(/nowhere/).waitFor()
    await form.getByLabel('Path').fill(postgres.dataDir)
    await form
      .getByRole('button', { name: /^(Add|Save)/ })
      .last()
      .click()
    await form.waitFor({ state: 'hidden' })
    await page
      .getByRole('article', { name: 'Production warehouse' })
      .getByText(/running/i)
      .waitFor()
    expect(await findViolations(page)).toEqual([])
  })

  it('shows a query within two seconds, with person, SQL, duration and error', async () => {
    expect(await query("create role report login password 'very secret 12345'")).toBe('')
    await query('create table orders (id int, total numeric)')
    await query('grant select on orders to report')
    await page.getByRole('link', { name: 'Audit Log' }).click()
    await table().waitFor()
    await query('select total from orders where id = $1', [7], 'report', 'very secret 12345')
    await search('application:"nightly report" actor:ann@acme.com type:query')
    await expect
      .poll(
        async () => {
          await page.getByRole('button', { name: 'Refresh' }).click()
          return rowWith('select total from orders').count()
        },
        { timeout: 10_000, interval: 100 },
      )
      .toBe(1)
    const cells = rowWith('select total from orders')
      .getByRole('cell')
      .or(rowWith('select total').getByRole('gridcell'))
    expect(await cells.nth(0).innerText()).toBe('Ann Lee')
    expect(await cells.nth(1).innerText()).toBe('ann@acme.com')
    expect(await cells.nth(2).innerText()).toMatch(/20\d\d-\d\d-\d\d\s\d\d:\d\d:\d\d\.\d{3}/)
    expect(await cells.nth(3).innerText()).toBe('query')

    expect(await query('drop table orders', [], 'report', 'very secret 12345')).toContain('must be owner')
    expect(await query('selec nonsense')).toContain('syntax error')
    expect(await query('select 1', [], 'report', 'wrong password')).toContain('authentication failed')
    await search('source:int* OR type:query')
    await search('outcome:denied "drop table"')
    await rowWith('drop table orders').waitFor()
    expect(await rowWith('drop table orders').innerText()).toContain('Denied')
    await search('outcome:failure error:42601')
    await rowWith('selec nonsense').waitFor()
    await search('outcome:denied type:session_started login:report')
    await table().getByRole('row').nth(1).waitFor()
  })

  it('opens an event at the right, under an address of its own', async () => {
    await search('"select total from orders"')
    await rowWith('select total from orders').first().click()
    const panel = page.getByRole('complementary', { name: 'Event' })
    for (const text of ['Ann Lee', 'ann@acme.com', 'nightly report', 'postgres', '127.0.0.1']) {
      await panel.getByText(text).first().waitFor()
    }
    expect(page.url()).toMatch(/\/audit-log\/[0-9a-f-]{36}/)
    expect(await findViolations(page)).toEqual([])
    await page.reload()
    await panel.getByText('ann@acme.com').first().waitFor()
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'hidden' })
  })

  it('keeps the password of a role nowhere, neither on the page nor on the disk', async () => {
    await search('"create role report"')
    const row = rowWith('create role report')
    await row.first().waitFor()
    expect(await row.first().innerText()).toContain('«redacted:password:')
    for (const text of ['very secret 12345', password]) {
      expect(await filesWith(server.dataDir, text)).toEqual([])
    }
    expect(server.output()).not.toContain('secret')
  })

  it('marks a mistake in the search and says what was meant', async () => {
    await search('typ:query')
    await page
      .getByText(/typ.*is not a qualifier|unknown/i)
      .first()
      .waitFor()
    expect(await page.content()).toContain('type')
    await search('')
  })

  it('downloads what is on the screen as Excel, which two readers open', async () => {
    await search('application:"nightly report" type:query')
    await rowWith('select total from orders').first().waitFor()
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Outcome' }).click()
    await page.keyboard.press('Escape')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as Excel' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/\.xlsx$/)
    const file = join(folder, 'audit-log.xlsx')
    await download.saveAs(file)
    const workbook = new excel.Workbook()
    await workbook.xlsx.readFile(file)
    const [sheet, about] = workbook.worksheets
    const header = rowValues(sheet, 1)
    expect(header).toEqual(['Name', 'Email', 'Timestamp (UTC)', 'Type', 'Data', 'Outcome'])
    expect(about?.name).toBe('About this export')
    const data = Array.from({ length: (sheet?.rowCount ?? 1) - 1 }, (_, i) => rowValues(sheet, i + 2))
    const ann = data.find((row) => String(row[4]).includes('select total from orders'))
    expect(ann?.slice(0, 2)).toEqual(['Ann Lee', 'ann@acme.com'])
    expect(ann?.[2]).toBeInstanceOf(Date)
    expect(Math.abs(Number(ann?.[2]) - Date.now())).toBeLessThan(600_000)
    expect(data.map((row) => row[5])).toEqual(expect.arrayContaining(['success', 'failure', 'denied']))
  })

  it.skipIf(!hasLibreOffice)(
    'opens the Excel file in LibreOffice (skipped where LibreOffice is not installed)',
    async () => {
      await promisify(execFile)('libreoffice', [
        `-env:UserInstallation=file://${folder}/profile`,
        '--headless',
        '--convert-to',
        'csv',
        '--outdir',
        folder,
        join(folder, 'audit-log.xlsx'),
      ])
      const csv = await readFile(join(folder, 'audit-log.csv'), 'utf8')
      expect(csv).toContain('Ann Lee,ann@acme.com,')
      expect(csv).toContain('select total from orders')
    },
  )

  it('has written down what its user did', async () => {
    await page.reload()
    for (const type of [
      'audit_log_exported',
      'audit_log_searched',
      'integration_created',
      'user_signed_in',
    ]) {
      // One by one: each look at the log is an event itself, and only rows near those on the screen are drawn.
      await search(`source:app actor:grace@acme.com type:${type}`)
      await expect
        .poll(
          async () => {
            const found = await rowWith(type).count()
            if (found === 0) await page.getByRole('button', { name: 'Refresh' }).click()
            return found
          },
          { timeout: 10_000, interval: 500 },
        )
        .toBeGreaterThan(0)
    }
    expect(browserErrors).toEqual([])
  })
})

/** The values of a row from its first cell on; exceljs counts from 1. */
function rowValues(sheet: excel.Worksheet | undefined, row: number): unknown[] {
  const { values } = sheet?.getRow(row) ?? {}
  return Array.isArray(values) ? values.slice(1) : []
}

/** The files below a folder that hold a text. */
async function filesWith(path: string, text: string): Promise<string[]> {
  const found: string[] = []
  // The engine replaces its files and folders while it works: what is gone has its content in another one.
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    const below = join(path, entry.name)
    if (entry.isDirectory()) found.push(...(await filesWith(below, text)))
    if (!entry.isFile()) continue
    const bytes = await readFile(below).catch(() => Buffer.alloc(0))
    if (bytes.includes(text)) found.push(below)
  }
  return found
}
