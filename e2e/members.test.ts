import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from './browser.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }
const auditor = { email: 'otto@acme.com', password: 'amber violin sleeps outdoors', name: 'Otto Auditor' }

let server: ServerProcess
let browser: Browser
let adminPage: Page
let auditorPage: Page

async function openPage(): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  return page
}

async function signIn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.goto(`${server.url}/sign-in`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

beforeAll(async () => {
  const env = {
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: admin.password,
    AUDIT_ADMIN_NAME: 'Grace Admin',
  }
  ;[server, browser] = await Promise.all([startServer({ env }), openBrowser()])
  adminPage = await openPage()
  auditorPage = await openPage()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

describe('members and keys', () => {
  it('tells a wrong password from nothing else, and records it', async () => {
    await signIn(adminPage, { ...admin, password: 'not the password at all' })
    await adminPage.getByText(/wrong/i).first().waitFor()
    await signIn(adminPage, admin)
    await adminPage.waitForURL('**/audit-log**')
    await adminPage.getByRole('row').filter({ hasText: 'user_sign_in_failed' }).first().waitFor()
  })

  it('invites an auditor by a link, who sees the log and nothing to manage', async () => {
    await adminPage.getByRole('link', { name: 'Members' }).click()
    await adminPage.getByRole('button', { name: 'Invite a member' }).first().click()
    const dialog = adminPage.getByRole('dialog')
    await dialog.getByLabel('Email').fill(auditor.email)
    await dialog.getByRole('radio', { name: 'Auditor' }).check()
    await dialog.getByRole('button', { name: 'Invite' }).click()
    const link = await dialog.getByLabel('Invitation link').innerText()
    await dialog.getByRole('button', { name: 'Done' }).click()

    await auditorPage.goto(link)
    await auditorPage.getByLabel('Name').fill(auditor.name)
    await auditorPage.getByLabel('Password').first().fill(auditor.password)
    await auditorPage.getByRole('button', { name: 'Join' }).click()
    await auditorPage.waitForURL('**/audit-log**')
    await auditorPage.getByRole('row').filter({ hasText: 'invitation_accepted' }).first().waitFor()
    expect(await auditorPage.getByRole('link', { name: 'Members' }).count()).toBe(0)
    const status = await auditorPage.evaluate(async () => (await fetch('/api/v1/members')).status)
    expect(status).toBe(403)
  })

  it('creates a key that is shown once, works, and stops working when it is revoked', async () => {
    await adminPage.getByRole('link', { name: 'API keys' }).click()
    await adminPage.getByRole('button', { name: 'Create a key' }).first().click()
    const dialog = adminPage.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Data pipeline')
    await dialog.getByRole('checkbox', { name: 'events:write' }).check()
    await dialog.getByRole('button', { name: 'Create' }).click()
    const key = await dialog.getByLabel('API key', { exact: true }).innerText()
    await dialog.getByRole('button', { name: 'Done' }).click()
    const send = async (): Promise<number> => {
      const answer = await fetch(`${server.url}/api/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ type: 'pipeline_run', actor: { type: 'service', name: 'Pipeline' } }),
      })
      return answer.status
    }
    expect(await send()).toBe(201)
    const reading = await fetch(`${server.url}/api/v1/events`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(reading.status).toBe(403)
    await adminPage.reload()
    expect(await adminPage.content()).not.toContain(key)
    await adminPage.getByRole('button', { name: 'Revoke Data pipeline' }).click()
    await adminPage
      .getByRole('dialog')
      .getByRole('button', { name: /^Revoke/ })
      .click()
    await expect.poll(send, { timeout: 10_000 }).toBe(401)
  })

  it('ends the session of a member who is removed', async () => {
    await adminPage.getByRole('link', { name: 'Members' }).click()
    await adminPage.getByRole('button', { name: `Remove ${auditor.name}` }).click()
    await adminPage
      .getByRole('dialog')
      .getByRole('button', { name: /^Remove/ })
      .click()
    await expect
      .poll(async () => auditorPage.evaluate(async () => (await fetch('/api/v1/events')).status), {
        timeout: 10_000,
      })
      .toBe(401)
    await auditorPage.reload()
    await auditorPage.waitForURL('**/sign-in**')
  })

  it('gives somebody who lost the password a link from the server’s own shell', async () => {
    const program = join(import.meta.dirname, '..', 'packages', 'server', 'dist', 'cli', 'main.js')
    const child = spawn(process.execPath, [program, 'users', 'reset', admin.email], {
      env: { PATH: process.env['PATH'], AUDIT_DATA_DIR: server.dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let link = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (link += text))
    await once(child, 'close')
    const page = await openPage()
    await page.goto(link.trim())
    await page.getByLabel('Password').first().fill('copper ladder hums softly')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await expect
      .poll(async () => adminPage.evaluate(async () => (await fetch('/api/v1/events')).status), {
        timeout: 10_000,
      })
      .toBe(401)
    await signIn(adminPage, { email: admin.email, password: 'copper ladder hums softly' })
    await adminPage.waitForURL('**/audit-log**')
    for (const type of [
      'password_reset',
      'user_removed',
      'api_key_revoked',
      'api_key_created',
      'user_invited',
    ]) {
      await adminPage.getByLabel('Search the audit log').fill(`type:${type}`)
      await adminPage.getByLabel('Search the audit log').press('Enter')
      await adminPage.getByRole('row').filter({ hasText: type }).first().waitFor()
    }
  })
})
