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

/**
 * The ways in which a text may have to be read. A backslash before a quote means two things, and so do double quotes
 * where the dialect is not known; what is a secret in one reading is masked.
 */
export function readingsOf(text: string, dialect: SqlDialect | undefined): LexicalRules[] {
  const rules = dialect === undefined ? unknownRules : lexicalRules[dialect]
  const hasEscapes = /\\['"]/.test(text)
  const hasDoubleQuotes = dialect === undefined && text.includes('"')
  if (!hasEscapes && !hasDoubleQuotes) return [rules]
  const other: LexicalRules = {
    ...rules,
    backslashes: hasEscapes ? !rules.backslashes : rules.backslashes,
    doubleQuotes: dialect === undefined ? 'string' : rules.doubleQuotes,
  }
  return [rules, other]
}

/** Splits any text into tokens that cover everything but white space. Takes time linear in the text. */
export function readTokens(text: string, rules: LexicalRules): Token[] {
  const lexer = new SqlLexer(text, rules)
  const tokens: Token[] = []
  while (lexer.next() !== 'end') {
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
      upper: kind === 'string' || kind === 'comment' ? '' : text.slice(contentStart, contentEnd).toUpperCase(),
    })
  }
  return tokens
}
