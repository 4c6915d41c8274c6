import type { LexicalRules } from './dialects.ts'

export type TokenKind =
  /** A keyword, or a name without quotes. */
  | 'word'
  /** A name in quotes. */
  | 'name'
  | 'string'
  | 'number'
  /** A place for a value: `?`, `$1`, `:name`, `%s`, `{name:Type}`. */
  | 'parameter'
  /** `@name`: a variable, or a stage with its path. */
  | 'variable'
  /** An operator or a sign. */
  | 'sign'
  | 'comment'
  | 'end'

/** What a character can begin. Beyond ASCII everything is a letter but blanks. */
const blank = 1
const letter = 2
const digit = 4
const operator = 8
const classes = new Uint8Array(128)
for (let code = 0; code <= 32; code++) classes[code] = blank
classes[127] = blank
for (let code = 48; code <= 57; code++) classes[code] = digit
for (let code = 65; code <= 90; code++) classes[code] = letter
for (let code = 97; code <= 122; code++) classes[code] = letter
classes[95] = letter
for (const sign of '<>=!~|&^') classes[sign.charCodeAt(0)] = operator

function classOf(code: number): number {
  if (code < 128) return classes[code] ?? 0
  const isBlank =
    code === 0xa0 ||
    code === 0x3000 ||
    code === 0xfeff ||
    (code >= 0x2000 && code <= 0x200b) ||
    code === 0x2028
  return isBlank ? blank : letter
}

/** Inside of a name also `$`; `#` and `@` only where names may have such signs. */
function isNamePart(code: number, rules: LexicalRules): boolean {
  if ((classOf(code) & (letter | digit)) !== 0) return true
  return code === 36 || (rules.signedNames && (code === 35 || code === 64))
}

/** Behind these words stands a table, so that a dash belongs to its name where names may have dashes. */
const beforeTable = new Set(
  'from join into insert update delete merge table view using exists on clone like'.split(' '),
)
/** These end a list of tables, in which a comma has a table behind it. */
const behindTables = new Set('select where on set group order limit values when qualify window'.split(' '))
const stringPrefixes = new Set(['e', 'n', 'b', 'x', 'r', 'q', 'nq', 'br', 'rb', 'u&'])
const redaction = /«redacted:[a-z_]+:[0-9a-f]{8}»/y
const signsOfTwo = new Set('-> => := :: ?| ?& @> @@ #> #- .. ** += -= *= /='.split(' '))
const clickHouseParameter = /\{\s*\w+\s*:[^{}]*\}/y
const pythonParameter = /%(?:\(\w+\))?s(?!\w)/y
const beforeStage = new Set(['@', '~', '%', '"'].map((sign) => sign.charCodeAt(0)))
const stage = /@(?:"[^"]*"|[^\s,;()'"])*/y
const numberPattern = /0x[\da-f]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:e[+-]?\d+)?(?:(?:bd|[df])(?!\w))?/iy
/** A number that goes on like a name is a name: `2026_orders`. */
const digitName = /\d+[A-Za-z_][\w$]*/y
const numberSuffix = /^\d+(?:[eE]\d+|[lLsSyYdDfF]|[bB][dD])$/

/**
 * Reads any text as tokens of SQL, one at a time: `next` moves on and the fields tell what was found. Comments are
 * tokens, white space is not. An end that is missing makes `closed` false. Takes time linear in the text.
 */
export class SqlLexer {
  readonly text: string
  readonly rules: LexicalRules
  kind: TokenKind = 'end'
  start = 0
  end = 0
  /** False for a string, name or comment that goes on to the end of the text. */
  closed = true
  /** What stands between the quotes, or inside of the comment. */
  contentStart = 0
  contentEnd = 0
  /** The quote of a string or name in which doubling it means one: `'`, `"`, backtick or `]`; empty where nothing is escaped so. */
  quote = ''
  /** A backslash escapes in this string. */
  escapes = false
  /** `U&'...'`: characters stand as their numbers behind a backslash. */
  isUnicode = false
  #mayBeDashed = false
  /** Of each parenthesis that is open, and of what is in none: whether a list of tables stands in it now. */
  readonly #tableLists = [false]
  #inExecutable = false

