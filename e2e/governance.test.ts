import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Client } from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readWithExceljs } from '../packages/server/src/search/export/testing/read-workbook.ts'
import { startPostgresServer, type PostgresServer } from '../packages/server/src/testing/postgres-server.ts'
import {
  startWebhookReceiver,
  type ReceivedPost,
  type WebhookReceiver,
} from '../packages/server/src/testing/webhook-receiver.ts'
import { openBrowser } from './browser.ts'
import { findFreePort } from './gateway-process.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly', name: 'Grace Admin' }
const policyName = 'Only finance reads pii'
/** The shipped rule *Policy violated*. */
const ruleId = 'ab9fa3da-4be0-49fc-a683-bcab5af440a6'

let server: ServerProcess
let postgres: PostgresServer
let receiver: WebhookReceiver
let browser: Browser
let page: Page
let gatewayPort: number
let webhookSecret = ''
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

/** Runs statements as a person's own client, which knows only the gateway. */
async function throughGateway(login: string, password: string, statements: string[]): Promise<void> {
  const address = new URL(postgres.connectionString('postgres', login, password))
  address.port = String(gatewayPort)
  const client = new Client({ connectionString: address.href, application_name: 'psql' })
  await client.connect()
  for (const text of statements) await client.query(text)
  await client.end()
}

/** Waits until a search finds so many events. */
async function untilFound(q: string, count: number): Promise<Record<string, unknown>[]> {
  return vi.waitFor(
    async () => {
      const { events } = await call(`/api/v1/events?q=${encodeURIComponent(q)}`)
      expect(events).toHaveLength(count)
      // As the API's contract says.
      return events as Record<string, unknown>[]
    },
    { timeout: 20_000, interval: 200 },
  )
}

type AlertPost = { type: string; data: { alert: Record<string, unknown> } }

const readPost = ({ body }: ReceivedPost): AlertPost =>
  // What the server sent; a test that expects something else of it fails.
  JSON.parse(body) as AlertPost

/** The post that tells this step of the rule's alert. */
async function untilTold(type: string): Promise<ReceivedPost> {
  return vi.waitFor(
    () => {
      const told = receiver.received.filter((post) => {
        const { type: sent, data } = readPost(post)
        return sent === type && Reflect.get(data.alert['rule'] ?? {}, 'id') === ruleId
      })
      expect(told).toHaveLength(1)
      // One, as was expected just now.
      return told[0] as ReceivedPost
    },
    { timeout: 20_000, interval: 100 },
  )
}

/** Checks a post as docs/alerts.md tells receivers to. */
function expectSigned({ headers, body }: ReceivedPost): void {
  const [id, timestamp] = [headers['webhook-id'], headers['webhook-timestamp']]
  expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(300)
  const key = Buffer.from(webhookSecret.replace('whsec_', ''), 'base64')
  const expected = createHmac('sha256', key)
    .update(`${String(id)}.${String(timestamp)}.${body}`)
    .digest('base64')
  expect(headers['webhook-signature']).toBe(`v1,${expected}`)
}

beforeAll(async () => {
  const env = {
    AUDIT_BOOTSTRAP_API_KEY: apiKey,
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: admin.password,
    AUDIT_ADMIN_NAME: admin.name,
    AUDIT_WEBHOOK_ALLOW_PRIVATE: '1',
  }
  ;[server, postgres, receiver, browser, gatewayPort] = await Promise.all([
    startServer({ env }),
    startPostgresServer(),
    startWebhookReceiver(),
    openBrowser(),
    findFreePort(),
  ])
  const direct = new Client({ connectionString: postgres.connectionString() })
  await direct.connect()
  for (const text of [
    'create schema hr',
    "create table hr.salaries as select 'Ann' as name, 4200 as amount",
    "create role ann login password 'ann knows this'",
    "create role bob login password 'bob knows this'",
    'grant usage on schema hr to ann, bob',
    'grant select on hr.salaries to ann, bob',
  ])
    await direct.query(text)
  await direct.end()
  await call('/api/v1/people', {
    name: 'Ann Lee',
    emails: ['ann@acme.com'],
    logins: ['ann'],
    groups: ['finance'],
  })
  await call('/api/v1/people', { name: 'Bob Ray', emails: ['bob@acme.com'], logins: ['bob'] })
  const settings = { listenPort: gatewayPort, serverHost: '127.0.0.1', serverPort: postgres.port }
  await call('/api/v1/integrations', { kind: 'postgres_gateway', name: 'Payroll database', settings })
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    acceptDownloads: true,
  })
  page = await context.newPage()
  page.setDefaultTimeout(20_000)
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(`${server.url}/sign-in`)
  await page.getByLabel('Email').fill(admin.email)
  await page.getByLabel('Password', { exact: true }).fill(admin.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
})
afterAll(async () => {
  await browser?.close()
  await receiver?.close()
  await server?.stop()
  await postgres?.stop()
})

