import type { Outcome } from '@aleph-audit-log/domain/event'
import type { ReactNode } from 'react'
import { DeniedIcon, DoneIcon, FailedIcon } from '../ui/icons.tsx'
import classes from './outcome-mark.module.css'

const marks: Record<Outcome, { word: string; icon: ReactNode }> = {
  success: { word: 'Succeeded', icon: <DoneIcon size={13} /> },
  failure: { word: 'Failed', icon: <FailedIcon size={13} /> },
  denied: { word: 'Denied', icon: <DeniedIcon size={13} /> },
}

/** How an event ended, by an icon and a word, not by colour alone. */
export function OutcomeMark({ outcome }: { outcome: Outcome }): ReactNode {
  const { word, icon } = marks[outcome]
  return (
    <span className={classes.mark} data-outcome={outcome}>
      {icon}
      {word}
    </span>
  )
}

/** How an event ended, in a word. */
export function outcomeName(outcome: string): string {
  return outcome === 'success' || outcome === 'failure' || outcome === 'denied'
    ? marks[outcome].word
    : outcome
}
