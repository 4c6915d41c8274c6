import type { Page } from 'playwright-core'

/** Functions that run inside a page, and what they note there; times in ms since its navigation began. */
type Noted = {
  firstRowMs: number
  shift: number
  /** Of each key press, click or tap: how long until the next frame showed something. */
  interactionsMs: number[]
}

/**
 * Lets a page note, from its first moment on, when rows are on screen, how far things moved by themselves, and how long its
 * answers to interactions took. Its entries are the browser's own (Event Timing, Layout Instability), as for the Web Vitals
 * CLS and INP.
 */
export async function addProbe(page: Page): Promise<void> {
  // What runs these files gives functions their names by a helper, which the page does not have.
  await page.addInitScript({ content: 'globalThis.__name = (named) => named' })
  await page.addInitScript(() => {
    const noted: Noted = { firstRowMs: -1, shift: 0, interactionsMs: [] }
    Object.assign(globalThis, { noted })
    // Drawn one frame later, and not before anything is.
    const noteRows = (): void => {
      const painted = performance.getEntriesByName('first-contentful-paint')[0]
      if (painted === undefined) requestAnimationFrame(noteRows)
      else noted.firstRowMs = Math.max(performance.now(), painted.startTime)
    }
    const look = (): void => {
      if (document.querySelector('tbody tr[data-index]') === null) requestAnimationFrame(look)
      else requestAnimationFrame(noteRows)
    }
    requestAnimationFrame(look)
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        // Chromium's entries of this type have both.
        const { value, hadRecentInput } = entry as unknown as { value: number; hadRecentInput: boolean }
        if (!hadRecentInput) noted.shift += value
      }
    }).observe({ type: 'layout-shift', buffered: true })
    const longest = new Map<number, number>()
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        // Chromium's entries of this type have it.
        const { interactionId } = entry as unknown as { interactionId: number }
        if (interactionId > 0)
          longest.set(interactionId, Math.max(entry.duration, longest.get(interactionId) ?? 0))
      }
      noted.interactionsMs = [...longest.values()]
    }).observe({ type: 'event', buffered: true, durationThreshold: 16 } as PerformanceObserverInit)
  })
}

/** What the page has noted so far. */
export async function readProbe(page: Page): Promise<Noted> {
  return page.evaluate(() => (globalThis as unknown as { noted: Noted }).noted)
}

/**
 * How long each frame took while the list of events was scrolled through, so many pixels a frame and for so many frames;
 * and, if `byJumps`, to a place anywhere in it every tenth frame.
 */
export async function scrollThrough(
  page: Page,
  { frames, step, byJumps }: { frames: number; step: number; byJumps: boolean },
): Promise<number[]> {
  return page.evaluate(
    async (how) => {
      const scroller = document.querySelector('table[aria-label="Events"]')?.parentElement
      if (!scroller) throw new Error('the list of events is not there')
      const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
      const took: number[] = []
      let last = await nextFrame()
      for (let i = 0; i < how.frames; i++) {
        if (how.byJumps && i % 10 === 0)
          scroller.scrollTop = ((i * 7919) % 1000) * (scroller.scrollHeight / 1000)
        else scroller.scrollTop += how.step
        const now = await nextFrame()
        took.push(now - last)
        last = now
      }
      return took
    },
    { frames, step, byJumps },
  )
}

/** Scrolls to the end again and again until the list is so many rows long. Throws when no more come. */
export async function loadRows(page: Page, rows: number, say: (text: string) => void): Promise<void> {
  for (let before = 0, idle = 0; ;) {
    const loaded = await page.evaluate(async () => {
      const table = document.querySelector<HTMLTableElement>('table[aria-label="Events"]')
      const scroller = table?.parentElement
      if (!table || !scroller) throw new Error('the list of events is not there')
      scroller.scrollTop = scroller.scrollHeight
      await new Promise((resolve) => requestAnimationFrame(resolve))
      const row = table.querySelector<HTMLElement>('tbody tr[data-index]')
      return Math.round(
        (table.tBodies[0]?.offsetHeight ?? 0) / (row?.offsetHeight ?? Number.POSITIVE_INFINITY),
      )
    })
    if (loaded >= rows) return
    idle = loaded > before ? 0 : idle + 1
    if (idle > 400) throw new Error(`only ${loaded} rows came`)
    if (Math.floor(loaded / 20_000) > Math.floor(before / 20_000)) say(`${loaded} rows are loaded`)
    before = loaded
    await page.waitForTimeout(25)
  }
}

/** Frame times for so long, while nobody does anything. */
export async function watchFrames(page: Page, ms: number): Promise<number[]> {
  return page.evaluate(async (howLong) => {
    const took: number[] = []
    const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))
    const start = await nextFrame()
    for (let last = start; last - start < howLong;) {
      const now = await nextFrame()
      took.push(now - last)
      last = now
    }
    return took
  }, ms)
}
