import { redactionPattern, type RedactionKind } from './redaction.ts'
import { secretKindOfName } from './secret-names.ts'
import type { Found } from './secret-shapes.ts'

/** A redaction first, because the words in it are none of the text. */
const cores = new RegExp(
  `${redactionPattern.source}|pass|pwd|secret|token|key|cred|authorization|bearer|cookie|jwt|conn(?:ection)?_?str|_pw\\b`,
  'gi',
)
const namePart = /[\w.$-]/
/** A name is looked at so far around its telling word. */
const nameUnitsMax = 100
const redaction = new RegExp(redactionPattern.source, 'y')
const blanks = /[ \t]*/y
const opening = /(?:\\*["'`]|'')?/y
const separator = /\s{0,100}(:=|==|=>|=|:)\s{0,100}/y
const closing = /^(?:\s|[,;)}\]]|$)/
/** Stands where a value will be put in: the value itself comes from elsewhere. */
const placeholder =
  /(?:%s|%L|%I|%\d\$[sLI]|%\(\w+\)s|\$\{[^{}]{0,100}\}|\{\{[^{}]{0,100}\}\}|\{\w{0,60}\}|\?|\$\d{1,4}|:\w{1,60})(?=[\s,;&)'"}\]]|$)/y
const bare = /\S*/y
const bareWord = /[A-Za-z_][\w.$-]*/y
const noValue =
  /^(?:null|none|nil|true|false|default|undefined|required|optional|empty|string|text|varchar|number|object|array)$/i
const schemeOnly = /^\s*(?:bearer|basic|digest|token)?\s*$/i
const number = /^\d{1,20}(?:\.\d{1,20})?$/
const lineEnd = /[\r\n]|$/g
const fieldEnd = /;|$/g
const queryEnd = /[&\s]|$/g

/**
 * Finds `name=value` and `"name": "value"` where the name is one of a secret, in text that is not SQL: connection
 * strings, JSON, headers, comments, command lines. Gives back whether the text ends where a value has to come, so that
 * the value must stand behind it. Takes time linear in the text.
 */
export function findNamedValues(text: string, found: Found): boolean {
  let goesOn = false
  let done = 0
  for (const core of text.matchAll(cores)) {
    if (core.index < done || core[0].startsWith('«')) continue
    const start = nameStart(text, core.index, done)
    const end = nameEnd(text, core.index + core[0].length)
    done = end
    const kind = secretKindOfName(text.slice(start, end))
    if (kind === undefined) continue
    const value = valueAfter(text, start, end)
    if (value === undefined) continue
    const content = text.slice(value.start, value.end)
    // `Authorization: Bearer ` at the end: the token follows in another string.
    if (value.goesOn || (value.end === text.length && schemeOnly.test(content))) goesOn = true
    if (content === '' || (kind !== 'password' && number.test(content))) continue
    found(value.start, value.end, kind)
    done = value.end
  }
  return goesOn
}

function nameStart(text: string, from: number, floor: number): number {
  let start = from
  while (start > floor && from - start < nameUnitsMax && namePart.test(text[start - 1] ?? '')) start--
  return start
}

function nameEnd(text: string, from: number): number {
  let end = from
  while (end < text.length && namePart.test(text[end] ?? '')) end++
  return end
}

type Value = { start: number; end: number; goesOn: boolean }
const valueElsewhere: Value = { start: 0, end: 0, goesOn: true }

function valueAfter(text: string, nameStartAt: number, nameEndAt: number): Value | undefined {
  const before = text[nameStartAt - 1] ?? ''
  if (before === '<' && text[nameEndAt] === '>') return until(text, nameEndAt + 1, /<|$/g)
  if (text.startsWith('--', nameStartAt) && text[nameEndAt] === ' ') {
    // `--password hunter2` of a command line.
    const start = nameEndAt + matchLength(blanks, text, nameEndAt)
    return { start, end: start + matchLength(bare, text, start), goesOn: false }
  }
  const quoted = matchLength(opening, text, nameEndAt)
  separator.lastIndex = nameEndAt + quoted
  const sign = separator.exec(text)
  if (sign === null) return undefined
  const start = separator.lastIndex
  if (start >= text.length) return valueElsewhere
  if (matchLength(redaction, text, start) > 0) return undefined
  if (matchLength(placeholder, text, start) > 0 || /^\\+$/.test(text.slice(start, start + 9)))
    return valueElsewhere
  const quote = matchLength(opening, text, start)
  if (quote > 0) return quotedValue(text, start, quote)
  return bareValue(text, nameStartAt, start, sign[1] ?? '')
}

/** The value ends where its quote comes again, in the form in which it was opened. */
function quotedValue(text: string, start: number, length: number): Value {
  let quote = text.slice(start, start + length)
  let from = start + length
  const sign = quote.at(-1) ?? ''
  if (quote === "''" && closing.test(text.slice(from, from + 1))) {
    // Nothing between two quotes; a quote that ends the string it stands in is opened in another one.
    return { start: from, end: from, goesOn: from >= text.length }
  }
  if (quote === sign && text[from] === sign) {
    quote = sign + sign
    from++
    if (closing.test(text.slice(from, from + 1))) return { start: from, end: from, goesOn: false }
  }
  if (from >= text.length) return valueElsewhere
  if (matchLength(placeholder, text, from) > 0) return valueElsewhere
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(quote, at)) {
      const doubled = quote.length === 1 && text[at + 1] === sign
      if (!doubled) return { start: from, end: at, goesOn: false }
      at++
    } else if (text[at] === '\\') at++
  }
  return { start: from, end: text.length, goesOn: true }
}

