import { lexicalRules, type LexicalRules, type SqlDialect } from './dialects.ts'
import { keywords } from './keywords.ts'
import { KeptLiterals } from './kept-literals.ts'
import { SqlLexer } from './sql-lexer.ts'

export type NormalizedSql = {
  /**
   * The text with every literal as `?`, lists as their different items, without comments, one space between what
   * needs one, keywords in lower case. Reading it again gives the same text.
   */
  text: string
  /** Everything that was opened was closed. */
  closed: boolean
  /** What the comments before the first and behind the last token say, in order. */
  leadingComments: string[]
  trailingComments: string[]
}

/** Statements inside of strings inside of statements: deeper ones are literals. */
const depthMax = 3
/** Of the comments at each end so many are kept: a text may consist of them. */
const commentsMax = 20

/**
 * The shape of a text: what does not depend on its literals. Two texts of one shape do the same things to the same
 * tables, because a literal that holds a statement or the name of an object is no literal here.
 */
export function normalizeSql(text: string, dialect: SqlDialect): NormalizedSql {
  return new Normalizer(text, lexicalRules[dialect], dialect, 0).run()
}

/** Brackets, or the rows of VALUES, in the output. Where it is a list, an item like the one before is left out. */
type Frame = { isList: boolean; isRows: boolean; itemStart: number; lastItem: [number, number] | undefined }

const blockingSpace = new Set(['(', '[', '.', '..', '::', ':'])
const tightBefore = new Set([')', ']', ',', ';', '.', '..', '::', ':', '['])
const simpleLower = /^[a-z_][a-z0-9_$]*$/
const simpleUpper = /^[A-Z_][A-Z0-9_$]*$/
const simpleAny = /^[A-Za-z_][A-Za-z0-9_$]*$/
/** Behind these a NULL is a value. */
const beforeValue = new Set([
  '=',
  '(',
  ',',
  '<',
  '>',
  '<>',
  '!=',
  '<=',
  '>=',
  'then',
  'else',
  'values',
  'select',
  'and',
  'or',
  'between',
  'return',
  '[',
])
const functionWords = new Set([
  'count',
  'sum',
  'avg',
  'min',
  'max',
  'coalesce',
  'nullif',
  'extract',
  'cast',
  'unnest',
])
const wordsBeforeOperand = new Set([
  'select',
  'where',
  'and',
  'or',
  'not',
  'then',
  'else',
  'when',
  'in',
  'between',
  'values',
  'limit',
  'offset',
  'by',
  'on',
  'return',
  'case',
  'like',
  'set',
  'having',
  'interval',
  'default',
])

class Normalizer {
  readonly #lexer: SqlLexer
  readonly #rules: LexicalRules
  readonly #dialect: SqlDialect
  readonly #depth: number
  readonly #out: string[] = []
  readonly #kept: KeptLiterals
  readonly #frames: Frame[] = []
  readonly #leading: string[] = []
  #trailing: string[] = []
  #closed = true
  /** The last token as it was written out, lower-cased if it was a word. */
  #last = ''
  #lastIsOperand = false
  /** The last token was the name of a function, so a parenthesis belongs to it. */
  #lastIsFunction = false
  /** Where the output has a part of a statement that ends with a blank. */
  #blankEnd = -1
  /** A sign that belongs to the number behind it, if one comes. */
  #pendingSign = ''

  constructor(text: string, rules: LexicalRules, dialect: SqlDialect, depth: number) {
    this.#lexer = new SqlLexer(text, rules)
    this.#rules = rules
    this.#dialect = dialect
    this.#depth = depth
    this.#kept = new KeptLiterals(dialect)
  }

  run(): NormalizedSql {
    const lexer = this.#lexer
    while (lexer.next() !== 'end') {
      if (lexer.kind === 'comment') this.#comment()
      else this.#token()
      if (!lexer.closed) this.#closed = false
    }
    this.#flushSign()
    this.#endRows()
    while (this.#last === ';' && this.#out.at(-1) === ';') this.#out.pop()
    return {
      text: this.#out.join(''),
      closed: this.#closed,
      leadingComments: this.#leading,
      trailingComments: this.#trailing,
    }
  }

  #comment(): void {
    const { text, contentStart, contentEnd } = this.#lexer
    const list = this.#out.length === 0 && this.#pendingSign === '' ? this.#leading : this.#trailing
    if (list.length < commentsMax) list.push(text.slice(contentStart, contentEnd))
  }

