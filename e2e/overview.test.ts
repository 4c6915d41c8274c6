import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openBrowser } from './browser.ts'
import { findViolations } from './find-violations.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const password = 'violet tractor melts quietly'
const admin = { email: 'grace@acme.com', name: 'Grace Admin' }
const hostile = '<script>window.ran=1</script> \u202eexe'
const hourMs = 3_600_000

let server: ServerProcess
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page
const errors: string[] = []
const nowMs = Date.now()
const at = (hoursAgo: number): string => new Date(nowMs - hoursAgo * hourMs).toISOString()

const query = (name: string, sql: string, hoursAgo: number, more: object = {}): object => ({
  type: 'query',
  occurredAt: at(hoursAgo),
  actor: { type: 'user', name, email: `${name.length}@acme.com` },
  data: { sql, dialect: 'postgres', durationMs: 10 },
  ...more,
})
const slow = { data: { sql: 'select * from sales.big', dialect: 'postgres', durationMs: 9000 } }

/** In the past day eight, in the day before four, and one long ago, so that both can be compared with something. */
const events = [
  query('Ann Lee', 'select 1 from hr.pay', 24 * 65),
  ...[30, 31, 32].map((hours) => query('Ann Lee', 'select 1 from hr.pay', hours)),
  query('Ann Lee', 'selekt 1', 33, { outcome: 'failure' }),
  ...[2, 3, 4].map((hours) => query('Ann Lee', 'select 1 from hr.pay', hours)),
  query(hostile, 'select 2 from orders', 5),
  query(hostile, 'select 3 from sales.orders', 6),
  query(hostile, 'selekt 4', 7, { outcome: 'failure' }),
  query('Bo', 'delete from hr.pay', 8, { outcome: 'denied' }),
  query('Bo', 'select * from sales.big', 9, slow),
  query('Bo', 'begin', 1),
]

async function call(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
  // The API answers with JSON objects.
  return (await answer.json()) as Record<string, unknown>
}

async function open(colorScheme: 'light' | 'dark', width: number, email = admin.email): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme })
  const opened = await context.newPage()
  opened.setDefaultTimeout(15_000)
  opened.on('pageerror', (error) => errors.push(String(error)))
  await opened.goto(server.url)
  await opened.getByLabel('Email').fill(email)
  await opened.getByLabel('Password', { exact: true }).fill(password)
  await opened.getByRole('button', { name: 'Sign in' }).click()
  await opened.waitForURL(`${server.url}/`)
  return opened
}

const numbers = (on: Page): Locator => on.getByRole('group', { name: 'Numbers' })
const tile = (on: Page, label: string): Locator =>
  numbers(on)
    .getByRole('link')
    .filter({ hasText: new RegExp(`^${label}`) })
const list = (on: Page, label: string): Locator => on.getByRole('list', { name: label, exact: true })

async function openOverview(on: Page, period = ''): Promise<void> {
  await on.goto(`${server.url}/${period}`)
  await numbers(on).waitFor()
}

/** Follows a link, and waits until the log shows so many events. */
async function expectEvents(on: Page, link: Locator, count: number): Promise<void> {
  await link.click()
  await on.waitForURL(/^[^?]*\/audit-log/)
  const results = on.getByRole('region', { name: 'Results' }).getByRole('status')
  await results.filter({ hasText: new RegExp(`^${count} events?$`) }).waitFor()
  await on.goBack()
  await numbers(on).waitFor()
}

async function countOf(link: Locator): Promise<number> {
  return Number(/(\d+)(?: of \d+)?\s*$/.exec(await link.innerText())?.[1])
}

