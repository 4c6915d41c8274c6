import type { Statement } from '../event.ts'
import { normalizeSql } from './normalize-sql.ts'
import { findDialect } from './dialects.ts'
import { readNormalized, readSql } from './read-sql.ts'

export type SqlReaderLimits = {
  /** Shapes that are remembered, and the characters that they may take together. */
  shapesMax: number
  shapeUnitsMax: number
}

/**
 * Reads texts of SQL and remembers the shapes that it has read: a text is normalised each time, and only what has a new
 * shape is read further. Bounded; the shapes that were not met for the longest time are forgotten.
 */
export class SqlReader {
  readonly #limits: SqlReaderLimits
  readonly #shapes = new Map<string, Statement>()
  #units = 0

  constructor(limits: SqlReaderLimits) {
    this.#limits = limits
  }

  /** As `readSql`, and what the comments around the text say. The statement is shared: not to be changed. */
  read(text: string, dialect: string | undefined): { statement: Statement; comments: readonly string[] } {
    const known = dialect === undefined ? undefined : findDialect(dialect)
    const normalized = normalizeSql(text, known ?? 'postgres')
    const key = `${known ?? '?'}${normalized.closed ? ' ' : '!'}${normalized.text}`
    const comments = [...normalized.leadingComments, ...normalized.trailingComments]
    const met = this.#shapes.get(key)
    if (met !== undefined) {
      // The last in the order of the map is the one that is forgotten last.
      this.#shapes.delete(key)
      this.#shapes.set(key, met)
      return { statement: met, comments }
    }
    const statement = known === undefined ? readSql(text, dialect) : readNormalized(normalized, known)
    this.#remember(key, statement)
    return { statement, comments }
  }

  #remember(key: string, statement: Statement): void {
    const { shapesMax, shapeUnitsMax } = this.#limits
    // One text must not push out all others.
    if (key.length > shapeUnitsMax / 16) return
    this.#shapes.set(key, statement)
    this.#units += key.length
    for (const oldest of this.#shapes.keys()) {
      if (this.#shapes.size <= shapesMax && this.#units <= shapeUnitsMax) return
      this.#shapes.delete(oldest)
      this.#units -= oldest.length
    }
  }
}
