import type { SqlText } from './statement-facts.ts'

/** A statement that was prepared, by Parse or by PREPARE. Its text is decoded once. */
export class Prepared {
  readonly name: string
  text: SqlText
  types: readonly number[]
  /** What had this name before, until the server has said yes to this one. */
  replaced: Prepared | undefined
  /** Of one whose text is not kept: the one that its own execution may still use. */
  original: Prepared | undefined
  /** The server has said yes. */
  isConfirmed = false
  /** The server has said no. */
  isUndone = false

  constructor(name: string, text: SqlText, types: readonly number[]) {
    this.name = name
    this.text = text
    this.types = types
  }
}

const entryBytes = 100

/**
 * The prepared statements of a session, by name. A name counts from the Parse on, because the next message may use it;
 * `undo` takes it back where the server refuses. Bounded: a text that does not fit any more is not kept, and a session
 * with too many statements loses its oldest.
 */
export class PreparedStatements {
  readonly #byName = new Map<string, Prepared>()
  readonly #bytesMax: number
  readonly #countMax: number
  #bytes = 0

  constructor(limits: { preparedBytesMax: number; preparedMax: number }) {
    this.#bytesMax = limits.preparedBytesMax
    this.#countMax = limits.preparedMax
  }

  find(name: string): Prepared | undefined {
    return this.#byName.get(name)
  }

  /** What the server knows by this name: not what was sent after that. */
  findConfirmed(name: string): Prepared | undefined {
    let found = this.#byName.get(name)
    while (found !== undefined && !found.isConfirmed) found = found.replaced
    return found
  }

  add(prepared: Prepared): void {
    const before = this.#byName.get(prepared.name)
    prepared.replaced = before
    // To the end of the order: the first of the map is the oldest.
    if (before !== undefined) this.drop(before)
    this.#byName.set(prepared.name, prepared)
    this.#bytes += bytesOf(prepared)
    if (this.#bytes > this.#bytesMax && prepared.text.sql !== undefined) {
      // Its own execution may follow at once, and still knows the text: only what is kept of it is less.
      const slim = new Prepared(prepared.name, { ...prepared.text, sql: undefined }, prepared.types)
      slim.replaced = before
      slim.original = prepared
      this.#byName.set(prepared.name, slim)
      this.#bytes += bytesOf(slim) - bytesOf(prepared)
    }
    while (this.#byName.size > this.#countMax || this.#bytes > this.#bytesMax) {
      const [oldest] = this.#byName.values()
      if (oldest === undefined || oldest.name === prepared.name) return
      this.drop(oldest)
    }
  }

  /** The server has said yes. */
  confirm(prepared: Prepared): void {
    prepared.replaced = undefined
    prepared.isConfirmed = true
    const kept = this.#byName.get(prepared.name)
    if (kept?.original !== prepared) return
    kept.replaced = undefined
    kept.original = undefined
    kept.isConfirmed = true
  }

  /** The server has not prepared it. */
  undo(prepared: Prepared): void {
    prepared.isUndone = true
    const kept = this.#byName.get(prepared.name)
    if (kept === undefined || (kept !== prepared && kept.original !== prepared)) return
    this.drop(kept)
    const { replaced } = prepared
    // The unnamed statement is gone as soon as another one is begun.
    if (replaced === undefined || replaced.name === '') return
    this.#byName.set(replaced.name, replaced)
    this.#bytes += bytesOf(replaced)
  }

  /** The server has closed it. */
  drop(prepared: Prepared): void {
    if (this.#byName.get(prepared.name) !== prepared) return
    this.#byName.delete(prepared.name)
    this.#bytes -= bytesOf(prepared)
  }

  /** All are deallocated; those that the server has not prepared yet come after it. */
  clear(): void {
    for (const prepared of this.#byName.values()) if (prepared.isConfirmed) this.drop(prepared)
  }
}

function bytesOf({ name, text }: Prepared): number {
  return entryBytes + 2 * name.length + (text.sql === undefined ? 0 : text.sql.length)
}
