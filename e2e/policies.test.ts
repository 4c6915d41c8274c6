import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { readWithExceljs } from '../packages/server/src/search/export/testing/read-workbook.ts'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const password = 'violet tractor melts quietly'
const admin = { email: 'grace@acme.com', name: 'Grace Admin' }

let server: ServerProcess
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page
const errors: string[] = []

async function call(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
  // The API answers with JSON objects.
  return (await answer.json()) as Record<string, unknown>
}

async function sendQuery(email: string, sql: string): Promise<void> {
  const data = { sql, dialect: 'postgres', database: 'prod' }
  await call('/api/v1/events', { type: 'query', actor: { type: 'user', email }, data })
}

async function found(q: string, count: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const { events } = await call(`/api/v1/events?q=${encodeURIComponent(q)}`)
      expect((events as unknown[]).length).toBe(count)
    },
    { timeout: 15_000 },
  )
}

async function open(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme,
    acceptDownloads: true,
  })
  const opened = await context.newPage()
  opened.setDefaultTimeout(20_000)
  opened.on('pageerror', (error) => errors.push(String(error)))
  await opened.goto(`${server.url}/sign-in`)
  await opened.getByLabel('Email').fill(admin.email)
  await opened.getByLabel('Password', { exact: true }).fill(password)
  await opened.getByRole('button', { name: 'Sign in' }).click()
  await opened.waitForURL((url) => url.pathname !== '/sign-in')
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
  await call('/api/v1/people', { name: 'Ann Lee', emails: ['ann@acme.com'], groups: ['finance'] })
  for (let i = 0; i < 3; i++) await sendQuery('bob@acme.com', `select ${i}, salary from hr.people`)
  await sendQuery('ann@acme.com', 'select name from hr.people')
  await found('type:query', 4)
  page = await open('light', 1280)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

