import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { hostileNames, Viewer, type LogPage } from './log-page.ts'
import { QuietNetwork } from './quiet-network.ts'

const analyst = { email: 'ali@acme.com', password: 'silver kite above the mill', name: 'Ali Analyst' }

let viewer: Viewer
let log: LogPage
/** Somebody who sees only queries and their own events. */
let theirs: LogPage

const menu = (on: LogPage): Locator => on.page.getByRole('dialog', { name: /^Views?\b/ })
const viewButton = (on: LogPage, name = 'Views'): Locator =>
  on.button(name === 'Views' ? name : `View: ${name}`)
const dialog = (on: LogPage): Locator => on.page.getByRole('dialog').filter({ hasText: 'Who has it' })
const changed = (on: LogPage): Locator => on.page.getByText('Changed', { exact: true })
/** The columns of the table, which comes behind the head of the page. */
const headings = async (on: LogPage): Promise<string[]> => {
  const heads = on.table().locator('thead th')
  await heads.first().waitFor()
  return heads.evaluateAll((all) => all.map((it) => it.getAttribute('data-column') ?? ''))
}
const param = (on: LogPage, name: string): string | null => new URL(on.page.url()).searchParams.get(name)

async function saveView(on: LogPage, name: string, shared: boolean): Promise<void> {
  await dialog(on).getByLabel('Name', { exact: true }).fill(name)
  await dialog(on)
    .getByRole('radio', { name: shared ? 'Everybody' : 'Only' })
    .check()
  await dialog(on).getByRole('button', { name: 'Save' }).click()
  await dialog(on).waitFor({ state: 'hidden' })
}

async function openView(on: LogPage, name: string, from = 'Views'): Promise<void> {
  await viewButton(on, from).click()
  await menu(on).locator('[data-view]').filter({ hasText: name }).click()
  await viewButton(on, name).waitFor()
}

/** Saves as many views as there are names, without the page. */
async function addViews(on: LogPage, names: string[]): Promise<void> {
  const statuses = await on.page.evaluate(async (all) => {
    const state = { q: 'type:query', range: { past: '7d' }, noise: false, columns: ['name', 'data'] }
    const send = async (name: string): Promise<number> => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ name, state })
      return (await fetch('/api/v1/views', { method: 'POST', headers, body })).status
    }
    const answers: number[] = []
    for (const name of all) answers.push(await send(name))
    return answers
  }, names)
  expect(statuses).toEqual(names.map(() => 201))
}

beforeAll(async () => {
  viewer = await Viewer.start()
  log = await viewer.open({ width: 1280, height: 800 })
  const link = await log.page.evaluate(async ({ email }) => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ email, role: 'analyst' })
    const answer = await fetch('/api/v1/members', { method: 'POST', headers, body })
    return ((await answer.json()) as { link: string }).link
  }, analyst)
  theirs = await viewer.openAs(link, analyst)
})
afterAll(async () => viewer?.stop())

