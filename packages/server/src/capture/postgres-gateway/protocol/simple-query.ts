import { splitStatements } from './split-statements.ts'
import type { ErrorFacts, SqlText } from './statement-facts.ts'

/** What the server has told of one statement of a query. */
export type QueryResult = {
  startedAt: number
  endedAt: number
  firstRowAt: number
  rows: number
  bytes: number
  tag: string
  copy: 'in' | 'out' | 'both' | undefined
  error: ErrorFacts | undefined
  /** The name of the application at that time. */
  application: string | undefined
}

/** A statement of a query with its result; `statements` where it stands for so many that could not be told apart. */
export type PairedResult = { text: SqlText; result: QueryResult; statements?: number }

/** A Query message, or a FunctionCall, until the server is ready for the next. */
export class SimpleQuery {
  readonly text: SqlText
  readonly functionOid: number | undefined
  readonly results: QueryResult[] = []
  /** Results beyond those that are listed, put together. */
  surplus: QueryResult | undefined
  surplusCount = 0
  readonly since: number
  /** What had come of it when the session ended before it did. */
  lost: QueryResult | undefined
  intent = 0
  isRefused = false
  /** One of its statements failed: those behind it are not executed. */
  hasFailed = false

  constructor(text: SqlText, since: number, functionOid?: number) {
    this.text = text
    this.since = since
    this.functionOid = functionOid
  }

  add(result: QueryResult, max: number): void {
    if (this.results.length < max) {
      this.results.push(result)
      return
    }
    this.surplus = this.surplus === undefined ? result : sum([this.surplus, result])
    this.surplusCount++
  }

  /**
   * Pairs the statements of the text with what the server has told, in order. Where they do not match, one result
   * stands for all of them.
   */
  pair(max: number, backslashes: boolean): PairedResult[] {
    const { results, text } = this
    const [first] = results
    if (first === undefined) return []
    const isOne = results.length === 1
    if (isOne && (text.sql === undefined || !hasInnerSemicolon(text.sql))) return [{ text, result: first }]
    const statements = this.#split(max, backslashes)
    if (statements !== undefined && this.#matches(statements.length)) {
      if (isOne && first.error?.code === syntaxError) return [{ text, result: first }]
      return results.map((result, i) => ({
        text: toText(statements[i] ?? '', text, statements.length),
        result,
      }))
    }
    if (isOne) return [{ text, result: first }]
    const all = this.surplus === undefined ? results : [...results, this.surplus]
    // One command may be answered in several parts, as BASE_BACKUP is.
    if (statements?.length === 1) return [{ text, result: sum(all) }]
    return [{ text, result: sum(all), statements: results.length + this.surplusCount }]
  }

  #split(max: number, backslashes: boolean): string[] | undefined {
    const { sql, isCut } = this.text
    if (sql === undefined || isCut || this.surplusCount > 0) return undefined
    return splitStatements(sql, { max, backslashes })
  }

  /** After an error fewer have a result, and the last of them failed; so do fewer where the session broke off. */
  #matches(statements: number): boolean {
    const { length } = this.results
    if (this.lost !== undefined) return length <= statements
    return this.results[length - 1]?.error === undefined ? length === statements : length <= statements
  }
}

/** The server reads the whole text before it executes the first statement. */
const syntaxError = '42601'

function hasInnerSemicolon(sql: string): boolean {
  const at = sql.indexOf(';')
  if (at < 0) return false
  for (let i = at + 1; i < sql.length; i++) {
    const code = sql.charCodeAt(i)
    if (code > 32 && code !== 0x3b) return true
  }
  return false
}

function toText(sql: string, whole: SqlText, statements: number): SqlText {
  return statements === 1 ? whole : { sql, bytes: Buffer.byteLength(sql), isCut: false }
}

function sum(results: readonly QueryResult[]): QueryResult {
  const total: QueryResult = {
    startedAt: results[0]?.startedAt ?? 0,
    endedAt: results.at(-1)?.endedAt ?? 0,
    firstRowAt: -1,
    rows: 0,
    bytes: 0,
    tag: results.at(-1)?.tag ?? '',
    copy: undefined,
    error: undefined,
    application: results.at(-1)?.application,
  }
  for (const result of results) {
    if (total.firstRowAt < 0) total.firstRowAt = result.firstRowAt
    total.rows = Math.max(total.rows, 0) + Math.max(result.rows, 0)
    total.bytes += result.bytes
    total.copy ??= result.copy
    total.error ??= result.error
  }
  return total
}
