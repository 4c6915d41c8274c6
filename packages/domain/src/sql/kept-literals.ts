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
/** T-SQL: these change roles, accounts and objects, which strings name. None of them takes a secret. */
export const namingProcedures = new Set(
  `sp_addrolemember sp_droprolemember sp_addsrvrolemember sp_dropsrvrolemember sp_addrole sp_droprole sp_adduser
  sp_dropuser sp_droplogin sp_grantlogin sp_revokelogin sp_denylogin sp_grantdbaccess sp_revokedbaccess
  sp_changedbowner sp_changeobjectowner sp_rename sp_renamedb`.split(/\s+/),
)

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
  /** A procedure was called whose strings are names. */
  #callsNaming = false
  /** WITH name AS PROCEDURE ... LANGUAGE SQL: its body is run. */
  #runsBody = false
  /** Inside of EXEC ( ... ): pieces of a text, with + between them. */
  #inExecute = false
  /** Inside of IDENTIFIER ( ... ): pieces of a name, with || between them. */
  #inIdentifier = false
  /** Behind EXECUTE IMMEDIATE: pieces with || between them. */
  #inImmediate = false

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect
  }

  /** A word in lower case, a sign, or the empty text for anything else. */
  note(token: string): void {
    if (token === ';') {
      this.#first = ''
      this.#second = ''
      this.#callsNaming = false
      this.#runsBody = false
    } else if (this.#first === '') this.#first = token
    else if (this.#second === '') this.#second = token
    if (this.#dialect === 'tsql') this.#callsNaming = this.#isNamingCall(token)
    if (token === 'sql' && this.#last === 'language' && this.#first === 'with') this.#runsBody = true
    if (token === '(' && statementBehindParenthesis.has(this.#last)) this.#inExecute = true
    else if (token === ')' || token === ';') this.#inExecute = false
    if (token === '(' && this.#last === 'identifier') this.#inIdentifier = true
    else if (token === ')' || token === ';') this.#inIdentifier = false
    if (token === 'immediate') this.#inImmediate = true
    else if (token === ';' || token === 'using' || token === 'into') this.#inImmediate = false
    this.#thirdLast = this.#beforeLast
    this.#beforeLast = this.#last
    this.#last = token
  }

  /** A name in quotes, which was noted as something else: it may be that of a procedure. */
  noteName(name: string): void {
    if (this.#dialect !== 'tsql' || !(namingProcedures.has(name) || name === 'sp_executesql')) return
    this.#callsNaming = namingProcedures.has(name)
    this.#last = name
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
    if (last === '||' && this.#inImmediate) return true
    if (last === '(') {
      return (
        statementBehindParenthesis.has(this.#beforeLast) ||
        (this.#beforeLast === 'format' && this.#thirdLast === 'execute')
      )
    }
    if (last === 'as' && this.#runsBody) return true
    return statementBehind.has(last) || this.#first === 'do' || (this.#first === 'prepare' && last === 'from')
  }

  #isName(): boolean {
    const last = this.#last
    if (this.#callsNaming || (last === '||' && this.#inIdentifier)) return true
    if (last === '(') {
      if (this.#inIdentifier) return true
      // PRAGMA table_info('orders'), DBCC CHECKTABLE ('orders').
      if (this.#first === 'pragma' || this.#first === 'dbcc') return true
      return this.#beforeLast === 'table' && this.#dialect === 'snowflake'
    }
    if (this.#dialect === 'sqlite' && tableBehind.has(last)) return true
    if (permissionWords.has(this.#first)) return !beforeAccountOption.has(last)
    if (definitionWords.has(this.#first) && accountWords.has(this.#second)) {
      return accountWords.has(last) || last === 'exists' || last === ',' || last === '@' || last === 'to'
    }
    if (this.#isRunAs()) return true
    return this.#first === 'set' && (last === 'role' || last === 'authorization' || last === 'for')
  }

  /** EXECUTE AS USER = 'name', CREATE DEFINER = 'name'@'host' VIEW. */
  #isRunAs(): boolean {
    if (this.#last === '@')
      return definitionWords.has(this.#first) && /^(?:mysql|mariadb)$/.test(this.#dialect)
    if (this.#last !== '=') return false
    const isExecute = this.#first === 'execute' || this.#first === 'exec'
    if (isExecute) return this.#second === 'as' && accountWords.has(this.#beforeLast)
    return this.#beforeLast === 'definer'
  }

  /** Whether the strings behind this token belong to a procedure whose strings are names. */
  #isNamingCall(token: string): boolean {
    if (namingProcedures.has(token)) return true
    // A word that is no argument begins the next statement.
    const isArgument = this.#last === ',' || this.#last === '=' || namingProcedures.has(this.#last)
    return this.#callsNaming && (isArgument || !/^[a-z]/.test(token))
  }
}
