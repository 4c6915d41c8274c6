import { setTimeout as sleep } from 'node:timers/promises'
import type { Page, Request } from 'playwright-core'

/** Streams that stay open as long as their page does. */
const streams = /\/api\/v1\/events\/tail\b/

/** Knows what a page is loading; a live tail is not waited for, which never ends. */
export class QuietNetwork {
  readonly #running = new Set<Request>()
  #lastChange = Date.now()

  constructor(page: Page) {
    page.on('request', (request) => {
      if (!streams.test(request.url())) this.#running.add(request)
      this.#lastChange = Date.now()
    })
    for (const ending of ['requestfinished', 'requestfailed'] as const)
      page.on(ending as 'requestfinished', (request) => {
        this.#running.delete(request)
        this.#lastChange = Date.now()
      })
  }

  /** Waits until nothing was being loaded for half a second. */
  async untilQuiet(): Promise<void> {
    const until = Date.now() + 20_000
    while (this.#running.size > 0 || Date.now() - this.#lastChange < 500) {
      if (Date.now() > until)
        throw new Error(`Still loading: ${[...this.#running].map((request) => request.url()).join(' ')}`)
      await sleep(50)
    }
  }
}