beforeAll(async () => {
  const env = {
    AUDIT_BOOTSTRAP_API_KEY: apiKey,
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: password,
    AUDIT_ADMIN_NAME: admin.name,
  }
  ;[server, browser] = await Promise.all([startServer({ env }), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

describe('the overview', () => {
  it('is what one sees after signing in, and tells how to send the first event', async () => {
    page = await open('light', 1280)
    await page.getByRole('heading', { name: 'Record your first query' }).waitFor()
    await page.getByRole('list', { name: 'Sources' }).waitFor()
    expect(await findViolations(page)).toEqual([])
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link')
    expect((await links.allInnerTexts())[0]).toBe('Overview')
    expect(await links.first().getAttribute('data-active')).not.toBeNull()
    await page.getByRole('link', { name: 'Audit Log', exact: true }).click()
    await page.waitForURL('**/audit-log')
    expect(await links.first().getAttribute('data-active')).toBeNull()
  })

  it('tells numbers of the past day, and how they have changed', async () => {
    await call('/api/v1/events', { events })
    const path = `/api/v1/events?limit=1000&from=2000-01-01&q=${encodeURIComponent('type:query')}`
    await vi.waitFor(async () => expect((await call(path))['events']).toHaveLength(events.length), {
      timeout: 10_000,
    })
    await openOverview(page)
    const said = async (label: string): Promise<string> =>
      (await tile(page, label).innerText()).replaceAll(/\s+/g, ' ').replace(' ,', ',')
    expect(await said('Failures')).toBe('Failures 1 =, The same as in the 24 hours before')
    expect(await said('Denied')).toBe('Denied 1 ▲ new, None in the 24 hours before')
    expect(await said('Tables used')).toBe('Tables used 4 ▲ 300 %, 1 in the 24 hours before')
    expect(await said('Events')).toMatch(/^Events \d+ ▲ \d+ %, 4 in the 24 hours before$/)
    expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
  })

  it('leads from each number to exactly its events', async () => {
    await expectEvents(page, tile(page, 'Failures'), 1)
    await expectEvents(page, tile(page, 'Denied'), 1)
    const total = Number(/^Events\s+(\d+)/.exec(await tile(page, 'Events').innerText())?.[1])
    await expectEvents(page, tile(page, 'Events'), total)
    for (const [label, rows] of [
      ['Most used tables', 4],
      ['New tables', 3],
      ['Failing queries', 1],
    ] as const) {
      await expect.poll(async () => list(page, label).getByRole('link').count()).toBe(rows)
      for (let row = 0; row < rows; row++) {
        const link = list(page, label).getByRole('link').nth(row)
        await expectEvents(page, link, await countOf(link))
      }
    }
    expect((await list(page, 'Most used tables').innerText()).replaceAll(/\s+/g, ' ')).toBe(
      'hr.pay 4 orders 1 sales.big 1 sales.orders 1',
    )
    const hostilePerson = list(page, 'Most active').getByRole('link').filter({ hasText: '<script>' })
    expect(await countOf(hostilePerson)).toBe(3)
    await expectEvents(page, hostilePerson, 3)
    expect(await list(page, 'Slowest queries').getByRole('link').first().innerText()).toMatch(/sales\.big/)
    await expectEvents(page, list(page, 'Slowest queries').getByRole('link').first(), 1)
    await expectEvents(page, page.getByRole('link', { name: '8 events of API' }), 8)
  })

  it('is of the past 30 days where the address says so, with a histogram that zooms in', async () => {
    await page.getByText('Past 30 days').click()
    await page.waitForURL(`${server.url}/?period=30d`)
    await tile(page, 'Failures')
      .filter({ hasText: /^Failures\s*2/ })
      .waitFor()
    await page.reload()
    await tile(page, 'Failures')
      .filter({ hasText: /^Failures\s*2/ })
      .waitFor()
    await expectEvents(page, tile(page, 'Failures'), 2)
    const histogram = page.getByRole('slider', { name: 'Events over time' })
    await histogram.focus()
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/audit-log?from=**')
  })

  it('tells of storage, and whether anything is wrong', async () => {
    await openOverview(page)
    await page.getByText('The server does all of its work.').waitFor()
    expect(await page.getByText('Free on the disk').locator('..').innerText()).toMatch(/\d+(\.\d)? [MGT]B/)
  })
})

describe('on every screen', () => {
  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    'axe finds nothing in %s at %i, and nothing is wider than the window',
    async (scheme, width) => {
      const other = await open(scheme, width)
      await openOverview(other)
      await list(other, 'Sources').waitFor()
      expect(await findViolations(other)).toEqual([])
      expect(
        await other.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ),
      ).toBe(0)
      await other.context().close()
    },
  )

  it('every number is reached and followed by keyboard', async () => {
    await openOverview(page)
    await tile(page, 'Events').focus()
    for (const label of ['People and services', 'Tables used', 'Failures']) {
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => document.activeElement?.textContent)).toContain(label)
    }
    await page.keyboard.press('Enter')
    await page.waitForURL('**/audit-log?q=outcome:failure**')
  })
})

describe('for each role', () => {
  it.each([
    ['auditor', undefined, true],
    ['analyst', 'You see only queries and your own events.', false],
    ['member', 'You see only your own events.', false],
  ] as const)('shows what is theirs: %s', async (role, scope, seesHealth) => {
    const email = `${role}@acme.com`
    const { link } = await call('/api/v1/members', { email, role })
    const token = new URL(String(link)).searchParams.get('token')
    await call(`/api/v1/invitations/${token}`, { name: role, password })
    const own = {
      type: 'query',
      // The overview ends some seconds before now.
      occurredAt: new Date(Date.now() - 60_000).toISOString(),
      actor: { type: 'user', name: role, email },
      // A constant alone would be what programs send by themselves.
      data: { sql: `select name from people where role = '${role}'` },
    }
    await call('/api/v1/events', { events: [own] })
    const path = `/api/v1/events?q=${encodeURIComponent(`type:query email:${email}`)}`
    await vi.waitFor(async () => expect((await call(path))['events']).toHaveLength(1), { timeout: 10_000 })
    const theirs = await open('light', 1280, email)
    await openOverview(theirs)
    if (scope !== undefined) await theirs.getByText(scope).first().waitFor()
    expect(await list(theirs, 'Sources').count()).toBe(seesHealth ? 1 : 0)
    expect(await theirs.getByText('Free on the disk').count()).toBe(seesHealth ? 1 : 0)
    // Denied is Bo's: nobody's own, and a query.
    expect(await tile(theirs, 'Denied').innerText()).toMatch(
      role === 'member' ? /^Denied\s*0/ : /^Denied\s*1/,
    )
    const active = await list(theirs, 'Most active').innerText()
    expect(active.includes('Ann Lee')).toBe(role !== 'member')
    await theirs.context().close()
  })

  it('asks for no events while the pointer is over a link to them, and once when it is followed', async () => {
    const theirs = await open('light', 1280)
    const asked: string[] = []
    theirs.on('request', (request) => {
      if (/\/api\/v1\/events\?/.test(request.url())) asked.push(request.url())
    })
    await theirs.getByRole('link', { name: 'Audit Log', exact: true }).hover()
    // The page that is looked for next is loaded ahead by the pointer alone: so would the other have been.
    await theirs.waitForTimeout(300)
    const ahead = theirs.waitForResponse(/policies-page/)
    await theirs.getByRole('link', { name: 'Policies', exact: true }).hover()
    await ahead
    expect(asked).toEqual([])
    await theirs.getByRole('link', { name: 'Audit Log', exact: true }).click()
    await theirs.getByRole('table', { name: 'Events' }).locator('tbody tr[data-index]').first().waitFor()
    expect(asked).toHaveLength(1)
    await theirs.context().close()
  })

  it('no page had an error', () => {
    expect(errors).toEqual([])
  })
})
