import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { mailUser, shownHeader, startMailbox, type Mailbox } from '../packages/server/src/testing/mailbox.ts'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { QuietNetwork } from './quiet-network.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }
const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const hostileName = '<script>window.ran=1</script> "x"'

/** What was recorded is found within a second, on a machine that has nothing else to do. */
const foundWithin = { timeout: 15_000, interval: 100 }

let server: ServerProcess
let browser: Browser
let mailbox: Mailbox
let folder: string
let page: Page
const errors: string[] = []

/** Noon of yesterday in UTC: the day before, wherever the test runs. */
const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)

async function openPage(screen: {
  width: number
  height: number
  colorScheme?: 'light' | 'dark'
}): Promise<Page> {
  const { colorScheme = 'light', ...viewport } = screen
  const context = await browser.newContext({ viewport, colorScheme })
  const opened = await context.newPage()
  opened.setDefaultTimeout(10_000)
  opened.on('pageerror', (error) => errors.push(String(error)))
  await opened.goto(`${server.url}/sign-in`)
  await opened.getByLabel('Email').fill(admin.email)
  await opened.getByLabel('Password', { exact: true }).fill(admin.password)
  await opened.getByRole('button', { name: 'Sign in' }).click()
  await opened.getByRole('heading', { name: 'Overview' }).waitFor()
  return opened
}

async function call(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
  // The API answers with JSON objects.
  return (await answer.json()) as Record<string, unknown>
}

async function found(q: string): Promise<Record<string, unknown>[]> {
  const { events } = await call(`/api/v1/events?limit=1000&q=${encodeURIComponent(q)}`)
  return events as Record<string, unknown>[]
}

const card = (name: string): Locator => page.getByRole('article', { name, exact: true })
const form = (): Locator => page.getByRole('dialog')
const mails = (): Locator => page.locator('form').filter({ hasText: 'SMTP server' })

async function choose(label: string, option: string): Promise<void> {
  await form()
    .getByRole('combobox', { name: label })
    .or(form().getByLabel(label, { exact: true }))
    .first()
    .click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

async function addSchedule(name: string, fill: () => Promise<void>): Promise<void> {
  await page.getByRole('button', { name: 'Schedule an export' }).click()
  await form().getByLabel('Name').fill(name)
  await fill()
  await form().getByRole('button', { name: 'Add' }).click()
  await form().waitFor({ state: 'hidden' })
  await card(name).waitFor()
}

async function runNow(name: string, state = 'Delivered'): Promise<void> {
  await card(name)
    .getByRole('button', { name: `Run ${name} now` })
    .click()
  await card(name).getByText(state, { exact: true }).first().waitFor({ timeout: 30_000 })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aleph-exports-'))
  const env = {
    AUDIT_BOOTSTRAP_API_KEY: apiKey,
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: admin.password,
    AUDIT_ADMIN_NAME: 'Grace Admin',
    AUDIT_EXPORT_DIR: folder,
  }
  ;[server, browser, mailbox] = await Promise.all([startServer({ env }), openBrowser(), startMailbox()])
  const query = (name: string, sql: string, more: object = {}): object => ({
    type: 'query',
    occurredAt: `${yesterday}T12:00:00Z`,
    actor: { type: 'user', name, email: 'a@acme.com' },
    data: { sql, dialect: 'postgres', rows: 3 },
    ...more,
  })
  await call('/api/v1/events', {
    events: [
      query('Ann Lee', 'select total from sales.orders'),
      query(hostileName, 'select pay from hr.salaries', {
        outcome: 'failure',
        data: {
          sql: 'select pay from hr.salaries',
          dialect: 'postgres',
          error: { code: '42501', message: 'denied' },
        },
      }),
      query('Ann Lee', 'begin'),
    ],
  })
  await vi.waitFor(async () => expect(await found('type:query')).toHaveLength(3), { timeout: 10_000 })
  page = await openPage({ width: 1280, height: 900 })
  const status = await page.evaluate(async () => {
    const headers = { 'content-type': 'application/json' }
    const state = {
      q: 'type:query',
      range: { past: '7d' },
      noise: false,
      columns: ['timestamp', 'name', 'data'],
    }
    const body = JSON.stringify({ name: 'All queries', shared: true, state })
    return (await fetch('/api/v1/views', { method: 'POST', headers, body })).status
  })
  expect(status).toBe(201)
  await page.getByRole('link', { name: 'Scheduled exports' }).click()
  await page.getByText('Nothing is scheduled yet').waitFor()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await mailbox?.close()
  await rm(folder, { recursive: true, force: true })
})

