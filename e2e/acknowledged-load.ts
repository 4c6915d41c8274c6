import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { expect, vi } from 'vitest'

/** What answers: a running server and a key that may send and read. */
export type Target = { url: string; apiKey: string }

type Draft = {
  id?: string
  type: string
  occurredAt?: string
  actor: { type: string; id: string; name?: string }
  outcome?: string
  data: { mark: string; text: string; sql?: string }
  targets?: { type: string; id: string }[]
  context: { application: string; requestId?: string }
}

type FoundEvent = Draft & { id: string; statement?: { tables?: { name: string }[] } }

/** What a round of load came to. */
export type LoadCounts = { acknowledged: number; refused: number; unanswered: number }

/** When a request began and how it was answered; 0: not at all. */
export type Answered = { beganMs: number; status: number }

const application = 'fault load'

/**
 * Clients that send events in every way there is, and the oracle that knows what must be in the log afterwards. Each
 * acknowledged id, with the hash of what was sent, is written to a file before its client goes on, so the file must
 * lie outside of what the test breaks. All choices follow from `seed`.
 */
export class AcknowledgedLoad {
  readonly #file: string
  readonly #random: () => number
  /** Everything that was ever sent, by the mark in its data (not a key that is named like a secret: that would be masked): nothing else may turn up. */
  readonly #sent = new Map<string, Draft>()
  /** Drafts with ids of their own whose fate may be unknown: sent again, they must not be there twice. */
  readonly #repeatable: Draft[] = []
  readonly #acknowledgedWithId: Draft[] = []
  /** Other content that was sent under an acknowledged id, by that id; true: it was acknowledged too. */
  readonly #conflicts = new Map<string, { mark: string; acknowledged: boolean }>()
  readonly #answers: Answered[] = []
  readonly counts: LoadCounts = { acknowledged: 0, refused: 0, unanswered: 0 }
  #next = 0
  #isCut = false

  constructor(seed: number, file: string) {
    this.#random = createRandom(seed)
    this.#file = file
    appendFileSync(file, '')
  }

