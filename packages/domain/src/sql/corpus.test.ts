import { describe, expect, it } from 'vitest'
import { sqlDialects } from './dialects.ts'
import { readSql } from './read-sql.ts'
import { readCorpus } from './testing/read-corpus.ts'

const corpora = sqlDialects.map((dialect) => ({ dialect, cases: readCorpus(dialect) }))

it('has cases of every dialect', () => {
  for (const { cases } of corpora) expect(cases.length).toBeGreaterThan(20)
  expect(corpora.flatMap(({ cases }) => cases).length).toBeGreaterThan(1750)
})

describe.each(corpora)('statements of $dialect', ({ dialect, cases }) => {
  it.each(cases)('$sql', ({ sql, kind, reads, writes, temporary, flags }) => {
    const statement = readSql(sql, dialect)
    const namesOf = (access: 'read' | 'write'): string[] =>
      statement.tables.filter((table) => table.access === access).map(({ name }) => name)
    expect({
      parsed: statement.parsed,
      kind: statement.kind,
      reads: namesOf('read').toSorted(),
      writes: namesOf('write').toSorted(),
      temporary: [
        ...new Set(statement.tables.filter((table) => table.temporary).map(({ name }) => name)),
      ].toSorted(),
      flags: flags && statement.flags,
    }).toEqual({
      parsed: true,
      kind,
      reads: reads.toSorted(),
      writes: writes.toSorted(),
      temporary: temporary.toSorted(),
      flags: flags?.toSorted(),
    })
  })
})
