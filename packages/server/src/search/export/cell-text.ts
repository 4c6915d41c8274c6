/**
 * What an Excel cell can hold, in UTF-16 units ("Excel specifications and limits"). An escape `_xHHHH_` counts as its
 * seven characters: whether Excel counts it as seven or as one, such a cell is never too long.
 */
export const cellUnitsMax = 32_767

const escapeUnits = 7

/* oxlint-disable no-control-regex -- control characters are what these expressions look for */

/**
 * What is written as `_xHHHH_` (ECMA-376 part 1, 22.9.2.19, ST_Xstring): characters that XML 1.0 cannot hold; CR, which
 * an XML reader turns into LF; and a `_` that would otherwise begin an escape, also one that the escape of the next
 * character completes. Excel reads a small x only; a capital one is escaped for readers that are less strict.
 * Lone surrogates are no concern here: they become U+FFFD when the XML is encoded as UTF-8.
 */
const escaped = /[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=[xX][0-9A-Fa-f]{4}[_\x00-\x08\x0b-\x1f\ufffe\uffff])/g

/** True where `escaped` may match; several times faster. */
const mayBeEscaped = /[\x00-\x08\x0b-\x1f\ufffe\uffff]|_[xX]/

/** Anything that cannot stand in XML as it is, or may begin an escape. */
const special = /[&<>_\x00-\x08\x0b-\x1f\ufffe\uffff]/
/** Up to here one look for anything special is faster than a look for each. */
const shortUnitsMax = 64

/** The text as the content of an XML element; lone surrogates are left as they are. */
export function escapeCellText(text: string): string {
  if (text.length <= shortUnitsMax && !special.test(text)) return text
  return escapeMarkup(mayBeEscaped.test(text) ? text.replaceAll(escaped, toEscape) : text)
}

function toEscape(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
}

// Measured: a native search for each is several times faster than one expression for the three.
function escapeMarkup(text: string): string {
  let out = text
  if (out.includes('&')) out = out.replaceAll('&', '&amp;')
  if (out.includes('<')) out = out.replaceAll('<', '&lt;')
  if (out.includes('>')) out = out.replaceAll('>', '&gt;')
  return out
}

/** True if a text surely fits one cell, told from its length alone. */
function isShort(text: string): boolean {
  return text.length * escapeUnits <= cellUnitsMax
}

/**
 * Splits a text into pieces that fit a cell each; joined they are the text. No surrogate pair is split.
 * An empty text is one empty piece.
 */
export function splitCellText(text: string): string[] {
  if (isShort(text)) return [text]
  const isEscapedAt = new Uint8Array(text.length)
  for (const match of text.matchAll(escaped)) isEscapedAt[match.index] = 1
  const pieces: string[] = []
  let start = 0
  let units = 0
  for (let i = 0; i < text.length;) {
    const characterUnits = text.codePointAt(i)! > 0xffff ? 2 : 1
    const needed = isEscapedAt[i] === 1 ? escapeUnits : characterUnits
    if (units + needed > cellUnitsMax) {
      pieces.push(text.slice(start, i))
      start = i
      units = 0
    }
    units += needed
    i += characterUnits
  }
  pieces.push(text.slice(start))
  return pieces
}
