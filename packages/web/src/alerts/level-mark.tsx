import { ruleLevels, type RuleLevel } from '@aleph-audit-log/domain/detect/rule'
import type { ReactNode } from 'react'
import { levelWords } from './alert-words.ts'
import classes from './level-mark.module.css'

/** How much an alert matters: by a word, by bars and by colour, so that none of them is needed alone. */
export function LevelMark({ level }: { level: RuleLevel }): ReactNode {
  const height = ruleLevels.indexOf(level)
  return (
    <span className={classes.mark} data-level={level}>
      <svg width="15" height="12" viewBox="0 0 15 12" aria-hidden="true" focusable="false">
        {[1, 2, 3, 4].map((bar) => (
          <rect
            key={bar}
            x={(bar - 1) * 4}
            y={12 - bar * 3}
            width="3"
            height={bar * 3}
            rx="1"
            className={bar <= height ? classes.full : classes.empty}
          />
        ))}
      </svg>
      {levelWords[level]}
    </span>
  )
}
