import { lexicalRules, type LexicalRules, type SqlDialect } from '../sql/dialects.ts'
import { SqlLexer, type TokenKind } from '../sql/sql-lexer.ts'

/** A piece of SQL as masking sees it. White space makes no token. */
export type Token = {
  kind: TokenKind
  start: number
  end: number
  /** What stands between the quotes or comment signs. */
  contentStart: number
  contentEnd: number
  closed: boolean
  /** The quote that means one where it is doubled; empty where nothing is escaped so. */
  quote: string
  /** A backslash escapes. */
  escapes: boolean
  /** In capital letters; of a name what stands between its quotes. Empty for strings and comments. */
  upper: string
}

/** Of a text in an unknown dialect: as in PostgreSQL, with names between backticks as well. */
const unknownRules: LexicalRules = { ...lexicalRules.postgres, backticks: true }

/** A text in one way of reading it. */
export type Reading = {
  rules: LexicalRules
  tokens: Token[]
  /** Whether this is how the text was meant, as far as one can tell. */
  isLikely: boolean
}

/**
 * The ways in which a text has to be read. A backslash before a quote means two things, and so do double quotes where
 * the dialect is not known: a reading in which strings begin and end where they should is the right one; where that
 * does not tell, what is a secret in any of them is masked.
 */
export function readingsOf(text: string, dialect: SqlDialect | undefined): Reading[] {
  const rules = dialect === undefined ? unknownRules : lexicalRules[dialect]
  const own: Reading = { rules, tokens: readTokens(text, rules), isLikely: true }
  const hasEscapes = /\\['"]/.test(text)
  const hasDoubleQuotes = dialect === undefined && text.includes('"')
  if (!hasEscapes && !hasDoubleQuotes) return [own]
  const isOwnClean = isClean(own.tokens)
  if (dialect !== undefined && isOwnClean) return [own]
  const otherRules: LexicalRules = {
    ...rules,
    backslashes: hasEscapes ? !rules.backslashes : rules.backslashes,
    doubleQuotes: dialect === undefined ? 'string' : rules.doubleQuotes,
  }
  const tokens = readTokens(text, otherRules)
  if (!isOwnClean && isClean(tokens)) {
    const other: Reading = { rules: otherRules, tokens, isLikely: true }
    return dialect === undefined ? [other] : [own, other]
  }
  return [own, { rules: otherRules, tokens, isLikely: false }]
}

function isClean(tokens: readonly Token[]): boolean {
  return tokens.at(-1)?.closed !== false && findStrangeString(tokens) === undefined
}

const strangeBehindString: ReadonlySet<TokenKind> = new Set(['word', 'name', 'string', 'number'])

/** A string that is followed by a word at once: it seems to end in its middle. */
export function findStrangeString(tokens: readonly Token[]): Token | undefined {
  return tokens.find((token, i) => {
    const next = tokens[i + 1]
    const isQuoted = token.kind === 'string' && token.contentStart > token.start
    return isQuoted && next?.start === token.end && strangeBehindString.has(next.kind)
  })
}

/** Splits any text into tokens that cover everything but white space. Takes time linear in the text. */
export function readTokens(text: string, rules: LexicalRules): Token[] {
  const lexer = new SqlLexer(text, rules)
  const tokens: Token[] = []
  while (lexer.next() !== 'end') {
    // `{name: Type}` is a place for a value, but what has quotes is a value itself.
    if (
      lexer.kind === 'parameter' &&
      text[lexer.start] === '{' &&
      /['"$]/.test(text.slice(lexer.start, lexer.end))
    ) {
      lexer.kind = 'sign'
      lexer.end = lexer.contentEnd = lexer.start + 1
    }
    const { kind, start, end, contentStart, contentEnd, closed } = lexer
    // A redaction is a string without quotes.
    const isQuoted = (kind === 'string' || kind === 'name') && contentStart > start
    tokens.push({
      kind,
      start,
      end,
      contentStart,
      contentEnd,
      closed,
      quote: isQuoted ? lexer.quote : '',
      escapes: isQuoted && lexer.escapes,
      upper:
        kind === 'string' || kind === 'comment' ? '' : text.slice(contentStart, contentEnd).toUpperCase(),
    })
  }
  return tokens
}
