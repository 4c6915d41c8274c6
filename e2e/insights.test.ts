import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import excel from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ann, bo, InsightsViewer, otto, type InsightsPage } from './insights-viewer.ts'

let viewer: InsightsViewer
let insights: InsightsPage
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aleph-insights-'))
  viewer = await InsightsViewer.start()
  insights = await viewer.open()
})
afterAll(async () => {
  await viewer?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('the tabs', () => {
  it('list people with what they do, the most active first', async () => {
    await insights.goTo('/insights')
    expect(insights.page.url()).toMatch(/\/insights\/people$/)
    // Ann 6, Joe 6 (one of each table), Bo 5, the others one each.
    expect((await insights.column('People', 'count')).slice(0, 3)).toEqual(['6', '6', '5'])
    expect(await insights.cell('People', bo.name, 'failed').innerText()).toMatch(/^1\s+20 %$/)
    expect(await insights.cell('People', bo.name, 'tables').innerText()).toBe('1')
    expect(await insights.cell('People', ann.name, 'lastSeenAt').innerText()).toBe('1 hour ago')
    expect(
      await insights.cell('People', ann.name, 'trend').getByRole('img').getAttribute('aria-label'),
    ).toMatch(/^On \d of 31 days; most on /)
    await insights.page.getByText('9 people').waitFor()
  })

  it('list tables with who reads and writes them', async () => {
    await insights.tab('Tables').click()
    await insights.row('Tables', 'sales.orders').waitFor()
    const cell = async (column: string): Promise<string> =>
      (await insights.cell('Tables', 'sales.orders', column).innerText()).replaceAll(/\s+/g, ' ')
    expect(await cell('count')).toBe('11')
    expect(await cell('reads')).toBe('9 by 2 people')
    expect(await cell('writes')).toBe('2 by 1 person')
    expect(await cell('tools')).toBe('psql')
    expect((await insights.column('Tables', 'table'))[0]).toBe('sales.orders')
  })

  it('list queries with how long they take; a heading sorts by itself', async () => {
    await insights.tab('Queries').click()
    const orders = 'select total from sales.orders where id = ?'
    await insights.row('Queries', orders).waitFor()
    const cell = async (column: string): Promise<string> =>
      (await insights.cell('Queries', orders, column).innerText()).replaceAll(/\s+/g, ' ')
    expect(await cell('count')).toBe('9 by 2 people')
    // Quantiles are interpolated between bounds that differ by a fifth.
    expect(Math.abs(Number.parseFloat(await cell('p50Ms')) - 10)).toBeLessThan(2)
    expect(await cell('totalMs')).toBe('180 ms')
    expect(await cell('failed')).toBe('1 11 %')
    expect(await cell('rows')).toBe('24')
    await insights.button('Total time').click()
    await insights.page.waitForURL('**/queries?sort=totalMs')
    expect((await insights.column('Queries', 'query'))[0]).toContain('big.a')
    expect(await insights.table('Queries').locator('th[aria-sort="descending"]').innerText()).toBe(
      'Total time',
    )
    expect(await insights.button('Most time').getAttribute('aria-pressed')).toBe('true')
  })

  it('list tools and logins, and when the databases are asked', async () => {
    await insights.tab('Tools and service accounts').click()
    const psql = insights.rows('Tools and logins').filter({ has: insights.page.getByText('psql').first() })
    await psql.first().waitFor()
    expect(await psql.first().locator('td[data-column="count"]').innerText()).toBe('17')
    await insights.tab('Activity').click()
    await insights.untilLoaded()
    expect(await insights.figure('Queries').innerText()).toBe('23')
    const grid = insights.page.getByRole('grid', { name: 'Queries by weekday and hour' })
    const counted = (await grid.getByRole('gridcell').allInnerTexts()).map((text) =>
      Number(/: (\d+) quer/.exec(text)?.[1]),
    )
    expect(counted).toHaveLength(7 * 24)
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(23)
  })

  it('are narrowed by a name while one types, and the address says so', async () => {
    await insights.goTo('/insights/people')
    await insights.page.getByLabel('Find a person').pressSequentially('ann')
    await insights.page.waitForURL('**/people?name=ann')
    await expect.poll(async () => insights.rows('People').count(), { timeout: 10_000 }).toBe(1)
    await insights.reload()
    expect(await insights.column('People', 'count')).toEqual(['6'])
    await insights.page.getByLabel('Find a person').fill('nobody is called so')
    await insights.page.getByText('No people found').waitFor()
    await insights.button('Show all people').click()
    await expect.poll(async () => insights.rows('People').count(), { timeout: 10_000 }).toBe(9)
  })

  it('show who is dormant and what is unused', async () => {
    await insights.goTo('/insights/people')
    await insights.button('Dormant').click()
    await insights.row('People', otto.name).waitFor()
    // The longest unseen first; after him those who have done something, but no query.
    expect((await insights.column('People', 'person'))[0]).toContain(otto.name)
    expect(new Set(await insights.column('People', 'count'))).toEqual(new Set(['0']))
    expect(await insights.cell('People', otto.name, 'lastSeenAt').innerText()).toBe('2 months ago')
    await insights.tab('Tables').click()
    await insights.button('Unused').click()
    await insights.row('Tables', 'old.stock').waitFor()
    expect(await insights.rows('Tables').count()).toBe(1)
    expect(insights.page.url()).toMatch(/\/tables\?sort=unused$/)
  })

  it('keep their range and zone from one to the other, and into the events', async () => {
    await insights.goTo('/insights/people?range=24h&zone=utc')
    expect(await insights.cell('People', bo.name, 'count').innerText()).toBe('2')
    await insights.tab('Tables').click()
    await insights.row('Tables', 'sales.orders').waitFor()
    expect(await insights.cell('Tables', 'sales.orders', 'count').innerText()).toBe('8')
    await insights.cell('Tables', 'sales.orders', 'count').getByRole('link').click()
    await insights.expectEvents(8, 'type:query table:sales.orders')
    expect(insights.page.url()).toContain('range=24h')
  })

  it('lead from each number to exactly its events', async () => {
    await insights.goTo('/insights/people')
    await insights.cell('People', bo.name, 'failed').getByRole('link').click()
    await insights.expectEvents(1, 'type:query actor:bo@acme.com -outcome:success')
  })

  it.each(['utc', 'local'])(
    'lead from each hour of the week to its events, by the clocks of the page: %s',
    async (zone) => {
      // Half an hour beside the others.
      const there = await viewer.open({ width: 1280, height: 800, timezoneId: 'Asia/Kolkata' })
      await there.goTo(`/insights/activity?zone=${zone}`)
      const hours = there.page.getByRole('gridcell').getByRole('link')
      const counts = (await hours.allInnerTexts()).map((text) => Number(/: (\d+) quer/.exec(text)?.[1]))
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(23)
      for (const index of [0, counts.length - 1]) {
        await hours.nth(index).click()
        await there.page.waitForURL('**/audit-log?**')
        await expect.poll(async () => there.events().count(), { timeout: 10_000 }).toBe(counts[index])
        await there.page.goBack()
        await there.untilLoaded()
      }
      await there.page.context().close()
    },
  )

  it('are downloaded as Excel and CSV with what they list', async () => {
    await insights.goTo('/insights/tables')
    const [download] = await Promise.all([
      insights.page.waitForEvent('download'),
      insights.button('Download as Excel').click(),
    ])
    expect(download.suggestedFilename()).toMatch(/tables.*\.xlsx$/)
    const file = join(folder, 'tables.xlsx')
    await download.saveAs(file)
    const workbook = new excel.Workbook()
    await workbook.xlsx.readFile(file)
    const cells = workbook.worksheets[0]?.getRow(2).values
    expect(Array.isArray(cells) ? cells.slice(1, 3) : cells).toEqual(['sales.orders', 11])
    // What tells that it has started stands over the button.
    await insights.button('Close').click()
    await insights.button('More formats').click()
    const [csv] = await Promise.all([
      insights.page.waitForEvent('download'),
      insights.page.getByRole('menuitem', { name: 'Download as CSV' }).click(),
    ])
    await csv.saveAs(join(folder, 'tables.csv'))
    expect(await readFile(join(folder, 'tables.csv'), 'utf8')).toMatch(/\r\n"?sales\.orders"?,"?11/)
  })
})

describe('pages of their own', () => {
  it('tell of a person: numbers, tables, queries, tools, hours', async () => {
    await insights.goTo('/insights/people')
    await insights.page.getByRole('link', { name: bo.name }).click()
    await insights.page.waitForURL('**/insights/people/bo%40acme.com')
    await insights.page.getByRole('heading', { name: bo.name, level: 2 }).waitFor()
    await insights.untilLoaded()
    expect(await insights.figure('Queries').innerText()).toBe('5')
    expect(await insights.figure('Failed').innerText()).toMatch(/^1\s+20 %$/)
    expect(await insights.list('Tables').innerText()).toMatch(/sales\.orders\s+5\s+All tables$/)
    expect(await insights.list('Queries').locator('li').count()).toBe(2)
    expect(await insights.list('Tools and logins').innerText()).toMatch(/psql\s+5\s+All tools and logins$/)
    await insights.figure('Failed').getByRole('link').click()
    await insights.expectEvents(1, 'type:query actor:bo@acme.com outcome:failure')
  })

  it('tell of a table: who reads and writes it, each leading on', async () => {
    await insights.goTo('/insights/tables/sales.orders')
    expect(await insights.figure('Reads').innerText()).toBe('9')
    expect(await insights.figure('Writers').innerText()).toBe('1')
    expect(await insights.list('Who reads it').innerText()).toMatch(
      /Ann Lee\s+ann@acme\.com\s+6\s+Bo Ray\s+bo@acme\.com\s+3\s+Everybody who uses it$/,
    )
    expect(await insights.list('Who writes or changes it').innerText()).toMatch(
      /Bo Ray\s+bo@acme\.com\s+2\s+Everybody who uses it$/,
    )
    await insights.list('Who reads it').getByRole('link', { name: '6', exact: true }).click()
    await insights.expectEvents(6, 'type:query table:sales.orders actor:ann@acme.com')
  })

  it('lead to the whole list of what they show, which holds nothing else, and can be downloaded', async () => {
    await insights.goTo('/insights/tables/sales.orders')
    await insights.list('Who reads it').getByRole('link', { name: 'Everybody who uses it' }).click()
    await insights.page.waitForURL(/\/insights\/people\?of=table(:|%3A)sales\.orders$/)
    await insights.page.getByText('Narrowed to table:sales.orders').waitFor()
    await insights.untilLoaded()
    expect(await insights.column('People', 'count')).toEqual(['6', '5'])
    // Nobody who has not used it belongs to it, so nobody of it is dormant.
    expect(await insights.button('Dormant').count()).toBe(0)
    const [download] = await Promise.all([
      insights.page.waitForEvent('download'),
      insights.button('Download as Excel').click(),
    ])
    const file = join(folder, 'users.xlsx')
    await download.saveAs(file)
    const workbook = new excel.Workbook()
    await workbook.xlsx.readFile(file)
    expect(workbook.worksheets[0]?.getColumn(1).values.slice(2)).toEqual([ann.name, bo.name])
    await insights.cell('People', bo.name, 'count').getByRole('link').click()
    await insights.expectEvents(5, 'type:query table:sales.orders actor:bo@acme.com')
    await insights.page.goBack()
    await insights.untilLoaded()
    await insights.button('Show all people').click()
    await insights.page.getByText('9 people').waitFor()
  })

  it('tell whether a query was executed correctly', async () => {
    await openRuns()
    const runs = insights.rows('Runs')
    expect(await runs.count()).toBe(9)
    const [newest, failed] = [runs.nth(0), runs.nth(1)]
    expect(await newest.innerText()).toMatch(/Bo Ray[\s\S]*Succeeded[\s\S]*tried again after 2 min 0 s/)
    expect(await failed.innerText()).toMatch(
      /Failed[\s\S]*Permission denied[\s\S]*2 min 0 s later: succeeded/,
    )
    expect(await runs.filter({ hasText: /(?:[89]\.\d|9|10|11|12)× usual/ }).count()).toBe(1)
    expect(await insights.list('Errors').innerText()).toMatch(/Permission denied 42501\s+1$/)
    await insights.page
      .getByRole('group', { name: 'Which runs' })
      .getByRole('button', { name: 'Slow' })
      .click()
    await expect.poll(async () => runs.count(), { timeout: 10_000 }).toBe(1)
    await insights.reload()
    await expect.poll(async () => runs.count(), { timeout: 10_000 }).toBe(1)
    await runs.first().getByRole('link').first().click()
    await insights.page.getByRole('complementary', { name: 'Event' }).getByText('100 ms').waitFor()
  })

  it('put two runs side by side, with what differs', async () => {
    await openRuns()
    const boxes = insights.page.getByRole('checkbox')
    await boxes.nth(1).check()
    await boxes.nth(2).check()
    const compared = insights.list('Two runs side by side')
    const row = async (name: string): Promise<string> =>
      (await compared.getByRole('row').filter({ hasText: name }).first().innerText()).replaceAll(/\s+/g, ' ')
    await compared.getByText('The SQL differs in one place').waitFor()
    // The earlier one at the left: Ann's, an hour ago, against Bo's failed one.
    expect(await row('Who')).toBe('Who (differs) ann@acme.com bo@acme.com')
    expect(await row('Duration')).toBe('Duration (differs) 100 ms 10 ms')
    expect(await row('Rows')).toBe('Rows (differs) 3 –')
    expect(await row('Session')).toBe('Session s1 s1')
    expect(await compared.locator('mark').allInnerTexts()).toEqual(['0', '71'])
    await insights.page.reload()
    await compared.getByText('The SQL differs in one place').waitFor()
    await insights.button('Close the comparison').click()
    await compared.waitFor({ state: 'hidden' })
    expect(await boxes.nth(1).isChecked()).toBe(false)
  })

  it('are reached from an event, and from everywhere', async () => {
    const { page } = insights
    await page.goto(
      `${viewer.server.url}/audit-log?q=${encodeURIComponent('actor:ann@acme.com table:sales.orders')}`,
    )
    await insights.events().first().click()
    const panel = page.getByRole('complementary', { name: 'Event' })
    await panel.getByRole('link', { name: 'Runs of this query' }).click()
    await insights.list('Runs').waitFor()
    await page.goBack()
    await panel.getByRole('link', { name: 'sales.orders' }).click()
    await page.getByRole('heading', { name: 'sales.orders' }).waitFor()
    await page.goBack()
    await panel.getByRole('link', { name: ann.name }).click()
    await page.getByRole('heading', { name: ann.name }).waitFor()
    await page.keyboard.press('Control+k')
    await page
      .getByRole('dialog')
      .getByRole('searchbox')
      .or(page.getByRole('dialog').getByRole('textbox'))
      .first()
      .fill('unused')
    await page.getByRole('dialog').getByText('Used tables').click()
    await page.waitForURL('**/insights/tables')
  })

  it('say that nothing is known by a name, and try again after an error', async () => {
    await insights.page.goto(`${viewer.server.url}/insights/tables/no.such_table`)
    await insights.page.getByText('This table is not known here').waitFor()
    const calls = '**/api/v1/insights/**'
    const fails = { status: 500, contentType: 'application/problem+json', body: '{"code":"internal"}' }
    await insights.page.route(calls, (route) => route.fulfill(fails))
    await insights.page.goto(`${viewer.server.url}/insights/queries`)
    await insights.page.getByRole('alert').waitFor()
    await insights.page.unroute(calls)
    await insights.button('Try again').click()
    await insights.rows('Queries').first().waitFor()
  })
})

async function openRuns(): Promise<void> {
  await insights.goTo('/insights/queries?name=sales.orders+where')
  await insights.page.getByRole('link', { name: 'select total from sales.orders where id = ?' }).click()
  await insights.list('Runs').waitFor()
  await insights.untilLoaded()
}
