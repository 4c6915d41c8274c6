import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from './browser.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }
const member = { email: 'mia@acme.com', password: 'quiet pebble crosses rivers', name: 'Mia Member' }
const analyst = { email: 'ali@acme.com', password: 'silver kite above the mill', name: 'Ali Analyst' }
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
  await page.goto(`${server.url}/sign-in?next=/audit-log`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

const own = ({ name, email }: { name: string; email: string }) => ({ name, email })

/** Invites somebody with this role on the page, and joins as them on a page of their own. */
async function joinAs(role: string, who: { email: string; password: string; name: string }): Promise<Page> {
  await adminPage.getByRole('link', { name: 'Members' }).click()
  await adminPage.getByRole('button', { name: 'Invite a member' }).first().click()
  const dialog = adminPage.getByRole('dialog')
  await dialog.getByLabel('Email').fill(who.email)
  await dialog.getByRole('radio', { name: role }).check()
  await dialog.getByRole('button', { name: 'Invite' }).click()
  const link = await dialog.getByLabel('Invitation link').innerText()
  await dialog.getByRole('button', { name: 'Done' }).click()
  const page = await openPage()
  await page.goto(link)
  await page.getByLabel('Name').fill(who.name)
  await page.getByLabel('Password').first().fill(who.password)
  await page.getByRole('button', { name: 'Join' }).click()
  await page.waitForURL(/^[^?]*\/audit-log/)
  return page
}

/** Records events as the signed-in admin, and waits until they are found; their ids. */
async function sendEvents(events: object[]): Promise<string[]> {
  const ids = await adminPage.evaluate(async (batch) => {
    const answer = await fetch('/api/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events: batch }),
    })
    return ((await answer.json()) as { ids: string[] }).ids
  }, events)
  const last = `/api/v1/events/${ids.at(-1)}`
  await expect
    .poll(async () => adminPage.evaluate(async (path) => (await fetch(path)).status, last), {
      timeout: 10_000,
    })
    .toBe(200)
  return ids
}

beforeAll(async () => {
  const env = {
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: admin.password,
    AUDIT_ADMIN_NAME: 'Grace Admin',
  }
  ;[server, browser] = await Promise.all([startServer({ env }), openBrowser()])
  adminPage = await openPage()
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
    await adminPage.waitForURL(/^[^?]*\/audit-log/)
    await adminPage.getByRole('row').filter({ hasText: 'user_sign_in_failed' }).first().waitFor()
  })

  it('invites an auditor by a link, who sees the log and nothing to manage', async () => {
    auditorPage = await joinAs('Auditor', auditor)
    await auditorPage.getByRole('row').filter({ hasText: 'invitation_accepted' }).first().waitFor()
    expect(await auditorPage.getByRole('link', { name: 'Members' }).count()).toBe(0)
    const status = await auditorPage.evaluate(async () => (await fetch('/api/v1/members')).status)
    expect(status).toBe(403)
  })

  it('shows a member and an analyst what is theirs to see, and nothing else', async () => {
    const memberPage = await joinAs('Member', member)
    const analystPage = await joinAs('Analyst', analyst)
    const zoe = { type: 'user', name: 'Zoe Other', email: 'zoe@acme.com' }
    const ids = await sendEvents([
      { type: 'query', actor: zoe, data: { sql: 'select zoes_query from t' } },
      { type: 'query', actor: { ...zoe, ...own(member) }, data: { sql: 'select mias_query from t' } },
      { type: 'deployment', actor: zoe, data: { note: 'zoes deployment' } },
      { type: 'deployment', actor: { ...zoe, name: member.email }, data: { note: 'only her name' } },
    ])
    const rows = async (page: Page, last: string): Promise<string> => {
      await page.goto(`${server.url}/audit-log`)
      await page.getByRole('row').filter({ hasText: last }).first().waitFor()
      return (await page.getByRole('row').allInnerTexts()).join('\n')
    }

    const ofMember = await rows(memberPage, 'mias_query')
    await memberPage.getByText('You see only your own events.').waitFor()
    expect(ofMember).toContain('invitation_accepted')
    expect(ofMember).not.toMatch(/zoe|grace|only her name/i)
    const ofAnalyst = await rows(analystPage, 'zoes_query')
    await analystPage.getByText('You see only queries and your own events.').waitFor()
    expect(ofAnalyst).toContain('mias_query')
    expect(ofAnalyst).not.toMatch(/deployment|grace|user_invited|mia@acme.com.*user_signed_in/i)
    await rows(adminPage, 'deployment')
    expect(await adminPage.getByText(/You see only/).count()).toBe(0)

    for (const page of [memberPage, analystPage]) {
      expect(await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts()).toEqual([
        'Overview',
        'Insights',
        'Audit Log',
      ])
      await page.keyboard.press('Control+k')
      const everything = page.getByRole('dialog', { name: 'Search everything' })
      await everything.getByText('Search the log').waitFor()
      expect(await everything.getByText(/Members|API keys|Integrations/).count()).toBe(0)
      await page.keyboard.press('Escape')
      for (const hidden of ['members', 'api-keys', 'integrations', 'workspace']) {
        await page.goto(`${server.url}/settings/${hidden}`)
        await page.waitForURL(/^[^?]*\/audit-log/)
      }
      // Somebody sends them the address of an event that is not theirs to see.
      await page.goto(`${server.url}/audit-log/${ids[2]}`)
      await page
        .getByText(/no event|does not exist|not found/i)
        .first()
        .waitFor()
      const file = await page.evaluate(async () => (await fetch('/api/v1/events/export?format=csv')).text())
      expect(file).toContain('mias_query')
      expect(file).not.toContain('deployment')
    }
  })

  it('gives a member another role, who signs in again and sees more', async () => {
    await adminPage.getByRole('link', { name: 'Members' }).click()
    await adminPage.getByRole('combobox', { name: `Role of ${member.name}` }).click()
    const list = adminPage.getByRole('listbox')
    expect(await list.getByRole('option').allInnerTexts()).toEqual([
      'Admin\nReads every event and changes everything in Settings.',
      'Auditor\nReads, searches and downloads every event; changes nothing.',
      'Analyst\nReads all queries and their own events.',
      'Member\nReads only their own events.',
    ])
    await list.getByRole('option', { name: 'Auditor' }).click()
    await adminPage.getByText(`${member.name} is now Auditor.`).waitFor()
    const page = await openPage()
    await signIn(page, member)
    await page.waitForURL(/^[^?]*\/audit-log/)
    await page.getByRole('row').filter({ hasText: 'deployment' }).first().waitFor()
    expect(await page.getByText(/You see only/).count()).toBe(0)
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
    await adminPage.waitForURL(/^[^?]*\/audit-log/)
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