describe('the mail server', () => {
  it('is tried before it is saved, and what is wrong is said at its field', async () => {
    await mails().getByLabel('SMTP server').fill('127.0.0.1')
    await mails().getByLabel('Port').fill('1')
    await mails()
      .getByRole('combobox', { name: 'Encryption' })
      .or(mails().getByLabel('Encryption'))
      .first()
      .click()
    await page.getByRole('option', { name: /^None/ }).click()
    await mails().getByLabel('User').fill(mailUser.user)
    await mails().getByLabel('Password', { exact: true }).fill('wrong')
    await mails().getByLabel('From').fill('audit@acme.com')
    await mails().getByRole('button', { name: 'Send test e-mail' }).click()
    await mails().getByText('Cannot talk to 127.0.0.1:1: ECONNREFUSED').waitFor()
    await mails().getByLabel('Port').fill(String(mailbox.port))
    await mails().getByRole('button', { name: 'Send test e-mail' }).click()
    await mails().getByText('The server refused the user or the password').waitFor()
    await mails().getByLabel('Password', { exact: true }).fill(mailUser.password)
    await mails().getByRole('button', { name: 'Send test e-mail' }).click()
    await mails().getByText('The server took the e-mail').waitFor()
    expect(mailbox.received.map(({ to }) => to)).toEqual([[admin.email]])
    await mails().getByRole('button', { name: 'Save' }).click()
    await page.getByText('The mail server is saved.').waitFor()
    await page.reload()
    await mails().getByPlaceholder('Kept; type to replace it').waitFor()
    expect(await page.content()).not.toContain(mailUser.password)
    mailbox.received.length = 0
  })
})

