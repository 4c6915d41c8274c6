import { redactionPattern, scanSecretTokens, type SecretToken } from './scan-secret-tokens.ts'

export type MaskedSql = {
  /** The SQL with every password replaced by `«redacted:password:abcd1234»`. */
  text: string
  /** Whether the SQL sets a password: what belongs to it (bind values, error texts) then needs masking, too. */
  hasPassword: boolean
  /** Masks in a text about this statement, such as its error message, every word of what was masked in the SQL. */
  maskBeside: (text: string) => string
}

/** Strings inside strings inside strings: deeper ones are masked as a whole. */
const depthMax = 4
const hashDigits = 8
/** Tokens looked at between the keyword and its password, and behind it: past that the whole rest is masked. */
const betweenTokensMax = 10
const tailTokensMax = 200
/** With more secrets than this the text beside is masked as a whole. */
const secretsBesideMax = 100

const mention = /password|identified/i
const mentionOrRedaction = new RegExp(`${redactionPattern.source}|${mention.source}`, 'gi')
const changeMention = /create|alter|replace/i
const roleMention = /role|user|group/i
const wordPattern = /[\p{L}\p{M}\p{N}_]+/gu
/** Nothing is left to remove. */
const removedAlready = new RegExp(`^[\\s']*(?:${redactionPattern.source}[\\s']*)*$`)
/** Inside of an E'' string a redaction stands without quotes, which would end it. */
const redactionQuotes = /'(?=«redacted:)|(?<=«redacted:password:[0-9a-f]{8}»)'/g
const parameter = /^\$\d/

const changeWords = new Set(['CREATE', 'ALTER', 'REPLACE'])
const roleWords = new Set(['ROLE', 'USER', 'GROUP'])
const secretWords = new Set(['PASSWORD', 'IDENTIFIED'])
/** Between the keyword and the password, in the dialects that have such statements. */
const betweenWords = new Set(['PASSWORD', 'BY', 'AS', 'WITH', 'USING', 'HASH', 'ENCRYPTED', 'UNENCRYPTED'])
const prefixWords = new Set(['BY', 'AS', 'USING'])
/** What may follow a password in PostgreSQL's grammar (gram.y, AlterOptRoleElem and CreateOptRoleElem) and in MySQL's. */
const optionWords = new Set(
  (
    'SUPERUSER NOSUPERUSER CREATEDB NOCREATEDB CREATEROLE NOCREATEROLE INHERIT NOINHERIT LOGIN NOLOGIN REPLICATION ' +
    'NOREPLICATION BYPASSRLS NOBYPASSRLS CREATEUSER NOCREATEUSER CONNECTION ENCRYPTED UNENCRYPTED PASSWORD VALID IN ' +
    'ROLE ADMIN USER SYSID SET RESET RENAME REQUIRE ACCOUNT'
  ).split(' '),
)
/** A literal after one of these words is no password. */
const plainBefore = new Set([
  'ROLE',
  'USER',
  'GROUP',
  'EXISTS',
  'UNTIL',
  'SYSID',
  'LIMIT',
  'COMMENT',
  'ATTRIBUTE',
])

/**
 * Masks passwords in CREATE and ALTER ROLE, USER or GROUP (and any literal right behind the word PASSWORD), also inside
 * strings, dollar quotes and comments, wherever such a statement stands in the text. The last part of a redaction is
 * the beginning of `hashSecret(password)`, a keyed hash in hex, so that equal passwords can be recognised.
 * Text that does not scan, or goes on in an unknown way, is masked from the password to its end. A redaction is left as
 * it is when a text is masked again (in text that does not scan, more may be masked the second time). Takes any text;
 * time is linear in it.
 */
export function maskPasswords(sql: string, hashSecret: (secret: string) => string): MaskedSql {
  if (!mayHoldPassword(sql)) return { text: sql, hasPassword: false, maskBeside: (beside) => beside }
  const removed: string[] = []
  const masker = new Masker(hashSecret, removed)
  const text = masker.mask(sql, 0).text
  return {
    text,
    hasPassword: masker.hasPassword,
    maskBeside: (beside) => maskWords(beside, removed, (secret) => masker.redact(secret)),
  }
}

