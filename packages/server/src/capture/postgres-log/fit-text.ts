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
    if (jsonBytes(text.slice(0, middle)) <= jsonBytesMax) fits = middle
    else tooMany = middle
  }
  const last = text.charCodeAt(fits - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  const head = text.slice(0, splitsPair ? fits - 1 : fits)
  return { text: head, cutBytes: Buffer.byteLength(text) - Buffer.byteLength(head) }
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text))
}
