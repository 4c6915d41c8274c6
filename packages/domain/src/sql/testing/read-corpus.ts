import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SqlDialect } from '../dialects.ts'

/** A statement, and what is expected of reading it. */
export type CorpusCase = {
  sql: string
  kind: string
  reads: string[]
  writes: string[]
  /** Those of the tables that are temporary. */
  temporary: string[]
  /** Undefined: they are not the point of the case. */
  flags: string[] | undefined
}

/**
 * Reads the cases of `corpus/<dialect>.sql`. Each begins with a line such as
 * `--- read; reads sales.orders, customers; flags select_star`, and goes on to the next such line.
 */
export function readCorpus(dialect: SqlDialect): CorpusCase[] {
  const text = readFileSync(join(import.meta.dirname, 'corpus', `${dialect}.sql`), 'utf8')
  return text.split(/^--- /m).slice(1).map(toCase)
}

function toCase(text: string): CorpusCase {
  const newline = text.indexOf('\n')
  const [kind = '', ...fields] = text.slice(0, newline).split('; ')
  const listOf = (name: string): string[] | undefined => {
    const field = fields.find((candidate) => candidate.split(' ', 1)[0] === name)
    return field
      ?.slice(name.length + 1)
      .split(', ')
      .filter((value) => value !== '')
  }
  return {
    sql: text.slice(newline + 1).trim(),
    kind,
    reads: listOf('reads') ?? [],
    writes: listOf('writes') ?? [],
    temporary: listOf('temporary') ?? [],
    flags: listOf('flags'),
  }
}