  /** A whole number from `min` to `max`, from the load's own sequence of choices. */
  pick(min: number, max: number): number {
    return min + Math.floor(this.#random() * (max - min + 1))
  }

  /** Every request so far, in the order of its answer. */
  get answers(): readonly Answered[] {
    return this.#answers
  }

  /**
   * The machine loses its power now: what it answers from here on reaches nobody. (Here it can: the kernel's way to make a
   * file system lose its power ends a commit that is under way, and who comes to wait for that commit a moment later is
   * told that all is well.)
   */
  cutPower(): void {
    this.#isCut = true
  }

  /** Begins to send from so many clients; the returned function lets them finish their requests and stops them. */
  run(target: Target, clients: number): () => Promise<void> {
    this.#isCut = false
    let stopped = false
    const running = Array.from({ length: clients }, async () => {
      while (!stopped) {
        const ok = await this.#sendOne(target)
        // A server that is gone refuses at once: asking without a pause would only burn the processor.
        if (!ok) await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })
    return async () => {
      stopped = true
      await Promise.all(running)
    }
  }

  async #sendOne(target: Target): Promise<boolean> {
    const choice = this.#random()
    if (choice < 0.4) return this.#send(target, 'single', [this.#draft(true)])
    if (choice < 0.55) return this.#send(target, 'single', [this.#draft(false)])
    if (choice < 0.7) {
      return this.#send(
        target,
        'batch',
        this.#drafts(this.pick(2, 30), () => this.#random() < 0.6),
      )
    }
    if (choice < 0.78)
      return this.#send(
        target,
        'lines',
        this.#drafts(this.pick(5, 150), () => true),
      )
    if (choice < 0.93) return this.#repeat(target)
    return this.#contradict(target)
  }

  #drafts(count: number, withId: () => boolean): Draft[] {
    return Array.from({ length: count }, () => this.#draft(withId()))
  }

  #draft(withId: boolean): Draft {
    const n = this.#next++
    const mark = `t${n}`
    const draft: Draft = {
      ...(withId ? { id: crypto.randomUUID() } : {}),
      type: `load_${n % 3}`,
      actor: { type: 'service', id: `client ${n % 7}`, ...(n % 2 === 0 ? { name: `Näme ${n} 名` } : {}) },
      outcome: n % 5 === 0 ? 'failure' : 'success',
      data: { mark, text: 'x'.repeat(this.pick(0, 400)), sql: `select * from sales.orders_${n % 4}` },
      ...(n % 4 === 0 ? { targets: [{ type: 'table', id: `orders_${n % 4}` }] } : {}),
      context: { application, requestId: `r${n}` },
    }
    if (n % 3 === 0) {
      // Over several weeks, and so over several partitions; micros, because those are easily lost.
      const ms = Date.now() - this.pick(0, 20 * 86_400_000)
      draft.occurredAt = `${new Date(ms).toISOString().slice(0, -1)}${String(n % 999)
        .padStart(3, '0')
        .replace(/0$/, '1')}Z`
    }
    this.#sent.set(mark, draft)
    if (withId) this.#repeatable.push(draft)
    return draft
  }

  async #repeat(target: Target): Promise<boolean> {
    const draft = this.#repeatable[this.pick(0, this.#repeatable.length - 1)]
    if (!draft) return true
    const copies = Array.from({ length: this.pick(1, 3) }, () => draft)
    return this.#send(target, copies.length === 1 ? 'single' : 'batch', copies)
  }

  /** Sends other content under an id that is known to be acknowledged: the first content stands. */
  async #contradict(target: Target): Promise<boolean> {
    const known = this.#acknowledgedWithId[this.pick(0, this.#acknowledgedWithId.length - 1)]
    if (!known?.id || this.#conflicts.has(known.id)) return true
    const mark = `t${this.#next++}`
    const other: Draft = { ...known, id: known.id, type: 'load_conflict', data: { mark, text: 'other' } }
    const conflict = { mark, acknowledged: false }
    this.#conflicts.set(known.id, conflict)
    const answer = await this.#post(target, 'application/json', JSON.stringify(other))
    conflict.acknowledged = answer?.status === 201
    return answer !== undefined
  }

  async #send(target: Target, form: 'single' | 'batch' | 'lines', drafts: Draft[]): Promise<boolean> {
    const lines = form === 'lines'
    const body = lines
      ? drafts.map((draft) => JSON.stringify(draft)).join('\n')
      : JSON.stringify(form === 'batch' ? { events: drafts } : drafts[0])
    const answer = await this.#post(target, lines ? 'application/x-ndjson' : 'application/json', body)
    if (answer?.status !== 201) return answer !== undefined
    let text = ''
    for (const [i, draft] of drafts.entries()) {
      const id = answer.ids[i] ?? draft.id ?? ''
      text += `${id} ${hashOf(draft)}\n`
      if (draft.id !== undefined) this.#acknowledgedWithId.push(draft)
    }
    appendFileSync(this.#file, text)
    this.counts.acknowledged += drafts.length
    return true
  }

  async #post(
    target: Target,
    type: string,
    body: string,
  ): Promise<{ status: number; ids: string[] } | undefined> {
    const beganMs = Date.now()
    try {
      const answer = await fetch(`${target.url}/api/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${target.apiKey}`, 'content-type': type },
        body,
      })
      const { ids = [] } = (await answer.json()) as { ids?: string[] }
      if (this.#isCut) throw new Error('The power was gone.')
      if (answer.status !== 201) this.counts.refused++
      this.#answers.push({ beganMs, status: answer.status })
      return { status: answer.status, ids }
    } catch {
      this.counts.unanswered++
      this.#answers.push({ beganMs, status: 0 })
      return undefined
    }
  }

  /**
   * Holds the log against everything that was sent: all that was acknowledged is there, once and as it was sent; nothing
   * is there that was never sent; and every way of counting gives the same numbers.
   */
  async check(target: Target): Promise<void> {
    await waitUntilApplied(target)
    const q = `application:"${application}"`
    const found = await findAll<FoundEvent>(target, q)
    const wrong: string[] = []
    const byId = new Map<string, FoundEvent>()
    const marks = new Set<string>()
    for (const event of found) {
      if (byId.has(event.id)) wrong.push(`${event.id} is there twice`)
      byId.set(event.id, event)
      if (marks.has(event.data.mark)) wrong.push(`${event.data.mark} is there under two ids`)
      marks.add(event.data.mark)
      const sent = this.#sent.get(event.data.mark)
      if (!sent)
        wrong.push(`${event.id} (${event.data.mark}) was never sent, or was refused by an older content`)
      else if (!isDeepStrictEqual(asSent(event, sent), sent)) {
        wrong.push(`${event.id} was changed: ${JSON.stringify(event)} instead of ${JSON.stringify(sent)}`)
      }
    }
    for (const line of readFileSync(this.#file, 'utf8').split('\n')) {
      const [id, hash] = line.split(' ')
      if (id === undefined || hash === undefined) continue
      const event = byId.get(id)
      const sent = event && this.#sent.get(event.data.mark)
      if (!event || !sent) wrong.push(`${id} was acknowledged and is lost`)
      else if (hashOf(asSent(event, sent)) !== hash)
        wrong.push(`${id} has other content than was acknowledged`)
    }
    expect(wrong.slice(0, 20), `${wrong.length} faults in ${found.length} events`).toEqual([])
    await this.#checkConflicts(target)
    await checkCounts(target, q, found)
  }

  async #checkConflicts(target: Target): Promise<void> {
    const events = await findAll<{ data: { eventId: string } }>(target, 'type:event_id_conflict')
    const told = countBy(events.map((event) => event.data.eventId))
    const wrong: string[] = []
    for (const [id, count] of told) {
      if (!this.#conflicts.has(id)) wrong.push(`a conflict about ${id}, which had one content`)
      if (count > 1) wrong.push(`${count} events about the conflict of ${id}`)
    }
    for (const [id, { acknowledged }] of this.#conflicts) {
      if (acknowledged && !told.has(id)) wrong.push(`nothing tells of the other content under ${id}`)
    }
    expect(wrong.slice(0, 20)).toEqual([])
  }
}

