import { afterAll, beforeAll, expect, it } from 'vitest'
import { InsightsViewer, slowTables, type InsightsPage } from './insights-viewer.ts'

/** Questions of somebody who has never seen this product, and follows only what is written on the screen. */
let viewer: InsightsViewer
let insights: InsightsPage

beforeAll(async () => {
  viewer = await InsightsViewer.start()
})
afterAll(async () => viewer?.stop())

const click = async (role: 'link' | 'button', name: string | RegExp): Promise<void> => {
  await insights.page
    .getByRole(role, { name, exact: typeof name === 'string' })
    .first()
    .click()
}

it('who read the table sales.orders last week?', async () => {
  insights = await viewer.open()
  await click('link', 'Insights')
  await click('link', 'Tables')
  await click('button', /Past 30 days/)
  await click('button', 'Past 7 days')
  await insights.page.getByPlaceholder('Find a table').pressSequentially('orders')
  await click('link', 'sales.orders')
  const readers = insights.page.getByRole('region', { name: 'Who reads it' })
  await readers.getByText('Ann Lee').waitFor()
  expect(await readers.innerText()).toMatch(/Ann Lee[\s\S]*6[\s\S]*Bo Ray[\s\S]*3/)
  await insights.page.context().close()
})

it('which are the five slowest queries?', async () => {
  insights = await viewer.open()
  await click('link', 'Insights')
  await click('link', 'Queries')
  await click('button', 'Slowest')
  await expect
    .poll(async () => (await insights.rows('Queries').allInnerTexts())[0] ?? '', { timeout: 10_000 })
    .toContain('big.a')
  const rows = (await insights.rows('Queries').allInnerTexts()).slice(0, 5)
  expect(rows.map((text) => /big\.\w/.exec(text)?.[0])).toEqual(slowTables.slice(0, 5))
  await insights.page.context().close()
})