describe('a view', () => {
  it('keeps the search, the range, the noise and the columns, and brings them back', async () => {
    await log.goTo('')
    await log.search('actor:"Ann Lee"')
    await log.expectRows(3)
    await log.button('Show').click()
    await log.expectRows(6)
    await log.chooseColumns('Duration', 'Email')
    await log.page.keyboard.press('Escape')
    await log.page.getByRole('button', { name: /^Time range/ }).click()
    await log.button('Past 24 hours').click()
    await log.button('Save view').click()
    await saveView(log, 'What Ann does', true)
    await viewButton(log, 'What Ann does').waitFor()
    expect(param(log, 'view')).not.toBeNull()
    expect(await changed(log).count()).toBe(0)

    await log.page.evaluate(() => localStorage.clear())
    await log.goTo('')
    expect(await headings(log)).toContain('email')
    await openView(log, 'What Ann does')
    await log.expectSearch('actor:"Ann Lee"')
    await log.expectRows(6)
    expect(await headings(log)).toEqual(['name', 'timestamp', 'type', 'data', 'durationMs'])
    expect([param(log, 'range'), param(log, 'noise')]).toEqual(['24h', 'shown'])
    // The columns of the view are not those that the browser remembers.
    await viewButton(log, 'What Ann does').click()
    await log.button('Leave this view').click()
    await viewButton(log).waitFor()
    expect(await headings(log)).toContain('email')
    await log.expectSearch('actor:"Ann Lee"')
  })

  it('says that it was changed, and is saved, saved as another one, or reset', async () => {
    await openView(log, 'What Ann does')
    await log.search('actor:"Ann Lee" type:query -table:hr.pay')
    await changed(log).waitFor()
    await log.button('Reset').click()
    await log.expectSearch('actor:"Ann Lee"')
    expect(await changed(log).count()).toBe(0)
    await log.chooseColumns('Rows')
    await log.page.keyboard.press('Escape')
    await changed(log).waitFor()
    expect(param(log, 'columns')).toBe(
      'name,timestamp,type,data,durationMs,-email,-outcome,-tables,-kind,-policy,-tags,-tool,rows',
    )
    await log.button('Save').click()
    await changed(log).waitFor({ state: 'hidden' })
    await log.page.reload()
    await viewButton(log, 'What Ann does').waitFor()
    expect(await changed(log).count()).toBe(0)
    expect(await headings(log)).toContain('rows')
    await log.search('actor:"Ann Lee" table:hr.pay')
    await log.button('Save as').click()
    await saveView(log, 'Salaries', false)
    await viewButton(log, 'Salaries').waitFor()
    await openView(log, 'What Ann does', 'Salaries')
    await log.expectSearch('actor:"Ann Lee"')
  })

  it('that is shared shows each person only what they may see, and is not theirs to change', async () => {
    await log.goTo('')
    await log.search('type:query OR type:user_signed_in')
    await log.button('Save view').click()
    await saveView(log, 'Queries and sign-ins', true)
    await log.rows().first().waitFor()
    await expect.poll(async () => log.facetValue('Type', 'user_signed_in').count()).toBe(1)
    await theirs.goTo('')
    await openView(theirs, 'Queries and sign-ins')
    await theirs.expectSearch('type:query OR type:user_signed_in')
    const names = async (): Promise<string[]> => theirs.page.locator('td[data-column="name"]').allInnerTexts()
    await theirs.rows().first().waitFor()
    await vi.waitFor(async () => expect((await names()).length).toBeGreaterThan(10))
    expect((await names()).filter((name) => name.includes('Grace'))).toEqual([])
    await theirs.search('type:query')
    await changed(theirs).waitFor()
    expect(await theirs.button('Save').count()).toBe(0)
    await viewButton(theirs, 'Queries and sign-ins').click()
    await menu(theirs).getByText('Grace Admin').first().waitFor()
    expect(await menu(theirs).getByText('Salaries').count()).toBe(0)
    expect(
      await menu(theirs)
        .getByRole('button', { name: /^(Delete|Name and sharing)/ })
        .count(),
    ).toBe(0)
    await theirs.page.keyboard.press('Escape')
    await theirs.button('Save as').click()
    await saveView(theirs, 'Only mine', false)
    await viewButton(theirs, 'Only mine').waitFor()
  })

  it('is renamed, unshared and deleted by who owns it and by admins', async () => {
    await viewButton(theirs, 'Only mine').click()
    await theirs.button('Name and sharing of Only mine').click()
    await saveView(theirs, 'Ours now', true)
    await viewButton(theirs, 'Ours now').waitFor()
    await log.goTo('')
    await viewButton(log).click()
    await log.button('Name and sharing of Ours now').click()
    await saveView(log, 'Everybody’s', true)
    await viewButton(log).click()
    await log.button('Delete Everybody’s').click()
    const confirm = log.page.getByRole('dialog', { name: 'Delete the view?' })
    await confirm.getByRole('button', { name: 'Delete' }).click()
    await confirm.waitFor({ state: 'hidden' })
    await theirs.page.reload()
    await viewButton(theirs).click()
    await menu(theirs).getByText('Queries and sign-ins').waitFor()
    expect(await menu(theirs).getByText('Everybody’s').count()).toBe(0)
    await theirs.page.keyboard.press('Escape')
  })

  it('cannot have the name of another one, and says so at the field', async () => {
    await log.goTo('type:query')
    await log.button('Save view').click()
    await dialog(log).getByLabel('Name', { exact: true }).fill('Salaries')
    await dialog(log).getByRole('button', { name: 'Save' }).click()
    await dialog(log).getByText('Is taken').waitFor()
    await log.expectNoViolations()
    await log.page.keyboard.press('Escape')
    await dialog(log).waitFor({ state: 'hidden' })
    await log.page.goto(`${viewer.server.url}/audit-log?q=nonsense:1`)
    await expect.poll(async () => log.button('Save view').isDisabled()).toBe(true)
  })

  it('may have any name, and is found by it among many', async () => {
    const names = [hostileNames.script, hostileNames.quotes, 'محمد عربي', '<b>bold</b> & co']
    await addViews(log, [...names, ...Array.from({ length: 12 }, (_, i) => `Weekly look ${i}`)])
    await log.goTo('')
    for (const name of names) {
      await viewButton(log).click()
      await menu(log).getByLabel('Find a view').fill(name)
      await menu(log).getByRole('button', { name, exact: true }).waitFor()
      expect(await menu(log).locator('[data-view]').count()).toBe(1)
      await log.page.keyboard.press('ArrowDown')
      await log.page.keyboard.press('Enter')
      await log.button(`View: ${name}`).waitFor()
      await log.expectHarmless()
      await log.button(`View: ${name}`).click()
      await log.button('Leave this view').click()
    }
  })
})

describe('on every screen', () => {
  it.each([
    { width: 1280, height: 800, colorScheme: 'light' },
    { width: 1280, height: 800, colorScheme: 'dark' },
    { width: 390, height: 844, colorScheme: 'light' },
    { width: 390, height: 844, colorScheme: 'dark' },
  ] as const)('axe finds nothing at $width wide, $colorScheme', async (screen) => {
    const other = await viewer.open({ ...screen, hasTouch: screen.width < 500 })
    const network = new QuietNetwork(other.page)
    await other.rows().first().waitFor()
    await viewButton(other).click()
    await network.untilQuiet()
    await menu(other).getByText('Shared with the workspace').waitFor()
    await other.expectNoViolations()
    await menu(other).locator('[data-view]').filter({ hasText: 'What Ann does' }).click()
    await other.search('type:query')
    await changed(other).waitFor()
    await network.untilQuiet()
    await other.expectNoViolations()
    await other.expectHarmless()
    await other.button('Save as').click()
    await dialog(other).waitFor()
    await other.expectNoViolations()
    await other.expectHarmless()
    await other.page.context().close()
    expect(viewer.errors).toEqual([])
  })
})
