import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { CopyButton } from '../ui/copy-button.tsx'
import classes from './event-facts.module.css'
import { formatCount } from './format-time.ts'
import { SqlText } from './sql-text.tsx'

/** Formatting longer SQL would stop the page; it is shown as it was recorded. */
const formattedUnitsMax = 50_000
/** So much is shown at first; a button shows the rest. */
const shownUnitsMax = 50_000

type FormattedSqlProps = {
  sql: string
  dialect: string | undefined
  /** What it is the SQL of. */
  of?: 'event' | 'query'
}

/** SQL, formatted where that is possible, with a button that copies it as it was recorded. */
export function FormattedSql({ sql, dialect, of = 'event' }: FormattedSqlProps): ReactNode {
  const [asRecorded, setAsRecorded] = useState(false)
  const [whole, setWhole] = useState(false)
  const tooLong = sql.length > formattedUnitsMax
  const formatted = useQuery({
    queryKey: ['formatted-sql', dialect, sql],
    queryFn: async () => {
      // Loaded when the first event is opened: no other part of the page needs it.
      const { formatSql } = await import('./format-sql.ts')
      return formatSql(sql, dialect)
    },
    enabled: !tooLong,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    retry: false,
  })
  // Until the formatter has come, or where it cannot read the SQL, the SQL stands as it was recorded.
  const better = formatted.data ?? undefined
  const text = asRecorded || better === undefined ? sql : better
  const shown = whole ? text : text.slice(0, shownUnitsMax)
  return (
    <section aria-label="SQL">
      <div className={classes.codeHead}>
        <h3 className={classes.codeTitle}>
          SQL{' '}
          {tooLong || formatted.data === null ? (
            <span className={classes.codeNote}>{tooLong ? 'too long to format' : 'as recorded'}</span>
          ) : null}
        </h3>
        {better === undefined ? null : (
          <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setAsRecorded(!asRecorded)}>
            {asRecorded ? 'Show formatted' : 'Show as recorded'}
          </Button>
        )}
        <CopyButton text={sql} label="Copy SQL" />
      </div>
      <pre className={classes.code} dir="ltr" tabIndex={0} aria-label={`SQL of the ${of}`}>
        <SqlText sql={shown} />
      </pre>
      {shown.length < text.length ? (
        <Button mt={6} variant="default" size="xs" onClick={() => setWhole(true)}>
          Show all {formatCount(text.length)} characters
        </Button>
      ) : null}
    </section>
  )
}
