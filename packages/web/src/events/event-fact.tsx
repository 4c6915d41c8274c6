import type { ReactNode } from 'react'
import { ShownText } from '../ui/shown-text.tsx'
import { valueTerms, type ValueTerms } from './cell-terms.ts'
import classes from './event-facts.module.css'
import { ValueActions } from './value-actions.tsx'

type FactProps = {
  label: string
  /** What the fact can make of the search; absent where it makes no sense to search for it. */
  terms?: ValueTerms | undefined
  children: ReactNode
}

/** One line of the panel: what it is, what is known, and the way to search for it or to exclude it. */
export function Fact({ label, terms, children }: FactProps): ReactNode {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>
        <div className={classes.known}>{children}</div>
        {terms === undefined ? null : (
          <div className={classes.actions}>
            <ValueActions {...terms} />
          </div>
        )}
      </dd>
    </div>
  )
}

type TextFactProps = {
  label: string
  text: string | undefined
  mono?: true
  /** The qualifier that finds it. */
  qualifier?: string
}

/** A fact that is a text; nothing where there is none. */
export function TextFact({ label, text, mono, qualifier }: TextFactProps): ReactNode {
  if (text === undefined || text === '') return null
  return (
    <Fact label={label} terms={qualifier === undefined ? undefined : valueTerms(label, qualifier, text)}>
      <span className={mono === undefined ? undefined : classes.mono}>
        <ShownText text={text} />
      </span>
    </Fact>
  )
}
