import {
  joinTablePatterns,
  patternOfTable,
  splitTablePatterns,
} from '@aleph-audit-log/domain/access-review/table-patterns'
import { TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { knownTablesQuery } from '../api/access-review.ts'
import { ShownText } from '../ui/shown-text.tsx'

/** So many tables are offered while typing. */
const offeredMax = 50

type TablesInputProps = { tables: string | undefined; onChange: (tables: string | undefined) => void }

/** The tables of a review, by name or pattern; those of the log are offered. */
export function TablesInput({ tables, onChange }: TablesInputProps): ReactNode {
  const known = useQuery(knownTablesQuery)
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState<string>()
  const patterns = splitTablePatterns(tables ?? '') ?? []

  function choose(values: string[]): void {
    const chosen = splitTablePatterns(joinTablePatterns(values))
    if (chosen === undefined) {
      setProblem('A quote is not closed, or stands inside of a name')
      return
    }
    setProblem(undefined)
    onChange(chosen.length === 0 ? undefined : joinTablePatterns(chosen))
  }

  return (
    <TagsInput
      label="Tables"
      placeholder={patterns.length === 0 ? 'finance.payments, finance.*' : ''}
      data={known.data?.tables.map(patternOfTable) ?? []}
      limit={offeredMax}
      value={patterns}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={choose}
      splitChars={[]}
      acceptValueOnBlur
      error={problem}
      clearable
      clearButtonProps={{ 'aria-label': 'Remove all tables' }}
      renderOption={({ option }) => <ShownText text={option.value} />}
      comboboxProps={{ shadow: 'md' }}
      maxDropdownHeight={280}
    />
  )
}
