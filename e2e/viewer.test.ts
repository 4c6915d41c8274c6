import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { printTerm } from '../packages/domain/src/filter/print-filter.ts'
import {
  brokenQueries,
  hostileNames,
  integrationName,
  Viewer,
  visibleBeginning,
  type LogPage,
} from './log-page.ts'

let viewer: Viewer
let log: LogPage

beforeAll(async () => {
  viewer = await Viewer.start()
  log = await viewer.open({ width: 1280, height: 800 })
})
afterAll(async () => viewer?.stop())
beforeEach(async () => {
  await log.page.evaluate(() => localStorage.clear())
  await log.goTo(brokenQueries)
  await log.expectRows(5)
})

const names = Object.entries(hostileNames)
const actor = (name: string): string => printTerm('actor', name)

describe('the filters at the left', () => {
  it.each(names)('find exactly the events of a name, and forget it again: %s', async (_, name) => {
    await log.search('(select OR selekt) -actor:"Ann Lee" -source:app -application:nightly')
    await log.expectRows(10)
    const before = await log.searchBox().inputValue()
    await log.facetValue('Name', name).click()
    await log.expectSearch(`${before} ${actor(name)}`)
    await log.expectRows(2)
    expect(await log.facetValue('Name', name).getAttribute('aria-pressed')).toBe('true')
    await log.expectHarmless()
    await log.facetValue('Name', name).click()
    await log.expectSearch(before)
    await log.expectRows(10)
  })

  it('exclude with Alt, keep the rest of the search as it was written, and take it back', async () => {
    await log.search('"Selekt Broken" OR type:x')
    await log.facetValue('Outcome', 'Failed').click()
    await log.expectSearch('("Selekt Broken" OR type:x) outcome:failure')
    await log.expectRows(5)
    await log.facetValue('Name', hostileNames.script).click({ modifiers: ['Alt'] })
    await log.expectSearch(`("Selekt Broken" OR type:x) outcome:failure -${actor(hostileNames.script)}`)
    await log.expectRows(4)
    const excluded = log.facet('Name').locator('li').filter({ hasText: 'Excluded' })
    expect(await excluded.count()).toBe(1)
    await excluded.getByRole('button').first().click()
    await log.expectSearch('("Selekt Broken" OR type:x) outcome:failure')
    await log.expectRows(5)
  })

  it('count what the table shows: what programs send by themselves only where it is shown', async () => {
    await log.search('actor:"Ann Lee"')
    await log.expectRows(3)
    await log.page.getByText('3 routine statements of programs hidden').waitFor()
    const typeQuery = (): Promise<string> => log.facetValue('Type', 'query').innerText()
    await expect.poll(typeQuery).toMatch(/query\s*3$/)
    await log.button('Show').click()
    await expect.poll(typeQuery).toMatch(/query\s*6$/)
  })

  it('show more values on demand, and tell how many events have others', async () => {
    await log.search('type:query')
    const applications = log.facet('Application')
    await log.button('Show 45 more of Application').click()
    expect(await applications.locator('li').count()).toBe(50)
    const listed = await applications.locator('li').allInnerTexts()
    const counted = listed.reduce((sum, text) => sum + Number(/(\d+)$/.exec(text.trim())?.[1] ?? 0), 0)
    const other = /Other values\s*(\d+)$/.exec(await applications.innerText())?.[1]
    // Every query has an application; three of them are hidden.
    expect(counted + Number(other)).toBe((await viewer.count('type:query')) - 3)
    await log.button('Show fewer of Application').click()
    expect(await applications.locator('li').count()).toBe(5)
  })

  it('call a source by the name of its integration, and kinds and outcomes by words', async () => {
    await log.search('type:query')
    await log.facetValue('Source', integrationName).click()
    await vi.waitFor(async () => expect(await log.searchBox().inputValue()).toMatch(/ source:\S+$/))
    await log.expectRows(1)
    await log.rows().first().click()
    await log.panel().getByText(integrationName).waitFor()
    await log.page.keyboard.press('Escape')
    await log.search('type:query')
    await log.facetValue('Kind', 'Writes data').click()
    await log.expectSearch('type:query kind:write')
  })

  it('are folded, each by itself and all of them, and stay so', async () => {
    const types = log.facet('Type').locator('li')
    await log.facet('Type').getByRole('button', { name: 'Type', exact: true }).click()
    expect(await types.count()).toBe(0)
    await log.page.reload()
    await log.facet('Name').locator('li').first().waitFor()
    expect(await types.count()).toBe(0)
    await log.button('Hide the filters').click()
    await log.page.reload()
    await log.rows().first().waitFor()
    expect(await log.filters().count()).toBe(0)
    await log.button('Filters').click()
    await log.facet('Name').locator('li').first().waitFor()
  })

  it('tell in their place when they cannot be counted, while the table goes on', async () => {
    const facets = '**/api/v1/events/facets**'
    const fails = { status: 500, contentType: 'application/problem+json', body: '{"code":"internal"}' }
    await log.page.route(facets, (route) => route.fulfill(fails))
    await log.search('selekt')
    await log.filters().getByRole('alert').waitFor()
    expect(await log.rows().count()).toBeGreaterThan(4)
    await log.page.unroute(facets)
    await log.filters().getByRole('button', { name: 'Try again' }).click()
    await log.facet('Name').locator('li').first().waitFor()
    expect(await log.filters().getByRole('alert').count()).toBe(0)
  })

  it('do not move anything while they come', async () => {
    await log.page.addInitScript(() => {
      const shifts = { sum: 0 }
      Object.assign(globalThis, { shifts })
      new PerformanceObserver((list) => {
        // Chromium's entries of this type have a value.
        for (const entry of list.getEntries()) shifts.sum += (entry as unknown as { value: number }).value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await log.page.reload()
    await log.untilComplete()
    const sum = await log.page.evaluate(
      () => (globalThis as unknown as { shifts: { sum: number } }).shifts.sum,
    )
    expect(sum).toBeLessThan(0.02)
  })
})

describe('a value in a cell or in an event', () => {
  const nameCell = (name: string): Locator =>
    log
      .rows()
      .filter({ hasText: visibleBeginning(name) })
      .first()
      .locator('td[data-column="name"]')

  it.each(names)('filters and excludes with the mouse: %s', async (_, name) => {
    await nameCell(name).hover()
    await nameCell(name).getByRole('button', { name: 'Exclude Name' }).click()
    await log.expectSearch(`${brokenQueries} -${actor(name)}`)
    await log.expectRows(4)
    // The row under the buttons was not opened.
    expect(await log.panel().count()).toBe(0)
    await log.search(brokenQueries)
    await log.expectRows(5)
    await nameCell(name).hover()
    await nameCell(name).getByRole('button', { name: 'Filter by Name' }).click()
    await log.expectSearch(`${brokenQueries} ${actor(name)}`)
    await log.expectRows(1)
    await nameCell(name).hover()
    await nameCell(name).getByRole('button', { name: 'Filter by Name' }).click()
    await log.expectSearch(brokenQueries)
    await log.expectHarmless()
  })

  it.each([
    ['timestamp', 'Filter by Day', / created:\d{4}-\d\d-\d\d$/],
    ['data', 'Filter by The same query', / fingerprint:[0-9a-f]+$/],
    ['tables', 'Exclude Table crm.leads', / -table:crm\.leads$/],
    ['durationMs', 'Filter by Duration of 12.5 ms or more', / duration:>=12\.5$/],
    ['rows', 'Exclude Rows of 3 or more', / -rows:>=3$/],
    ['kind', 'Filter by Kind', / kind:write$/],
    ['tool', 'Filter by Tool psql', / tool:psql$/],
  ])('filters by any column: %s', async (column, button, expected) => {
    await log.chooseColumns('Tables', 'Duration', 'Rows', 'Kind', 'Tool')
    await log.page.keyboard.press('Escape')
    await log.search('"update crm.leads" type:query')
    await log.expectRows(1)
    await log.cell(column).hover()
    await log.cell(column).getByRole('button', { name: button }).click()
    await vi.waitFor(async () => expect(await log.searchBox().inputValue()).toMatch(expected))
  })

  it('filters from the panel, which leads to the session and to the person around this time', async () => {
    const search = '"update crm.leads" type:query'
    await log.search(search)
    await log.expectRows(1)
    await log.rows().first().click()
    await log.panel().getByText('prod', { exact: true }).hover()
    await log.panel().getByRole('button', { name: 'Filter by Database prod' }).click()
    await log.expectSearch(`${search} database:prod`)
    await log.panel().getByRole('button', { name: 'Exclude Table crm.leads' }).focus()
    await log.page.keyboard.press('Enter')
    await log.expectSearch(`${search} database:prod -table:crm.leads`)
    await log.panel().getByRole('link', { name: 'Same session' }).click()
    await log.expectSearch('session:"s \\"1\\""')
    await log.expectRows(2)
    await log.rows().first().click()
    await log.panel().getByRole('link', { name: 'Same person around this time' }).click()
    await log.expectSearch('actor:7@acme.com')
    expect(log.page.url()).toMatch(/from=.*to=/)
    // The third one was hours earlier.
    await log.expectRows(2)
  })
})

describe('by keyboard alone', () => {
  it('one searches, walks, opens, closes, and finds the keys', async () => {
    const { keyboard } = log.page
    await log.goTo('')
    await keyboard.press('/')
    await keyboard.type(brokenQueries)
    await keyboard.press('Enter')
    await log.expectRows(5)
    await keyboard.press('Escape')
    for (const key of ['j', 'j', 'ArrowDown', 'k']) await keyboard.press(key)
    const focused = (): Promise<string | null | undefined> =>
      log.page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('data-index'))
    expect(await focused()).toBe('1')
    await keyboard.press('Enter')
    await log.panel().waitFor()
    const first = log.page.url()
    await keyboard.press('j')
    await vi.waitFor(() => expect(log.page.url()).not.toBe(first))
    await keyboard.press('k')
    await vi.waitFor(() => expect(log.page.url()).toBe(first))
    await keyboard.press('Escape')
    await log.panel().waitFor({ state: 'hidden' })
    expect(await focused()).toBe('1')
    await keyboard.press('?')
    await log.page.getByRole('dialog', { name: 'Keys' }).getByText('Go to the search box').waitFor()
    await log.expectNoViolations()
    await keyboard.press('Escape')
    await log.page.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  it('one filters and excludes from a cell and from the filters', async () => {
    const { keyboard } = log.page
    for (const key of ['j', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'Tab', 'Tab', 'Enter'])
      await keyboard.press(key)
    const search = `${brokenQueries} -${actor(hostileNames.script)}`
    await log.expectSearch(search)
    await log.expectRows(4)
    // The cell is gone; the focus is still in the table.
    expect(await log.page.evaluate(() => document.activeElement?.closest('tr') !== null)).toBe(true)
    const exclude = log.facetRow('Name', hostileNames.quotes).getByRole('button').last()
    await log.facetValue('Name', hostileNames.quotes).focus()
    await keyboard.press('Tab')
    expect(
      await exclude.evaluate((it) => it === document.activeElement && getComputedStyle(it).opacity === '1'),
    ).toBe(true)
    await keyboard.press('Enter')
    await log.expectSearch(`${search} -${actor(hostileNames.quotes)}`)
  })
})

describe('on every screen', () => {
  it.each([
    { width: 1280, height: 800, colorScheme: 'light' },
    { width: 1280, height: 800, colorScheme: 'dark' },
    { width: 390, height: 844, colorScheme: 'light' },
    { width: 390, height: 844, colorScheme: 'dark' },
  ] as const)('axe finds nothing at $width wide, $colorScheme', async (screen) => {
    const isPhone = screen.width < 500
    const other = await viewer.open({ ...screen, hasTouch: isPhone })
    await other.goTo(`${brokenQueries} -type:login`)
    await other.chooseColumns('Outcome', 'Tables', 'Kind', 'Duration')
    await other.expectNoViolations()
    await other.page.keyboard.press('Escape')
    await other.expectHarmless()
    expect(await other.cell('outcome').isVisible()).toBe(true)
    if (isPhone) {
      expect(await other.filters().count()).toBe(0)
      await other.button('Filters').click()
    }
    await other.facet('Name').locator('li').first().waitFor()
    await other.expectNoViolations()
    if (isPhone) {
      await other.facetRow('Name', hostileNames.script).getByRole('button').last().click()
      await other.expectSearch(`${brokenQueries} -type:login -${actor(hostileNames.script)}`)
      await other.button('Close the filters').click()
      await other.filters().waitFor({ state: 'hidden' })
    }
    await other.cell('name').hover()
    await other.expectNoViolations()
    await other.rows().first().click()
    await other.panel().getByRole('link', { name: 'Same query' }).waitFor()
    await other.expectNoViolations()
    await other.expectHarmless()
    await other.page.context().close()
  })

  it('has rows that leave to the table what cells inherit, so that browsers can use styles again', async () => {
    const { differing, aligned } = await log.page.evaluate(() => {
      const body = document.querySelector('table[aria-label="Events"] tbody')
      const rows = [...(body?.querySelectorAll<HTMLElement>('tr:not([aria-current]):not(:hover)') ?? [])]
      const row = rows.at(-1)
      const cell = row?.querySelector('td')
      if (!body || !row || !cell) throw new Error('there are no rows')
      // What a bare element has from the table is inherited; so is what our own properties are called.
      const bare = document.createElement('i')
      bare.style.all = 'unset'
      body.append(bare)
      const probe = document.createElement('i')
      probe.style.all = 'unset'
      row.append(probe)
      const [ofBody, ofRow] = [getComputedStyle(bare), getComputedStyle(probe)]
      const own = ['--row-back', '--edge', '--event-columns']
      // These follow from where an element stands, and are not inherited.
      const placed =
        /^(display|(min-|max-)?(width|height|inline-size|block-size)|.*origin|inset.*|top|left|right|bottom)$/
      const differing = [...ofBody, ...own].filter(
        (name) => !placed.test(name) && ofBody.getPropertyValue(name) !== ofRow.getPropertyValue(name),
      )
      bare.remove()
      probe.remove()
      row.style.verticalAlign = 'super'
      const aligned = getComputedStyle(cell).verticalAlign
      row.style.verticalAlign = ''
      return { differing, aligned }
    })
    expect(differing).toEqual([])
    expect(aligned).toBe('middle')
  })
})
