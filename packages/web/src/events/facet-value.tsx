import { toolTitle } from '@aleph-audit-log/domain/attribution/known-tools'
import type { ReactNode } from 'react'
import { ShownText } from '../ui/shown-text.tsx'
import { kindName } from './event-texts.ts'
import classes from './facet-pane.module.css'
import type { ShownFacetField } from './facet-rows.ts'
import { OutcomeMark, outcomeName } from './outcome-mark.tsx'

/** A value as people call it. */
export function facetValueText(
  field: ShownFacetField,
  value: string,
  sourceName: (source: string) => string,
): string {
  if (field === 'outcome') return outcomeName(value)
  if (field === 'kind') return kindName(value)
  if (field === 'tool') return toolTitle(value)
  return field === 'source' ? sourceName(value) : value
}

/** What of a value can be seen on one line. */
const lineUnitsMax = 120

/** A value of a field, on one line. `text` is what `facetValueText` gave. */
export function FacetValue(props: { field: ShownFacetField; value: string; text: string }): ReactNode {
  const { field, value, text } = props
  if (field === 'outcome' && (value === 'success' || value === 'failure' || value === 'denied')) {
    return <OutcomeMark outcome={value} />
  }
  const shown = <ShownText text={text.slice(0, lineUnitsMax)} />
  return field === 'type' || field === 'table' ? <span className={classes.mono}>{shown}</span> : shown
}
