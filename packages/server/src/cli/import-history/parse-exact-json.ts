/** A number of so many characters may have more digits than a JavaScript number holds. */
const longNumber = /[\d.]{16}/
const numberCharacter = /[-+.\deE]/

/**
 * Parses JSON of somebody else's program without changing it: a number that JavaScript cannot hold exactly as it was
 * written (an integer beyond 2^53-1, a Unix time in nanoseconds) becomes a text with its digits.
 * Throws SyntaxError for what is no JSON.
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  if (!longNumber.test(text)) return value
  const exact: unknown = JSON.parse(quoteInexactNumbers(text))
  return exact
}

/** True where `parseExactJson` gives something other than JSON.parse. */
export function hasInexactNumbers(text: string): boolean {
  return longNumber.test(text) && quoteInexactNumbers(text) !== text
}

function quoteInexactNumbers(json: string): string {
  let out = ''
  let copied = 0
  for (let at = 0; at < json.length; at++) {
    const character = json[at] ?? ''
    if (character === '"') {
      at = endOfString(json, at)
    } else if (character === '-' || (character >= '0' && character <= '9')) {
      let end = at + 1
      while (end < json.length && numberCharacter.test(json[end] ?? '')) end++
      const literal = json.slice(at, end)
      if (!isExact(literal)) {
        out += `${json.slice(copied, at)}"${literal}"`
        copied = end
      }
      at = end - 1
    }
  }
  return out + json.slice(copied)
}

/** Where the string that begins at `start` has its closing quote. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let backslashes = 0
    while (json[end - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return end
  }
  return json.length
}

const digitsAlwaysHeld = 15
/** What toPrecision takes. */
const precisionMax = 100

/** True where the number, written with as many digits as the literal, has the literal's digits. */
function isExact(literal: string): boolean {
  const digits = digitsOf(literal)
  if (digits.length <= digitsAlwaysHeld) return true
  const number = Number(literal)
  if (digits.length > precisionMax || !Number.isFinite(number)) return false
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return false
  // What programs write that hold a number as JavaScript does: the shortest text, or all digits that were asked for.
  return (
    digitsOf(String(number)) === digits.replace(/0+$/, '') ||
    digitsOf(number.toPrecision(digits.length)) === digits
  )
}

/** The digits that count, without leading zeros and the exponent. */
function digitsOf(literal: string): string {
  return literal
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '')
}
