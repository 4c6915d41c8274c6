import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from './browser.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'key_for_the_test_of_secrets_0123456789'
const person = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }
const password = 'tulip8rose3garden'

let server: ServerProcess
let browser: Browser
let page: Page

beforeAll(async () => {
  ;[server, browser] = await Promise.all([
    startServer({
      env: {
        AUDIT_BOOTSTRAP_API_KEY: apiKey,
        AUDIT_ADMIN_EMAIL: person.email,
        AUDIT_ADMIN_PASSWORD: person.password,
        AUDIT_ADMIN_NAME: 'Grace Admin',
      },
    }),
    openBrowser(),
  ])
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(`${server.url}/audit-log`)
  await page.getByLabel('Email').fill(person.email)
  await page.getByLabel('Password').first().fill(person.password)
  await page.getByRole('button', { name: /sign in/i }).click()
  await page.waitForURL(/^[^?]*\/audit-log/)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

async function record(data: Record<string, unknown>): Promise<string> {
  const sent = await fetch(`${server.url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'query', actor: { type: 'user', name: 'Ann Lee' }, data }),
  })
  // The API answers with the ids.
  const { ids } = (await sent.json()) as { ids: string[] }
  return ids[0] ?? ''
}

async function stored(id: string): Promise<Record<string, unknown>> {
  const read = async (): Promise<Response> =>
    fetch(`${server.url}/api/v1/events/${id}`, { headers: { authorization: `Bearer ${apiKey}` } })
  await expect.poll(async () => (await read()).status, { timeout: 10_000 }).toBe(200)
  // The API answers with an event.
  const { event, data } = (await (await read()).json()) as {
    event?: { data: Record<string, unknown> }
    data?: Record<string, unknown>
  }
  return event?.data ?? data ?? {}
}

describe('a secret on the page', () => {
  it('is a badge in the table and in the panel, and is copied as it is stored', async () => {
    const sql = `create role report login password '${password}'; select 1`
    const id = await record({ sql, dialect: 'postgres' })
    const kept = String((await stored(id))['sql'])
    const mark = /«redacted:password:([0-9a-f]{8})»/.exec(kept)?.[1] ?? 'none'
    await page.goto(`${server.url}/audit-log/${id}`)
    const panel = page.getByRole('complementary', { name: 'Event' })
    const code = panel.getByLabel('SQL of the event')
    const badge = code.getByRole('img', { name: `redacted password, mark ${mark}` })
    await badge.waitFor()
    expect(await badge.getAttribute('title')).toBe(`Equal secrets have the same mark ${mark}`)
    const shown = await badge.evaluate((element) => ({
      before: getComputedStyle(element, '::before').content,
      rawHeight: element.firstElementChild?.getBoundingClientRect().width,
    }))
    expect(shown).toEqual({ before: '"redacted password"', rawHeight: 0 })
    await page
      .getByRole('table')
      .or(page.getByRole('grid'))
      .getByRole('img', { name: `redacted password, mark ${mark}` })
      .first()
      .waitFor()
    await panel.getByRole('button', { name: 'Copy SQL' }).click()
    expect(await page.evaluate(async () => navigator.clipboard.readText())).toBe(kept)
    // What is selected by hand is the stored text as well, formatted as it stands there.
    const selected = await code.evaluate((element) => {
      getSelection()?.selectAllChildren(element)
      return getSelection()?.toString() ?? ''
    })
    expect(selected.replaceAll(/\s+/g, ' ').trim()).toBe(kept)
    expect(await page.content()).not.toContain(password)
  })

  it('is a badge where it was not between quotes, and the SQL around it is formatted', async () => {
    const id = await record({
      sql: `create user ann identified by ${password} account unlock`,
      dialect: 'oracle',
    })
    await stored(id)
    await page.goto(`${server.url}/audit-log/${id}`)
    const code = page.getByRole('complementary', { name: 'Event' }).getByLabel('SQL of the event')
    await code.getByRole('img', { name: /^redacted password, mark / }).waitFor()
    expect(await page.content()).not.toContain(password)
  })
})

describe('the settings of the workspace', () => {
  it('say what of bind values is recorded, and hold for the next event', async () => {
    await page.goto(`${server.url}/audit-log`)
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Workspace' }).click()
    await page.getByRole('heading', { name: 'Workspace' }).waitFor()
    const select = page
      .getByRole('combobox', { name: 'Bind parameters' })
      .or(page.getByLabel('Bind parameters'))
      .first()
    expect(await select.inputValue()).toBe('Masked')
    await select.click()
    await page.getByRole('option', { name: /Types and lengths/ }).click()
    await page.getByText(/Saved\./).waitFor()
    const data = await stored(await record({ sql: 'select $1', bind: ['Zoe'] }))
    expect(data['bind']).toEqual([{ type: 'text', length: 3 }])
    await page.reload()
    await expect.poll(async () => select.inputValue()).toBe('Types and lengths')
  })
})