/** False for nearly all SQL there is, at once. */
function mayHoldPassword(text: string): boolean {
  return mention.test(text) || (changeMention.test(text) && roleMention.test(text))
}

type Masked = {
  text: string
  /** A password of the statement stands outside of this text. */
  goesOn: boolean
}

/** Holds what one call gathers: the texts that were removed. */
class Masker {
  readonly #hashSecret: (secret: string) => string
  readonly #removed: string[]
  hasPassword = false

  constructor(hashSecret: (secret: string) => string, removed: string[]) {
    this.#hashSecret = hashSecret
    this.#removed = removed
  }

  redact(secret: string): string {
    return `«redacted:password:${this.#hashSecret(secret).slice(0, hashDigits)}»`
  }

  /** `raw` as it stands in the text, `secret` as the database reads it. */
  remove(raw: string, secret: string): string {
    this.hasPassword = true
    if (raw !== '' && removedAlready.test(raw)) return raw
    this.#removed.push(raw, secret)
    return `'${this.redact(secret)}'`
  }

  mask(text: string, depth: number): Masked {
    if (!mayHoldPassword(text)) return { text, goesOn: false }
    if (depth > depthMax) return { text: this.remove(text, text), goesOn: true }
    const tokens = scanSecretTokens(text)
    const cut = tokens.at(-1)?.closed === false ? startOfUnreadable(text) : undefined
    if (cut === undefined) return new StatementWalk(this, text, tokens, depth).run()
    const head = text.slice(0, cut)
    const walked = new StatementWalk(this, head, scanSecretTokens(head), depth).run()
    const rest = text.slice(cut)
    if (rest === '') return { text: walked.text, goesOn: true }
    const redaction = this.remove(rest, rest)
    return { text: walked.text + (redaction === rest ? rest : ` ${redaction}`), goesOn: true }
  }
}

/** In a text that ends inside of a string: where its first password may begin. */
function startOfUnreadable(text: string): number | undefined {
  const change = /\b(?:create|alter|replace)\b/i.exec(text)
  if (change === null) return undefined
  const role = /\b(?:role|user|group)\b/i.exec(text.slice(change.index))
  if (role === null) return undefined
  const from = change.index + role.index
  for (const found of text.slice(from).matchAll(mentionOrRedaction)) {
    if (!found[0].startsWith('«')) return from + found.index + found[0].length
  }
  return undefined
}

/** One walk over the tokens of a text; what was decided so far is in `#out`, the text before `#copied` is done. */
class StatementWalk {
  readonly #masker: Masker
  readonly #text: string
  readonly #tokens: SecretToken[]
  readonly #depth: number
  #out = ''
  #copied = 0
  #goesOn = false
  /** What to remove when the walk comes to the token at this place: it, or all from there. */
  readonly #planned = new Map<number, 'literal' | 'string' | 'rest'>()
  /** Since the last semicolon: */
  #inRoleStatement = false
  #settingSeen = false
  #spilt = false
  #parentheses = 0
  #previousWord = ''

  constructor(masker: Masker, text: string, tokens: SecretToken[], depth: number) {
    this.#masker = masker
    this.#text = text
    this.#tokens = tokens
    this.#depth = depth
  }

