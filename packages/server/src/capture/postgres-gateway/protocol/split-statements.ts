import { lexicalRules } from '@aleph-audit-log/domain/sql/dialects'
import { SqlLexer } from '@aleph-audit-log/domain/sql/sql-lexer'

/** In strings without a prefix a backslash escapes, where `standard_conforming_strings` is off. */
const rulesWithBackslashes = { ...lexicalRules.postgres, backslashes: true }

/**
 * The statements of a text, in their order, each with its comments and without its semicolon; what is only comments and
 * white space is none. Gives up where there are more than `max`: undefined.
 */
export function splitStatements(
  sql: string,
  options: { max: number; backslashes: boolean },
): string[] | undefined {
  const lexer = new SqlLexer(sql, options.backslashes ? rulesWithBackslashes : lexicalRules.postgres)
  const statements: string[] = []
  let from = 0
  let words = 0
  let depth = 0
  const body = new RoutineBody()
  const end = (to: number): boolean => {
    if (words > 0) statements.push(sql.slice(from, to).trim())
    from = lexer.end
    words = 0
    depth = 0
    body.reset()
    return statements.length <= max
  }
  const { max } = options
  for (;;) {
    const kind = lexer.next()
    if (kind === 'end') break
    if (kind === 'comment') continue
    if (kind === 'sign') {
      const sign = sql.charCodeAt(lexer.start)
      if (sign === 0x28) depth++
      else if (sign === 0x29) depth--
      else if (sign === 0x3b && depth <= 0 && !body.isInside) {
        if (!end(lexer.start)) return undefined
        continue
      }
    } else if (kind === 'word' && body.mayFollow) {
      body.word(sql.slice(lexer.start, lexer.end).toLowerCase())
    }
    words++
  }
  return end(sql.length) ? statements : undefined
}

const beforeRoutine = new Set(['create', 'or', 'replace', 'function', 'procedure'])

/**
 * Follows whether a semicolon stands inside of the body of a routine: `CREATE FUNCTION ... BEGIN ATOMIC ...; END`, as
 * psql does it (src/fe_utils/psqlscan.l).
 */
class RoutineBody {
  #words = 0
  #isRoutine = false
  #depth = 0
  /** False once the statement cannot be one that has a body. */
  mayFollow = true

  get isInside(): boolean {
    return this.#depth > 0
  }

  reset(): void {
    this.#words = 0
    this.#isRoutine = false
    this.#depth = 0
    this.mayFollow = true
  }

  word(word: string): void {
    if (this.#isRoutine) {
      if (word === 'begin' || (word === 'case' && this.#depth > 0)) this.#depth++
      else if (word === 'end' && this.#depth > 0) this.#depth--
      return
    }
    const isStart = this.#words++ === 0 ? word === 'create' : beforeRoutine.has(word)
    if (!isStart) this.mayFollow = false
    else if (word === 'function' || word === 'procedure') this.#isRoutine = true
  }
}
