import type { CorrelationCondition } from '@aleph-audit-log/domain/detect/rule'
import type { Micros } from './times.ts'

/** What a window has to know of an event. */
type Placed = { id: string; at: Micros }

/** An event in a window: which of the correlated rules found it, by their places in `rules`. */
type WindowEntry<Event extends Placed> = {
  evidence: Event
  places: Set<number>
  /** Of `field`. */
  values: ReadonlySet<string>
  /** It was part of what was found before. */
  isTold: boolean
}

/**
 * What the window found that ends with `last`: `fresh` is what of it was not told before, `count` all of its events, `values`
 * how many different ones its field has.
 */
export type WindowHit<Event extends Placed> = { last: Event; fresh: Event[]; count: number; values: number }

/**
 * Events of one group, in the order of their times. A window is `timespanMs` long and ends with an event; both ends
 * belong to it, and so do all events of the same time. Events may come in any order: as long as the range has no upper
 * end, what is found of them all is the same.
 */
export class CorrelationWindow<Event extends Placed> {
  readonly #condition: CorrelationCondition
  readonly #span: Micros
  #entries: WindowEntry<Event>[] = []
  /** Counts of the entries from `low` to before `next`. */
  #counted = emptyCounts()
  /** An event was put before others: what is not told may lie before what is. */
  #isMixed = false

  constructor(condition: CorrelationCondition) {
    this.#condition = condition
    this.#span = condition.timespanMs * 1000
  }

  get size(): number {
    return this.#entries.length
  }

  /** Leaves out the oldest events. */
  dropOldest(count: number): void {
    this.#entries = this.#entries.slice(count)
    this.#counted = { ...emptyCounts(), next: Number.POSITIVE_INFINITY }
  }

  /** Leaves out the events before a time; returns how many. */
  dropBefore(time: Micros): number {
    const count = this.#placeOf(time, '')
    if (count > 0) this.dropOldest(count)
    return count
  }

  /**
   * Returns what is found by the windows that the event is in, if it is not part of one that was found without it. The
   * same event, found by another of the rules, is one event.
   */
  add(evidence: Event, place: number, values: readonly string[]): WindowHit<Event>[] {
    const at = this.#placeOf(evidence.at, evidence.id)
    const there = this.#entries[at]
    if (there?.evidence.id === evidence.id) {
      if (there.places.has(place)) return []
      there.places.add(place)
      there.values = new Set([...there.values, ...values])
      return this.#judgeFrom(at)
    }
    const entry = { evidence, places: new Set([place]), values: new Set(values), isTold: false }
    this.#entries.splice(at, 0, entry)
    if (at < this.#entries.length - 1) {
      this.#isMixed = true
      return this.#judgeFrom(at)
    }
    const hit = this.#judge(at)
    return hit === undefined ? [] : [hit]
  }

