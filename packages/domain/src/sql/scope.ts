/** The names that a query gives to common tables, and to tables in FROM; inner queries see those of the outer ones. */
export class Scope {
  readonly #outer: Scope | undefined
  readonly #names = new Set<string>()
  readonly #aliases = new Set<string>()

  constructor(outer?: Scope) {
    this.#outer = outer
  }

  add(name: string): void {
    this.#names.add(name.toLowerCase())
  }

  has(name: string): boolean {
    return this.#names.has(name.toLowerCase()) || this.#outer?.has(name) === true
  }

  addAlias(name: string): void {
    this.#aliases.add(name.toLowerCase())
  }

  hasAlias(name: string): boolean {
    return this.#aliases.has(name.toLowerCase()) || this.#outer?.hasAlias(name) === true
  }
}

/** Where a statement stands: the names it sees, and whether it is one of the text itself. */
export type StatementPlace = { scope: Scope; isTop: boolean }