  #token(): void {
    const lexer = this.#lexer
    const { text, start, end } = lexer
    if (this.#trailing.length > 0 && text.charCodeAt(start) !== 59) this.#trailing = []
    switch (lexer.kind) {
      case 'word':
        return this.#word(text.slice(start, end))
      case 'name':
        return this.#name(this.#rules.foldsQuoted ? unquote(lexer).toLowerCase() : unquote(lexer))
      case 'string':
        return this.#string()
      case 'number':
        if (this.#pendingSign !== '' && !this.#lastIsOperand) this.#pendingSign = ''
        return this.#value()
      case 'parameter':
        return this.#value()
      case 'variable':
        return this.#variable(text.slice(start, end))
      case 'sign':
        return this.#sign(text.slice(start, end))
      case 'comment':
      case 'end':
    }
  }

  #word(word: string): void {
    this.#flushSign()
    const lower = word.toLowerCase()
    const isName = this.#last === '.'
    if (!isName && this.#isValueWord(lower)) return this.#value()
    const isKeyword = !isName && keywords.has(lower)
    this.#endRows()
    const isFormat = this.#dialect === 'clickhouse' && this.#last === 'format' && this.#kept.isInsert
    this.#kept.note(lower)
    this.#write(isKeyword || this.#rules.folding !== 'none' ? lower : word, lower)
    this.#lastIsOperand = !(isKeyword && wordsBeforeOperand.has(lower))
    this.#lastIsFunction = !isKeyword || functionWords.has(lower)
    if (isFormat) this.#inlineData()
    else if (lower === 'values') this.#openFrame(true, true)
  }

  /** ClickHouse: behind INSERT INTO ... FORMAT name stand rows, up to the end of the text. */
  #inlineData(): void {
    if (this.#lexer.end < this.#lexer.text.length) this.#operand('?', '?')
    this.#lexer.skipToEnd()
  }

  #isValueWord(lower: string): boolean {
    // EXPLAIN (ANALYZE false) is another statement than EXPLAIN (ANALYZE true).
    if (lower === 'true' || lower === 'false') return !/^(?:is|not|analy[sz]e)$/.test(this.#last)
    return lower === 'null' && beforeValue.has(this.#last)
  }

  #name(name: string): void {
    const simple = { lower: simpleLower, upper: simpleUpper, none: simpleAny }[this.#rules.folding]
    const needsQuotes = !simple.test(name) || keywords.has(name.toLowerCase())
    const bare = this.#rules.folding === 'none' ? name : name.toLowerCase()
    this.#operand(needsQuotes ? this.#quote(name) : bare, 'name')
    this.#kept.noteName(bare.toLowerCase())
    this.#lastIsFunction = true
  }

  #quote(name: string): string {
    if (this.#rules.doubleQuotes === 'string') return `\`${name.replaceAll('`', '``')}\``
    return `"${name.replaceAll('"', '""')}"`
  }

  #string(): void {
    const lexer = this.#lexer
    const role = lexer.closed ? this.#kept.roleOfString(lexer.contentEnd - lexer.contentStart) : 'literal'
    if (role === 'literal' || (role === 'statement' && this.#depth >= depthMax)) return this.#value()
    const content = unquote(lexer)
    if (role === 'name' && content.startsWith('«redacted:')) return this.#value()
    const kept =
      role === 'statement'
        ? new Normalizer(content, this.#rules, this.#dialect, this.#depth + 1).run().text
        : content
    const escaped = this.#rules.backslashes ? kept.replaceAll('\\', '\\\\') : kept
    this.#operand(`'${escaped.replaceAll("'", "''")}'`, 'name')
    if (role === 'statement' && /\s$/.test(content)) this.#blankEnd = this.#out.length - 1
  }

  /** `'delete from orders ' + @where`: the name is whole, as it is not in `'delete from orders_' + @year`. */
  #keepBlank(): void {
    const at = this.#out.length - 1
    if (this.#blankEnd === at) this.#out[at] = `${this.#out[at]?.slice(0, -1) ?? "'"} '`
  }

  #variable(text: string): void {
    const { start } = this.#lexer
    // `orders@remote`, `orders@v3`: another table than `orders`.
    const isLink = this.#lastIsFunction && start > 0 && !/\s/.test(this.#lexer.text.charAt(start - 1))
    if (isLink) {
      this.#flushSign()
      this.#kept.note('')
      this.#out.push(text.toLowerCase())
    } else if (this.#dialect === 'snowflake' && text.startsWith('@')) {
      this.#operand(text.split('/', 1)[0]?.toLowerCase() ?? '@', '@')
    } else this.#value()
  }

  #value(): void {
    // Strings that stand side by side are one.
    const goesOn = this.#last === '?' && this.#lexer.kind === 'string' && this.#pendingSign === ''
    if (!goesOn) this.#operand('?', '?')
  }

  #operand(text: string, last: string): void {
    this.#flushSign()
    this.#endRows()
    this.#kept.note('')
    this.#write(text, last)
    this.#lastIsOperand = true
  }

  #sign(sign: string): void {
    this.#flushSign()
    if ((sign === '-' || sign === '+') && !this.#lastIsOperand) {
      this.#pendingSign = sign
      return
    }
    if (sign === ',') return this.#comma()
    if (sign === '+' || sign === '||') this.#keepBlank()
    const isRow = this.#frames.at(-1)?.isRows === true && (this.#last === 'values' || this.#last === ',')
    if (sign !== '(' || !isRow) this.#endRows()
    this.#kept.note(sign)
    if (sign === '(' || sign === '[') this.#open(sign)
    else if (sign === ')' || sign === ']') this.#close(sign)
    else {
      this.#write(sign, sign)
      this.#lastIsOperand = false
    }
  }

