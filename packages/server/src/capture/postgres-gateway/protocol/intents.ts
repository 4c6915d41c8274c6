import { mayNeedIntent, needsIntent } from './needs-intent.ts'
import { intentOfPortal, intentOfQuery, type PlacedIntent } from './placed-intent.ts'
import type { Portal } from './portals.ts'
import type { SimpleQuery } from './simple-query.ts'

/** Counts the intents of a session, and those of which all has been told. */
export class Intents {
  readonly #areWanted: boolean
  readonly #onSettled: (last: number) => void
  #last = 0
  #settled = 0

  constructor(areWanted: boolean, onSettled: (last: number) => void) {
    this.#areWanted = areWanted
    this.#onSettled = onSettled
  }

  /** Of a simple query or a function call that has to be admitted. */
  ofQuery(query: SimpleQuery, place: number): PlacedIntent | undefined {
    if (!this.#areWanted) return undefined
    if (query.functionOid === undefined && !needsIntent(query.text.sql)) return undefined
    query.intent = ++this.#last
    return intentOfQuery(query, place)
  }

  /** One for each portal, at its Bind: planning may already evaluate functions. */
  ofPortal(portal: Portal, place: number, now: number): PlacedIntent | undefined {
    if (!this.#areWanted || portal.intent !== 0 || !mayNeedIntent(portal.prepared)) return undefined
    portal.intent = ++this.#last
    return intentOfPortal(portal, place, now)
  }

  /** Everything was answered: nothing more is to come of any but those from `open` on. */
  settleBefore(open: number): void {
    const last = Math.min(this.#last, open - 1)
    if (last <= this.#settled) return
    this.#settled = last
    this.#onSettled(last)
  }
}
