import type { AccessDecision } from '@aleph-audit-log/domain/api/access-review'
import type { ReactNode } from 'react'
import classes from './decision-choice.module.css'

/** The decisions as people read them. */
export const decisionNames: Record<AccessDecision, string> = { keep: 'Keep', revoke: 'Revoke', ask: 'Ask' }

const choices: readonly AccessDecision[] = ['keep', 'revoke', 'ask']

type DecisionChoiceProps = {
  /** Tells the groups of one page apart. */
  name: string
  /** Whose access to what, for those who cannot see where it stands. */
  label: string
  value: AccessDecision | undefined
  onChange: (decision: AccessDecision) => void
}

/** One of three decisions. These are the browser's own radio buttons: a review has up to a thousand lines. */
export function DecisionChoice({ name, label, value, onChange }: DecisionChoiceProps): ReactNode {
  return (
    <div role="radiogroup" aria-label={label} className={classes.group}>
      {choices.map((choice) => (
        <label key={choice} className={classes.choice} data-choice={choice}>
          <input
            type="radio"
            name={name}
            value={choice}
            checked={value === choice}
            onChange={() => onChange(choice)}
            className={classes.input}
          />
          <span className={classes.text}>{decisionNames[choice]}</span>
        </label>
      ))}
    </div>
  )
}
