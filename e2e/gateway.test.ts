import { createServer, type AddressInfo } from 'node:net'
import { Client } from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPostgresServer, type PostgresServer } from '../packages/server/src/testing/postgres-server.ts'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }

let server: ServerProcess
let postgres: PostgresServer
let browser: Browser
let page: Page
let gatewayPort: number

beforeAll(async () => {
  const env = {
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: admin.password,
    AUDIT_ADMIN_NAME: 'Grace Admin',
  }
  ;[server, postgres, browser, gatewayPort] = await Promise.all([
    startServer({ env }),
    startPostgresServer(),
    openBrowser(),
    findFreePort(),
  ])
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
  await postgres?.stop()
})

async function findFreePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Runs statements as a client that knows only the gateway; gives back the errors. */
async function throughGateway(statements: string[], user?: string, password?: string): Promise<string[]> {
  const own = new URL(postgres.connectionString('postgres', user, password))
  own.port = String(gatewayPort)
  const client = new Client({ connectionString: own.href, application_name: 'nightly report' })
  client.on('error', () => undefined)
  const errors: string[] = []
  try {
    await client.connect()
    for (const text of statements) {
      await client.query(text).catch((error: unknown) => errors.push(String(error)))
    }
  } catch (error) {
    errors.push(String(error))
  }
  await client.end().catch(() => undefined)
  return errors
}

const table = () => page.getByRole('table', { name: 'Events' }).or(page.getByRole('grid', { name: 'Events' }))
const rowWith = (text: string) => table().getByRole('row').filter({ hasText: text })
const card = () => page.getByRole('article', { name: 'Orders database' })

async function untilShown(text: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.getByRole('button', { name: 'Refresh' }).click()
        return rowWith(text).count()
      },
      { timeout: 10_000, interval: 200 },
    )
    .toBeGreaterThan(0)
}

async function search(text: string): Promise<void> {
  await page.getByLabel('Search the audit log').fill(text)
  await page.getByLabel('Search the audit log').press('Enter')
}

describe('a gateway in front of a database', () => {
  it('is tried and added in the page', async () => {
    await page.getByRole('link', { name: 'Integrations' }).click()
    await page.getByRole('button', { name: 'Add an integration' }).click()
    await page.getByRole('menuitem', { name: /^PostgreSQL gateway/ }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name', { exact: true }).fill('Orders database')
    await form.getByLabel('Server host').fill('127.0.0.1')
    await form.getByLabel('Server port').fill('1')
    await form.getByLabel('Listen port').fill(String(gatewayPort))
    await form.getByRole('button', { name: 'Test connection' }).click()
    await form.getByText(/cannot be reached/).waitFor()
    await form.getByLabel('Server port').fill(String(postgres.port))
    await form.getByRole('button', { name: 'Test connection' }).click()
    await form.getByText('PostgreSQL answers without TLS and asks for a SCRAM password.').waitFor()
    expect(await findViolations(page)).toEqual([])
    await form.getByLabel(/^Enforce/).check()
    await form.getByRole('button', { name: 'Add', exact: true }).click()
    await form.waitFor({ state: 'hidden' })
    await card().getByText('Running').waitFor()
    await card().getByText('How to connect').click()
    await page
      .getByRole('dialog')
      .getByText(`psql "host=127.0.0.1 port=${gatewayPort} dbname=DATABASE user=LOGIN sslmode=disable"`)
      .waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
  })

  it('shows what went through it, with rows, duration, error and who was refused', async () => {
    const errors = await throughGateway([
      "create role report login password 'very secret 12345'",
      'create table orders as select generate_series(1, 250) as id, 10.5 as total',
      'select * from orders where id > 50',
      'selekt nonsense',
    ])
    expect(errors).toEqual([expect.stringContaining('syntax error')])
    expect(await throughGateway(['drop table orders'], 'report', 'very secret 12345')).toEqual([
      expect.stringContaining('must be owner'),
    ])
    expect(await throughGateway(['select 1'], 'report', 'wrong')).toEqual([
      expect.stringContaining('authentication failed'),
    ])
    await page.getByRole('link', { name: 'Audit Log' }).click()
    await table().waitFor()
    await search('table:orders kind:read rows:200 application:"nightly report"')
    await untilShown('select * from orders')
    await rowWith('select * from orders').first().click()
    const panel = page.getByRole('complementary', { name: 'Event' })
    for (const text of ['200', '127.0.0.1', 'nightly report', 'orders'])
      await panel.getByText(text).first().waitFor()
    await page.keyboard.press('Escape')
    await search('outcome:failure error:42601')
    await untilShown('selekt nonsense')
    await search('outcome:denied table:orders login:report')
    await untilShown('drop table orders')
    await search('type:session_started outcome:denied login:report')
    await untilShown('session_started')
    await search('"create role report"')
    await untilShown('create role report')
    expect(await table().innerText()).not.toContain('very secret')
  })

  it('tells its sessions and events on its card, and ends with its deletion', async () => {
    await page.getByRole('link', { name: 'Integrations' }).click()
    await card().getByRole('link', { name: /^\d+$/ }).waitFor()
    await card().getByRole('button', { name: 'Delete Orders database' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await card().waitFor({ state: 'detached' })
    expect(await throughGateway(['select 1'])).toEqual([expect.stringContaining('ECONNREFUSED')])
  })
})
