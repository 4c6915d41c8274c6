/**
 * The canonical form of a parsed JSON value (RFC 8785): keys sorted by their UTF-16 units, no white space, numbers as
 * ECMAScript writes them. Two texts that mean the same JSON have the same canonical form. Recursive: the caller has
 * checked the depth. (The RFC refuses lone surrogates; here they are kept as `\udXXX` escapes.)
 */
export function toCanonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => compareUnits(a, b))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${toCanonicalJson(item)}`).join(',')}}`
}

function compareUnits(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
