import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }
const newPassword = 'silver kite above the mill'

let server: ServerProcess
let browser: Browser

async function openPage(
  password: string,
  options: BrowserContextOptions = { viewport: { width: 1280, height: 800 } },
): Promise<Page> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  await page.goto(`${server.url}/sign-in?next=/account`)
  await page.getByLabel('Email').fill(admin.email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(({ pathname }) => pathname === '/account')
  return page
}

beforeAll(async () => {
  server = await startServer({
    env: {
      AUDIT_ADMIN_EMAIL: admin.email,
      AUDIT_ADMIN_PASSWORD: admin.password,
      AUDIT_ADMIN_NAME: 'Grace Boss',
    },
  })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

it('people find their account, change their password, and are signed out elsewhere', async () => {
  const elsewhere = await openPage(admin.password)
  await elsewhere.getByRole('heading', { name: 'Your account' }).waitFor()
  const page = await openPage(admin.password)
  await page.goto(`${server.url}/audit-log`)
  await page.getByRole('button', { name: 'Signed in as Grace Boss' }).click()
  await page.getByRole('menuitem', { name: 'Your account' }).click()
  const sessions = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
  await expect.poll(async () => sessions.count()).toBe(2)
  await sessions.first().getByText('Chrome on Linux · this browser').waitFor()

  const change = page.getByRole('button', { name: 'Change the password' })
  await page.getByLabel('Current password').fill('not the password')
  await page.getByLabel('New password').fill(newPassword)
  await change.click()
  await page.getByText('is not your password', { exact: false }).waitFor()
  await page.getByLabel('Current password').fill(admin.password)
  await change.click()
  await page.getByText('Your password is changed. Everywhere else you are signed out.').waitFor()
  await expect.poll(async () => sessions.count()).toBe(1)
  await elsewhere.goto(`${server.url}/account`)
  await elsewhere.getByRole('button', { name: 'Sign in' }).waitFor()
  await page.context().close()
  await elsewhere.context().close()
})

it('people sign out everywhere else', async () => {
  const elsewhere = await openPage(newPassword)
  await elsewhere.getByRole('heading', { name: 'Your account' }).waitFor()
  const page = await openPage(newPassword)
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await page.getByText(/^Signed out at \d other places?\.$/).waitFor()
  await elsewhere.goto(`${server.url}/account`)
  await elsewhere.getByRole('button', { name: 'Sign in' }).waitFor()
  await page.context().close()
  await elsewhere.context().close()
})

it.each([
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
] as const)('axe finds nothing in $colorScheme at $width', async ({ width, colorScheme }) => {
  const page = await openPage(newPassword, { viewport: { width, height: 800 }, colorScheme })
  await page.getByRole('list', { name: 'Sessions' }).waitFor()
  expect(await findViolations(page)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false)
  await page.context().close()
})
