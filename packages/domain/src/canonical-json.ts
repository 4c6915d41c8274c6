/**
 * The canonical form of a parsed JSON value (RFC 8785): keys sorted by their UTF-16 units, no white space, numbers as
 * ECMAScript writes them. Two texts that mean the same JSON have the same canonical form. Recursive: the caller has
 * checked the depth. (The RFC refuses lone surrogates; here they are kept as `\udXXX` escapes.)
 */
export function toCanonicalJson(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(toCanonicalJson).join(',')}]`
  let out = '{'
  // Without a comparison, `sort` goes by UTF-16 units: what the RFC asks for.
  for (const key of Object.keys(value).sort()) {
    // Own properties only, as Object.keys tells.
    const item: unknown = (value as Record<string, unknown>)[key]
    out += `${out === '{' ? '' : ','}${quote(key)}:${toCanonicalJson(item)}`
  }
  return `${out}}`
}

/** Printable ASCII without the quote and the backslash: stands in JSON as it is. */
const needsNoEscape = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
/** Looking through a longer text takes longer than having it quoted. */
const shortUnitsMax = 128

/** The same as JSON.stringify, whose call takes longer than the quoting of a key or of another short text. */
function quote(text: string): string {
  return text.length <= shortUnitsMax && needsNoEscape.test(text) ? `"${text}"` : JSON.stringify(text)
}
