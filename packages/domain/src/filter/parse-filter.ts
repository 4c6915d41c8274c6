import { AuditError, type Problem } from '../error.ts'
import { toSearchText } from '../search-text.ts'
import { filterLimits, type Filter } from './filter.ts'
import { findQualifier, nearestQualifier, type Qualifier } from './qualifiers.ts'
import { quote } from './quote.ts'
import { rawText, readTerm, readText } from './read-term.ts'
import { runEnd, tokenizeFilter, type Token, type Word } from './tokenize-filter.ts'

/** How many faults are told at once. */
const problemsMax = 20

/**
 * Reads the search language:
 * ```text
 * search = and {"OR" and}        and = not {not}        not = ["-"] (word | "(" search ")")
 * word   = [qualifier ":"] (bare text | quoted text), with * as wildcard outside quotes
 * ```
 * An empty text is the filter that matches everything. Throws AuditError('invalid') whose problems say where in the
 * text a fault begins and ends (UTF-16 units) and, where it can be told, what to write instead of that piece.
 */
export function parseFilter(text: string): Filter {
  if (text.length > filterLimits.textUnitsMax) {
    const message = `A search is at most ${filterLimits.textUnitsMax} characters long.`
    refuse([{ path: 'q', message, start: filterLimits.textUnitsMax, end: text.length }])
  }
  const { tokens, problems } = tokenizeFilter(text)
  if (problems.length > 0) refuse(problems)
  return new Parser(text, tokens).parse()
}

function refuse(problems: readonly Problem[]): never {
  const [first] = problems
  throw new AuditError('invalid', `The search is not valid: ${first?.message ?? ''}`, {
    problems: problems.slice(0, problemsMax),
  })
}