  /** Every window that the entry at this place is in: those that end with it or with an event soon behind it. */
  #judgeFrom(at: number): WindowHit<Event>[] {
    const added = this.#entries[at]
    if (added === undefined) return []
    this.#countFrom(this.#placeOf(added.evidence.at - this.#span, ''))
    const hits: WindowHit<Event>[] = []
    const until = added.evidence.at + this.#span
    for (let end = this.#lastOfTime(at); ; end = this.#lastOfTime(end + 1)) {
      const last = this.#entries[end]
      if (last === undefined || last.evidence.at > until) return hits
      const hit = this.#judge(end)
      if (hit !== undefined) hits.push(hit)
    }
  }

  #judge(end: number): WindowHit<Event> | undefined {
    const last = this.#entries[end]
    if (last === undefined) return undefined
    const low = this.#slideTo(end, last.evidence.at - this.#span)
    const count = end - low + 1
    if (!this.#isFound(low, end)) return undefined
    const fresh: Event[] = []
    for (let i = end; i >= low; i--) {
      const entry = this.#entries[i]
      if (entry?.isTold === true && !this.#isMixed) break
      if (entry === undefined || entry.isTold) continue
      entry.isTold = true
      fresh.push(entry.evidence)
    }
    if (fresh.length === 0) return undefined
    return { last: last.evidence, fresh: fresh.reverse(), count, values: this.#counted.values.size }
  }

  #isFound(low: number, end: number): boolean {
    const { type, range, field } = this.#condition
    const { places, values } = this.#counted
    switch (type) {
      case 'event_count':
        return isIn(range, end - low + 1)
      case 'value_count':
        return field !== undefined && isIn(range, values.size)
      case 'temporal':
        return isIn(rangeOfRules(this.#condition), places.size)
      case 'temporal_ordered': {
        const wanted = rangeOfRules(this.#condition)
        const least = wanted.min ?? 0
        return (
          places.size >= least &&
          this.#mayEnd(end, least) &&
          isIn(wanted, this.#orderedRules(low, end, places.size))
        )
      }
    }
  }

  /** Whether so many rules one after the other can end there. */
  #mayEnd(end: number, rules: number): boolean {
    const endsAt = this.#entries[end]?.evidence.at
    for (let i = end; ; i--) {
      const entry = this.#entries[i]
      if (entry === undefined || entry.evidence.at !== endsAt) return false
      for (const place of entry.places) if (place >= rules - 1) return true
    }
  }

  /**
   * How many of the rules, from the first on, have events one after the other, of equal times in any order; `most` have any.
   * 0 where the window's end has no part in it: then it was found before.
   */
  #orderedRules(low: number, end: number, most: number): number {
    let found = 0
    for (let i = low; i <= end && found < most;) {
      const upTo = this.#lastOfTime(i)
      const ofTime = this.#entries.slice(i, upTo + 1)
      while (ofTime.some(({ places }) => places.has(found))) found++
      i = upTo + 1
    }
    const endsAt = this.#entries[end]?.evidence.at
    for (let i = end; ; i--) {
      const entry = this.#entries[i]
      if (entry?.evidence.at !== endsAt || entry === undefined) return 0
      if (entry.places.has(found - 1)) return found
    }
  }

  #lastOfTime(at: number): number {
    const time = this.#entries[at]?.evidence.at
    let end = at
    while (time !== undefined && this.#entries[end + 1]?.evidence.at === time) end++
    return end
  }

  /** The place of the first entry that does not lie before this one. */
  #placeOf(time: Micros, id: string): number {
    let [low, high] = [0, this.#entries.length]
    const last = this.#entries[high - 1]?.evidence
    if (last === undefined || last.at < time || (last.at === time && last.id < id)) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      const one = this.#entries[middle]?.evidence
      if (one !== undefined && (one.at < time || (one.at === time && one.id < id))) low = middle + 1
      else high = middle
    }
    return low
  }

  #countFrom(place: number): void {
    this.#counted = { ...emptyCounts(), low: place, next: place }
  }

  /** Counts the window from this time to this entry; returns its first place. Cheap as long as ends only grow. */
  #slideTo(end: number, from: Micros): number {
    if (end + 1 < this.#counted.next) this.#countFrom(this.#placeOf(from, ''))
    const counted = this.#counted
    for (; counted.next <= end; counted.next++) this.#count(counted.next, 1)
    for (; (this.#entries[counted.low]?.evidence.at ?? from) < from; counted.low++)
      this.#count(counted.low, -1)
    return counted.low
  }

  #count(at: number, step: 1 | -1): void {
    const entry = this.#entries[at]
    if (entry === undefined) return
    const { values, places } = this.#counted
    for (const value of entry.values) addTo(values, value, step)
    for (const place of entry.places) addTo(places, place, step)
  }
}

type Counts = { low: number; next: number; values: Map<string, number>; places: Map<number, number> }

function emptyCounts(): Counts {
  return { low: 0, next: 0, values: new Map(), places: new Map() }
}

function addTo<K>(counts: Map<K, number>, key: K, step: number): void {
  const count = (counts.get(key) ?? 0) + step
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}

/** All of the rules, unless the range says otherwise. */
function rangeOfRules({ range, rules }: CorrelationCondition): { min?: number; max?: number } {
  return range.min === undefined && range.max === undefined ? { min: rules.length } : range
}

function isIn({ min, max }: { min?: number | undefined; max?: number | undefined }, count: number): boolean {
  return (min === undefined || count >= min) && (max === undefined || count <= max)
}
