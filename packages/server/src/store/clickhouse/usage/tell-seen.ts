import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
import { thingsOf, type SeenThing } from '../../seen.ts'
import type { Engine } from '../engine.ts'
import { toEngineTime } from '../event-row.ts'
import { RowBuffer } from '../row-buffer.ts'

/** So many texts are remembered as told; beyond, all are forgotten and told once more. */
const toldMax = 20_000

type Entry = {
  thing: SeenThing
  workspaceId: string
  scope: string
  first: string
  last: string
  latest: [string, string]
}

/**
 * Tells the table of what was seen. It may be told anything twice: every column keeps the lowest or the greatest value.
 * So a batch of which nobody knows what has arrived is told as a whole.
 */
export class SeenTeller {
  readonly #engine: Engine
  /** Texts that the table has for certain. */
  readonly #told = new Map<string, string>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  begin(): SeenBatch {
    return new SeenBatch(this.#engine, this.#told)
  }
}

/** What the events of a batch tell, once for each thing. */
class SeenBatch {
  readonly #engine: Engine
  readonly #told: Map<string, string>
  readonly #entries = new Map<string, Entry>()

  constructor(engine: Engine, told: Map<string, string>) {
    this.#engine = engine
    this.#told = told
  }

  add(event: StoredEvent): void {
    const at = padMicroseconds(event.occurredAt)
    for (const thing of thingsOf(event)) {
      this.#addTo('everything', event.workspaceId, at, thing)
      if (event.type === 'query') this.#addTo('queries', event.workspaceId, at, thing)
    }
  }

  /** Resolves when the table has all of it for good. */
  async tell(): Promise<void> {
    const rows = new RowBuffer()
    for (const [key, { thing, workspaceId, scope, first, last, latest }] of this.#entries) {
      rows.add({
        workspace_id: workspaceId,
        kind: thing.kind,
        scope,
        name: thing.name,
        first_at: toEngineTime(first),
        last_at: toEngineTime(last),
        latest: [toEngineTime(latest[0]), latest[1]],
        text: this.#told.get(key) === thing.text ? '' : thing.text,
      })
    }
    if (rows.length === 0) return
    await this.#engine.insertRows('usage_seen', rows)
    if (this.#told.size > toldMax) this.#told.clear()
    for (const [key, { thing }] of this.#entries) if (thing.text !== '') this.#told.set(key, thing.text)
  }

  #addTo(scope: string, workspaceId: string, at: string, thing: SeenThing): void {
    const key = `${workspaceId}\n${scope}\n${thing.kind}\n${thing.name}`
    const known = this.#entries.get(key)
    if (known === undefined) {
      this.#entries.set(key, { thing, workspaceId, scope, first: at, last: at, latest: [at, thing.latest] })
      return
    }
    if (at < known.first) known.first = at
    if (at > known.last) known.last = at
    if (at > known.latest[0] || (at === known.latest[0] && isGreater(thing.latest, known.latest[1])))
      known.latest = [at, thing.latest]
    // The greater text is kept, and a text that is told already must not hide another one.
    if (isGreater(thing.text, known.thing.text)) known.thing = thing
  }
}

/** As the engine compares texts. */
function isGreater(a: string, b: string): boolean {
  return a !== b && Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0
}
