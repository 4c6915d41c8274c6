/** A piece of text: as it is, or a character that would be invisible or would turn the text around, by its name. */
export type VisiblePiece = { kind: 'text'; text: string } | { kind: 'sign'; text: string; name: string }

/**
 * Controls (line feed, tab and carriage return are white space and stay), what Unicode calls Bidi_Control and
 * Default_Ignorable, line separators, annotation marks and lone surrogates. Joiners U+200C and U+200D and the variation
 * selectors stay: scripts and emoji need them.
 */
const hidden =
  /(?!\t|\n|\r|\u200c|\u200d|\p{Variation_Selector})[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Cs}\u2028\u2029\ufff9-\ufffb]/u
const everyHidden = new RegExp(hidden, 'gu')

const names: Record<string, string> = {
  '\u0000': 'NUL',
  '\u0007': 'BEL',
  '\u0008': 'BS',
  '\u001b': 'ESC',
  '\u007f': 'DEL',
  '\u200b': 'ZWSP',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\ufeff': 'BOM',
}

/** True where `splitVisible` would find a sign: most texts need no splitting. */
export function hasHidden(text: string): boolean {
  return hidden.test(text)
}

/** Splits hostile text so that nothing in it can hide or reorder what a reader sees. */
export function splitVisible(text: string): VisiblePiece[] {
  const pieces: VisiblePiece[] = []
  let end = 0
  for (const match of text.matchAll(everyHidden)) {
    if (match.index > end) pieces.push({ kind: 'text', text: text.slice(end, match.index) })
    const code = match[0].codePointAt(0) ?? 0
    const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    pieces.push({ kind: 'sign', text: names[match[0]] ?? hex, name: hex })
    end = match.index + match[0].length
  }
  if (end < text.length) pieces.push({ kind: 'text', text: text.slice(end) })
  return pieces
}
