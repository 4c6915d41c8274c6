import { memo, type ReactNode } from 'react'
import { beginningOf } from '../ui/redaction-badge.tsx'
import { withSigns } from '../ui/shown-text.tsx'
import { splitSql } from './sql-tokens.ts'
import classes from './sql-text.module.css'

/** Beyond this, colouring would cost more than it tells: the rest stays plain. */
const colouredUnitsMax = 20_000

/**
 * SQL with its keywords, strings, numbers and comments coloured. Every string and comment is isolated, so that
 * right-to-left text in one does not reorder the SQL around it.
 */
export const SqlText = memo(function SqlText({ sql }: { sql: string }): ReactNode {
  const head = beginningOf(sql, colouredUnitsMax)
  const rest = sql.slice(head.length)
  return (
    <span className={classes.sql} dir="ltr">
      {splitSql(head).map((token, index) => (
        // The tokens of a text never move.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} className={classes[token.kind]}>
          {withSigns(token.text)}
        </span>
      ))}
      {rest === '' ? null : withSigns(rest)}
    </span>
  )
})
