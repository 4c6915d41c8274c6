import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { CardPage } from '../ui/card-page.tsx'
import { wordsForProblem } from '../ui/words-for-problem.ts'

/** What stands in place of a page that could not be shown. */
export function BrokenPage({ error }: { error: unknown }): ReactNode {
  const { title, detail } = wordsForProblem(error)
  return (
    <CardPage title={title} lead={detail}>
      <Button fullWidth mt="md" onClick={() => window.location.reload()}>
        Reload the page
      </Button>
    </CardPage>
  )
}
