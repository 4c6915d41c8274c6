import { toSearchText } from './search-text.ts'

/**
 * The path of a value in `data`, as it is indexed: keys joined by dots. A path of more than 128 units is indexed by its
 * beginning and a hash (FNV-1a, twice 32 bits), because it stands beside each of its values: one key of 250,000
 * characters over many values would otherwise make gigabytes.
 */
export type DataPath = { head: string; units: number; hash1: number; hash2: number }

const wholeUnitsMax = 128
const headUnits = 100

export const rootPath: DataPath = { head: '', units: 0, hash1: 0x811c9dc5, hash2: 0x1b873593 }

/** The path of a key below `parent`; takes time for the key only, not for the whole path. */
export function childPath(parent: DataPath, key: string): DataPath {
  const step = toSearchText(key)
  return extend(parent, parent.units === 0 ? step : `.${step}`)
}

/** How a path stands in the index. */
export function pathKey({ head, units, hash1, hash2 }: DataPath): string {
  if (units <= wholeUnitsMax) return head
  return `${head.slice(0, headUnits)}#${hex(hash1)}${hex(hash2)}`
}

/** The same for a path that somebody typed after `data.`, already lower-cased. */
export function toPathKey(path: string): string {
  // Rules ask for dozens of values at one path, of every event.
  return path.length <= wholeUnitsMax ? path : pathKey(extend(rootPath, path))
}

function extend(path: DataPath, text: string): DataPath {
  let { hash1, hash2 } = path
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    hash1 = Math.imul(hash1 ^ unit, 0x01000193)
    hash2 = Math.imul(hash2 ^ (unit + 0x9e37), 0x01000193)
  }
  const head = path.units >= wholeUnitsMax ? path.head : (path.head + text).slice(0, wholeUnitsMax)
  return { head, units: path.units + text.length, hash1, hash2 }
}

function hex(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0')
}
