/**
 * A piece of SQL as masking sees it, after PostgreSQL's lexer (src/backend/parser/scan.l). White space makes no token.
 * `contentStart` and `contentEnd` bound what stands between the quotes or comment signs.
 */
export type SecretToken = {
  kind: 'word' | 'string' | 'quoted' | 'comment' | 'redaction' | 'other'
  start: number
  end: number
  contentStart: number
  contentEnd: number
  /** False for a string, comment or quoted name that the text ends in. */
  closed: boolean
  /** How a string writes its quotes: doubled, with backslashes, or as they are (dollar quotes). */
  quoting?: 'doubled' | 'backslash' | 'raw'
}

/** What stands in a text in place of a secret. */
export const redactionPattern = /«redacted:[a-z_]+:[0-9a-f]{8}»/

const redaction = new RegExp(redactionPattern.source, 'y')
const space = /\s+/y
const word = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y
const stringPrefix = /[bBxXnN]?'|[uU]&'/y
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y
const commentSigns = /\/\*|\*\//g
const escapedEnd = /[\\']/g

/** Splits any text into tokens that cover everything but white space. Takes time linear in the text. */
export function scanSecretTokens(text: string): SecretToken[] {
  const tokens: SecretToken[] = []
  for (let at = 0; at < text.length;) {
    const blank = match(space, text, at)
    if (blank > 0) {
      at += blank
      continue
    }
    const token = nextToken(text, at)
    tokens.push(token)
    at = token.end
  }
  return tokens
}

function nextToken(text: string, at: number): SecretToken {
  const mark = match(redaction, text, at)
  if (mark > 0) return plain('redaction', at, at + mark)
  const two = text.slice(at, at + 2)
  if (two === '--') return lineComment(text, at)
  if (two === '/*') return blockComment(text, at)
  if (two === "E'" || two === "e'") return escapedString(text, at)
  const prefix = match(stringPrefix, text, at)
  if (prefix > 0) return doubledString(text, at, at + prefix, "'")
  if (two === 'U&' || two === 'u&') {
    if (text[at + 2] === '"') return doubledString(text, at, at + 3, '"')
  } else if (two.startsWith('"')) return doubledString(text, at, at + 1, '"')
  const tag = match(dollarTag, text, at)
  if (tag > 0) return dollarString(text, at, tag)
  const letters = match(word, text, at)
  return letters > 0 ? plain('word', at, at + letters) : plain('other', at, at + 1)
}

/** The length of what a sticky pattern matches at a place; 0 if nothing. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0].length ?? 0
}

function plain(kind: SecretToken['kind'], start: number, end: number): SecretToken {
  return { kind, start, end, contentStart: start, contentEnd: end, closed: true }
}

function lineComment(text: string, start: number): SecretToken {
  const newline = text.indexOf('\n', start)
  const end = newline < 0 ? text.length : newline
  return { kind: 'comment', start, end, contentStart: start + 2, contentEnd: end, closed: true }
}

/** Block comments nest. */
function blockComment(text: string, start: number): SecretToken {
  commentSigns.lastIndex = start
  let depth = 0
  for (let sign = commentSigns.exec(text); sign !== null; sign = commentSigns.exec(text)) {
    depth += sign[0] === '/*' ? 1 : -1
    if (depth > 0) continue
    const end = commentSigns.lastIndex
    return { kind: 'comment', start, end, contentStart: start + 2, contentEnd: end - 2, closed: true }
  }
  return open('comment', start, start + 2, text)
}

function doubledString(text: string, start: number, contentStart: number, quote: '"' | "'"): SecretToken {
  const kind = quote === '"' ? 'quoted' : 'string'
  const quoting = quote === '"' ? 'raw' : 'doubled'
  for (let at = contentStart; ; at += 2) {
    at = text.indexOf(quote, at)
    if (at < 0) return { ...open(kind, start, contentStart, text), quoting }
    if (text[at + 1] === quote) continue
    return { kind, start, end: at + 1, contentStart, contentEnd: at, closed: true, quoting }
  }
}

function escapedString(text: string, start: number): SecretToken {
  const contentStart = start + 2
  escapedEnd.lastIndex = contentStart
  for (let found = escapedEnd.exec(text); found !== null; found = escapedEnd.exec(text)) {
    const at = found.index
    if (found[0] === '\\' || text[at + 1] === "'") {
      escapedEnd.lastIndex = at + 2
      continue
    }
    return {
      kind: 'string',
      start,
      end: at + 1,
      contentStart,
      contentEnd: at,
      closed: true,
      quoting: 'backslash',
    }
  }
  return { ...open('string', start, contentStart, text), quoting: 'backslash' }
}

function dollarString(text: string, start: number, tagLength: number): SecretToken {
  const contentStart = start + tagLength
  const close = text.indexOf(text.slice(start, contentStart), contentStart)
  if (close < 0) return { ...open('string', start, contentStart, text), quoting: 'raw' }
  const end = close + tagLength
  return { kind: 'string', start, end, contentStart, contentEnd: close, closed: true, quoting: 'raw' }
}

function open(kind: SecretToken['kind'], start: number, contentStart: number, text: string): SecretToken {
  return { kind, start, end: text.length, contentStart, contentEnd: text.length, closed: false }
}