/** Faults of single terms are gathered; a fault of the structure ends the reading. */
class Parser {
  readonly #text: string
  readonly #tokens: readonly Token[]
  readonly #problems: Problem[] = []
  #at = 0
  #depth = 0
  #terms = 0

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text
    this.#tokens = tokens
  }

  parse(): Filter {
    const filter = this.#readOr()
    const rest = this.#next()
    if (rest !== undefined) this.#fail(rest, 'This parenthesis closes nothing.')
    if (this.#problems.length > 0) refuse(this.#problems)
    return filter ?? { kind: 'and', terms: [] }
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #fail(span: { start: number; end: number }, message: string, suggestion?: string): never {
    this.#note(span, message, suggestion)
    refuse(this.#problems)
  }

  #note({ start, end }: { start: number; end: number }, message: string, suggestion?: string): void {
    this.#problems.push({
      path: 'q',
      message,
      start,
      end,
      ...(suggestion === undefined ? {} : { suggestion }),
    })
  }

  /** Undefined if no term stands here; what does is then the end or a closing parenthesis. */
  #readOr(): Filter | undefined {
    const first = this.#readAnd()
    const next = this.#next()
    if (first === undefined) return next?.kind === 'or' ? this.#failAtOr(next) : undefined
    const branches = [first]
    for (let or = next; or?.kind === 'or'; or = this.#next()) {
      this.#at++
      branches.push(this.#readAnd() ?? this.#failAtOr(or))
    }
    return single(
      'or',
      branches.flatMap((branch) => (branch.kind === 'or' ? branch.terms : [branch])),
    )
  }

  #failAtOr(or: Token): never {
    this.#fail(or, 'OR needs a term before and after it; in quotes it is searched for.', '"OR"')
  }

  #readAnd(): Filter | undefined {
    const terms: Filter[] = []
    for (let token = this.#next(); token !== undefined; token = this.#next()) {
      if (token.kind === 'or' || token.kind === 'close') break
      const term = this.#readNot(token)
      terms.push(...(term.kind === 'and' ? term.terms : [term]))
    }
    return terms.length === 0 ? undefined : single('and', terms)
  }

  #readNot(token: Token): Filter {
    if (token.kind !== 'minus') return this.#readAtom(token)
    this.#at++
    const next = this.#next()
    if (next?.start !== token.end || (next.kind !== 'word' && next.kind !== 'open')) {
      const end = Math.max(token.end, runEnd(this.#text, token.start))
      this.#fail(
        { start: token.start, end },
        'A minus stands directly before one term or parenthesis; in quotes it is searched for.',
        quote(this.#text.slice(token.start, end)),
      )
    }
    return { kind: 'not', term: this.#readAtom(next) }
  }

  #readAtom(token: Token): Filter {
    this.#at++
    if (token.kind === 'word') return this.#readWord(token)
    this.#depth++
    if (this.#depth > filterLimits.parenthesesDepthMax) {
      this.#fail(token, `Parentheses stand at most ${filterLimits.parenthesesDepthMax} deep.`)
    }
    const filter = this.#readOr()
    const close = this.#next()
    if (close === undefined) this.#fail(token, 'This parenthesis is never closed.')
    if (filter === undefined) {
      this.#fail({ start: token.start, end: close.end }, 'The parentheses hold no term.')
    }
    this.#at++
    this.#depth--
    return filter
  }

  #readWord(word: Word): Filter {
    this.#terms++
    if (this.#terms > filterLimits.termsMax) {
      this.#fail(word, `A search has at most ${filterLimits.termsMax} terms.`)
    }
    return word.qualifier === undefined ? this.#readBareWord(word) : this.#readQualified(word, word.qualifier)
  }

  #readBareWord(word: Word): Filter {
    const reading = readText(word.segments)
    if ('value' in reading) return reading.value
    this.#note(word, reading.fault, reading.suggestion)
    return nothing
  }

  #readQualified(word: Word, { name, path, end }: NonNullable<Word['qualifier']>): Filter {
    const { start, valueStart, segments } = word
    const qualifier = findQualifier(name)
    if (qualifier === undefined) {
      this.#noteUnknownQualifier(word, name, end)
      return nothing
    }
    if (path === '') {
      this.#note({ start, end }, missingPath)
      return nothing
    }
    if (path?.includes('*') === true && !name.includes('"')) {
      const message = 'A path holds no wildcard; in quotes the star is an ordinary character.'
      this.#note({ start, end }, message, `data.${quote(path)}`)
      return nothing
    }
    if (rawText(segments) === '') {
      this.#noteMissingValue(word, name, qualifier)
      return nothing
    }
    const reading = readTerm(qualifier, toSearchText(path ?? ''), segments)
    if ('value' in reading) return reading.value
    this.#note({ start: valueStart, end: word.end }, reading.fault, reading.suggestion)
    return nothing
  }

  #noteUnknownQualifier(word: Word, name: string, end: number): void {
    const span = { start: word.start, end }
    if (name.toLowerCase() === 'data') return this.#note(span, missingPath)
    const nearest = word.segments[0]?.text.startsWith('//') === true ? undefined : nearestQualifier(name)
    const fault = `"${name}" is not a qualifier`
    if (nearest !== undefined) this.#note(span, `${fault}: did you mean ${nearest}?`, nearest)
    else {
      const suggestion = quote(this.#text.slice(word.start, word.end))
      this.#note(word, `${fault}: text with a colon stands in quotes.`, suggestion)
    }
  }

  /** `actor: ann` is meant as `actor:ann`. */
  #noteMissingValue(word: Word, name: string, { kind }: Qualifier): void {
    const hint = kind === 'time' || kind === 'is' ? '' : `; -${name}:* finds events without one`
    const message = `${name}: needs a value directly after the colon${hint}.`
    const next = this.#next()
    if (word.segments.length > 0 || next?.kind !== 'word' || next.qualifier !== undefined) {
      return this.#note(word, message)
    }
    const suggestion = `${name}:${this.#text.slice(next.start, next.end)}`
    this.#note({ start: word.start, end: next.end }, message, suggestion)
  }
}

const missingPath = 'data. needs a path, such as data.region:emea.'

/** Stands for a term with a fault: the search is refused before it could match. */
const nothing: Filter = { kind: 'or', terms: [] }

function single(kind: 'and' | 'or', terms: Filter[]): Filter {
  const [first] = terms
  return terms.length === 1 && first !== undefined ? first : { kind, terms }
}
