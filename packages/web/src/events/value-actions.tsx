import { findTermUse, type TermUse } from '@aleph-audit-log/domain/filter/edit-filter'
import type { ReactNode } from 'react'
import { MinusCircleIcon, PlusCircleIcon } from '../ui/icons.tsx'
import type { ValueTerms } from './cell-terms.ts'
import { useSearchEdit } from './search-edit.ts'
import classes from './value-actions.module.css'

/** Two small buttons: only events with this value, and only events without it. Pressed again, they take it back. */
export function ValueActions({ terms, label, cannotExclude }: ValueTerms): ReactNode {
  const edit = useSearchEdit()
  if (edit === undefined) return null
  const isUsed = (use: TermUse): boolean => terms.every((term) => findTermUse(edit.parts, term) === use)
  const toggle = (use: TermUse): void => edit.apply(terms, isUsed(use) ? 'any' : use)
  return (
    // What is pressed here is not meant for the row around.
    <span className={classes.actions} role="presentation" onClick={(event) => event.stopPropagation()}>
      <button
        type="button"
        className={classes.action}
        aria-label={`Filter by ${label}`}
        aria-pressed={isUsed('only')}
        title={isUsed('only') ? 'No longer filter by this' : 'Show only this'}
        onClick={() => toggle('only')}
      >
        <PlusCircleIcon size={15} />
      </button>
      {cannotExclude === true ? null : (
        <button
          type="button"
          className={classes.action}
          aria-label={`Exclude ${label}`}
          aria-pressed={isUsed('without')}
          title={isUsed('without') ? 'No longer exclude this' : 'Exclude this'}
          onClick={() => toggle('without')}
        >
          <MinusCircleIcon size={15} />
        </button>
      )}
    </span>
  )
}
