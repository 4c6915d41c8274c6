import { Alert, Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { AlertIcon } from './icons.tsx'
import { wordsForProblem } from './words-for-problem.ts'

/** An error where it happened, with a way to try again if there is one. */
export function ProblemNote({ error, onRetry }: { error: unknown; onRetry?: () => void }): ReactNode {
  const { title, detail } = wordsForProblem(error)
  return (
    <Alert color="red" variant="light" icon={<AlertIcon size={18} />} title={title} role="alert">
      <div style={{ color: 'var(--mantine-color-text)' }}>{detail}</div>
      {onRetry === undefined ? null : (
        <Button mt="xs" size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  )
}