describe('a policy, from its first line to the report of the month', () => {
  it('has a past that came through the gateway', async () => {
    await vi.waitFor(async () => throughGateway('bob', 'bob knows this', ['select 1']), {
      timeout: 20_000,
      interval: 200,
    })
    await throughGateway('bob', 'bob knows this', [
      'select name from hr.salaries',
      'select amount from hr.salaries',
    ])
    await throughGateway('ann', 'ann knows this', ['select name, amount from hr.salaries'])
    await untilFound('type:query table:hr.salaries', 3)
  })

  it('has a receiver of alerts, and tags for its tables', async () => {
    await page.goto(`${server.url}/settings/alert-receivers`)
    await page.getByRole('button', { name: 'Add a receiver' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: 'Signed webhook' }).click()
    await dialog.getByLabel('Name').fill('Security desk')
    await dialog.getByLabel('Address').fill(`${receiver.url}/alerts`)
    await dialog.getByRole('button', { name: 'Add' }).click()
    webhookSecret = await dialog.getByLabel('Signing secret').innerText()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.goto(`${server.url}/policies/tags`)
    await page.getByRole('button', { name: 'Add tags' }).click()
    await dialog.getByLabel('Table').fill('hr.salaries')
    await dialog.getByLabel('Tags').fill('pii')
    await dialog.getByLabel('Tags').press('Enter')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('cell', { name: 'hr.salaries', exact: true }).waitFor()
  })

  it('is written and tried on the past, and judges nothing while it is off', async () => {
    await page.goto(`${server.url}/policies/new`)
    await page.getByLabel('Name', { exact: true }).fill(policyName)
    await page
      .getByLabel('Policy in Cedar')
      .fill(
        'forbid (principal, action in Action::"read", resource in Tag::"pii")\nunless { principal in Group::"finance" };',
      )
    await page.getByRole('button', { name: 'Try on the past' }).click()
    await page.getByText(/^It would have flagged 2 of \d+ queries, of 1 person\.$/).waitFor()
    await page.getByRole('table', { name: 'Examples' }).getByText('select amount from hr.salaries').waitFor()
    await page.getByRole('switch', { name: 'Judge queries by it' }).click({ force: true })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: policyName }).waitFor()
    expect(await page.getByRole('switch', { name: 'Judge queries by it' }).isChecked()).toBe(false)
    await throughGateway('bob', 'bob knows this', ['select count(*) from hr.salaries'])
    const [event] = await untilFound('type:query "select count(*) from hr.salaries"', 1)
    expect(event).not.toHaveProperty('policy')
  })

  it('is switched on, and what violates it comes to the receiver as a signed alert', async () => {
    await page.getByRole('switch', { name: 'Judge queries by it' }).click({ force: true })
    await page.getByLabel('Note').fill('Agreed with the works council')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved: queries are judged by it from now on.').waitFor()
    await throughGateway('ann', 'ann knows this', ['select max(amount) from hr.salaries'])
    await throughGateway('bob', 'bob knows this', ['select min(amount) from hr.salaries'])
    const post = await untilTold('alert.opened')
    expectSigned(post)
    expect(post.path).toBe('/alerts')
    const { alert } = readPost(post).data
    expect(alert).toMatchObject({
      status: 'open',
      rule: { title: 'Policy violated', level: 'high' },
      summary: `bob@acme.com violated the policy "${policyName.toLowerCase()}" with hr.salaries`,
      eventCount: 1,
      people: ['bob@acme.com'],
      tables: ['hr.salaries'],
    })
    const [event] = await untilFound('policy:violation', 1)
    expect(event).toMatchObject({
      data: { sql: 'select min(amount) from hr.salaries' },
      policy: { decision: 'violation', policies: [policyName] },
    })
    expect(alert['eventIds']).toEqual([event?.['id']])
    await untilFound('policy:allowed login:ann', 1)
  })

  it('has its alert acknowledged in the page that the webhook leads to', async () => {
    const { alert } = readPost(await untilTold('alert.opened')).data
    await page.goto(String(alert['url']))
    await page
      .getByRole('heading', {
        level: 1,
        name: /violated the policy "only finance reads pii" with hr\.salaries/,
      })
      .waitFor()
    await page
      .getByRole('table', { name: 'Events of the alert' })
      .getByText('select min(amount) from hr.salaries')
      .waitFor()
    await page.getByRole('heading', { name: 'What it means' }).waitFor()
    await page.getByText('A query did what a policy forbids.', { exact: false }).waitFor()
    const before = page.getByRole('list', { name: 'The 30 days before' }).getByRole('listitem')
    await before
      .filter({ hasText: 'bob@acme.com' })
      .getByText(/^\d+ queries.*, on \d+ tables?/)
      .waitFor()
    await before
      .filter({ hasText: 'hr.salaries' })
      .getByText(/^Read by \d (person|people) \(\d+ times\)/)
      .waitFor()
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByRole('list', { name: 'Steps' }).getByText('Acknowledged').waitFor()
    const { alert: stored } = await call(`/api/v1/alerts/${String(alert['id'])}`)
    expect(stored).toMatchObject({ status: 'acknowledged' })
    await untilFound('type:alert_acknowledged actor:grace@acme.com', 1)
  })

  it('stands in the report of the month, as it was kept and as it was written', async () => {
    await page.goto(`${server.url}/policies`)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as Excel' }).click(),
    ])
    const book = await readWithExceljs(await readFile(await download.path()))
    // Judged, kept, violated, excepted, people.
    expect(book.get('Policies')?.slice(1)).toEqual([[policyName, 2, 1, 1, 0, 1]])
    expect(book.get('People')?.slice(1)).toEqual([[policyName, 'bob@acme.com', 1]])
    const versions = book.get('Versions')?.slice(1) ?? []
    expect(versions.map((row) => [row[1], row[2], row[5], row[6]])).toEqual(
      expect.arrayContaining([
        [1, 'Created', 'No', undefined],
        [2, 'Changed', 'Yes', 'Agreed with the works council'],
      ]),
    )
    expect(versions).toHaveLength(2)
  })

  it('made no error in the page', () => {
    expect(errors).toEqual([])
  })
})