  #flushSign(): void {
    const sign = this.#pendingSign
    if (sign === '') return
    this.#pendingSign = ''
    this.#endRows()
    this.#write(sign, sign)
  }

  #open(sign: string): void {
    const outer = this.#frames.at(-1)
    const isItem =
      outer?.isList === true &&
      (outer.isRows || this.#last === ',' || this.#last === '(' || this.#last === '[')
    const isList = isItem || sign === '[' || this.#last === 'in'
    this.#write(sign, sign)
    this.#openFrame(isList, false)
    this.#lastIsOperand = false
  }

  #close(sign: string): void {
    if (this.#frames.length > 0) {
      this.#endLastItem()
      this.#frames.pop()
    }
    this.#write(sign, sign)
    this.#lastIsOperand = true
  }

  #openFrame(isList: boolean, isRows: boolean): void {
    this.#frames.push({ isList, isRows, itemStart: this.#out.length, lastItem: undefined })
  }

  #comma(): void {
    const hasComma = this.#endItem()
    this.#kept.note(',')
    if (!hasComma) this.#write(',', ',')
    const frame = this.#frames.at(-1)
    if (frame) frame.itemStart = this.#out.length
    this.#last = ','
    this.#lastIsOperand = false
  }

  /** Takes an item away that is like the one before. True: the comma between them now ends the output. */
  #endItem(): boolean {
    const frame = this.#frames.at(-1)
    if (frame === undefined || !frame.isList) return false
    const item: [number, number] = [frame.itemStart, this.#out.length]
    if (frame.lastItem !== undefined && this.#isSame(frame.lastItem, item)) {
      this.#out.length = frame.itemStart
      return true
    }
    frame.lastItem = item
    return false
  }

  #endLastItem(): void {
    if (this.#endItem()) this.#out.pop()
  }

  #isSame([aStart, aEnd]: [number, number], [bStart, bEnd]: [number, number]): boolean {
    const out = this.#out
    if (aEnd - aStart !== bEnd - bStart) return false
    for (let i = 0; i < aEnd - aStart; i++) {
      if (out[aStart + i]?.trimStart() !== out[bStart + i]?.trimStart()) return false
    }
    return true
  }

  /** The rows of VALUES end at the first token that is neither a row nor a comma. */
  #endRows(): void {
    if (this.#frames.at(-1)?.isRows !== true) return
    this.#endLastItem()
    this.#frames.pop()
  }

  /** `last`: how what follows sees this token. */
  #write(token: string, last: string): void {
    const isTight =
      this.#out.length === 0 ||
      blockingSpace.has(this.#last) ||
      tightBefore.has(token) ||
      (token === '(' && this.#lastIsFunction)
    this.#out.push(isTight ? token : ` ${token}`)
    this.#last = last
    this.#lastIsFunction = false
  }
}

/** The text between the quotes as the database reads it. */
function unquote(lexer: SqlLexer): string {
  const raw = lexer.text.slice(lexer.contentStart, lexer.contentEnd)
  const undoubled = lexer.quote === '' ? raw : raw.replaceAll(lexer.quote + lexer.quote, lexer.quote)
  if (lexer.isUnicode) return decodeUnicode(undoubled)
  if (!lexer.escapes || !undoubled.includes('\\')) return undoubled
  return undoubled.replaceAll(/\\(.)/gs, (_, sign: string) => ({ n: '\n', t: '\t', r: '\r' })[sign] ?? sign)
}

function decodeUnicode(text: string): string {
  return text.replaceAll(
    /\\(?:\+([0-9a-f]{6})|([0-9a-f]{4})|\\)/gi,
    (escape, long?: string, short?: string) => {
      const code = Number.parseInt(long ?? short ?? '5c', 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : escape
    },
  )
}
