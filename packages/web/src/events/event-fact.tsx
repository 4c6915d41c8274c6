import type { ReactNode } from 'react'
import { ShownText } from '../ui/shown-text.tsx'
import classes from './event-facts.module.css'

/** One line of the panel: what it is, and what is known. */
export function Fact({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** A fact that is a text; nothing where there is none. */
export function TextFact({
  label,
  text,
  mono,
}: {
  label: string
  text: string | undefined
  mono?: true
}): ReactNode {
  if (text === undefined || text === '') return null
  return (
    <Fact label={label}>
      <span className={mono === undefined ? undefined : classes.mono}>
        <ShownText text={text} />
      </span>
    </Fact>
  )
}
