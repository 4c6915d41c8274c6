import { readFile } from 'node:fs/promises'
import { parseCsv } from 'hucre/csv'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hostileNames, Viewer, type LogPage } from './log-page.ts'

let viewer: Viewer
let log: LogPage

beforeAll(async () => {
  viewer = await Viewer.start()
  log = await viewer.open({ width: 1280, height: 800 })
})
afterAll(async () => viewer?.stop())
beforeEach(async () => {
  await log.page.evaluate(() => localStorage.clear())
  await log.goTo('type:query outcome:failure')
  await log.expectRows(5)
})

const usual = ['Name', 'Email', 'Timestamp', 'Type', 'Data']
/** The columns of the table, which comes behind the head of the page. */
const headings = async (): Promise<string[]> => {
  const heads = log.table().getByRole('columnheader')
  await heads.first().waitFor()
  return heads.allInnerTexts()
}

async function widthOf(column: string): Promise<number> {
  return log.cell(column).evaluate((cell) => cell.getBoundingClientRect().width)
}

/** Drags a heading before another one. */
async function drag(column: string, before: string): Promise<void> {
  const from = await log.table().locator(`th[data-column="${column}"]`).boundingBox()
  const to = await log.table().locator(`th[data-column="${before}"]`).boundingBox()
  if (from === null || to === null) throw new Error('A heading is not there')
  const { mouse } = log.page
  await mouse.move(from.x + 10, from.y + 16)
  await mouse.down()
  await mouse.move(to.x + 60, to.y + 16, { steps: 5 })
  await mouse.move(to.x + 5, to.y + 16, { steps: 5 })
  await mouse.up()
}

/** Drags the edge of a column so many pixels to the right. */
async function dragEdge(column: string, distance: number): Promise<void> {
  const box = await log.table().locator(`[data-sizer="${column}"]`).boundingBox()
  if (box === null) throw new Error('The edge of the column is not there')
  const { mouse } = log.page
  await mouse.move(box.x + 5, box.y + 16)
  await mouse.down()
  await mouse.move(box.x + 5 + distance, box.y + 16, { steps: 5 })
  await mouse.up()
}

/** Goes down to an item of the open menu and presses it. */
async function pressItem(name: string): Promise<void> {
  const item = log.page.getByRole('menuitem', { name })
  await item.waitFor()
  for (let i = 0; i < 10; i++) {
    if (await hasFocus(item)) break
    await log.page.keyboard.press('ArrowDown')
  }
  await log.page.keyboard.press('Enter')
}

async function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement)
}

async function download(item: string): Promise<string> {
  await log.button('More formats').click()
  const [file] = await Promise.all([
    log.page.waitForEvent('download'),
    log.page.getByRole('menuitem', { name: item }).click(),
  ])
  const done = log.page.getByRole('alert').filter({ hasText: 'has started' })
  await done.getByRole('button', { name: 'Close' }).click()
  await done.waitFor({ state: 'hidden' })
  return readFile(await file.path(), 'utf8')
}

async function downloadTable(item: string): Promise<string[][]> {
  return parseCsv((await download(item)).replace(/^\ufeff/, '')).map((line) => line.map(String))
}

describe('the columns', () => {
  it('are chosen, moved and sized with the mouse, and stay so', async () => {
    expect(await headings()).toEqual(usual)
    await log.chooseColumns('Duration', 'Outcome', 'IP', 'Email')
    await log.page.keyboard.press('Escape')
    expect(await headings()).toEqual(['Name', 'Timestamp', 'Type', 'Data', 'Outcome', 'Duration', 'IP'])
    expect(await log.cell('outcome').innerText()).toBe('Failed')
    expect(await log.cell('durationMs').innerText()).toBe('12.5 ms')
    // What has a column of its own is not told twice.
    expect(await log.cell('data').innerText()).toBe('selekt broken')

    await drag('type', 'name')
    expect((await headings()).slice(0, 3)).toEqual(['Type', 'Name', 'Timestamp'])
    // What was dragged was not pressed.
    expect(await log.page.getByRole('menu').count()).toBe(0)
    const before = await widthOf('name')
    await dragEdge('name', 90)
    expect(await widthOf('name')).toBeCloseTo(before + 90, 0)

    await log.page.reload()
    await log.expectRows(5)
    expect(await headings()).toEqual(['Type', 'Name', 'Timestamp', 'Data', 'Outcome', 'Duration', 'IP'])
    expect(await widthOf('name')).toBeCloseTo(before + 90, 0)
  })

  it('are those of a CSV file; JSON Lines and "all columns" hold everything', async () => {
    await log.chooseColumns('Duration', 'Email', 'Tool')
    await log.page.keyboard.press('Escape')
    await drag('data', 'name')
    const [header, ...lines] = await downloadTable('Download as CSV')
    expect(header).toEqual(['Data', 'Name', 'Timestamp (UTC)', 'Type', 'Tool', 'Duration (ms)'])
    expect(new Set(lines.map((line) => line[1]))).toEqual(new Set(Object.values(hostileNames)))
    const [all] = await downloadTable('CSV with all columns')
    expect(all).toEqual(expect.arrayContaining(['Email', 'Details', 'Event id']))
    const events = (await download('Download as JSON Lines')).trim().split('\n')
    expect(events.map((line) => JSON.parse(line).actor.email)).toContain('300@acme.com')
  })

  it('are moved, sized and hidden by keyboard alone', async () => {
    const { keyboard } = log.page
    await log.table().getByRole('button', { name: 'Email' }).focus()
    await keyboard.press('Enter')
    await pressItem('Move right')
    expect((await headings()).slice(0, 3)).toEqual(['Name', 'Timestamp', 'Email'])
    const before = await widthOf('email')
    await pressItem('Wider')
    expect(await widthOf('email')).toBeGreaterThan(before + 20)
    await pressItem('Hide this column')
    expect(await headings()).toEqual(['Name', 'Timestamp', 'Type', 'Data'])

    // The first time that a menu is opened as well as the second.
    const timestamp = log.table().getByRole('button', { name: 'Timestamp' })
    await timestamp.focus()
    for (let time = 1; time <= 2; time++) {
      expect(await timestamp.getAttribute('aria-haspopup')).toBe('menu')
      expect(await timestamp.getAttribute('aria-expanded')).toBe('false')
      await keyboard.press('Enter')
      await log.page.getByRole('menuitem', { name: 'Wider' }).waitFor()
      expect(await timestamp.getAttribute('aria-expanded')).toBe('true')
      await keyboard.press('Escape')
      await log.page.getByRole('menuitem', { name: 'Wider' }).waitFor({ state: 'hidden' })
      await expect.poll(() => hasFocus(timestamp)).toBe(true)
    }

    await log.button('Columns').focus()
    await keyboard.press('Enter')
    await log.page.getByRole('checkbox', { name: 'Tool' }).focus()
    await keyboard.press('Space')
    const places = await log.page.locator('[data-row]').count()
    for (let i = 1; i < places; i++) await keyboard.press('Alt+ArrowUp')
    expect(await log.page.evaluate(() => document.activeElement?.closest('[data-row]')?.textContent)).toBe(
      'Tool',
    )
    await keyboard.press('Escape')
    expect((await headings())[0]).toBe('Tool')
    expect(await hasFocus(log.button('Columns'))).toBe(true)
    await keyboard.press('Enter')
    await log.button('Reset columns').click()
    expect(await headings()).toEqual(usual)
    expect(viewer.errors).toEqual([])
  })
})
