import type { Json } from '@aleph-audit-log/domain/event'

/** A foreign record: a JSON object, or a CSV row by its column names. */
export type ForeignRecord = { [name: string]: Json }

/** A value and the keys that lead to it. */
export type Found = { value: Json; keys: string[] }

type Names = (own: object, name: string) => string | undefined

const exactName: Names = (own, name) => (Object.hasOwn(own, name) ? name : undefined)

const anyCaseName: Names = (own, name) => {
  if (Object.hasOwn(own, name)) return name
  const wanted = name.toLowerCase()
  return Object.keys(own).find((key) => key.toLowerCase() === wanted)
}

/**
 * What stands at a path such as `user.name` or `columns.0`. A key may itself have dots (`labels.app.kubernetes.io/name`):
 * the longest key that there is comes first. Undefined where there is nothing.
 */
export function findAt(record: Json, path: string, ignoreCase: boolean): Found | undefined {
  return findSteps(record, path.split('.'), ignoreCase ? anyCaseName : exactName)
}

function findSteps(value: Json, steps: string[], nameIn: Names): Found | undefined {
  if (steps.length === 0) return { value, keys: [] }
  if (typeof value !== 'object' || value === null) return undefined
  for (let count = steps.length; count > 0; count--) {
    const key = nameIn(value, steps.slice(0, count).join('.'))
    if (key === undefined) continue
    // An own property of parsed JSON; of a list only its elements count, not its length.
    if (Array.isArray(value) && !/^\d+$/.test(key)) continue
    const child = (value as Record<string, Json>)[key]
    const found = child === undefined ? undefined : findSteps(child, steps.slice(count), nameIn)
    if (found !== undefined) return { value: found.value, keys: [key, ...found.keys] }
  }
  return undefined
}

/** Remembers which values of a record went into an event, to tell the rest. */
export class UsedValues {
  readonly #root: UsedKeys = new Map()

  add(keys: readonly string[]): void {
    let at = this.#root
    for (const key of keys.slice(0, -1)) {
      const next = at.get(key) ?? new Map<string, UsedKeys>()
      at.set(key, next)
      at = next
    }
    const last = keys.at(-1)
    if (last !== undefined) at.set(last, at.get(last) ?? new Map<string, UsedKeys>())
  }

  /** The record without what was used. A list of which an element was used stays whole. */
  restOf(record: ForeignRecord): ForeignRecord {
    return without(record, this.#root)
  }
}

/** A key without keys below it was used as a whole. */
type UsedKeys = Map<string, UsedKeys>

function without(record: ForeignRecord, used: UsedKeys): ForeignRecord {
  const kept: [string, Json][] = []
  for (const [key, value] of Object.entries(record)) {
    const below = used.get(key)
    if (below === undefined || Array.isArray(value)) {
      if (below === undefined || below.size > 0) kept.push([key, value])
    } else if (below.size > 0 && typeof value === 'object' && value !== null) {
      const rest = without(value, below)
      if (Object.keys(rest).length > 0) kept.push([key, rest])
    }
  }
  // Object.fromEntries also makes a key `__proto__` a property like any other.
  return Object.fromEntries(kept)
}

/** Sets a value at keys inside an object, making objects on the way. False where something else stands in the way. */
export function setAt(target: ForeignRecord, keys: readonly string[], value: Json): boolean {
  const [key, ...below] = keys
  if (key === undefined) return false
  const old = Object.hasOwn(target, key) ? target[key] : undefined
  if (below.length === 0) {
    if (old !== undefined) return false
    define(target, key, value)
    return true
  }
  if (old === undefined) {
    const made: ForeignRecord = {}
    define(target, key, made)
    return setAt(made, below, value)
  }
  if (typeof old !== 'object' || old === null || Array.isArray(old)) return false
  return setAt(old, below, value)
}

/** Adds under its own name, or under `name_original` where that is taken: nothing is overwritten. */
export function addUnderFreeName(target: ForeignRecord, name: string, value: Json): void {
  let free = name
  while (Object.hasOwn(target, free)) free += '_original'
  define(target, free, value)
}

function define(target: ForeignRecord, key: string, value: Json): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
