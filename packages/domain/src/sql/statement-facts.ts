import type { StatementKind } from '../event.ts'
import { statementKinds } from '../event-values.ts'

export type TableAccess = { name: string; access: 'read' | 'write'; temporary?: true }

/** What reading a text has found so far. */
export class StatementFacts {
  /** Each table in the order in which it was first met. */
  readonly #tables = new Map<string, { read: boolean; write: boolean; temporary: boolean }>()
  readonly #names: string[] = []
  readonly flags = new Set<string>()
  kind: StatementKind | undefined
  /** False as soon as something stood where nothing that is understood can stand. */
  understood = true
  statements = 0

  addTable(name: string, access: 'read' | 'write', isTemporary = false): void {
    // `""` is no name; whoever wrote it has left something out.
    if (name === '') {
      this.understood = false
      return
    }
    if (!this.#tables.has(name)) this.#names.push(name)
    const known = this.#tables.get(name) ?? { read: false, write: false, temporary: false }
    this.#tables.set(name, known)
    known[access] = true
    known.temporary ||= isTemporary
  }

  /** The table was only written, though it was met where tables are read. */
  dropRead(name: string): void {
    const known = this.#tables.get(name)
    if (known) known.read = false
  }

  /** The first table that is read of those that were met since there were `count`. */
  readSince(count: number): string | undefined {
    for (let at = count; at < this.#names.length; at++) {
      const name = this.#names[at]
      if (name !== undefined && this.#tables.get(name)?.read === true) return name
    }
    return undefined
  }

  get tableCount(): number {
    return this.#tables.size
  }

  /** The most far-reaching kind wins. */
  addKind(kind: StatementKind): void {
    const isStronger =
      this.kind === undefined || statementKinds.indexOf(kind) < statementKinds.indexOf(this.kind)
    if (isStronger) this.kind = kind
  }

  get tables(): TableAccess[] {
    return [...this.#tables].flatMap(([name, { read, write, temporary }]) => {
      const mark = temporary ? { temporary: true as const } : {}
      return [
        ...(read ? [{ name, access: 'read' as const, ...mark }] : []),
        ...(write ? [{ name, access: 'write' as const, ...mark }] : []),
      ]
    })
  }
}
