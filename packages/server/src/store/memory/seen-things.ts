import type { StoredEvent } from '@aleph-audit-log/domain/event'
import { padMicroseconds } from '@aleph-audit-log/domain/time'
import { thingsOf, type SeenKind } from '../seen.ts'
import type { RestrictedSearch } from '../restricted-search.ts'

export type SeenEntry = { first: string; last: string; latest: [string, string]; text: string }

/** What was ever seen, whatever became of its events. */
export class SeenThings {
  readonly #entries = new Map<string, Map<string, SeenEntry>>()

  addAll(events: readonly StoredEvent[]): void {
    for (const event of events) this.add(event)
  }

  add(event: StoredEvent): void {
    const at = padMicroseconds(event.occurredAt)
    const scopes = event.type === 'query' ? ['everything', 'queries'] : ['everything']
    for (const { kind, name, latest, text } of thingsOf(event)) {
      for (const scope of scopes) {
        const names = this.#namesOf(event.workspaceId, scope, kind)
        const known = names.get(name) ?? { first: at, last: at, latest: [at, latest], text }
        names.set(name, {
          first: at < known.first ? at : known.first,
          last: at > known.last ? at : known.last,
          latest: isAfter([at, latest], known.latest) ? [at, latest] : known.latest,
          text: isGreater(text, known.text) ? text : known.text,
        })
      }
    }
  }

  /** All of a kind that a viewer may know of; nothing for who sees single events only. */
  visible(search: RestrictedSearch, kind: SeenKind): ReadonlyMap<string, SeenEntry> {
    return search.sees === 'part' ? new Map() : this.#namesOf(search.workspaceId, search.sees, kind)
  }

  /** What something is called, which whoever sees an event of it may know. */
  described(search: RestrictedSearch, kind: SeenKind, name: string): SeenEntry | undefined {
    const scope = search.sees === 'queries' ? 'queries' : 'everything'
    return this.#namesOf(search.workspaceId, scope, kind).get(name)
  }

  #namesOf(workspaceId: string, scope: string, kind: SeenKind): Map<string, SeenEntry> {
    const key = JSON.stringify([workspaceId, scope, kind])
    const names = this.#entries.get(key) ?? new Map<string, SeenEntry>()
    this.#entries.set(key, names)
    return names
  }
}

function isAfter(a: [string, string], b: [string, string]): boolean {
  return a[0] === b[0] ? isGreater(a[1], b[1]) : a[0] > b[0]
}

/** As the engine compares texts. */
function isGreater(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0
}