describe('a scheduled export', () => {
  it('sends a view as an Excel file that opens, with exactly what the view shows', async () => {
    await addSchedule('Queries for the board', async () => {
      await choose('What', 'All queries')
      await choose('Time zone', 'UTC')
      await form().getByRole('textbox', { name: 'Addresses' }).fill('board@acme.com, security@acme.com')
    })
    await runNow('Queries for the board')
    const [mail] = mailbox.received
    expect(mail?.to).toEqual(['board@acme.com', 'security@acme.com'])
    expect(shownHeader(mail?.headers.get('subject') ?? '')).toBe(`Audit log: All queries, ${yesterday}`)
    expect(mail?.attachment?.headers.get('content-disposition')).toContain('.xlsx')
    const workbook = new ExcelJS.Workbook()
    // exceljs has a type of its own for buffers, which Node's are.
    await workbook.xlsx.load(mail?.attachment?.content as unknown as ExcelJS.Buffer)
    const sheet = workbook.worksheets[0]
    const rows: unknown[][] = []
    sheet?.eachRow((row) => rows.push((row.values as unknown[]).slice(2)))
    expect(rows[0]).toEqual(['Name', 'Data'])
    expect(rows.slice(1).sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))).toEqual([
      [hostileName, 'select pay from hr.salaries'],
      ['Ann Lee', 'select total from sales.orders'],
    ])
    const [exported] = await found('type:audit_log_exported')
    expect(exported).toMatchObject({
      actor: { email: admin.email },
      data: { schedule: 'Queries for the board' },
    })
    await vi.waitFor(async () => expect(await found('type:export_delivered')).toHaveLength(1))
  })

  it('sends a digest with numbers and links, in which nothing runs', async () => {
    await addSchedule(`Digest ${hostileName}`, async () => {
      await choose('As', 'Digest: an e-mail with numbers')
      await choose('Time zone', 'UTC')
      await form().getByLabel('Search', { exact: true }).fill('type:query')
      await form().getByRole('textbox', { name: 'Addresses' }).fill('board@acme.com')
    })
    await runNow(`Digest ${hostileName}`)
    const mail = mailbox.received.at(-1)
    expect(mail?.attachment).toBeUndefined()
    expect(mail?.text).toContain('Events: 3')
    expect(mail?.text).toContain('Failures: 1')
    expect(mail?.text).toContain('sales.orders')
    expect(mail?.text).toContain('42501: denied')
    const context = await browser.newContext({ viewport: { width: 720, height: 900 } })
    const shown = await context.newPage()
    const asked: string[] = []
    shown.on('request', (request) => asked.push(request.url()))
    await shown.setContent(mail?.html ?? '')
    expect(await shown.evaluate(() => (globalThis as { ran?: unknown }).ran)).toBeUndefined()
    expect(asked).toEqual([])
    expect(await findViolations(shown)).toEqual([])
    const link = (await shown.getByRole('link', { name: 'Open the Audit Log' }).getAttribute('href')) ?? ''
    await context.close()
    const visitor = await openPage({ width: 1280, height: 800 })
    await visitor.goto(link)
    await expect.poll(async () => visitor.locator('table[aria-label="Events"] tbody tr').count()).toBe(3)
    await visitor.context().close()
  })

  it('writes a whole file into a folder of the server', async () => {
    await addSchedule('Archive', async () => {
      await choose('As', 'JSON Lines')
      await choose('Time zone', 'UTC')
      await form().getByLabel('Search', { exact: true }).fill('type:query')
      await form().getByRole('radio', { name: 'A folder on the server' }).check()
      await form().getByLabel('Folder', { exact: true }).fill('../out')
      await form().getByRole('button', { name: 'Add' }).click()
      await form()
        .getByText(/none of which begins or ends with a dot/)
        .waitFor()
      await form().getByLabel('Folder', { exact: true }).fill('archive/daily')
    })
    await runNow('Archive')
    const names = await readdir(join(folder, 'archive', 'daily'))
    expect(names).toHaveLength(1)
    expect(names[0]).toMatch(new RegExp(`^audit-log_Main_Archive_${yesterday}_UTC_due_.*\\.jsonl$`))
    const lines = (await readFile(join(folder, 'archive', 'daily', names[0] ?? ''), 'utf8'))
      .trim()
      .split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
      'query',
      'query',
      'query',
    ])
  })

  it('that fails says why on the page, in the log and in the metrics', async () => {
    mailbox.refuse.recipients.set('board@acme.com', 550)
    mailbox.refuse.recipients.set('security@acme.com', 550)
    await runNow('Queries for the board', 'Failed')
    await card('Queries for the board')
      .getByText(/The server refused the recipients/)
      .first()
      .waitFor()
    mailbox.refuse.recipients.clear()
    await vi.waitFor(
      async () => expect(await found('type:export_failed outcome:failure')).toHaveLength(1),
      foundWithin,
    )
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toMatch(/^audit_exports_failed 1$/m)
    expect(metrics).toMatch(/^audit_exports_delivered 3$/m)
    await runNow('Queries for the board')
    await card('Queries for the board').getByRole('button', { name: 'Last runs' }).click()
    const table = page.getByRole('table', { name: 'Last runs of Queries for the board' })
    expect(await table.locator('tbody tr').count()).toBe(3)
    expect(server.output()).not.toContain(mailUser.password)
  })

  it('is switched off, changed and deleted', async () => {
    const archive = card('Archive')
    await archive.getByRole('switch').click({ force: true })
    await archive.getByText('Switched off').waitFor()
    await archive.getByRole('button', { name: 'Edit Archive' }).click()
    await form().getByLabel('Name').fill('Archive of the week')
    await form().getByText('7 days before').click()
    await form().getByRole('button', { name: 'Save' }).click()
    await form().waitFor({ state: 'hidden' })
    await card('Archive of the week')
      .getByText(/JSON Lines of the seven days before/)
      .waitFor()
    await page.getByRole('button', { name: 'Delete Archive of the week' }).click()
    await form().getByRole('button', { name: 'Delete' }).click()
    await card('Archive of the week').waitFor({ state: 'hidden' })
    const types = ['schedule_created', 'schedule_changed', 'schedule_deleted', 'mail_settings_changed']
    await vi.waitFor(async () => {
      for (const type of types) expect([type, (await found(`type:${type}`)).length > 0]).toEqual([type, true])
    }, foundWithin)
  })
})

describe('on every screen', () => {
  it.each([
    { width: 1280, height: 900, colorScheme: 'light' },
    { width: 1280, height: 900, colorScheme: 'dark' },
    { width: 390, height: 844, colorScheme: 'light' },
    { width: 390, height: 844, colorScheme: 'dark' },
  ] as const)('axe finds nothing at $width wide, $colorScheme', async (screen) => {
    const other = await openPage(screen)
    const network = new QuietNetwork(other)
    await other.goto(`${server.url}/settings/scheduled-exports`)
    await other.getByRole('article').first().waitFor()
    await other.getByRole('button', { name: 'Last runs' }).first().click()
    await network.untilQuiet()
    expect(await findViolations(other)).toEqual([])
    const overhang = await other.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overhang).toBe(0)
    await other.getByRole('button', { name: 'Schedule an export' }).click()
    await other.getByRole('dialog').getByLabel('Name').waitFor()
    expect(await findViolations(other)).toEqual([])
    await other.context().close()
    expect(errors).toEqual([])
  })
})
