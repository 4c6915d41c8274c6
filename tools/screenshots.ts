// `npm run screenshots`: takes the pictures of all pages in docs/screenshots/, from the log of the made-up company.
import { spawnSync } from 'node:child_process'
import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '../e2e/browser.ts'
import { QuietNetwork } from '../e2e/quiet-network.ts'
import { startServer, type ServerProcess } from '../e2e/server-process.ts'
import { paths } from '../packages/web/src/paths.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'docs', 'screenshots')
const admin = { email: 'demo@lumen.example', password: 'amber-canoe-drifts-past-1842' }
const apiKey = 'screenshots_bootstrap_key_0123456789'

/** A page and what is done on it before its picture is taken. */
type Shot = { name: string; path: string; act?: (page: Page, isPhone: boolean) => Promise<void> }

const looks = [
  { look: 'light', viewport: { width: 1440, height: 860 }, colorScheme: 'light' },
  { look: 'dark', viewport: { width: 1440, height: 860 }, colorScheme: 'dark' },
  { look: 'phone', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
] as const

const search = (q: string): string => `?q=${encodeURIComponent(q)}`

/** All pages of somebody who is signed in; ids are those of the made-up company. */
async function listShots(server: ServerProcess): Promise<Shot[]> {
  /** The first row of a list that is such. */
  const first = async (
    path: string,
    of: string,
    isWanted: (row: Record<string, unknown>) => boolean = () => true,
  ): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${apiKey}` } })
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
    // The API answers with JSON objects of lists.
    const rows = ((await answer.json()) as Record<string, Record<string, unknown>[]>)[of] ?? []
    const row = rows.find(isWanted)
    if (row === undefined) throw new Error(`${path} has no ${of}`)
    return row
  }
  const from = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10)
  const to = new Date().toISOString().slice(0, 10)
  const person = await first('/api/v1/insights/people?limit=1&contains=anneliese', 'rows')
  const query = await first(
    '/api/v1/insights/queries?limit=100&sort=failed',
    'rows',
    ({ count, failed, denied }) => Number(count) > Number(failed) + Number(denied),
  )
  const fingerprint = String(query['fingerprint'])
  const run = async (outcome: string): Promise<string> => {
    const q = `fingerprint:${fingerprint} outcome:${outcome}`
    return String((await first(`/api/v1/events?limit=1&q=${encodeURIComponent(q)}`, 'events'))['id'])
  }
  const compared = new URLSearchParams({ a: await run('failure'), b: await run('success') }).toString()
  // The API's people have an id.
  const { id } = person['person'] as { id: string }
  const event = await first(
    '/api/v1/events?limit=1&q=type:query%20table:crm.*%20-is:noise%20tool:*',
    'events',
  )
  const alert = await first('/api/v1/alerts?limit=100', 'alerts', ({ eventCount }) => Number(eventCount) > 3)
  const policy = await first('/api/v1/policies', 'policies')
  return [
    { name: 'overview', path: paths.home },
    { name: 'insights-people', path: paths.insightsPeople },
    { name: 'insights-person', path: `${paths.insightsPeople}/${encodeURIComponent(id)}` },
    { name: 'insights-tables', path: paths.insightsTables },
    { name: 'insights-table', path: `${paths.insightsTables}/sales.orders` },
    { name: 'insights-queries', path: `${paths.insightsQueries}?sort=slowest` },
    { name: 'insights-query', path: `${paths.insightsQueries}/${fingerprint}` },
    {
      name: 'insights-runs',
      path: `${paths.insightsQueries}/${fingerprint}?${compared}`,
      act: async (page) => page.getByRole('region', { name: /side by side/i }).scrollIntoViewIfNeeded(),
    },
    { name: 'insights-tools', path: paths.insightsTools },
    { name: 'insights-activity', path: paths.insightsActivity },
    {
      name: 'access-review',
      path: `${paths.accessReview}?${new URLSearchParams({ tables: 'finance.payouts,hr.employees', from, to }).toString()}`,
      act: async (page) => {
        for (const [place, name] of ['Keep', 'Keep', 'Revoke', 'Keep', 'Ask'].entries())
          await page.getByRole('radio', { name }).nth(place).check({ force: true })
      },
    },
    { name: 'alerts', path: paths.alerts },
    { name: 'alert', path: `${paths.alerts}/${String(alert['id'])}` },
    { name: 'alert-rules', path: paths.alertRules },
    {
      name: 'alert-rule',
      path: `${paths.alertRules}/${String(Reflect.get(Object(alert['rule']), 'id'))}`,
      act: async (page) => page.getByRole('button', { name: 'Try it' }).click(),
    },
    { name: 'alert-receivers', path: paths.alertReceivers },
    { name: 'policies', path: paths.policies },
    {
      name: 'policy',
      path: `${paths.policies}/${String(policy['id'])}`,
      act: async (page) => page.getByRole('button', { name: 'Try on the past' }).click(),
    },
    { name: 'policy-exceptions', path: paths.policyExceptions },
    { name: 'table-tags', path: paths.tableTags },
    { name: 'audit-log', path: paths.auditLog },
    { name: 'event', path: `${paths.auditLog}/${String(event['id'])}` },
    { name: 'audit-log-search', path: `${paths.auditLog}${search('kind:write outcome:failure')}` },
    {
      name: 'views',
      path: `${paths.auditLog}${search('kind:read table:crm.customers')}`,
      act: async (page) => page.getByRole('button', { name: 'Views' }).click(),
    },
    { name: 'integrations', path: paths.integrations },
    { name: 'members', path: paths.members },
    { name: 'people', path: paths.people },
    { name: 'api-keys', path: paths.apiKeys },
    { name: 'scheduled-exports', path: paths.scheduledExports },
    { name: 'workspace', path: paths.workspace },
    { name: 'account', path: paths.account },
  ]
}

/** Chromium's own WebP: a quarter of a PNG, and text stays sharp. */
async function takePicture(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 88 })
  await session.detach()
  await writeFile(join(folder, `${name}.webp`), Buffer.from(data, 'base64'))
}

/** Views for the menu, as people save them. */
async function saveViews(page: Page): Promise<void> {
  const queries = {
    'Customers read in bulk': 'kind:read table:crm.customers rows:>100000',
    'Failed queries': 'type:query outcome:failure',
    'Grants and revocations': 'kind:dcl',
    'Writes to production': 'kind:write database:warehouse',
  }
  await page.evaluate(async (all) => {
    const columns = ['name', 'timestamp', 'outcome', 'data', 'rows']
    for (const [name, q] of Object.entries(all)) {
      const state = { q, range: { past: '30d' }, noise: false, columns }
      const answer = await fetch('/api/v1/views', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, shared: name !== 'Failed queries', state }),
      })
      if (!answer.ok) throw new Error(await answer.text())
    }
  }, queries)
}

/** Somebody who is told of alerts, and an exception, as people add them. */
async function addGovernance({ url }: ServerProcess): Promise<void> {
  const untilMs = Date.now() + 20 * 86_400_000
  const things = {
    '/api/v1/alert-receivers': {
      kind: 'email',
      name: 'Security desk',
      levelMin: 'medium',
      enabled: true,
      to: ['security@lumen.example'],
    },
    '/api/v1/policies/exceptions': {
      subject: { kind: 'person', name: 'renata@lumen.example' },
      until: new Date(untilMs).toISOString(),
      reason: 'Plans the budget of the year with the people team',
      approver: 'Grace Holloway',
    },
  }
  for (const [path, body] of Object.entries(things)) {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
  }
}

async function takeAll(browser: Browser, server: ServerProcess): Promise<void> {
  await addGovernance(server)
  const shots = await listShots(server)
  for (const { look, viewport, colorScheme } of looks) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    const network = new QuietNetwork(page)
    await page.goto(`${server.url}${paths.signIn}`)
    await network.untilQuiet()
    await takePicture(page, `sign-in-${look}`)
    await page.getByLabel('Email').fill(admin.email)
    await page.getByLabel('Password', { exact: true }).fill(admin.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL((url) => url.pathname !== paths.signIn)
    if (look === 'light') await saveViews(page)
    for (const { name, path, act } of shots) {
      await page.goto(`${server.url}${path}`)
      await network.untilQuiet()
      await act?.(page, look === 'phone')
      await network.untilQuiet()
      await takePicture(page, `${name}-${look}`)
      console.log(`${name}-${look}`)
    }
    await context.close()
  }
}

async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'aleph-screenshots-'))
  try {
    const seeding = spawnSync(
      process.execPath,
      ['--conditions=source', '--import', 'tsx', join(root, 'tools', 'seed.ts'), '--data', dataDir],
      { cwd: root, stdio: 'inherit' },
    )
    if (seeding.status !== 0) throw new Error('the log of the made-up company could not be made')
    const server = await startServer({
      dataDir,
      env: {
        AUDIT_BOOTSTRAP_API_KEY: apiKey,
        AUDIT_ADMIN_EMAIL: admin.email,
        AUDIT_ADMIN_PASSWORD: admin.password,
        AUDIT_ADMIN_NAME: 'Demo Admin',
      },
    })
    const browser = await openBrowser()
    try {
      await mkdir(folder, { recursive: true })
      for (const name of await readdir(folder)) if (name.endsWith('.webp')) await rm(join(folder, name))
      await takeAll(browser, server)
    } finally {
      await browser.close()
      await server.stop()
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

await main()
