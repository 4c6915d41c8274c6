import type { Prepared } from './prepared-statements.ts'
import type { SqlText, StatementFacts, TransactionState } from './statement-facts.ts'

/**
 * Tells finished statements, each one step late: consecutive executions of one prepared statement between two Syncs
 * are a batch and become one, and the state of the transaction is known only when the server is ready again.
 */
export class FinishedStatements {
  readonly #tell: (statement: StatementFacts) => void
  readonly #batchBytesMax: number
  #held: StatementFacts | undefined
  /** What was executed, where more executions of it may follow. */
  #heldOf: Prepared | undefined
  #batchBytes = 0
  #sequence = 0

  constructor(batchBytesMax: number, tell: (statement: StatementFacts) => void) {
    this.#batchBytesMax = batchBytesMax
    this.#tell = tell
  }

  /** The text of the statement that is held. */
  get lastText(): SqlText | undefined {
    return this.#held?.text
  }

  /** `of`: the prepared statement of which this was one whole execution without a fault. */
  add(statement: StatementFacts, of: Prepared | undefined): void {
    const held = this.#held
    if (held !== undefined) {
      if (of !== undefined && of === this.#heldOf) {
        this.#merge(held, statement)
        return
      }
      this.#tell(held)
    }
    statement.sequence = ++this.#sequence
    this.#held = statement
    this.#heldOf = of
    this.#batchBytes = statement.bind?.bytes ?? 0
  }

  /** The server is ready again: what is held is over, and left the transaction so. */
  flush(transaction: TransactionState): void {
    const held = this.#held
    if (held === undefined) return
    held.transaction = transaction
    this.#held = undefined
    this.#heldOf = undefined
    this.#tell(held)
  }

  #merge(held: StatementFacts, next: StatementFacts): void {
    held.executions++
    held.durationMs += next.durationMs
    held.bytes += next.bytes
    held.transaction = next.transaction
    if (next.rows !== undefined) held.rows = (held.rows ?? 0) + next.rows
    if (next.tag !== undefined) held.tag = next.tag
    const { bind } = next
    if (bind === undefined) return
    this.#batchBytes += bind.bytes
    held.batch ??= held.bind === undefined ? [] : [held.bind]
    // What does not fit is told by the number of executions.
    if (this.#batchBytes <= this.#batchBytesMax) held.batch.push(bind)
  }
}
