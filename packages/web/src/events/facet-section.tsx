import type { TermUse } from '@aleph-audit-log/domain/filter/edit-filter'
import { useId, useState, type ReactNode } from 'react'
import { CheckIcon, ChevronDownIcon, MinusCircleIcon } from '../ui/icons.tsx'
import { FacetValue, facetValueText } from './facet-value.tsx'
import classes from './facet-pane.module.css'
import { firstRows, type FacetRow, type ShownFacetField } from './facet-rows.ts'
import { formatCount } from './format-time.ts'
import { useSearchEdit } from './search-edit.ts'
import { useSourceName } from './source-names.ts'

/** How many values a field shows before it is asked for more. */
const rowsMax = 5

type FacetSectionProps = {
  field: ShownFacetField
  title: string
  rows: readonly FacetRow[]
  /** Events whose value is none of the rows. */
  other: number
  loading: boolean
  open: boolean
  onOpen: (open: boolean) => void
}

/** One field: its most frequent values, each with its number. */
export function FacetSection(props: FacetSectionProps): ReactNode {
  const { field, title, rows, other, loading, open, onOpen } = props
  const [showsAll, setShowsAll] = useState(false)
  const id = useId()
  const shown = showsAll ? rows : firstRows(rows, rowsMax)
  const isEmpty = open && !loading && rows.length === 0
  return (
    <section className={classes.section} aria-labelledby={id}>
      <h3 className={classes.heading}>
        <button
          type="button"
          id={id}
          className={classes.toggle}
          aria-expanded={open}
          onClick={() => onOpen(!open)}
        >
          <ChevronDownIcon size={14} />
          {title}
        </button>
        {isEmpty ? <span className={classes.none}>none</span> : null}
      </h3>
      {!open || isEmpty ? null : (
        <>
          <ul className={classes.rows}>
            {shown.map((row) => (
              <Row key={row.term} field={field} row={row} />
            ))}
            {loading && shown.length === 0 ? <LoadingRows /> : null}
          </ul>
          {rows.length > shown.length ? (
            <button
              type="button"
              className={classes.more}
              aria-label={`Show ${rows.length - shown.length} more of ${title}`}
              onClick={() => setShowsAll(true)}
            >
              Show {rows.length - shown.length} more
            </button>
          ) : showsAll && rows.length > rowsMax ? (
            <button
              type="button"
              className={classes.more}
              aria-label={`Show fewer of ${title}`}
              onClick={() => setShowsAll(false)}
            >
              Show fewer
            </button>
          ) : null}
          {other > 0 && shown.length === rows.length ? (
            <div className={classes.other}>
              <span>Other values</span>
              <span className={classes.count}>{formatCount(other)}</span>
            </div>
          ) : null}
        </>
      )}
    </section>
  )
}

function Row({ field, row }: { field: ShownFacetField; row: FacetRow }): ReactNode {
  const edit = useSearchEdit()
  const sourceName = useSourceName()
  const { value, term, count, use } = row
  const text = facetValueText(field, value, sourceName)
  const change = (next: TermUse): void => edit?.apply([term], use === next ? 'any' : next)
  return (
    <li className={classes.row} data-use={use}>
      <button
        type="button"
        className={classes.value}
        title={text}
        aria-pressed={use !== 'any'}
        disabled={edit === undefined}
        onClick={(click) => {
          if (click.altKey) change('without')
          else edit?.apply([term], use === 'any' ? 'only' : 'any')
        }}
      >
        <span className={classes.mark}>
          {use === 'only' ? (
            <CheckIcon size={13} />
          ) : use === 'without' ? (
            <MinusCircleIcon size={13} />
          ) : null}
        </span>
        {use === 'without' ? <span className={classes.hidden}>Excluded: </span> : null}
        <span className={classes.text}>
          <FacetValue field={field} value={value} text={text} />
        </span>
        {count === undefined ? null : <span className={classes.count}>{formatCount(count)}</span>}
      </button>
      <button
        type="button"
        className={classes.exclude}
        title={use === 'without' ? 'No longer exclude' : 'Exclude (Alt and click)'}
        aria-label={`Exclude ${text}`}
        aria-pressed={use === 'without'}
        disabled={edit === undefined}
        onClick={() => change('without')}
      >
        <MinusCircleIcon size={15} />
      </button>
    </li>
  )
}

const barWidths = [72, 54, 64]

/** A field whose values are on their way. It is another element than the field, so that nothing moves when they come. */
export function LoadingSection({ title }: { title: string }): ReactNode {
  return (
    <div className={classes.section}>
      <div className={classes.heading}>
        <span className={classes.toggle}>{title}</span>
      </div>
      <ul className={classes.rows}>
        <LoadingRows />
      </ul>
    </div>
  )
}

/** Rows that are on their way. */
function LoadingRows(): ReactNode {
  return barWidths.map((width) => (
    <li key={width} className={classes.row} aria-hidden="true">
      <span className={classes.bar} style={{ width: `${width}%` }} />
    </li>
  ))
}