  run(): Masked {
    for (const [i, token] of this.#tokens.entries()) {
      if (token.start < this.#copied) continue
      const planned = this.#planned.get(i)
      if (planned === 'rest') this.#removeRest(token.start)
      else if (planned === 'literal') this.#removeLiteral(token)
      else if (planned === 'string') this.#removeString(i, token)
      else if (token.kind === 'comment' || token.kind === 'quoted') this.#maskInside(token)
      else if (token.kind === 'word') this.#word(i, token)
      else if (token.kind === 'string') this.#string(i, token)
      else if (token.kind === 'redaction') this.#masker.hasPassword = true
      else if (token.kind === 'other') this.#sign(token)
    }
    return { text: this.#out + this.#text.slice(this.#copied), goesOn: this.#goesOn }
  }

  #sign(token: SecretToken): void {
    const sign = this.#text[token.start]
    if (sign === '(') this.#parentheses++
    else if (sign === ')') this.#parentheses = Math.max(0, this.#parentheses - 1)
    else if (sign === ';') {
      this.#inRoleStatement = this.#settingSeen = this.#spilt = false
      this.#parentheses = 0
      this.#previousWord = ''
    }
  }

  #word(i: number, token: SecretToken): void {
    const word = this.#raw(token).toUpperCase()
    if (roleWords.has(word) && changeWords.has(this.#previousWord)) this.#inRoleStatement = true
    else if (word === 'SET' && this.#parentheses === 0) this.#settingSeen = true
    this.#previousWord = word
    if (secretWords.has(word)) this.#passwordAfter(i)
    else if (this.#inRoleStatement && /^(?:PASSWORD|IDENTIFIED)\$/.test(word)) {
      this.#removeRest(token.start + word.indexOf('$'))
    }
  }

  /** Finds the password behind the keyword at `i` and has it removed, or the whole rest where that is not certain. */
  #passwordAfter(i: number): void {
    const at = this.#skipBetween(i + 1)
    const token = this.#tokens[at]
    const literal = token?.kind === 'string' || token?.kind === 'quoted'
    if (!this.#inRoleStatement) {
      // `password 'x'` is no expression (somebody misspelt a role statement); GRANT may have IDENTIFIED BY.
      const direct = at === i + 1 || this.#previousWord === 'IDENTIFIED'
      if (literal && token.kind === 'string' && direct) this.#planned.set(at, 'string')
      return
    }
    if (token === undefined) {
      this.#goesOn = true
    } else if (literal) {
      this.#planned.set(at, token.closed && this.#tailIsClean(at + 1) ? 'literal' : 'rest')
    } else if (parameter.test(this.#text.slice(token.start, token.start + 2))) {
      this.#masker.hasPassword = true
    } else if (!this.#isNoPassword(token)) {
      this.#planned.set(at, 'rest')
    }
  }

  #isNoPassword(token: SecretToken): boolean {
    if (token.kind === 'redaction') return true
    const raw = this.#raw(token).toUpperCase()
    if (token.kind === 'word') return raw === 'NULL' || optionWords.has(raw)
    return raw === ';' || (this.#parentheses > 0 && (raw === ')' || raw === ','))
  }

  #skipBetween(from: number): number {
    for (let at = from; ; at++) {
      const token = this.#tokens[at]
      if (token === undefined || at - from >= betweenTokensMax) return at
      const raw = this.#raw(token).toUpperCase()
      if (token.kind === 'comment' || raw === '=' || raw === ':') continue
      if (token.kind === 'word' && betweenWords.has(raw)) continue
      // IDENTIFIED WITH plugin BY '...': the plugin is no password.
      const next = this.#tokens[at + 1]
      const isName = token.kind === 'word' || token.kind === 'quoted' || token.kind === 'string'
      if (isName && next?.kind === 'word' && prefixWords.has(this.#raw(next).toUpperCase())) continue
      return at
    }
  }

  /** Whether nothing but the options of a role statement follows, up to its end. */
  #tailIsClean(from: number): boolean {
    let previous = ''
    let settingSeen = false
    for (let at = from; ; at++) {
      const token = this.#tokens[at]
      if (token === undefined) return true
      if (!token.closed || at - from >= tailTokensMax) return false
      const raw = this.#raw(token).toUpperCase()
      if (raw === ';') return true
      if (token.kind === 'comment') continue
      if (previous === '') {
        if (this.#parentheses > 0 && (raw === ')' || raw === ',')) return true
        if (token.kind !== 'word' || !optionWords.has(raw)) return false
      } else if (token.kind === 'string') {
        const known = plainBefore.has(previous) || secretWords.has(previous) || settingSeen
        if (!known && !removedAlready.test(this.#raw(token))) return false
      } else if (token.kind === 'other' && !/[\d,=.@-]/.test(raw)) return false
      settingSeen ||= raw === 'SET'
      previous = raw
    }
  }

  #string(i: number, token: SecretToken): void {
    const inParentheses = this.#parentheses > 0
    const before = this.#text[token.start - 1]
    const isHost = before === '@' || this.#text[token.end] === '@'
    const plain = plainBefore.has(this.#previousWord) || this.#settingSeen || inParentheses || isHost
    if (this.#spilt || (this.#inRoleStatement && !plain)) {
      this.#removeString(i, token)
    } else this.#maskInside(token)
  }

  /** A statement inside of a string or comment. */
  #maskInside(token: SecretToken): void {
    const raw = this.#text.slice(token.contentStart, token.contentEnd)
    const content = token.quoting === 'doubled' ? raw.replaceAll("''", "'") : raw
    const masked = this.#masker.mask(content, this.#depth + 1)
    if (masked.text !== content) {
      let text = masked.text
      if (token.quoting === 'doubled') text = text.replaceAll("'", "''")
      else if (token.quoting === 'backslash') text = text.replaceAll(redactionQuotes, '')
      this.#replace(token.contentStart, token.contentEnd, text)
    }
    if (!masked.goesOn) return
    if (token.kind === 'comment') {
      // A comment that ends with the string it stands in may not have been one.
      this.#goesOn ||= token.end === this.#text.length
      return
    }
    this.#goesOn = true
    // The password is put together from other strings: format('... PASSWORD %L', 'secret').
    this.#spilt = true
    const next = this.#text[token.end]
    if (next !== undefined && /[\p{L}\p{N}_'"\\]/u.test(next)) this.#removeRest(token.end)
  }

  /** Removes a string, and all that follows if the string seems to end in its middle. */
  #removeString(i: number, token: SecretToken): void {
    const next = this.#tokens[i + 1]
    const runsOn = !token.closed || (next?.start === token.end && next.kind !== 'other')
    if (runsOn) this.#removeRest(token.start)
    else this.#removeLiteral(token)
  }

  #removeLiteral(token: SecretToken): void {
    const raw = this.#text.slice(token.contentStart, token.contentEnd)
    const secret = token.quoting === 'doubled' ? raw.replaceAll("''", "'") : raw
    const replacement = this.#masker.remove(raw, secret)
    if (replacement !== raw) this.#replace(token.start, token.end, replacement)
  }

  #removeRest(from: number): void {
    const rest = this.#text.slice(from)
    const replacement = this.#masker.remove(rest, rest)
    this.#goesOn = true
    this.#replace(from, this.#text.length, replacement)
  }

  #replace(from: number, to: number, replacement: string): void {
    this.#out += this.#text.slice(this.#copied, from) + replacement
    this.#copied = to
  }

  #raw(token: SecretToken): string {
    return this.#text.slice(token.start, token.end)
  }
}

function maskWords(text: string, removed: readonly string[], redact: (secret: string) => string): string {
  if (removed.length === 0) return text
  const words = new Set(
    removed.flatMap((raw) => raw.match(wordPattern) ?? []).map((word) => word.toLowerCase()),
  )
  const secrets = [...new Set(removed)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length)
  if (secrets.length > secretsBesideMax) return redact(text)
  // Whole secrets first: one of signs alone has no words.
  const parts = [text]
  for (const secret of secrets) {
    // Even places hold text, odd ones what was already replaced.
    for (let at = parts.length - 1; at >= 0; at -= 2) {
      const pieces = (parts[at] ?? '').split(secret)
      if (pieces.length === 1) continue
      const mark = redact(secret)
      parts.splice(at, 1, ...pieces.flatMap((piece, n) => (n === 0 ? [piece] : [mark, piece])))
    }
  }
  return parts
    .map((part, at) => {
      if (at % 2 === 1) return part
      return part.replaceAll(wordPattern, (word) => (words.has(word.toLowerCase()) ? redact(word) : word))
    })
    .join('')
}