/** The parts of a found event that its sender named, as the sender wrote them. */
function asSent(event: FoundEvent, sent: Draft): Record<string, unknown> {
  return Object.fromEntries(Object.keys(sent).map((key) => [key, event[key as keyof Draft]]))
}

/** Independent of the order of keys; the id is left out, because the server makes some of them. */
function hashOf(draft: object): string {
  const sorted = JSON.stringify({ ...draft, id: undefined }, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
  return createHash('sha256').update(sorted).digest('hex')
}

/** The histogram (from a projection), the facets and the events themselves must agree. */
async function checkCounts(target: Target, q: string, found: FoundEvent[]): Promise<void> {
  const query = `q=${encodeURIComponent(q)}`
  const { buckets } = await get<{ buckets: { count: number }[] }>(
    target,
    `/api/v1/events/histogram?${query}&interval=1d`,
  )
  expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(found.length)
  const { facets } = await get<{ facets: Record<string, { values: { value: string; count: number }[] }> }>(
    target,
    `/api/v1/events/facets?${query}&fields=type,table,outcome`,
  )
  const counted = (name: string): Map<string, number> =>
    new Map((facets[name]?.values ?? []).map(({ value, count }) => [value, count]))
  expect(counted('type')).toEqual(countBy(found.map((event) => event.type)))
  expect(counted('outcome')).toEqual(countBy(found.map((event) => event.outcome ?? 'success')))
  const tables = found.flatMap((event) => [
    ...new Set((event.statement?.tables ?? []).map((table) => table.name)),
  ])
  expect(counted('table')).toEqual(countBy(tables))
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** Waits until everything that the journal holds is in the event store. */
export async function waitUntilApplied(target: Target): Promise<void> {
  await vi.waitFor(
    async () => {
      const metrics = await (await fetch(`${target.url}/metrics`)).text()
      const sequence = /^audit_journal_sequence (\d+)$/m.exec(metrics)?.[1]
      expect(sequence).toBeDefined()
      expect(/^audit_applied_sequence (\d+)$/m.exec(metrics)?.[1]).toBe(sequence)
    },
    { timeout: 30_000, interval: 100 },
  )
}

/** Every event that a search finds, page by page. */
export async function findAll<T>(target: Target, q: string): Promise<T[]> {
  const found: T[] = []
  for (let cursor = ''; ;) {
    const page = await get<{ events: T[]; nextCursor?: string }>(
      target,
      `/api/v1/events?limit=1000&q=${encodeURIComponent(q)}${cursor}`,
    )
    found.push(...page.events)
    if (page.nextCursor === undefined) return found
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
  }
}

async function get<T>(target: Target, path: string): Promise<T> {
  const answer = await fetch(`${target.url}${path}`, {
    headers: { authorization: `Bearer ${target.apiKey}` },
  })
  if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
  // The API's own answers.
  return (await answer.json()) as T
}

/** Mulberry32: numbers from 0 to 1 that follow from a seed. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
