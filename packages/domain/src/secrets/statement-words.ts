import type { RedactionKind } from './redaction.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

const changeWords = words('CREATE ALTER REPLACE')
const roleWords = words('ROLE USER GROUP LOGIN')
/** Behind these a password stands in a role statement. */
export const passwordWords = words('PASSWORD IDENTIFIED OLD_PASSWORD')
/** Between the keyword and the password, in the dialects that have such statements. */
export const betweenWords = words('PASSWORD BY AS WITH USING VIA HASH VALUES ENCRYPTED UNENCRYPTED')
export const prefixWords = words('BY AS USING')

/**
 * What may follow a password in a role statement: PostgreSQL's gram.y (AlterOptRoleElem, CreateOptRoleElem), and the
 * manuals of MySQL, SQL Server, Oracle, Snowflake, Redshift and ClickHouse (CREATE and ALTER USER, LOGIN).
 */
export const optionWords = words(
  `SUPERUSER NOSUPERUSER CREATEDB NOCREATEDB CREATEROLE NOCREATEROLE INHERIT NOINHERIT LOGIN NOLOGIN REPLICATION
  NOREPLICATION BYPASSRLS NOBYPASSRLS CREATEUSER NOCREATEUSER CONNECTION ENCRYPTED UNENCRYPTED PASSWORD VALID IN
  ROLE ADMIN USER SYSID SET RESET RENAME REQUIRE ACCOUNT
  DEFAULT COMMENT ATTRIBUTE FAILED_LOGIN_ATTEMPTS PASSWORD_LOCK_TIME RETAIN DISCARD REPLACE EXPIRE HISTORY REUSE NEVER
  DISABLE RANDOM AND OR
  MUST_CHANGE HASHED SID DEFAULT_DATABASE DEFAULT_SCHEMA DEFAULT_LANGUAGE CHECK_EXPIRATION CHECK_POLICY CREDENTIAL
  UNLOCK OLD_PASSWORD
  TEMPORARY QUOTA PROFILE ENABLE CONTAINER
  LOGIN_NAME DISPLAY_NAME FIRST_NAME MIDDLE_NAME LAST_NAME EMAIL MUST_CHANGE_PASSWORD DISABLED DAYS_TO_EXPIRY
  MINS_TO_UNLOCK DEFAULT_WAREHOUSE DEFAULT_NAMESPACE DEFAULT_ROLE DEFAULT_SECONDARY_ROLES MINS_TO_BYPASS_MFA
  RSA_PUBLIC_KEY RSA_PUBLIC_KEY_2 TYPE NETWORK_POLICY TAG
  SYSLOG SESSION EXTERNALID HOST GRANTEES SETTINGS`,
)
/** A literal after one of these words is no password. */
export const plainBefore = words(
  `ROLE USER GROUP LOGIN EXISTS UNTIL SYSID LIMIT COMMENT ATTRIBUTE
  LOGIN_NAME DISPLAY_NAME FIRST_NAME MIDDLE_NAME LAST_NAME EMAIL DEFAULT_WAREHOUSE DEFAULT_NAMESPACE DEFAULT_ROLE
  DEFAULT_SECONDARY_ROLES RSA_PUBLIC_KEY RSA_PUBLIC_KEY_2 TYPE NETWORK_POLICY DEFAULT_DATABASE DEFAULT_LANGUAGE
  EXTERNALID CN ISSUER SUBJECT CIPHER HOST IP REGEXP LIKE REALM CLUSTER TIMEOUT`,
)
/** The same in statements about secrets, credentials and keys. */
export const plainInSecret = words(
  `EXISTS TYPE PROVIDER REGION SCOPE ENDPOINT URL_STYLE USE_SSL ACCOUNT_NAME TENANT_ID CLIENT_ID CHAIN HOST PORT
  DATABASE USER USERNAME IDENTITY COMMENT ALGORITHM OAUTH_SCOPES NAME FILE OAUTH_REFRESH_TOKEN_EXPIRY_TIME ENABLED
  PROFILE URL HTTP_PROXY`,
)
/** CREATE ... SECRET, CREATE ... CREDENTIAL, OPEN ... MASTER KEY. */
const beforeSecret = words('CREATE REPLACE ALTER PERSISTENT TEMPORARY TEMP')
const beforeCredential = words('CREATE ALTER SCOPED REPLACE')
const beforeKey = words('MASTER SYMMETRIC ASYMMETRIC')
const keyStatements = words('CREATE OPEN ALTER BACKUP RESTORE ADD')
const pragmaKeys = words('KEY REKEY HEXKEY HEXREKEY TEXTKEY')
const beforeStatement = new Set(['', 'BEGIN', 'THEN', 'ELSE', 'LOOP', 'DO'])
/** Procedures that take a password by its place. */
const passwordProcedures = words('SP_ADDLOGIN SP_PASSWORD SP_ADDLINKEDSRVLOGIN SP_SETAPPROLE SP_ADDAPPROLE')

/** What the words of a statement, up to here, say about its literals. */
export class StatementWords {
  first = ''
  previous = ''
  /** CREATE or ALTER ROLE, USER, LOGIN...: what is not known to be plain is masked. */
  isRole = false
  /** About a secret, a credential or a key of the database: likewise. */
  isSecret = false
  /** SET PASSWORD, a procedure that changes one: every literal is masked. */
  isPassword = false
  isDatabase = false
  isAlter = false
  /** The last SET began a statement, or belongs to an ALTER. */
  isSet = false
  settingSeen = false
  identifiedSeen = false
  valuesSeen = false
  /** A string began something that goes on in the strings that follow. */
  spilt = false

  /** What is masked because of the statement alone. */
  get kind(): RedactionKind {
    return this.isSecret && !this.isRole ? 'secret' : 'password'
  }

  /** Whether a SET that comes now begins a statement, or belongs to an ALTER. */
  get mayBeginSet(): boolean {
    return this.isAlter || beforeStatement.has(this.previous)
  }

  note(word: string, parentheses: number): void {
    const { previous, first } = this
    if (word === 'ALTER') this.isAlter = true
    if (word === 'SET') this.isSet = this.mayBeginSet
    if (first === '') this.first = word
    if (roleWords.has(word) && changeWords.has(previous)) this.isRole = true
    else if (word === 'IDENTIFIED') this.identifiedSeen = true
    else if (word === 'VALUES') this.valuesSeen = true
    else if (word === 'DATABASE' && changeWords.has(previous)) this.isDatabase = true
    else if (word === 'SET' && parentheses === 0) this.settingSeen = true
    else if (word === 'PASSWORD' && previous === 'SET' && this.isSet) this.isPassword = !this.isAlter
    else if (passwordProcedures.has(word)) this.isPassword = true
    else this.#noteSecret(word)
    this.previous = word
  }

  #noteSecret(word: string): void {
    const { previous, first } = this
    if (word === 'MAPPING' && previous === 'USER') this.isSecret ||= changeWords.has(first)
    if (word === 'SECRET') this.isSecret ||= beforeSecret.has(previous) && changeWords.has(first)
    else if (word === 'CREDENTIAL') this.isSecret ||= beforeCredential.has(previous) && changeWords.has(first)
    else if (word === 'KEY' && beforeKey.has(previous)) this.isSecret ||= keyStatements.has(first)
    if (pragmaKeys.has(word)) this.isSecret ||= first === 'PRAGMA' || (first === 'ATTACH' && word === 'KEY')
  }
}
