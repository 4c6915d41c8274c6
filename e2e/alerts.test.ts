import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeFinding, writeFindings } from '../packages/server/src/settings/alerts/testing/write-findings.ts'
import { openSettings, type Settings } from '../packages/server/src/settings/open-settings.ts'
import {
  startWebhookReceiver,
  type WebhookReceiver,
} from '../packages/server/src/testing/webhook-receiver.ts'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const password = 'violet tractor melts quietly'
const admin = { email: 'grace@acme.com', name: 'Grace Admin' }
const hostile = '<script>window.ran=1</script> \u202eexe'
const secondMs = 1000

let server: ServerProcess
let settings: Settings
let workspaceId: string
let receiver: WebhookReceiver
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page
const errors: string[] = []
const nowMs = Date.now()
const at = (secondsAgo: number): string =>
  new Date(nowMs - secondsAgo * secondMs).toISOString().replace('Z', '000Z')

const tries = Array.from({ length: 3 }, (_, index) => ({
  id: randomUUID(),
  type: 'user_sign_in_failed',
  occurredAt: at(300 - index * 60),
  actor: { type: 'user', name: index === 0 ? hostile : `Person ${index}`, email: `p${index}@acme.com` },
  outcome: 'failure',
  context: { ip: '203.0.113.9' },
}))
const spraying = makeFinding({
  firstEventAt: at(300),
  lastEventAt: at(180),
  eventCount: 3,
  people: [...tries.map(({ actor }) => actor.email), 'p9@acme.com'],
  eventIds: tries.map(({ id }) => id),
})
const exported = makeFinding({
  rule: { id: '5f2f5d2a-0000-4000-8000-000000000002', title: 'Table exported', level: 'medium' },
  group: [{ field: 'person', value: 'p1@acme.com' }],
  summaryOf: () => `p1@acme.com exported ${hostile}`,
  searchText: 'type:query kind:export',
  firstEventAt: at(4000),
  lastEventAt: at(3000),
  eventCount: 40,
  people: ['p1@acme.com'],
  tables: ['hr.pay'],
  eventIds: [randomUUID()],
})

/** What the evaluation of rules writes. */
async function find(...findings: Parameters<typeof makeFinding>[0][]): Promise<string[]> {
  const written = await writeFindings(settings, {
    workspaceId,
    nowMs: Date.now(),
    findings: findings.map((finding) => makeFinding(finding)),
  })
  return written.map(({ alert }) => alert.id)
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

/**
 * What is done here would be found as well: the alerts are to be those of this test alone. Written from beside, because to
 * switch rules off is one of the things that are found.
 */
async function switchRulesOff(): Promise<void> {
  const read = async () => {
    const { rules } = await call('/api/v1/detection-rules')
    // As the API's contract says.
    return rules as { id: string; enabled: boolean }[]
  }
  const said = { source: null, enabled: 0, exclusions: '', version: 1, updated_at: at(0) }
  const by = { updated_by_id: 'test', updated_by_name: 'Test', updated_by_email: null }
  const rows = (await read()).map(({ id }) => ({ workspace_id: workspaceId, rule_id: id, ...said, ...by }))
  await settings.db.insertInto('detection_rules').values(rows).execute()
  await vi.waitFor(async () => expect((await read()).filter(({ enabled }) => enabled)).toEqual([]), {
    timeout: 30_000,
    interval: 200,
  })
}

async function signIn(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme })
  const opened = await context.newPage()
  opened.setDefaultTimeout(20_000)
  opened.on('pageerror', (error) => errors.push(String(error)))
  await opened.goto(server.url)
  await opened.getByLabel('Email').fill(admin.email)
  await opened.getByLabel('Password', { exact: true }).fill(password)
  await opened.getByRole('button', { name: 'Sign in' }).click()
  await opened.waitForURL(`${server.url}/`)
  return opened
}

const rows = (on: Page) => on.getByRole('list', { name: / alerts$/ }).getByRole('listitem')
const tab = (on: Page, name: string) =>
  on.getByRole('navigation', { name: 'Status' }).getByRole('link', { name: new RegExp(`^${name}`) })
const steps = (on: Page) => on.getByRole('list', { name: 'Steps' }).getByRole('listitem')

beforeAll(async () => {
  const env = {
    AUDIT_BOOTSTRAP_API_KEY: apiKey,
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: password,
    AUDIT_ADMIN_NAME: admin.name,
    AUDIT_WEBHOOK_ALLOW_PRIVATE: '1',
  }
  ;[server, browser, receiver] = await Promise.all([
    startServer({ env }),
    openBrowser(),
    startWebhookReceiver(),
  ])
  settings = await openSettings({ path: join(server.dataDir, 'settings.sqlite'), now: Date.now })
  workspaceId = (await settings.db.selectFrom('workspaces').select('id').executeTakeFirstOrThrow()).id
  await switchRulesOff()
  await call('/api/v1/events', { events: tries })
  const failed = `/api/v1/events?q=${encodeURIComponent('type:user_sign_in_failed')}`
  await vi.waitFor(async () => expect((await call(failed))['events']).toHaveLength(3), { timeout: 15_000 })
  page = await signIn('light', 1280)
})
afterAll(async () => {
  await settings?.close()
  await browser?.close()
  await receiver?.close()
  await server?.stop()
})

