import type { LexicalRules, SqlDialect } from '../sql/dialects.ts'
import { maskWords } from './mask-beside.ts'
import { mayHoldSecret, telling } from './may-hold-secret.ts'
import { findNamedValues } from './named-values.ts'
import { findStrangeString, readingsOf, readTokens, type Token } from './read-tokens.ts'
import {
  redactionOf,
  redactionPattern,
  replaceSpans,
  type HashSecret,
  type RedactionKind,
  type Removed,
  type Span,
} from './redaction.ts'
import { findShapes } from './secret-shapes.ts'
import { SecretWalk } from './secret-walk.ts'
import { TextPart } from './text-part.ts'

export type MaskedText = {
  /** The text with a redaction such as `«redacted:password:abcd1234»` in place of every secret. */
  text: string
  /** Whether there was a secret, or a place for one: what belongs to it (bind values, error texts) then needs masking, too. */
  hasSecret: boolean
  /** Masks in a text about this one, such as an error message, every word of what was masked. */
  maskBeside: (text: string) => string
}

/** Strings inside strings inside strings: deeper ones are masked as a whole. */
const depthMax = 4
/** A text is masked until nothing changes any more; one that does not come to rest is masked as a whole. */
const passesMax = 4

/**
 * Masks the secrets in SQL of any dialect: passwords of roles, credentials of foreign systems, keys of functions that
 * encrypt, settings and columns that are named like secrets, connection strings, passwords in URLs, and tokens of
 * well-known forms; also inside strings, dollar quotes and comments. The last part of a redaction is the beginning of
 * `hashSecret(secret)`, a keyed hash in hex, so that equal secrets can be recognised.
 *
 * Text that does not scan, or goes on in an unknown way, is masked from the secret to its end. What is masked already
 * stays as it is: masking twice is masking once. Takes any text; time is linear in it.
 */
export function maskSql(sql: string, dialect: SqlDialect | undefined, hashSecret: HashSecret): MaskedText {
  return mask(sql, { dialect, isSql: true }, hashSecret)
}

/** The same for a text of which nobody says that it is SQL: JSON, a message, a header, a command line. */
export function maskText(text: string, hashSecret: HashSecret): MaskedText {
  return mask(text, { dialect: undefined, isSql: false }, hashSecret)
}

type Meaning = { dialect: SqlDialect | undefined; isSql: boolean }

function mask(text: string, { dialect, isSql }: Meaning, hashSecret: HashSecret): MaskedText {
  if (!mayHoldSecret(text)) return { text, hasSecret: false, maskBeside: (beside) => beside }
  const removed: Removed[] = []
  let hasSecret = false
  let masked = text
  for (let pass = 0; ; pass++) {
    const spans: Span[] = []
    for (const reading of readingsOf(masked, dialect)) {
      const finder = new SecretFinder(reading.rules, isSql, reading.isLikely)
      finder.findAll(masked, reading.tokens)
      hasSecret ||= finder.hasSecret
      for (const span of finder.spans) spans.push(span)
    }
    const next = replaceSpans(masked, spans, hashSecret, removed)
    if (next === masked) break
    masked = pass < passesMax ? next : redactionOf('secret', text, hashSecret)
  }
  return { text: masked, hasSecret, maskBeside: (beside) => maskWords(beside, removed, hashSecret) }
}

/** Finds the secrets of one text; their places are those in the whole text. */
class SecretFinder {
  readonly spans: Span[] = []
  hasSecret = false
  readonly #rules: LexicalRules
  readonly #isSql: boolean
  /** In a reading that need not be the right one strange strings mean nothing. */
  readonly #isLikely: boolean

  constructor(rules: LexicalRules, isSql: boolean, isLikely: boolean) {
    this.#rules = rules
    this.#isSql = isSql
    this.#isLikely = isLikely
  }

  findAll(text: string, tokens: readonly Token[]): void {
    const whole = new TextPart(text)
    findShapes(text, (start, end, kind) => this.#found(whole, start, end, kind))
    this.#walk(whole, tokens, 0, this.#isSql)
    if (!this.#isSql) this.#nameValues(whole)
  }

  #found(
    part: TextPart,
    start: number,
    end: number,
    kind: RedactionKind,
    secret = part.text.slice(start, end),
  ): void {
    this.hasSecret = true
    if (end <= start) return
    this.spans.push({ start: part.toWhole(start), end: part.toWhole(end), kind, secret })
  }

  /** Gives back whether a secret of the part stands behind it. */
  #walk(part: TextPart, tokens: readonly Token[], depth: number, isSql: boolean): boolean {
    const { text } = part
    const cut = startOfUnreadable(text, tokens, isSql && this.#isLikely)
    const head = cut === undefined ? part : part.head(cut)
    const walk = new SecretWalk(
      {
        found: (inner, start, end, kind, secret) => this.#found(inner, start, end, kind, secret),
        noteSecret: () => {
          this.hasSecret = true
        },
        lookInside: (outer, token) => this.#lookInside(outer, token, depth + 1, isSql),
      },
      head,
      cut === undefined ? tokens : readTokens(head.text, this.#rules),
    )
    const goesOn = walk.run()
    if (cut === undefined) return goesOn
    this.#found(part, cut, text.length, 'password')
    return true
  }

  #lookInside(outer: TextPart, token: Token, depth: number, isSql: boolean): boolean {
    const part = outer.inside(token)
    if (!mayHoldSecret(part.text)) return false
    if (depth > depthMax) {
      this.#found(part, 0, part.text.length, 'secret')
      return true
    }
    const named = this.#nameValues(part)
    return this.#walk(part, readTokens(part.text, this.#rules), depth, isSql) || named
  }

  #nameValues(part: TextPart): boolean {
    return findNamedValues(part.text, (start, end, kind) => this.#found(part, start, end, kind))
  }
}

const passwordMention = new RegExp(`${redactionPattern.source}|password|identified`, 'gi')
const mention = new RegExp(`${redactionPattern.source}|${telling.source}`, 'gi')

/** In a text whose strings do not begin and end where they seem to: where its first secret may begin. */
function startOfUnreadable(text: string, tokens: readonly Token[], isSql: boolean): number | undefined {
  const starts = [startInRole(text, tokens), isSql ? startBehindStrange(text, tokens) : undefined]
  const known = starts.filter((start) => start !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** A text that ends inside of a string, and is about a role: behind the first word that tells of its password. */
function startInRole(text: string, tokens: readonly Token[]): number | undefined {
  if (tokens.at(-1)?.closed !== false) return undefined
  const change = /\b(?:create|alter|replace)\b/i.exec(text)
  if (change === null) return undefined
  const role = /\b(?:role|user|group|login)\b/i.exec(text.slice(change.index))
  return role === null ? undefined : mentionFrom(text, passwordMention, change.index + role.index)
}

/** From a strange string on nobody knows what is a string. */
function startBehindStrange(text: string, tokens: readonly Token[]): number | undefined {
  const end = findStrangeString(tokens)?.end
  if (end === undefined) return undefined
  return mentionFrom(text.slice(0, end), mention, 0) === undefined ? mentionFrom(text, mention, end) : end
}

function mentionFrom(text: string, pattern: RegExp, from: number): number | undefined {
  for (const found of text.slice(from).matchAll(pattern)) {
    if (!found[0].startsWith('«')) return from + found.index + found[0].length
  }
  return undefined
}
