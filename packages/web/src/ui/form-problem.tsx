import type { ReactNode } from 'react'
import classes from './form-problem.module.css'
import { AlertIcon } from './icons.tsx'
import { wordsForProblem } from './words-for-problem.ts'

/** What went wrong when a form was sent, above its button. */
export function FormProblem({ error }: { error: unknown }): ReactNode {
  if (error === null) return null
  const { title, detail } = wordsForProblem(error)
  return (
    <div role="alert" className={classes.problem}>
      <AlertIcon size={16} />
      <div>
        <b>{title}.</b> {detail}
      </div>
    </div>
  )
}
