import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { readWithExceljs } from '../packages/server/src/search/export/testing/read-workbook.ts'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const password = 'violet tractor melts quietly'
const admin = { email: 'grace@acme.com', name: 'Grace Admin' }
const hostile = `<script>window.ran=1</script> =cmd|"/c calc"!A1 \u202eexe`
const oddTable = 'finance."odd, *"'
const minuteMs = 60_000

let server: ServerProcess
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page
const errors: string[] = []
const nowMs = Date.now()
const at = (minutesAgo: number): string => new Date(nowMs - minutesAgo * minuteMs).toISOString()

async function call(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
  // The API answers with JSON objects.
  return (await answer.json()) as Record<string, unknown>
}

const query = (
  name: string,
  email: string | undefined,
  sql: string,
  minutesAgo: number,
  more = {},
): object => ({
  type: 'query',
  occurredAt: at(minutesAgo),
  actor: { type: 'user', name, ...(email !== undefined && { email }) },
  data: { sql, dialect: 'postgres', login: 'svc_bi' },
  context: { application: 'psql' },
  ...more,
})

async function send(...events: object[]): Promise<void> {
  const q = encodeURIComponent('type:query')
  const count = async (): Promise<number> =>
    ((await call(`/api/v1/events?limit=1000&q=${q}`))['events'] as unknown[]).length
  const before = await count()
  await call('/api/v1/events', { events })
  await vi.waitFor(async () => expect(await count()).toBe(before + events.length), { timeout: 10_000 })
}

async function signIn(on: Page, email: string): Promise<void> {
  await on.goto(`${server.url}/sign-in`)
  await on.getByLabel('Email').fill(email)
  await on.getByLabel('Password', { exact: true }).fill(password)
  await on.getByRole('button', { name: 'Sign in' }).click()
  await on.waitForURL((url) => url.pathname !== '/sign-in')
}

async function open(colorScheme: 'light' | 'dark', width: number, email = admin.email): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme,
    acceptDownloads: true,
  })
  const opened = await context.newPage()
  opened.setDefaultTimeout(10_000)
  opened.on('pageerror', (error) => errors.push(String(error)))
  await signIn(opened, email)
  return opened
}

