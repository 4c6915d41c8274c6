import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventStore, KnownEvent, Positions } from '../store/event-store.ts'
import { IdFilter } from './id-filter.ts'

export type KnownIdsOptions = {
  store: Pick<EventStore, 'findEvents' | 'readIds'>
  node: string
  /** Whether other nodes fill the same store. */
  isShared: boolean
  /** What the filter may take. */
  bytesMax: number
}

/** Room for so many ids is there from the start. */
const capacityMin = 1_000_000

/**
 * Which ids the event store has. A filter in memory says of nearly all new ids that they are new; only the others are
 * looked up. The filter is read from the store after the start, while events come in already: until it is whole, every
 * id is looked up.
 */
export class KnownIds {
  readonly #options: KnownIdsOptions
  readonly #filter: IdFilter
  /** Up to where the filter has what other nodes stored; undefined until it has been read from the store. */
  #whole: Positions | undefined
  #closed = false

  constructor(options: KnownIdsOptions) {
    this.#options = options
    this.#filter = new IdFilter({ capacity: capacityMin, bytesMax: options.bytesMax })
  }

  get isWhole(): boolean {
    return this.#whole !== undefined
  }

  get bytes(): number {
    return this.#filter.bytes
  }

  /** Reads the ids of all that is stored. When it fails the filter is not used, and it may be called again. */
  async load(): Promise<void> {
    this.#whole = await this.#options.store.readIds(new Map(), (ids) => {
      if (this.#closed) throw new AuditError('unavailable', 'The server is shutting down.')
      this.#filter.addAll(ids)
    })
  }

  /** Ends a loading that is under way. */
  close(): void {
    this.#closed = true
  }

  /** Those of the ids that a workspace has already. Errors: those of the event store. */
  async find(workspaceId: string, ids: readonly string[]): Promise<KnownEvent[]> {
    await this.#takeInOthers()
    const possible = this.#whole === undefined ? ids : ids.filter((id) => this.#filter.mayHave(id))
    return possible.length === 0 ? [] : this.#options.store.findEvents(workspaceId, possible)
  }

  /** Call with the ids of events that the store has confirmed, before it is asked again. */
  add(ids: readonly string[]): void {
    for (const id of ids) this.#filter.add(id)
  }

  /** What this node stores is added by `add`; what others have stored since is read here. */
  async #takeInOthers(): Promise<void> {
    const { isShared, store, node } = this.#options
    if (!isShared || this.#whole === undefined) return
    const beyond = new Map([...this.#whole, [node, Number.MAX_SAFE_INTEGER]])
    this.#whole = await store.readIds(beyond, (ids) => this.#filter.addAll(ids))
  }
}