describe('alerts', () => {
  it('say in words that there is none yet, and who would be told', async () => {
    await page.getByRole('link', { name: 'Alerts', exact: true }).click()
    await page.getByRole('heading', { name: 'Nothing needs you' }).waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('link', { name: 'Alert receivers' }).click()
    await page.getByRole('heading', { name: 'Nobody is told yet' }).waitFor()
    expect(await findViolations(page)).toEqual([])
  })

  it('go to a webhook that is added here, and a test shows that it arrives', async () => {
    await page.getByRole('button', { name: 'Add a receiver' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: 'Signed webhook' }).click()
    await dialog.getByLabel('Name').fill('Pager')
    await dialog.getByLabel('Address').fill('ftp://x')
    await dialog.getByRole('button', { name: 'Add' }).click()
    await dialog.getByText('Must be an http or https address').waitFor()
    expect(await findViolations(page)).toEqual([])
    await dialog.getByLabel('Address').fill(`${receiver.url}/hook`)
    await dialog.getByRole('button', { name: 'Add' }).click()
    const secret = await dialog.getByLabel('Signing secret').innerText()
    expect(secret).toMatch(/^whsec_/)
    expect(await findViolations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'Send a test to Pager' }).click()
    await page.getByRole('table', { name: 'Deliveries' }).getByText('Delivered').waitFor()
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook'])
    expect(await page.content()).not.toContain(secret)
    expect(await findViolations(page)).toEqual([])
  })

  it('stand in the list as sentences, with their number in the navigation', async () => {
    await find(spraying, exported)
    await page.getByRole('link', { name: 'Alerts', exact: true }).click()
    await vi.waitFor(async () => expect(await rows(page).count()).toBe(2), { timeout: 20_000 })
    const [first = '', second = ''] = await rows(page).allInnerTexts()
    expect(first.replaceAll(/\s+/g, ' ')).toMatch(
      /^High 203\.0\.113\.9 failed to sign in as 12 people Password spraying 3 events /,
    )
    expect(second).toContain('<script>window.ran=1</script>')
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
    expect(await tab(page, 'Open').innerText()).toMatch(/2$/)
    await page.getByRole('navigation', { name: 'Main' }).getByTitle('2 open').waitFor({ timeout: 40_000 })
    await page.getByRole('combobox', { name: 'Level' }).click()
    await page.getByRole('option', { name: 'High and above' }).click()
    await vi.waitFor(async () => expect(await rows(page).count()).toBe(1))
    expect(page.url()).toContain('level=high')
    expect(await findViolations(page)).toEqual([])
    await vi.waitFor(() => expect(receiver.received).toHaveLength(3), { timeout: 10_000 })
    await page.getByRole('link', { name: 'Overview', exact: true }).click()
    await page.getByRole('heading', { name: 'Open alerts (2)' }).waitFor()
    await page.getByRole('list', { name: 'Open alerts' }).getByText('failed to sign in as 12 people').click()
    await page.getByRole('heading', { name: '203.0.113.9 failed to sign in as 12 people' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Open alerts (2)' }).waitFor()
    await page.goBack()
    await vi.waitFor(async () => expect(await rows(page).count()).toBe(1))
  })

  it('show their events, people and steps, and lead to the log', async () => {
    await rows(page).getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: /failed to sign in/ }).waitFor()
    const events = page.getByRole('table', { name: 'Events of the alert' })
    await events.getByText('Person 2').waitFor()
    expect(await events.locator('tbody tr').count()).toBe(3)
    expect(await steps(page).allInnerTexts()).toHaveLength(1)
    await page.getByText('No query in these days').first().waitFor()
    await page.getByText('Of 4 people the first 3.').waitFor()
    await page.getByRole('table', { name: 'Deliveries of this alert' }).getByText('Delivered').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('link', { name: 'Show in the Audit Log' }).click()
    const found = page.getByRole('region', { name: 'Results' }).getByRole('status')
    await found.filter({ hasText: /^3 events$/ }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: /failed to sign in/ }).waitFor()
  })

  it('are acknowledged, resolved with a reason, and opened again', async () => {
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Resolve' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Resolve' }).click()
    await dialog.getByText('Must not be empty').waitFor()
    await dialog.getByLabel('Why').fill('Blocked the address at the firewall')
    expect(await findViolations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Resolve' }).click()
    await dialog.waitFor({ state: 'detached' })
    await vi.waitFor(async () => expect(await steps(page).count()).toBe(3))
    const said = (await steps(page).allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' '))
    expect(said[1]).toMatch(/^Acknowledged by Grace Admin/)
    expect(said[2]).toMatch(/^Resolved by Grace Admin.* Blocked the address at the firewall$/)
    const types = await vi.waitFor(async () => {
      const { events } = await call(`/api/v1/events?q=${encodeURIComponent('type:alert_*')}`)
      // The API's events have a type.
      const found = (events as { type: string }[]).map(({ type }) => type)
      expect(found).toContain('alert_resolved')
      return found
    })
    expect(types).toContain('alert_acknowledged')
    await page.getByRole('button', { name: 'Open again' }).click()
    await page.getByRole('button', { name: 'Acknowledge' }).waitFor()
  })

  it('are muted until a day with a reason, which can be ended', async () => {
    await page.getByRole('button', { name: 'Mute', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Why').fill('Our own scanner')
    expect(await findViolations(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Mute' }).click()
    await page
      .getByText(/^Muted until/)
      .first()
      .waitFor()
    await page.getByRole('link', { name: 'Alerts', exact: true }).first().click()
    await tab(page, 'Muted').click()
    const mutes = page.getByRole('table', { name: 'Mutes' })
    await mutes.getByText('Our own scanner').waitFor()
    expect(await findViolations(page)).toEqual([])
    await mutes.getByRole('button', { name: 'End' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click()
    await page.getByRole('heading', { name: 'Nothing is muted' }).waitFor()
    await tab(page, 'Open').click()
    await vi.waitFor(async () => expect(await rows(page).count()).toBe(2))
  })

  it('come of rules, which are read, tried on the past, written and switched off here', async () => {
    await page.getByRole('link', { name: 'Rules' }).click()
    const rules = page.getByRole('table', { name: 'Rules' })
    await rules.getByText('Password spraying', { exact: true }).waitFor()
    expect(await rules.locator('tbody tr').count()).toBeGreaterThan(20)
    expect(await findViolations(page)).toEqual([])
    await rules.getByText('Password spraying', { exact: true }).click()
    await page.getByRole('textbox', { name: 'Rule' }).getByText('password_spraying').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('link', { name: 'Detection rules' }).click()
    await page.getByRole('button', { name: 'Write a rule' }).click()
    const editor = page.getByRole('textbox', { name: 'Rule' })
    await editor.click()
    const id = randomUUID()
    const lines = [
      'title: Any failed sign-in',
      `id: ${id}`,
      'level: low',
      'description: Somebody was refused.',
      'detection:',
      '  failed: {type: user_sign_in_failed}',
      '  condition: faild',
      'alert: {group-by: [ip], summary: "{ip} was refused {count} times"}',
    ]
    await editor.fill(lines.join('\n'))
    await page.getByText(/^Line 7, column \d+: /).waitFor()
    await editor.fill(lines.join('\n').replace('faild', 'failed'))
    await page.getByText('It can be read.').waitFor()
    await page.getByRole('button', { name: 'Try it' }).click()
    const found = page.getByRole('list', { name: 'What it would have found' })
    await found.getByText('203.0.113.9 was refused 3 times').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Add the rule' }).click()
    await page.waitForURL(`**/alerts/rules/${id}`)
    await page.getByRole('switch', { name: 'On' }).click({ force: true })
    await vi.waitFor(async () => {
      const { rule } = await call(`/api/v1/detection-rules/${id}`)
      expect(rule).toMatchObject({ enabled: false, origin: 'workspace', title: 'Any failed sign-in' })
    })
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.waitForURL('**/alerts/rules')
    await page.getByRole('link', { name: 'Alerts', exact: true }).first().click()
  })

  it.each([
    ['dark', 1280],
    ['light', 390],
  ] as const)('can be read in %s at %d', async (scheme, width) => {
    const other = await signIn(scheme, width)
    const isWide = async (): Promise<boolean> =>
      other.evaluate(() => document.documentElement.scrollWidth > globalThis.innerWidth)
    await other.goto(`${server.url}/alerts`)
    await rows(other).first().waitFor()
    expect([await findViolations(other), await isWide()]).toEqual([[], false])
    await rows(other).first().getByRole('link').click()
    await other.getByRole('table', { name: 'Events of the alert' }).getByText('Person 2').waitFor()
    expect([await findViolations(other), await isWide()]).toEqual([[], false])
    await other.goto(`${server.url}/alerts/rules/15b16b2c-f2c1-48d2-9c4a-9f176442386a`)
    await other.getByRole('textbox', { name: 'Rule' }).getByText('password_spraying').waitFor()
    expect([await findViolations(other), await isWide()]).toEqual([[], false])
    await other.goto(`${server.url}/settings/alert-receivers`)
    await other.getByRole('article', { name: 'Pager' }).waitFor()
    expect([await findViolations(other), await isWide()]).toEqual([[], false])
    await other.context().close()
  })

  it('made no error in the page', () => {
    expect(errors).toEqual([])
  })
})
