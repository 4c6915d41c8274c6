import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
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
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(`${server.url}/sign-in?next=/audit-log`)
  await page.getByLabel('Email').fill(admin.email)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/^[^?]*\/audit-log/)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

async function expectAccessible(): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect([colorScheme, await findViolations(page)]).toEqual([colorScheme, []])
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

async function sendQuery(sql: string): Promise<string> {
  const id = await page.evaluate(async (text) => {
    const answer = await fetch('/api/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        type: 'query',
        actor: { type: 'service', id: 'svc_bi' },
        data: { sql: text, dialect: 'postgres', login: 'svc_bi' },
      }),
    })
    return ((await answer.json()) as { ids: [string] }).ids[0]
  }, sql)
  await expect
    .poll(async () => page.evaluate(async (path) => (await fetch(path)).status, `/api/v1/events/${id}`), {
      timeout: 10_000,
    })
    .toBe(200)
  return id
}

const metabase = '-- Metabase:: userID: 39 queryType: native queryHash: 5b1c\n'
const table = (label: string) => page.getByRole('table', { name: label })

describe('people behind shared logins', () => {
  it('are only asserted before anything is registered', async () => {
    await sendQuery(`${metabase}select before_registration from orders`)
    await page.reload()
    const row = page.getByRole('row').filter({ hasText: 'before_registration' }).first()
    await row.waitFor()
    expect(await row.innerText()).toContain('svc_bi via Metabase')
    await row.click()
    const panel = page.getByRole('complementary', { name: 'Event' })
    await panel.getByRole('button', { name: /^Asserted\./ }).waitFor()
    await page.keyboard.press('Escape')
  })

  it('are added with what tools and databases know them by, by keyboard alone', async () => {
    await page.getByRole('link', { name: 'Members' }).click()
    await page.getByRole('link', { name: 'People and logins' }).click()
    await page.getByText('Nobody yet').waitFor()
    await expectAccessible()
    await page.getByRole('button', { name: 'Add a person' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Add a person' })
    await dialog.getByLabel('Name').waitFor()
    await page.keyboard.type('Ann Lee')
    await page.keyboard.press('Tab')
    await page.keyboard.type('ann@acme.com,ann.lee@acme.com')
    await page.keyboard.press('Tab')
    await page.keyboard.type('ann')
    await page.keyboard.press('Tab')
    await page.keyboard.type('metabase:39')
    await page.keyboard.press('Tab')
    await expectAccessible()
    await dialog.getByRole('button', { name: 'Add' }).focus()
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    const row = table('People').getByRole('row').filter({ hasText: 'Ann Lee' })
    expect(await row.innerText()).toMatch(/ann@acme\.com[\s\S]*ann\.lee@acme\.com[\s\S]*metabase:39/)
  })

  it('have what belongs to them alone', async () => {
    await page.getByRole('button', { name: 'Add a person' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add a person' })
    await dialog.getByLabel('Name').fill('Bo Ray')
    await dialog.getByLabel('Ids in tools', { exact: true }).first().fill('metabase:39')
    await dialog.getByRole('button', { name: 'Add' }).click()
    await dialog.getByText('Belongs to Ann Lee').waitFor()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
  })

  it('are named by a tool whose login is registered', async () => {
    await page.getByRole('button', { name: 'Register a login' }).click()
    const dialog = page.getByRole('dialog', { name: 'Register a login' })
    await dialog.getByLabel('Login').fill('svc_bi')
    await dialog.getByLabel('Tool', { exact: true }).first().fill('metabase')
    await dialog.getByLabel('Pattern for comments').fill('(?=no)(?<name>.)')
    await dialog.getByRole('button', { name: 'Register' }).click()
    await dialog.getByText(/cannot look ahead/).waitFor()
    await dialog.getByLabel('Pattern for comments').fill('')
    await expectAccessible()
    await dialog.getByRole('button', { name: 'Register' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await table('Service accounts').getByText('svc_bi').waitFor()
    await expectAccessible()

    const hex =
      '\n-- Hex query metadata: {"project_url": "https://app.hex.tech/acme/1", "user_email": "x@acme.com"}'
    await sendQuery(`${metabase}select after_registration from orders${hex}`)
    await page.goto(`${server.url}/audit-log`)
    const row = page.getByRole('row').filter({ hasText: 'after_registration' }).first()
    await row.waitFor()
    expect(await row.innerText()).toMatch(/Ann Lee via Metabase\s+ann@acme\.com/)
    await row.click()
    const panel = page.getByRole('complementary', { name: 'Event' })
    expect(await panel.getByRole('definition').first().innerText()).toContain(
      'Ann Lee via Metabase, as svc_bi',
    )
    await panel.getByRole('button', { name: /^Trusted\./ }).hover()
    await page
      .getByRole('tooltip')
      .filter({ hasText: /registered as this tool/ })
      .waitFor()
    expect(await panel.innerText()).toMatch(/Query hash\s+5b1c/)
    await expectAccessible()
    await page.keyboard.press('Escape')
    await page.getByLabel('Search the audit log').fill('actor:ann@acme.com login:svc_bi tool:metabase')
    await page.getByLabel('Search the audit log').press('Enter')
    await row.waitFor()
  })

  it('and their notebooks are linked without telling where one comes from', async () => {
    const id = await sendQuery(
      'select notebook_one from orders\n-- Hex query metadata: {"project_url": "https://app.hex.tech/acme/1", "user_email": "ann@acme.com"}',
    )
    await page.goto(`${server.url}/audit-log/${id}`)
    const link = page.getByRole('complementary', { name: 'Event' }).getByRole('link', { name: 'hex.tech' })
    expect(await link.getAttribute('href')).toBe('https://app.hex.tech/acme/1')
    expect(await link.getAttribute('rel')).toContain('noopener')
  })

  it('are shown to auditors, who change nothing', async () => {
    const auditor = { email: 'otto@acme.com', password: 'amber violin sleeps outdoors' }
    const link = await page.evaluate(async (email) => {
      const answer = await fetch('/api/v1/members', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, role: 'auditor' }),
      })
      return ((await answer.json()) as { link: string }).link
    }, auditor.email)
    const theirs = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
    theirs.setDefaultTimeout(10_000)
    await theirs.goto(link)
    await theirs.getByLabel('Name').fill('Otto Auditor')
    await theirs.getByLabel('Password').first().fill(auditor.password)
    await theirs.getByRole('button', { name: 'Join' }).click()
    await theirs.waitForURL(/^[^?]*\/audit-log/)
    await theirs.getByRole('link', { name: 'People and logins' }).click()
    await theirs.getByRole('table', { name: 'People' }).getByText('Ann Lee').waitFor()
    await theirs.getByRole('table', { name: 'Service accounts' }).getByText('svc_bi').waitFor()
    const buttons = theirs.getByRole('main').getByRole('button', { name: /Add|Import|Edit|Remove|Register/ })
    expect(await buttons.count()).toBe(0)
  })

  it('are imported from a file, whose faults are shown by line before anything changes', async () => {
    await page.getByRole('link', { name: 'Members' }).click()
    await page.getByRole('link', { name: 'People and logins' }).click()
    await page.getByRole('button', { name: 'Import' }).click()
    const dialog = page.getByRole('dialog', { name: 'Import people' })
    const choose = async (csv: string): Promise<void> =>
      dialog
        .locator('input[type=file]')
        .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    await choose('name,email,logins\nBo Ray,nobody,\nCy Doe,cy@acme.com,ann\n')
    await dialog.getByText('Line 2 email must be an e-mail address').waitFor()
    await expectAccessible()
    await choose('name,email,logins\nBo Ray,bo@acme.com,bo\nAnn M. Lee,ann@acme.com,ann\n')
    await dialog.getByText('1 people will be added, 1 changed; 0 are as they were.').waitFor()
    await dialog.getByRole('button', { name: 'Import' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await table('People').getByText('Ann M. Lee').waitFor()
    await page.getByLabel('Search people').fill('bo@')
    await table('People').getByText('Ann M. Lee').waitFor({ state: 'hidden' })
    await table('People').getByText('Bo Ray').waitFor()
    await page.getByRole('button', { name: 'Remove Bo Ray' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await table('People').getByText('Nobody is found by this.').waitFor()
  })
})