function bareValue(text: string, nameAt: number, start: number, sign: string): Value | undefined {
  const isAssignment = sign !== '=' && sign !== ':'
  const first = text[start] ?? ''
  if (first === '(' || first === ',' || first === ';' || first === '&' || first === '>') return undefined
  if (first === '[') return until(text, start + 1, /\]|$/g)
  if (first === '{') {
    const isObject = /^\{\s{0,100}(?:["'\\}]|$)/.test(text.slice(start, start + 110))
    return isObject ? undefined : until(text, start + 1, /\}|$/g)
  }
  const word = text.slice(start, start + matchLength(bareWord, text, start))
  // A program's own words: a call, nothing at all. Another secret's name is none of them: `password=Password1`.
  if (word !== '' && (isAssignment || text[start + word.length] === '(' || noValue.test(word)))
    return undefined
  const before = text[nameAt - 1] ?? ''
  if (sign === ':' && /^\s*$/.test(lineBefore(text, nameAt))) return until(text, start, lineEnd)
  if (before === '?' || before === '&') return until(text, start, queryEnd)
  const isFirst = nameAt < nameUnitsMax && /^\s*$/.test(text.slice(0, nameAt))
  const isField = before === ';' || (isFirst && text.includes(';', start))
  if (isField) return until(text, start, fieldEnd)
  return { start, end: bareEnd(text, start), goesOn: false }
}

/** What stands before on the same line, as far as it may be blank or a sign of a list. */
function lineBefore(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - nameUnitsMax), at)
  return before.slice(before.lastIndexOf('\n') + 1)
}

/** White space ends a bare value; so does the quote that ends the JSON string in which it stands. */
function bareEnd(text: string, start: number): number {
  const end = start + matchLength(bare, text, start)
  const quote = /"(?=[,:}\]]|$)/.exec(text.slice(start, end))
  return quote === null ? end : start + quote.index
}

function until(text: string, start: number, pattern: RegExp): Value {
  pattern.lastIndex = start
  const end = pattern.exec(text)?.index ?? text.length
  return { start, end, goesOn: end >= text.length && end === start }
}

function matchLength(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0].length ?? 0
}

/** Whether a whole text is nothing but the name of a secret, such as the path `$.user.password`. */
export function kindOfNameIn(text: string): RedactionKind | undefined {
  return text.length <= nameUnitsMax && /^[\w.$\-{},[\]/]+$/.test(text) ? secretKindOfName(text) : undefined
}
