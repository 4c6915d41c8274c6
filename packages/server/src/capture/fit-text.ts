/** A text as much as fits, and what was left out of it. */
export type FittedText = { text: string; cutBytes: number }

/**
 * The longest beginning of a text whose JSON takes at most `jsonBytesMax` bytes, cut between characters. `cutBytes`
 * counts the UTF-8 bytes left out: 0 where all of it fits.
 */
export function fitText(text: string, jsonBytesMax: number): FittedText {
  // A UTF-16 unit takes at most six bytes (`\u0000`).
  if (text.length * 6 + 2 <= jsonBytesMax || jsonBytes(text) <= jsonBytesMax) return { text, cutBytes: 0 }
  let fits = 0
  let tooMany = Math.min(text.length, jsonBytesMax)
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1
    if (jsonBytes(headOf(text, middle)) <= jsonBytesMax) fits = middle
    else tooMany = middle
  }
  const head = headOf(text, fits)
  return { text: head, cutBytes: Buffer.byteLength(text) - Buffer.byteLength(head) }
}

/** The first units of a text, one less where they end in the middle of a surrogate pair. */
function headOf(text: string, units: number): string {
  const last = text.charCodeAt(units - 1)
  const next = text.charCodeAt(units)
  const splitsPair = last >= 0xd800 && last <= 0xdbff && next >= 0xdc00 && next <= 0xdfff
  return text.slice(0, splitsPair ? units - 1 : units)
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text))
}
