import type { FinishedStatements } from './finished-statements.ts'
import { isTagWithoutIntent, needsIntent } from './needs-intent.ts'
import { Portal } from './portals.ts'
import { Prepared, type PreparedStatements } from './prepared-statements.ts'
import { isFatal, readTransactionState, rowsOfTag, transactionAfter } from './read-server-message.ts'
import type { QueryResult, SimpleQuery } from './simple-query.ts'
import { deallocatedName, executedName, preparedName } from './sql-level-names.ts'
import {
  unknownText,
  type ErrorFacts,
  type FailedStep,
  type SqlText,
  type StatementFacts,
  type TransactionState,
} from './statement-facts.ts'

/** How the execution of a portal ended. */
export type PortalEnd = {
  tag?: string
  error?: ErrorFacts
  isPartial?: true
  isOutcomeUnknown?: true
  isRefused?: true
}

export type StepFailure = {
  step: FailedStep
  about: Prepared | Portal | undefined
  error: ErrorFacts
  startedAt: number
  now: number
}

/**
 * Makes facts of statements that have ended. Owns what the server tells of the session as a whole: the state of the
 * transaction and the parameters.
 */
export class StatementEndings {
  readonly #finished: FinishedStatements
  readonly #prepared: PreparedStatements
  readonly #statementsMax: number
  transaction: TransactionState = 'idle'
  application: string | undefined
  /** How the client writes text. */
  encoding: BufferEncoding = 'utf8'
  /** A backslash escapes in plain strings. */
  backslashes = false

  constructor(finished: FinishedStatements, prepared: PreparedStatements, statementsMax: number) {
    this.#finished = finished
    this.#prepared = prepared
    this.#statementsMax = statementsMax
  }

  /** A parameter of the session has another value. */
  setParameter(name: string, value: string): void {
    if (name === 'application_name') this.application = value === '' ? undefined : value
    else if (name === 'client_encoding') this.encoding = value === 'LATIN1' ? 'latin1' : 'utf8'
    else if (name === 'standard_conforming_strings') this.backslashes = value === 'off'
  }

  /** The server is ready for the next statement, and says in which state. */
  ready(status: number | undefined): void {
    this.transaction = readTransactionState(status)
    this.#finished.flush(this.transaction)
  }

  /** Nothing more is to come. */
  flush(): void {
    this.#finished.flush(this.transaction)
  }

