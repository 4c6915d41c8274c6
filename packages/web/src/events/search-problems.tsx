import type { Problem } from '@aleph-audit-log/domain/error'
import { UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { AlertIcon } from '../ui/icons.tsx'
import { withSigns } from '../ui/shown-text.tsx'
import classes from './search-problems.module.css'

type SearchProblemsProps = {
  id: string
  text: string
  problems: readonly Problem[]
  onApply: (problem: Problem) => void
}

/** What is wrong with a search text, and what to write instead; the suggestion can be pressed. */
export function SearchProblems({ id, problems, onApply }: SearchProblemsProps): ReactNode {
  return (
    <div id={id} role="alert" className={classes.problems}>
      {problems.map((problem) => (
        <div key={`${problem.start ?? ''} ${problem.message}`} className={classes.problem}>
          <AlertIcon size={15} />
          <span>
            {withSigns(problem.message)}{' '}
            {problem.suggestion === undefined ? null : (
              <UnstyledButton className={classes.suggestion} onClick={() => onApply(problem)}>
                Use <code>{withSigns(problem.suggestion)}</code>
              </UnstyledButton>
            )}
          </span>
        </div>
      ))}
    </div>
  )
}