it('tags tables by hand', async () => {
  await page.goto(`${server.url}/policies`)
  await page.getByRole('link', { name: 'Tags of tables' }).click()
  await page.getByRole('button', { name: 'Add tags' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Table').fill('prod.hr.*')
  await dialog.getByLabel('Tags').fill('PII')
  await dialog.getByLabel('Tags').press('Enter')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('cell', { name: 'prod.hr.*', exact: true }).waitFor()
})

it('imports tags of dbt, after telling what would happen', async () => {
  await page.getByRole('button', { name: 'Import' }).click()
  const manifest = {
    nodes: {
      'model.a': {
        resource_type: 'model',
        relation_name: '"prod"."mart"."orders"',
        tags: ['mart'],
        raw_code: 'x',
      },
    },
    sources: {},
  }
  const dialog = page.getByRole('dialog')
  await dialog.locator('input[type=file]').setInputFiles({
    name: 'manifest.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(manifest)),
  })
  await dialog.getByText('Tags of 1 tables and columns: 1 are new or other, 0 go.').waitFor()
  await dialog.getByRole('button', { name: 'Import' }).click()
  await page.getByRole('cell', { name: 'prod.mart.orders' }).waitFor()
})

it('makes a policy from a template, shows its effect on the past, and judges what comes then', async () => {
  await page.goto(`${server.url}/policies`)
  await page.getByText('Everything is permitted.').waitFor()
  await page.getByRole('button', { name: 'Add a policy' }).click()
  await page.getByRole('combobox', { name: 'Begin with a template' }).click()
  await page.getByRole('option', { name: 'Only a group may read tables with a tag' }).click()
  await page.getByLabel('Group', { exact: true }).fill('finance')
  await page.getByLabel('Tag', { exact: true }).fill('pii')
  await page.getByRole('button', { name: 'Use it' }).click()
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Only finance reads pii')
  await page.getByRole('button', { name: 'Try on the past' }).click()
  await page.getByText('It would have flagged 3 of 4 queries, of 1 person.').waitFor()
  await page.getByRole('cell', { name: 'bob@acme.com' }).first().waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Only finance reads pii' }).waitFor()
  await sendQuery('bob@acme.com', 'select later from hr.people')
  await sendQuery('ann@acme.com', 'select later from hr.people')
  await found('policy:violation', 1)
  await found('policy:allowed', 1)
  await page.goto(`${server.url}/policies`)
  const row = page.getByRole('row', { name: /Only finance reads pii/ })
  await row.getByText('bob@acme.com').waitFor()
  await row.getByRole('link', { name: '1', exact: true }).click()
  await page.getByText('1 event', { exact: false }).first().waitFor()
  expect(new URL(page.url()).searchParams.get('q')).toBe('policy:violation policy:"Only finance reads pii"')
})

it('tells a fault of a text at its place, and selects it', async () => {
  await page.goto(`${server.url}/policies/new`)
  const text = page.getByLabel('Policy in Cedar')
  await text.fill('forbid (principal, action, resource)\nwhen { context.tol == "x" };')
  await page.getByRole('button', { name: /^Line 2, column 8: attribute `tol`/ }).click()
  await expect.poll(async () => page.evaluate(() => getSelection()?.toString())).toBe('context.tol')
  // Marked at its place as well, and told there.
  await text.locator('.cm-lintRange-error').getByText('context.tol').hover()
  await page
    .locator('.cm-tooltip')
    .getByText(/attribute `tol`/)
    .waitFor()
})

it('grants an exception, and ends it', async () => {
  await page.goto(`${server.url}/policies/exceptions`)
  await page.getByRole('button', { name: 'Grant an exception' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Email').fill('bob@acme.com')
  await dialog.getByLabel('Reason').fill('Year-end audit')
  await dialog.getByLabel('Approver').fill('Eve Boss')
  await dialog.getByRole('button', { name: 'Grant' }).click()
  await page.getByRole('cell', { name: 'Year-end audit' }).waitFor()
  await sendQuery('bob@acme.com', 'select excepted from hr.people')
  await found('policy:excepted', 1)
  await page.getByRole('button', { name: 'End the exception for bob@acme.com' }).click()
  await page.getByRole('button', { name: 'End it now' }).click()
  await page.getByText('Ended early').waitFor()
})

it('gives the report of the month as a workbook', async () => {
  await page.goto(`${server.url}/policies`)
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download as Excel' }).click(),
  ])
  const book = await readWithExceljs(await readFile(await download.path()))
  expect([...book.keys()]).toEqual([
    'Policies',
    'Days',
    'People',
    'Exceptions',
    'Versions',
    'About this report',
  ])
  expect(JSON.stringify(book.get('Exceptions'))).toContain('Year-end audit')
  expect(book.get('Policies')?.[1]).toEqual(['Only finance reads pii', 3, 1, 1, 1, 1])
})

it.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
] as const)(
  'axe finds nothing in %s, %i wide, and nothing is wider than the window',
  async (colorScheme, width) => {
    const opened = await open(colorScheme, width)
    const { policies } = await call('/api/v1/policies')
    const [{ id }] = policies as [{ id: string }]
    for (const path of [
      '/policies',
      `/policies/${id}`,
      '/policies/new',
      '/policies/exceptions',
      '/policies/tags',
    ]) {
      await opened.goto(`${server.url}${path}`)
      await opened.getByRole('heading', { level: 1 }).waitFor()
      if (path === `/policies/${id}`) {
        // What is below it moves when it comes.
        await opened.getByLabel('Policy in Cedar').waitFor()
        await opened.getByRole('button', { name: 'Try on the past' }).click()
        await opened.getByText('It would have flagged').waitFor()
      }
      await opened.waitForLoadState('networkidle')
      expect([path, await findViolations(opened)]).toEqual([path, []])
      expect(await opened.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    }
    await opened.context().close()
  },
)

it('no page threw an error', () => {
  expect(errors).toEqual([])
})
