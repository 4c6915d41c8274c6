import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ann, hostilePeople, InsightsViewer, slowTables, type InsightsPage } from './insights-viewer.ts'
import { visibleBeginning } from './log-page.ts'

let viewer: InsightsViewer
let insights: InsightsPage

beforeAll(async () => {
  viewer = await InsightsViewer.start()
  insights = await viewer.open()
})
afterAll(async () => viewer?.stop())

describe('people with other roles', () => {
  it('see their own part, and the page says so', async () => {
    const member = await viewer.join('member', ann)
    await member.goTo('/insights')
    await member.page.getByText('You see only your own events.').waitFor()
    expect(await member.column('People', 'count')).toEqual(['6'])
    await member.tab('Tables').click()
    await member.row('Tables', 'sales.orders').waitFor()
    expect(await member.column('Tables', 'count')).toEqual(['6'])
    expect(await member.page.getByText(/Bo Ray|big\.a/).count()).toBe(0)
    await member.page.goto(`${viewer.server.url}/insights/people/bo%40acme.com`)
    await member.page.getByText('This person is not known here').waitFor()
    await member.page.context().close()
  })

  it('see all queries as an analyst', async () => {
    const analyst = await viewer.join('analyst', { name: 'Ali Analyst', email: 'ali@acme.com' })
    await analyst.goTo('/insights/tables')
    await analyst.page.getByText('You see only queries and your own events.').waitFor()
    expect(await analyst.cell('Tables', 'sales.orders', 'count').innerText()).toBe('11')
    await analyst.page.context().close()
  })
})

describe('on every screen', () => {
  it.each(Object.entries(hostilePeople))('a name is only a text: %s', async (_, name) => {
    await insights.goTo('/insights/people')
    const link = insights
      .rows('People')
      .getByRole('link', { name: visibleBeginning(name) })
      .first()
    await link.click()
    await insights.page.waitForURL(/\/insights\/people\/./)
    await insights.untilLoaded()
    await insights.expectHarmless()
    expect(await insights.page.getByRole('heading', { level: 2 }).innerText()).toContain(
      visibleBeginning(name),
    )
    expect(await insights.figure('Queries').innerText()).toBe('1')
    await insights.reload()
    expect(await insights.figure('Queries').innerText()).toBe('1')
    await insights.list('Tools and logins').getByRole('link').first().click()
    await insights.page.waitForURL('**/audit-log?**')
    await expect.poll(async () => insights.events().count(), { timeout: 10_000 }).toBe(1)
    await insights.expectHarmless()
  })

  it.each([
    { width: 1280, height: 800, colorScheme: 'light' },
    { width: 1920, height: 1080, colorScheme: 'dark' },
    { width: 390, height: 844, colorScheme: 'light' },
    { width: 390, height: 844, colorScheme: 'dark' },
  ] as const)('axe finds nothing at $width wide, $colorScheme', async (screen) => {
    const other = await viewer.open({ ...screen, hasTouch: screen.width < 500 })
    await other.goTo('/insights/queries?name=sales.orders+where')
    const query = await other.page.getByRole('link', { name: /select total/ }).getAttribute('href')
    for (const path of [
      '/insights/people',
      '/insights/tables?sort=unused',
      '/insights/queries?sort=slowest',
      '/insights/queries?name=nothing+of+the+kind',
      '/insights/tools',
      '/insights/activity',
      '/insights/people/bo%40acme.com',
      '/insights/tables/sales.orders',
      query ?? '',
    ]) {
      await other.goTo(path)
      await other.expectNoViolations()
      await other.expectHarmless()
    }
    for (const index of [0, 1]) await other.page.getByRole('checkbox').nth(index).check()
    await other
      .list('Two runs side by side')
      .getByText(/The SQL/)
      .waitFor()
    await other.expectNoViolations()
    await other.expectHarmless()
    await other.page.context().close()
  })

  it('nothing moves while it loads', async () => {
    const other = await viewer.open()
    await other.page.addInitScript(() => {
      const shifts = { sum: 0 }
      Object.assign(globalThis, { shifts })
      new PerformanceObserver((list) => {
        // Chromium's entries of this type have a value.
        for (const entry of list.getEntries()) shifts.sum += (entry as unknown as { value: number }).value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    for (const path of ['/insights/tables', '/insights/people/ann%40acme.com', '/insights/activity']) {
      await other.goTo(path)
      const sum = await other.page.evaluate(
        () => (globalThis as unknown as { shifts: { sum: number } }).shifts.sum,
      )
      expect([path, sum < 0.03 ? 'steady' : sum]).toEqual([path, 'steady'])
    }
    await other.page.context().close()
  })

  it('works by keyboard: tabs, presets, rows, the map of hours', async () => {
    const { page } = insights
    await insights.goTo('/insights/queries')
    await insights.button('Slowest').focus()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/queries?sort=slowest')
    expect((await insights.column('Queries', 'query'))[0]).toContain(slowTables[0])
    await insights.goTo('/insights/activity')
    const grid = page.getByRole('grid')
    await grid.locator('[tabindex="0"]').focus()
    const focused = (): Promise<string | undefined> =>
      page.evaluate(() => document.activeElement?.textContent ?? undefined)
    expect(await focused()).toMatch(/^Monday 0:00 – 1:00/)
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key)
    expect(await focused()).toMatch(/^Wednesday 1:00 – 2:00/)
    await page.keyboard.press('End')
    expect(await focused()).toMatch(/^Wednesday 23:00 – 24:00/)
    expect(viewer.errors).toEqual([])
  })
})