  constructor(text: string, rules: LexicalRules) {
    this.text = text
    this.rules = rules
  }

  next(): TokenKind {
    const { text } = this
    let at = this.end
    while (at < text.length && classOf(text.charCodeAt(at)) === blank) at++
    const isTight = at > 0 && at === this.end
    this.start = at
    this.closed = true
    this.isUnicode = false
    if (at >= text.length) return this.#take('end', at)
    const code = text.charCodeAt(at)
    const found = classOf(code)
    if (found === letter) return this.#word(at)
    if (found === digit) return this.#number(at)
    return this.#other(at, code, isTight)
  }

  /** The rest of the text is no SQL. */
  skipToEnd(): void {
    this.end = this.text.length
  }

  #take(kind: TokenKind, end: number): TokenKind {
    this.kind = kind
    this.end = end
    this.contentStart = this.start
    this.contentEnd = end
    return kind
  }

  #word(start: number): TokenKind {
    const { text, rules } = this
    if (text.charCodeAt(start) === 0xab) {
      redaction.lastIndex = start
      const mark = redaction.exec(text)
      if (mark) return this.#take('string', start + mark[0].length)
    }
    let end = start + 1
    while (end < text.length && isNamePart(text.charCodeAt(end), rules)) end++
    if (end - start <= 2 && end < text.length) {
      const prefixed = this.#prefixedString(start, end)
      if (prefixed !== undefined) return prefixed
    }
    if (rules.dashedNames) {
      while (
        this.#mayBeDashed &&
        text.charCodeAt(end) === 45 &&
        end + 1 < text.length &&
        isNamePart(text.charCodeAt(end + 1), rules)
      ) {
        end += 2
        while (end < text.length && isNamePart(text.charCodeAt(end), rules)) end++
      }
      this.#noteDashing(text.slice(start, end).toLowerCase())
    }
    return this.#take('word', end)
  }

  /** Follows where a table may stand: `a-b` is its name there, and a difference elsewhere. */
  #noteDashing(token: string): void {
    const lists = this.#tableLists
    const last = lists.length - 1
    const isList = lists[last] === true
    if (token === '(') lists.push(isList && this.#mayBeDashed)
    else if (token === ')' && last > 0) lists.pop()
    else if (token === 'from' || token === 'join') lists[last] = true
    else if (behindTables.has(token)) lists[last] = false
    const goesOn = token === ',' || (token === '(' && this.#mayBeDashed)
    this.#mayBeDashed = beforeTable.has(token) || (isList && goesOn)
  }

  #prefixedString(start: number, wordEnd: number): TokenKind | undefined {
    const { text, rules } = this
    const next = text[wordEnd]
    if (next === '&' && /^u&['"]/i.test(text.slice(start, wordEnd + 2))) {
      const quote = text.charAt(wordEnd + 1)
      this.isUnicode = true
      return this.#doubled(quote === '"' ? 'name' : 'string', wordEnd + 2, quote, false)
    }
    if (next !== "'" && next !== '"') return undefined
    const prefix = text.slice(start, wordEnd).toLowerCase()
    if (!stringPrefixes.has(prefix)) return undefined
    if (next === '"' && rules.doubleQuotes === 'name') return undefined
    if (rules.qQuotes && prefix.endsWith('q')) return this.#qQuoted(wordEnd + 1)
    if (rules.tripleQuotes && text.startsWith(next.repeat(3), wordEnd)) return this.#triple(wordEnd, next)
    const escapes = prefix === 'e' || (rules.backslashes && !(rules.rawStrings && prefix === 'r'))
    return this.#doubled('string', wordEnd + 1, next, escapes)
  }

  #number(start: number): TokenKind {
    digitName.lastIndex = start
    const asName = digitName.exec(this.text)?.[0]
    if (asName !== undefined && !numberSuffix.test(asName) && !/^0[xX]/.test(asName)) {
      const isExponent = /^\d+[eE]$/.test(asName) && /[+-]/.test(this.text[start + asName.length] ?? '')
      if (!isExponent) return this.#take('word', start + asName.length)
    }
    numberPattern.lastIndex = start
    let end = start + (numberPattern.exec(this.text)?.[0].length ?? 1)
    if (this.text[end] === '.' && classOf(this.text.charCodeAt(end + 1)) !== letter) end++
    if (asName !== undefined) end = Math.max(end, start + asName.length)
    return this.#take('number', end)
  }

  #other(start: number, code: number, isTight: boolean): TokenKind {
    const { text, rules } = this
    const next = text.charCodeAt(start + 1)
    switch (code) {
      case 39: // '
        if (rules.tripleQuotes && text.startsWith("'''", start)) return this.#triple(start, "'")
        return this.#doubled('string', start + 1, "'", rules.backslashes)
      case 34: // "
        if (rules.tripleQuotes && text.startsWith('"""', start)) return this.#triple(start, '"')
        return rules.doubleQuotes === 'name'
          ? this.#doubled('name', start + 1, '"', false)
          : this.#doubled('string', start + 1, '"', rules.backslashes)
      case 96: // `
        if (!rules.backticks) break
        return this.#doubled('name', start + 1, '`', false)
      case 91: // [
        if (!rules.brackets) break
        return this.#doubled('name', start + 1, ']', false)
      case 36: // $
        return this.#dollar(start)
      case 45: // -
        if (next === 45 && this.#dashesComment(start)) return this.#lineComment(start + 2)
        break
      case 35: // #
        if (rules.hashComments) return this.#lineComment(start + 1)
        if (rules.signedNames) return this.#word(start)
        break
      case 47: // /
        if (next === 42) return this.#slashStar(start)
        if (next === 47 && rules.slashComments) return this.#lineComment(start + 2)
        break
      case 42: // *
        if (next !== 47 || !this.#inExecutable) break
        this.#inExecutable = false
        this.end = start + 2
        return this.next()
      case 64: // @; of Snowflake @~, @%table and @"stage"
        if (classOf(next) === letter || beforeStage.has(next)) return this.#variable(start)
        break
      case 46: // .
        if (classOf(next) === digit && !isTight) return this.#number(start)
        break
      default:
    }
    return this.#sign(start, code, isTight)
  }

  #sign(start: number, code: number, isTight: boolean): TokenKind {
    const { text } = this
    // Signs between tables.
    if (this.rules.dashedNames && code >= 40 && code <= 44) this.#noteDashing(text.charAt(start))
    const next = text.charCodeAt(start + 1)
    if (code === 63 && next !== 124 && next !== 38) {
      let end = start + 1
      while (classOf(text.charCodeAt(end)) === digit) end++
      return this.#take('parameter', end)
    }
    const isNamed = code === 58 && (classOf(next) & (letter | digit)) !== 0 && !isTight
    if (isNamed) return this.#parameterName(start + 1)
    if (code === 123) return this.#parameterOf(clickHouseParameter, start) ?? this.#take('sign', start + 1)
    if (code === 37) return this.#parameterOf(pythonParameter, start) ?? this.#take('sign', start + 1)
    if (text.startsWith('->>', start) || text.startsWith('#>>', start)) return this.#take('sign', start + 3)
    if (signsOfTwo.has(text.slice(start, start + 2))) return this.#take('sign', start + 2)
    let end = start + 1
    if (classOf(code) === operator) while (classOf(text.charCodeAt(end)) === operator) end++
    // `a=*`, `<@`, `!~*`: of the other signs only these belong to an operator.
    if (text[end] === '*' && text[end - 1] === '~') end++
    if (text[end] === '@' && text[end - 1] === '<') end++
    return this.#take('sign', end)
  }

  #parameterOf(pattern: RegExp, start: number): TokenKind | undefined {
    pattern.lastIndex = start
    const found = pattern.exec(this.text)
    return found ? this.#take('parameter', start + found[0].length) : undefined
  }

  #parameterName(from: number): TokenKind {
    let end = from
    while (end < this.text.length && isNamePart(this.text.charCodeAt(end), this.rules)) end++
    return this.#take('parameter', end)
  }

  #variable(start: number): TokenKind {
    stage.lastIndex = start
    if (this.rules.slashComments)
      return this.#take('variable', start + (stage.exec(this.text)?.[0].length ?? 1))
    let end = start + 1
    while (
      end < this.text.length &&
      (isNamePart(this.text.charCodeAt(end), this.rules) || this.text[end] === '@')
    )
      end++
    return this.#take('variable', end)
  }

  #dollar(start: number): TokenKind {
    const { text, rules } = this
    const next = text.charCodeAt(start + 1)
    if (classOf(next) === digit) return this.#parameterName(start + 1)
    let end = start + 1
    while (end < text.length && (classOf(text.charCodeAt(end)) & (letter | digit)) !== 0) end++
    if (rules.dollarQuotes && text[end] === '$') return this.#dollarQuoted(start, end + 1)
    return end > start + 1 ? this.#take('variable', end) : this.#take('sign', end)
  }

  #dollarQuoted(start: number, contentStart: number): TokenKind {
    const tag = this.text.slice(start, contentStart)
    const close = this.text.indexOf(tag, contentStart)
    this.quote = ''
    this.escapes = false
    return this.#content('string', contentStart, close, tag.length)
  }

  /** `close`: where the end mark begins; below 0 if there is none. */
  #content(kind: TokenKind, contentStart: number, close: number, endMark: number): TokenKind {
    this.kind = kind
    this.closed = close >= 0
    this.contentStart = contentStart
    this.contentEnd = this.closed ? close : this.text.length
    this.end = this.closed ? close + endMark : this.text.length
    return kind
  }

  #doubled(kind: 'string' | 'name', contentStart: number, quote: string, escapes: boolean): TokenKind {
    const { text } = this
    const sign = quote.charCodeAt(0)
    this.quote = quote
    this.escapes = escapes
    for (let at = contentStart; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (escapes && code === 92) at++
      else if (code === sign) {
        if (text.charCodeAt(at + 1) !== sign) return this.#content(kind, contentStart, at, 1)
        at++
      }
    }
    return this.#content(kind, contentStart, -1, 1)
  }

  #triple(quoteStart: number, quote: string): TokenKind {
    const mark = quote.repeat(3)
    this.quote = ''
    this.escapes = true
    let close = this.text.indexOf(mark, quoteStart + 3)
    while (close > 0 && this.text[close - 1] === '\\' && this.text[close - 2] !== '\\') {
      close = this.text.indexOf(mark, close + 1)
    }
    return this.#content('string', quoteStart + 3, close, 3)
  }

  #qQuoted(quoteAt: number): TokenKind {
    const pairs: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}', '<': '>' }
    const open = this.text.charAt(quoteAt)
    this.quote = ''
    this.escapes = false
    const close = this.text.indexOf(`${pairs[open] ?? open}'`, quoteAt + 1)
    return this.#content('string', quoteAt + 1, close, 2)
  }

  #dashesComment(start: number): boolean {
    if (!this.rules.dashesNeedBlank) return true
    const code = this.text.charCodeAt(start + 2)
    return Number.isNaN(code) || classOf(code) === blank
  }

  #lineComment(contentStart: number): TokenKind {
    const newline = this.text.indexOf('\n', contentStart)
    this.kind = 'comment'
    this.contentStart = contentStart
    this.contentEnd = newline < 0 ? this.text.length : newline
    this.end = this.contentEnd
    return 'comment'
  }

  #slashStar(start: number): TokenKind {
    const { text, rules } = this
    if (rules.executableComments && /^\/\*M?!/.test(text.slice(start, start + 4))) {
      // The text inside of it is SQL: only the signs and the version are passed over.
      this.end = start + (/^\/\*M?!\d*/.exec(text.slice(start, start + 12))?.[0].length ?? 3)
      this.#inExecutable = true
      return this.next()
    }
    let depth = 1
    let at = start + 2
    let open = rules.nestedComments ? text.indexOf('/*', at) : -1
    let close = text.indexOf('*/', at)
    for (;;) {
      // Looked for again only once it is passed: thousands of openings may stand before one end.
      if (close >= 0 && close < at) close = text.indexOf('*/', at)
      if (close < 0) return this.#content('comment', start + 2, -1, 2)
      if (open >= 0 && open < close) {
        depth++
        at = open + 2
        open = text.indexOf('/*', at)
      } else if (--depth === 0) return this.#content('comment', start + 2, close, 2)
      else at = close + 2
    }
  }
}
