import type { Problem } from '../error.ts'
import { quote } from './quote.ts'

/** A piece of a word: `name:"ann "*` has a quoted one and a bare one. */
export type Segment = { text: string; quoted: boolean }

/** A term: `qualifier:value`, a bare word or a quoted text. Positions are UTF-16 units of the search text. */
export type Word = {
  kind: 'word'
  start: number
  end: number
  /** As written, without the colon; `end` is where the colon stands. `path` is what follows `data.`, unquoted. */
  qualifier?: { name: string; path?: string; end: number }
  valueStart: number
  segments: Segment[]
}

export type Token = Word | { kind: 'open' | 'close' | 'or' | 'minus'; start: number; end: number }

/** `problems` are faults of the spelling; the tokens then are a best guess, good enough for completion. */
export type TokenizedFilter = { tokens: Token[]; problems: Problem[] }

/**
 * Something that is meant as a qualifier: a letter, then letters, digits and `_ . -`, then a colon. So `12:30`,
 * `10.0.0.1:5432` and `::1` are bare words, and `http://x` is an unknown qualifier, which is told, not guessed.
 */
const qualifierPattern = /(\p{L}[\p{L}\p{N}_.-]*):/uy
const dataPattern = /data\.(?:"((?:[^"\\]|\\.)*)"|([^\s():"]*)):/isuy
const spacePattern = /\s/
const bareEndPattern = /[\s()"]/g
const runEndPattern = /\s|$/g

/** Cuts a search text into its tokens. */
export function tokenizeFilter(text: string): TokenizedFilter {
  const tokens: Token[] = []
  const problems: Problem[] = []
  let at = 0
  while (at < text.length) {
    const unit = text.charAt(at)
    const end = at + 1
    if (spacePattern.test(unit)) at = end
    else if (unit === '(' || unit === ')' || unit === '-') {
      tokens.push({ kind: unit === '(' ? 'open' : unit === ')' ? 'close' : 'minus', start: at, end })
      at = end
    } else {
      const word = readWord(text, at, problems)
      tokens.push(isOr(word) ? { kind: 'or', start: word.start, end: word.end } : word)
      at = word.end
    }
  }
  return { tokens, problems }
}

function isOr({ qualifier, segments }: Word): boolean {
  const [segment] = segments
  return qualifier === undefined && segments.length === 1 && segment?.text === 'OR' && !segment.quoted
}

/** The run of anything but white space that begins here: what a person takes for one word. */
export function runEnd(text: string, start: number): number {
  runEndPattern.lastIndex = start
  return runEndPattern.exec(text)?.index ?? text.length
}

function readWord(text: string, start: number, problems: Problem[]): Word {
  const word: Word = { kind: 'word', start, end: start, valueStart: start, segments: [] }
  const problemsBefore = problems.length
  readQualifier(text, word)
  let at = word.valueStart
  while (at < text.length) {
    const unit = text.charAt(at)
    if (unit === ')' || spacePattern.test(unit)) break
    if (unit === '(') {
      at = readStrayParenthesis(text, word, at, problems)
      break
    }
    if (unit === '"') {
      const quoted = readQuoted(text, at)
      if (!quoted.closed) {
        const suggestion = quote(quoted.text)
        problems.push({
          path: 'q',
          message: 'The quote is never closed.',
          start: at,
          end: text.length,
          suggestion,
        })
      }
      word.segments.push({ text: quoted.text, quoted: true })
      at = quoted.end
    } else {
      bareEndPattern.lastIndex = at
      const end = bareEndPattern.exec(text)?.index ?? text.length
      word.segments.push({ text: text.slice(at, end), quoted: false })
      at = end
    }
  }
  word.end = at
  if (problems.length === problemsBefore) checkQuotes(text, word, problems)
  return word
}

function readQualifier(text: string, word: Word): void {
  dataPattern.lastIndex = word.start
  qualifierPattern.lastIndex = word.start
  const data = dataPattern.exec(text)
  const match = data ?? qualifierPattern.exec(text)
  if (match === null) return
  word.valueStart = word.start + match[0].length
  const end = word.valueStart - 1
  word.qualifier = { name: text.slice(word.start, end), end }
  if (data !== null) word.qualifier.path = data[2] ?? unescape(data[1] ?? '')
}

/** Inside quotes `\"` is a quote and `\\` a backslash; any other backslash is itself. */
function unescape(text: string): string {
  return text.replaceAll(/\\(["\\])/g, '$1')
}

function readQuoted(text: string, start: number): { text: string; end: number; closed: boolean } {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charAt(at)
    if (unit === '\\') at++
    else if (unit === '"') return { text: unescape(text.slice(start + 1, at)), end: at + 1, closed: true }
  }
  return { text: unescape(text.slice(start + 1)), end: text.length, closed: false }
}

/** `count(*)` or `type:(a OR b)`: returns where to go on. */
function readStrayParenthesis(text: string, word: Word, at: number, problems: Problem[]): number {
  const { start, qualifier } = word
  if (qualifier !== undefined && word.segments.length === 0) {
    const message = `${qualifier.name}: takes one value, not a group: write (${qualifier.name}:a OR ${qualifier.name}:b).`
    problems.push({ path: 'q', message, start, end: at + 1 })
    return at
  }
  const end = runEnd(text, start)
  problems.push({
    path: 'q',
    message: 'A parenthesis stands inside a word: put a space before it, or the text into quotes.',
    start: word.valueStart,
    end,
    suggestion: quote(text.slice(word.valueStart, end)),
  })
  return end
}

/** Quotes hold a whole text; only wildcards may stand directly before and after them. */
function checkQuotes(text: string, { segments, valueStart, end }: Word, problems: Problem[]): void {
  const clash = segments.some((segment, i) => {
    const next = segments[i + 1]
    if (next === undefined) return false
    const bare = segment.quoted ? next : segment
    return bare.quoted || !/^\*+$/.test(bare.text)
  })
  if (!clash) return
  problems.push({
    path: 'q',
    message: 'Text stands directly before or after a quote: put it inside the quotes, or a space between.',
    start: valueStart,
    end,
    suggestion: quote(text.slice(valueStart, end)),
  })
}