beforeAll(async () => {
  const env = {
    AUDIT_BOOTSTRAP_API_KEY: apiKey,
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: password,
    AUDIT_ADMIN_NAME: admin.name,
  }
  ;[server, browser] = await Promise.all([startServer({ env }), openBrowser()])
  await send(
    ...[90, 80, 70].map((ago) => query('Ann Lee', 'ann@acme.com', 'select * from finance.pay', ago)),
    query('Ann Lee', 'ann@acme.com', 'insert into finance.pay select * from finance.pay', 60),
    query('Bo Ray', 'bo@acme.com', 'delete from finance.pay', 50, { outcome: 'denied' }),
    query(hostile, undefined, 'select 1 from finance.rates', 40),
    query(hostile, undefined, `select 1 from finance."odd, *"`, 30),
    query('Cy', 'cy@acme.com', 'select 1 from hr.people', 20),
  )
  page = await open('light', 1280)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
beforeEach(async () => {
  await page.evaluate(() => localStorage.clear())
})

it('is the one page that the navigation shows as open', async () => {
  const open = page.getByRole('navigation', { name: 'Main' }).locator('[aria-current="page"]')
  await page.goto(`${server.url}/insights/access`)
  await expect.poll(async () => open.allInnerTexts()).toEqual(['Access review'])
  await page.goto(`${server.url}/insights/tables`)
  await expect.poll(async () => open.allInnerTexts()).toEqual(['Insights'])
})

const status = (on: Page): Locator => on.getByRole('status').filter({ hasText: 'reviewed' })
const rows = (on: Page): Locator =>
  on.getByRole('table', { name: 'Who had access' }).locator('tbody tr:has(td)')
const decide = (on: Page, line: number, decision: string): Promise<void> =>
  rows(on).nth(line).getByRole('radio', { name: decision }).check({ force: true })

async function review(on: Page, tables: string): Promise<void> {
  await on.goto(`${server.url}/insights/access?tables=${encodeURIComponent(tables)}`)
  await status(on).waitFor()
}

it('tables are chosen by name and pattern, and everybody who used them is counted', async () => {
  await page.goto(`${server.url}/insights/access`)
  const box = page.getByRole('combobox', { name: 'Tables' })
  await box.fill('hr.')
  await page.getByRole('option', { name: 'hr.people' }).click()
  await box.fill('finance.*')
  await box.press('Enter')
  await status(page).filter({ hasText: '0 of 5 reviewed' }).waitFor()
  const { searchParams } = new URL(page.url())
  expect(searchParams.get('tables')).toBe('hr.people,finance.*')
  // The period has both ends, so that the review stays what it is.
  expect(Date.parse(searchParams.get('to') ?? '') - Date.parse(searchParams.get('from') ?? '')).toBe(
    30 * 86_400_000,
  )
  const texts = (await rows(page).allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))
  expect(texts.map((text) => /^.*?(?=\d+ (?:minute|hour)s? ago)/.exec(text)?.[0].trim())).toEqual([
    expect.stringContaining('<script>'),
    'Ann Lee ann@acme.com Read 4 Write 1 4',
    'Bo Ray bo@acme.com Write 1 1 1 denied',
    expect.stringContaining('<script>'),
    'Cy cy@acme.com Read 1 1',
  ])
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
})

it('each line leads to exactly its events', async () => {
  for (const [line, count] of [
    [0, 1],
    [1, 4],
    [2, 1],
    [3, 1],
  ] as const) {
    await review(page, 'finance.*')
    await rows(page).nth(line).getByRole('link').click()
    await page.waitForURL(/^[^?]*\/audit-log/)
    const results = page.getByRole('region', { name: 'Results' }).getByRole('status')
    await results.filter({ hasText: new RegExp(`^${count} events?$`) }).waitFor()
  }
})

it('a draft stays in this browser, and a review is signed when each line is decided', async () => {
  await review(page, 'finance.pay')
  const signOff = page.getByRole('button', { name: 'Sign off' })
  await decide(page, 0, 'Keep')
  await rows(page).nth(1).getByLabel('Remark').fill(hostile)
  await status(page).filter({ hasText: '1 of 2 reviewed' }).waitFor()
  expect(await signOff.isDisabled()).toBe(true)
  await page.reload()
  await status(page).filter({ hasText: '1 of 2 reviewed' }).waitFor()
  expect(await rows(page).nth(1).getByLabel('Remark').inputValue()).toBe(hostile)
  await decide(page, 1, 'Revoke')
  await signOff.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Remark on the whole review').fill('Third quarter')
  expect(await findViolations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Sign off' }).click()
  const past = page.getByRole('table', { name: 'Past reviews' }).locator('tbody tr')
  await past.first().waitFor()
  expect(await past.count()).toBe(1)
  expect((await past.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
    /Grace Admin finance\.pay Third quarter .* 1 kept 1 revoked/,
  )
  await page.getByRole('note').filter({ hasText: 'Signed off by Grace Admin' }).waitFor()
  await status(page).filter({ hasText: '0 of 2 reviewed' }).waitFor()
  // What was recorded is found within a second, on a machine that has nothing else to do.
  await expect
    .poll(async () => (await call('/api/v1/events?q=type:access_review_signed_off'))['events'])
    .toMatchObject([{ actor: { email: admin.email }, data: { lines: 2, kept: 1, revoked: 1 } }])
})

it('the signed review is an Excel file at any later time', async () => {
  await page.goto(`${server.url}/insights/access`)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as Excel: finance.pay' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^access-review_.*\.xlsx$/)
  const sheets = await readWithExceljs(await readFile(await download.path()))
  const lines = sheets.get('Access review') ?? []
  expect(lines[0]).toEqual([
    'Table',
    'Name',
    'Email',
    'Access',
    'Count',
    'First',
    'Last',
    'Through',
    'Decision',
    'Remark',
  ])
  expect(
    lines.slice(1).map(([table, name, email, access, count]) => [table, name, email, access, count]),
  ).toEqual([
    ['finance.pay', 'Ann Lee', 'ann@acme.com', 'Read, write', 4],
    ['finance.pay', 'Bo Ray', 'bo@acme.com', 'Write', 1],
  ])
  expect(lines.slice(1).map((line) => line.slice(5))).toEqual([
    [new Date(at(90)), new Date(at(60)), expect.stringContaining('Login: svc_bi'), 'Keep', undefined],
    [new Date(at(50)), new Date(at(50)), expect.stringContaining('Login: svc_bi'), 'Revoke', hostile],
  ])
  const about = new Map((sheets.get('About this review') ?? []).map(([label, value]) => [label, value]))
  expect(about.get('Reviewer')).toBe('Grace Admin <grace@acme.com>')
  expect(about.get('Tables found')).toBe('finance.pay')
  expect(String(about.get('Who may see what'))).toContain('auditors')
})

it('who is new, and who used it after it was revoked, is marked the next time', async () => {
  const later = new Date(Date.now() - 500).toISOString()
  await send(
    query('Bo Ray', 'bo@acme.com', 'select * from finance.pay', 0, { occurredAt: later }),
    query('Dee', 'dee@acme.com', 'select * from finance.pay', 0, { occurredAt: later }),
  )
  const to = new Date(Date.now() + 5 * minuteMs).toISOString()
  await page.goto(`${server.url}/insights/access?tables=finance.*&from=${at(100)}&to=${to}`)
  await status(page).waitFor()
  const bo = rows(page).filter({ hasText: 'Bo Ray' })
  expect(await bo.innerText()).toMatch(/Revoked .*, used since: <script>/)
  expect(await rows(page).filter({ hasText: 'Dee' }).innerText()).toMatch(/New since/)
  expect(await rows(page).filter({ hasText: 'Ann Lee' }).innerText()).toMatch(/Kept \d+ \w+ \d+\s/)
  await page.getByText('New or used since').click()
  await expect.poll(async () => rows(page).count()).toBe(2)
})

it('what was counted otherwise since is not signed: it is counted again first', async () => {
  const to = new Date(Date.now() + 5 * minuteMs).toISOString()
  await page.goto(`${server.url}/insights/access?tables=hr.people&from=${at(100)}&to=${to}`)
  await status(page).waitFor()
  await decide(page, 0, 'Ask')
  await send(query('Cy', 'cy@acme.com', 'select 2 from hr.people', 1))
  await page.getByRole('button', { name: 'Sign off' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Sign off' }).click()
  await dialog.getByText('has changed since').waitFor()
  await dialog.getByRole('button', { name: 'Count again' }).click()
  // What was decided with other counts is to be decided anew.
  await status(page).filter({ hasText: '0 of 1 reviewed' }).waitFor()
  expect(await rows(page).getByRole('link').innerText()).toBe('2')
})

it('a name with commas and stars is one table', async () => {
  await page.goto(`${server.url}/insights/access`)
  const box = page.getByRole('combobox', { name: 'Tables' })
  await box.fill('odd')
  await page.getByRole('option').first().click()
  await status(page).filter({ hasText: '0 of 1 reviewed' }).waitFor()
  expect(await page.getByRole('table', { name: 'Who had access' }).innerText()).toContain(
    oddTable.replaceAll('"', ''),
  )
})

it('everything works by keyboard', async () => {
  await review(page, 'finance.pay')
  await rows(page).first().getByRole('link').focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await status(page).filter({ hasText: /^1 of/ }).waitFor()
  await page.keyboard.press('ArrowRight')
  const first = rows(page).first()
  await expect.poll(async () => first.getByRole('radio', { name: 'Revoke' }).isChecked()).toBe(true)
  await page.keyboard.press('Tab')
  await page.keyboard.type('fine')
  expect(await first.getByLabel('Remark').inputValue()).toBe('fine')
})

it.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
] as const)('axe finds nothing in %s at %i, and nothing is wider than the window', async (scheme, width) => {
  const other = await open(scheme, width)
  await review(other, 'finance.*')
  await decide(other, 0, 'Revoke')
  await decide(other, 1, 'Ask')
  expect(await findViolations(other)).toEqual([])
  expect(
    await other.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  ).toBe(0)
  await other.context().close()
})

it.each([
  ['auditor', 200],
  ['analyst', 403],
  ['member', 403],
] as const)('who sees the whole log reviews, and nobody else: %s', async (role, expected) => {
  const email = `${role}@acme.com`
  const { link } = await call('/api/v1/members', { email, role })
  const token = new URL(String(link)).searchParams.get('token')
  await call(`/api/v1/invitations/${token}`, { name: role, password })
  const theirs = await open('light', 1280, email)
  const entry = theirs.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Access review' })
  const path = `${server.url}/api/v1/insights/access?tables=finance.*`
  expect((await theirs.request.get(path)).status()).toBe(expected)
  await theirs.goto(`${server.url}/insights/access?tables=finance.*`)
  if (expected === 200) {
    await status(theirs).waitFor()
    expect(await entry.count()).toBe(1)
  } else {
    await theirs.waitForURL((url) => url.pathname !== '/insights/access')
    expect(await entry.count()).toBe(0)
  }
  await theirs.context().close()
})

it('no page had an error', () => {
  expect(errors).toEqual([])
})
