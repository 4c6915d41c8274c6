import type { SqlDialect } from './dialects.ts'

/** What a string is: a value; a statement that is run; or the name of a table, role or user. */
export type StringRole = 'literal' | 'statement' | 'name'

const statementBehindParenthesis = new Set(['unload', 'execute', 'exec'])
const statementBehind = new Set(['immediate', 'execute', 'sp_executesql'])
const tableBehind = new Set(['from', 'join', 'into', 'update', 'table', 'exists'])
const permissionWords = new Set(['grant', 'revoke', 'deny'])
const definitionWords = new Set(['create', 'alter', 'drop', 'rename'])
const accountWords = new Set(['user', 'role', 'login'])
/** Before what is a secret, a time or a text about the account. */
const beforeAccountOption = new Set([
  'by',
  'password',
  'as',
  'using',
  'until',
  'comment',
  'attribute',
  'with',
  '=',
])
const nameUnitsMax = 1000

/**
 * Follows the words of a statement and tells of a string whether it is a literal: the text of UNLOAD('...'), DO '...',
 * EXECUTE IMMEDIATE '...', IDENTIFIER('...') and the accounts in GRANT ... TO 'name' are not.
 */
export class KeptLiterals {
  readonly #dialect: SqlDialect
  /** The first two words of the statement, and the last three tokens. */
  #first = ''
  #second = ''
  #last = ''
  #beforeLast = ''
  #thirdLast = ''
  /** Inside of EXEC ( ... ): pieces of a text, with + between them. */
  #inExecute = false

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect
  }

  /** A word in lower case, a sign, or the empty text for anything else. */
  note(token: string): void {
    if (token === ';') {
      this.#first = ''
      this.#second = ''
    } else if (this.#first === '') this.#first = token
    else if (this.#second === '') this.#second = token
    if (token === '(' && statementBehindParenthesis.has(this.#last)) this.#inExecute = true
    else if (token === ')' || token === ';') this.#inExecute = false
    this.#thirdLast = this.#beforeLast
    this.#beforeLast = this.#last
    this.#last = token
  }

  get isInsert(): boolean {
    return this.#first === 'insert'
  }

  roleOfString(units: number): StringRole {
    if (this.#isStatement()) return 'statement'
    return units <= nameUnitsMax && this.#isName() ? 'name' : 'literal'
  }

  #isStatement(): boolean {
    const last = this.#last
    if (last === '+' && this.#inExecute) return true
    if (last === '(') {
      return (
        statementBehindParenthesis.has(this.#beforeLast) ||
        (this.#beforeLast === 'format' && this.#thirdLast === 'execute')
      )
    }
    return statementBehind.has(last) || this.#first === 'do' || (this.#first === 'prepare' && last === 'from')
  }

  #isName(): boolean {
    const last = this.#last
    if (last === '(') {
      if (this.#beforeLast === 'identifier') return true
      return this.#beforeLast === 'table' && this.#dialect === 'snowflake'
    }
    if (this.#dialect === 'sqlite' && tableBehind.has(last)) return true
    if (permissionWords.has(this.#first)) return !beforeAccountOption.has(last)
    if (definitionWords.has(this.#first) && accountWords.has(this.#second)) {
      return accountWords.has(last) || last === 'exists' || last === ',' || last === '@' || last === 'to'
    }
    return this.#first === 'set' && (last === 'role' || last === 'authorization' || last === 'for')
  }
}