  portalEnded(portal: Portal, end: PortalEnd): void {
    portal.isFinished = true
    const { intent, startedAt, firstRowAt, rows, bytes, bind, copy } = portal
    const { tag, error } = end
    const prepared = this.#executed(portal.prepared, tag)
    const isWhole = tag !== undefined && !portal.isSuspended && copy === undefined
    const { application } = this
    const facts = this.#newFacts('extended', prepared.text, {
      startedAt,
      durationMs: portal.activeMs,
      application,
    })
    facts.intent = intent
    facts.bytes = bytes
    if (prepared.name !== '') facts.statementName = prepared.name
    if (bind !== undefined) facts.bind = bind
    if (copy !== undefined) facts.copy = copy
    if (firstRowAt >= 0) facts.firstRowMs = Math.max(0, firstRowAt - startedAt)
    const count = rows > 0 || tag === undefined ? rows : (rowsOfTag(tag) ?? -1)
    if (count > 0 || (count === 0 && tag !== undefined)) facts.rows = count
    if (tag !== undefined) this.#setTag(facts, tag)
    if (error !== undefined) this.#setError(facts, error)
    if (end.isPartial) facts.isPartial = true
    if (end.isOutcomeUnknown) facts.isOutcomeUnknown = true
    if (end.isRefused) this.#setRefused(facts)
    this.#finished.add(facts, isWhole ? prepared : undefined)
  }

  /**
   * SQL within functions can give a name to another statement, which nobody outside sees. Where the tag shows that a statement that
   * needs no intent was not what was executed, its text is not known, and the name stands for nothing that is.
   */
  #executed(prepared: Prepared, tag: string | undefined): Prepared {
    if (tag === undefined || isTagWithoutIntent(tag) || needsIntent(prepared.text.sql)) return prepared
    this.#prepared.drop(prepared)
    return new Prepared(prepared.name, unknownText, [])
  }

  /** A step before the execution failed: the statement was not executed. */
  stepFailed({ step, about, error, startedAt, now }: StepFailure): void {
    const prepared = about instanceof Portal ? about.prepared : about
    // The commit at Sync fails for what was executed before it.
    const text = prepared?.text ?? (step === 'sync' ? this.#finished.lastText : undefined) ?? unknownText
    const { application } = this
    const facts = this.#newFacts('extended', text, { startedAt, durationMs: now - startedAt, application })
    facts.executions = 0
    facts.failedStep = step
    if (prepared !== undefined && prepared.name !== '') facts.statementName = prepared.name
    if (about instanceof Portal) {
      facts.intent = about.intent
      if (about.bind !== undefined) facts.bind = about.bind
    }
    this.#setError(facts, error)
    this.#finished.add(facts, undefined)
  }

  queryEnded(query: SimpleQuery): void {
    for (const { text, result, statements } of query.pair(this.#statementsMax, this.backslashes)) {
      const facts = this.#factsOf(query, text, result)
      if (statements !== undefined) {
        facts.statements = statements
        facts.executions = statements
      }
      if (result.error === undefined) this.#setTag(facts, result.tag)
      else this.#setError(facts, result.error)
      if (query.isRefused) this.#setRefused(facts)
      this.#finished.add(facts, undefined)
    }
    if (query.lost !== undefined) this.#addLost(query, query.lost)
  }

  /** The session is over, and of some of the query's statements nobody knows whether they were executed. */
  #addLost(query: SimpleQuery, lost: QueryResult): void {
    const facts = this.#factsOf(query, query.text, lost)
    // That somebody leaves is how a stream of replication ends.
    if (lost.copy !== 'both') facts.isOutcomeUnknown = true
    this.#finished.add(facts, undefined)
  }

  #factsOf(query: SimpleQuery, text: SqlText, result: QueryResult): StatementFacts {
    const { startedAt, endedAt, firstRowAt, rows, bytes, copy, application } = result
    const protocol = query.functionOid === undefined ? 'simple' : 'function_call'
    const durationMs = endedAt - startedAt
    const facts = this.#newFacts(protocol, text, { startedAt, durationMs, application })
    facts.intent = query.intent
    facts.bytes = bytes
    if (query.functionOid !== undefined) facts.functionOid = query.functionOid
    if (copy !== undefined) facts.copy = copy
    if (firstRowAt >= 0) facts.firstRowMs = Math.max(0, firstRowAt - startedAt)
    if (rows >= 0) facts.rows = rows
    return facts
  }

  #newFacts(
    protocol: StatementFacts['protocol'],
    text: SqlText,
    {
      startedAt,
      durationMs,
      application,
    }: { startedAt: number; durationMs: number; application: string | undefined },
  ): StatementFacts {
    const facts: StatementFacts = {
      sequence: 0,
      intent: 0,
      protocol,
      text,
      startedAt,
      durationMs: Math.max(0, durationMs),
      executions: 1,
      bytes: 0,
      transaction: this.transaction,
    }
    if (application !== undefined) facts.application = application
    return facts
  }

  #setTag(facts: StatementFacts, tag: string): void {
    if (tag !== '') facts.tag = tag
    this.transaction = transactionAfter(this.transaction, tag)
    facts.transaction = this.transaction
    const { sql } = facts.text
    if (sql === undefined) return
    switch (tag) {
      case 'PREPARE': {
        const name = preparedName(sql)
        if (name === undefined) this.#prepared.clear()
        else this.#prepare(name, facts.text)
        break
      }
      case 'DEALLOCATE': {
        const name = deallocatedName(sql)
        // Whichever it was.
        if (name === undefined) this.#prepared.clear()
        const prepared = name === undefined ? undefined : this.#prepared.find(name)
        if (prepared?.isConfirmed === true) this.#prepared.drop(prepared)
        break
      }
      case 'DEALLOCATE ALL':
      case 'DISCARD ALL':
        this.#prepared.clear()
        break
      default:
        this.#setExecuted(facts, sql)
    }
  }

  #prepare(name: string, text: SqlText): void {
    const prepared = new Prepared(name, text, [])
    this.#prepared.add(prepared)
    this.#prepared.confirm(prepared)
  }

  /** `EXECUTE name` says nothing of what it did: the statement it names does. */
  #setExecuted(facts: StatementFacts, sql: string): void {
    const name = executedName(sql)
    if (name === undefined) return
    facts.statementName = name
    const text = this.#prepared.find(name)?.text.sql
    if (text !== undefined) facts.preparedSql = text
  }

  #setRefused(facts: StatementFacts): void {
    facts.isRefused = true
    facts.executions = 0
  }

  #setError(facts: StatementFacts, error: ErrorFacts): void {
    facts.error = error
    if (this.transaction === 'in_transaction') this.transaction = 'failed'
    facts.transaction = this.transaction
    // The session's end takes back what was not committed.
    if (isFatal(error)) facts.transaction = 'idle'
    const { sql } = facts.text
    if (sql !== undefined && facts.failedStep === undefined) this.#setExecuted(facts, sql)
  }
}
