import { limits } from './limits.ts'
import type { Viewer } from './viewer.ts'

export type KnownKey = { keyId: string; viewer: Viewer }
type Entry = KnownKey & { endMs: number }
/** Its time counts from the beginning, however long the database took. */
type Reading = { generation: number; endMs: number }

export type ApiKeyCache = {
  get: (keyHash: string) => KnownKey | undefined
  /** Call it before a key is read from the settings database. */
  beginReading: () => Reading
  /** Keeps what was read, unless something was forgotten since the reading began: it might be just that. */
  put: (keyHash: string, known: KnownKey, reading: Reading) => KnownKey
  forget: (keyId: string) => void
  /** True once in a while for each key. */
  shouldNoteUse: (known: KnownKey) => boolean
}

/**
 * Remembers good API keys for a few seconds, so that thousands of requests a second do not each read the settings
 * database. Bad keys are not remembered: they must not push out good ones. Keyed by SHA-256 of the key: how long a
 * look-up in a Map takes says nothing about a hash that the asker cannot choose.
 */
export function createApiKeyCache(now: () => number): ApiKeyCache {
  const entries = new Map<string, Entry>()
  const notedMs = new Map<string, number>()
  let generation = 0
  return {
    beginReading: () => ({ generation, endMs: now() + limits.apiKeyCache.lifetimeMs }),
    get: (keyHash) => {
      const entry = entries.get(keyHash)
      if (!entry) return undefined
      entries.delete(keyHash)
      if (now() >= entry.endMs) return undefined
      // Put back at the end: the first of the map is the one that was not used for the longest time.
      entries.set(keyHash, entry)
      return entry
    },
    put: (keyHash, known, reading) => {
      if (reading.generation === generation) {
        entries.set(keyHash, { ...known, endMs: reading.endMs })
        dropFirst(entries)
      }
      return known
    },
    forget: (keyId) => {
      generation++
      for (const [keyHash, entry] of entries) if (entry.keyId === keyId) entries.delete(keyHash)
    },
    shouldNoteUse: ({ keyId }) => {
      const nowMs = now()
      if (nowMs - (notedMs.get(keyId) ?? -Infinity) < limits.apiKeyCache.lastUsedEveryMs) return false
      notedMs.delete(keyId)
      notedMs.set(keyId, nowMs)
      dropFirst(notedMs)
      return true
    },
  }
}

function dropFirst(map: Map<string, unknown>): void {
  const first = map.keys().next()
  if (map.size > limits.apiKeyCache.entriesMax && !first.done) map.delete(first.value)
}
