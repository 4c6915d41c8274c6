import { lexicalRules, type LexicalRules, type SqlDialect } from './dialects.ts'
import type { Scope, StatementPlace } from './scope.ts'
import { SqlLexer, type TokenKind } from './sql-lexer.ts'
import { StatementFacts } from './statement-facts.ts'

export type SqlToken = {
  kind: TokenKind
  /** As it stands there; of names and strings what is between the quotes. */
  text: string
  /** A word in lower case, or a sign; empty for everything else. */
  word: string
  /** Nothing stands between this token and the one before. */
  isTight: boolean
}

/** Nested parentheses and statements in strings: deeper ones are passed over, and the text is not understood. */
const nestingMax = 300

/** The rules that lead back to each other: they are reached through the reading, so that files do not import in circles. */
export type Grammar = {
  readScript: (reading: Reading) => void
  readStatement: (reading: Reading, at: number, to: number, place: StatementPlace) => number
  readQuery: (reading: Reading, at: number, to: number, place: StatementPlace) => number
  readParentheses: (reading: Reading, open: number, to: number, scope: Scope) => number
}

/** A text inside of a text counts as so many parentheses. */
const nestedTextCost = 60

const endToken: SqlToken = { kind: 'end', text: '', word: '', isTight: false }

/** One text while it is read: its tokens, which parenthesis closes which, and what was found. */
export class Reading {
  readonly dialect: SqlDialect
  readonly grammar: Grammar
  readonly rules: LexicalRules
  readonly tokens: readonly SqlToken[]
  /** Where what is found is recorded. */
  facts: StatementFacts
  /** The first table that each common table reads, by its name in lower case. */
  readonly tableOfCommon = new Map<string, string>()
  /** The text is a program, such as the block of DO. */
  isProgram = false
  readonly #closeOf: Int32Array
  readonly #behindOpen: Int32Array
  #nesting = 0

  /** `text` is normalised. */
  constructor(text: string, dialect: SqlDialect, grammar: Grammar, facts = new StatementFacts()) {
    this.grammar = grammar
    this.dialect = dialect
    this.rules = lexicalRules[dialect]
    this.tokens = readTokens(text, this.rules)
    this.facts = facts
    this.#closeOf = matchParentheses(this.tokens)
    this.#behindOpen = findBehindOpen(this.tokens)
    if (this.#closeOf[this.tokens.length] === 1) facts.understood = false
  }

  get end(): number {
    return this.tokens.length
  }

  token(at: number): SqlToken {
    return this.tokens[at] ?? endToken
  }

  /** The word (in lower case) or sign at this place; empty for a name, a value, or the end. */
  word(at: number): string {
    return this.token(at).word
  }

  isAny(at: number, words: ReadonlySet<string>): boolean {
    return words.has(this.word(at))
  }

  /** Where the parenthesis at `at` is closed; the end of the text if it is not. */
  closeOf(at: number): number {
    const close = this.#closeOf[at] ?? 0
    return close === 0 ? this.end : close
  }

  /** The first place from `at` on that is no opening parenthesis. */
  behindOpen(at: number): number {
    return this.#behindOpen[at] ?? this.end
  }

  /** Whether a name can begin here: anything in quotes, or a word. */
  isName(at: number): boolean {
    const { kind } = this.token(at)
    return kind === 'name' || kind === 'word'
  }

  /** Something stands here that is not understood. */
  noteTrouble(): void {
    this.facts.understood = false
  }

  /** Reads the text of a string that is run: its tables, kind and flags count for the statement around it. */
  readInside(text: string, isProgram = false): void {
    const { facts } = this
    this.nest(() => {
      const inner = new Reading(text, this.dialect, this.grammar, facts)
      inner.#nesting = this.#nesting + nestedTextCost
      inner.isProgram = isProgram
      const { statements } = facts
      this.grammar.readScript(inner)
      facts.statements = statements
    })
  }

  /** Reads what is nested, unless it is nested too deeply. */
  nest(read: () => void): void {
    if (this.#nesting >= nestingMax) return this.noteTrouble()
    this.#nesting++
    read()
    this.#nesting--
  }
}

function readTokens(text: string, rules: LexicalRules): SqlToken[] {
  const lexer = new SqlLexer(text, rules)
  const tokens: SqlToken[] = []
  let end = -1
  while (lexer.next() !== 'end') {
    const { kind, start } = lexer
    if (kind === 'comment') continue
    const isTight = start === end
    end = lexer.end
    const raw = text.slice(start, lexer.end)
    if (kind === 'word') tokens.push({ kind, text: raw, word: raw.toLowerCase(), isTight })
    else if (kind === 'sign') tokens.push({ kind, text: raw, word: raw, isTight })
    else if (kind === 'name' || kind === 'string')
      tokens.push({ kind, text: contentOf(lexer), word: '', isTight })
    else tokens.push({ kind, text: raw, word: '', isTight })
  }
  return tokens
}

function contentOf(lexer: SqlLexer): string {
  const raw = lexer.text.slice(lexer.contentStart, lexer.contentEnd)
  const undoubled = lexer.quote === '' ? raw : raw.replaceAll(lexer.quote + lexer.quote, lexer.quote)
  return lexer.escapes ? undoubled.replaceAll(/\\(.)/gs, '$1') : undoubled
}

/** The last entry is 1 if some parenthesis has no other. */
function matchParentheses(tokens: readonly SqlToken[]): Int32Array {
  const closeOf = new Int32Array(tokens.length + 1)
  const open: number[] = []
  for (const [at, { word }] of tokens.entries()) {
    if (word === '(') open.push(at)
    else if (word === ')') {
      const start = open.pop()
      if (start === undefined) closeOf[tokens.length] = 1
      else closeOf[start] = at
    }
  }
  if (open.length > 0) closeOf[tokens.length] = 1
  return closeOf
}

function findBehindOpen(tokens: readonly SqlToken[]): Int32Array {
  const behind = new Int32Array(tokens.length)
  for (let at = tokens.length - 1; at >= 0; at--) {
    behind[at] = tokens[at]?.word === '(' ? (behind[at + 1] ?? tokens.length) : at
  }
  return behind
}
