import { ActionIcon, Button } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { useMemo, type ReactNode } from 'react'
import type { EventQuestion } from '../api/events.ts'
import { Hint } from '../ui/hint.tsx'
import { FoldIcon } from '../ui/icons.tsx'
import { wordsForProblem } from '../ui/words-for-problem.ts'
import classes from './facet-pane.module.css'
import { facetFields, facetRows } from './facet-rows.ts'
import { FacetSection, LoadingSection } from './facet-section.tsx'
import { useSearchEdit } from './search-edit.ts'
import { useFacets } from './use-facets.ts'

type FacetPaneProps = {
  question: EventQuestion
  askedAtMs: number
  /** The events are there: they come first. */
  enabled: boolean
  /** Absent where the pane lies over the page, which has its own way to close it. */
  onFold?: () => void
}

const noSections: readonly string[] = []

/** What occurs among the events that are found, and how often: a click asks for a value, Alt and a click excludes it. */
export function FacetPane({ question, askedAtMs, enabled, onFold }: FacetPaneProps): ReactNode {
  const [folded, setFolded] = useLocalStorage({
    key: 'audit-folded-facets',
    defaultValue: noSections,
    getInitialValueInEffect: false,
  })
  const edit = useSearchEdit()
  // What is remembered was perhaps written by another version.
  const foldedNames = Array.isArray(folded) ? folded : noSections
  const fields = useMemo(
    () => facetFields.map(({ field }) => field).filter((field) => !foldedNames.includes(field)),
    [foldedNames],
  )
  const { facets, loading, stale, error, retry } = useFacets({ question, askedAtMs, fields, enabled })

  const sections = useMemo(
    () =>
      facetFields.map(({ field, title }) => ({
        field,
        title,
        facet: facets[field],
        rows: facetRows(field, facets[field], edit?.parts ?? []),
      })),
    [facets, edit],
  )
  return (
    <section className={classes.pane} aria-label="Filters" aria-busy={loading || stale}>
      {onFold === undefined ? null : (
        <div className={classes.head}>
          <h2 className={classes.title}>Filters</h2>
          <Hint label="Hide the filters">
            <ActionIcon size={26} aria-label="Hide the filters" aria-expanded onClick={onFold}>
              <FoldIcon size={16} />
            </ActionIcon>
          </Hint>
        </div>
      )}
      <div className={classes.body} data-stale={stale || undefined} data-loading={loading || undefined}>
        {error === null ? null : <FacetProblem error={error} onRetry={retry} />}
        {edit === undefined ? (
          <p className={classes.note}>They are back as soon as the search can be understood.</p>
        ) : null}
        {loading && edit !== undefined
          ? sections.map(({ field, title }) => <LoadingSection key={field} title={title} />)
          : null}
        {(loading || edit === undefined || error !== null ? [] : sections).map(
          ({ field, title, facet, rows }) => (
            <FacetSection
              key={field}
              field={field}
              title={title}
              rows={rows}
              other={facet?.other ?? 0}
              loading={facet === undefined}
              open={!foldedNames.includes(field)}
              onOpen={(open) =>
                setFolded(open ? foldedNames.filter((name) => name !== field) : [...foldedNames, field])
              }
            />
          ),
        )}
      </div>
    </section>
  )
}

function FacetProblem({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactNode {
  const { title, detail } = wordsForProblem(error)
  return (
    <div className={classes.problem} role="alert">
      <p>
        The values could not be counted. <b>{title}.</b> {detail}
      </p>
      <Button size="compact-xs" variant="default" onClick={onRetry}>
        Try again
      </Button>
    </div>
  )
}
