import { claimLimits } from './tool-claim.ts'

/** Reads a key that the object itself has; keys such as `__proto__` and `constructor` are keys like any other. */
export type JsonReader = (key: string) => unknown

/**
 * An object written as JSON, by its keys. Where it is no valid JSON (a tool cut it off, or did not escape a quote), what
 * can be recognised as `"key": value` on its own is taken, the first of each key. Undefined if it does not even begin
 * like an object, or is longer than a comment may be.
 */
export function readJsonObject(text: string): JsonReader | undefined {
  const trimmed = text.trim()
  if (!trimmed.startsWith('{') || trimmed.length > claimLimits.commentUnitsMax) return undefined
  try {
    const value: unknown = JSON.parse(trimmed)
    return readerOf(value)
  } catch {
    const found = scanPairs(trimmed)
    return (key) => found.get(key)
  }
}

/** The reader of an object that is parsed already; undefined for a list or anything else. */
export function readerOf(value: unknown): JsonReader | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return (key) => (Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined)
}

const pairsMax = 100
/** No two parts of it can take the same character, so that it never goes back far. */
const pair = /"([A-Za-z_][\w-]{0,63})" ?: ?(?:"([^"\\\n]{0,1024})"|(-?\d{1,20}(?:\.\d{1,6})?)|(true|false))/g

function scanPairs(text: string): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [, key = '', string, number, flag] of text.matchAll(pair)) {
    if (found.size >= pairsMax) break
    if (!found.has(key)) found.set(key, string ?? number ?? flag === 'true')
  }
  return found
}
