import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import { CardPage } from '../ui/card-page.tsx'

/** An address that leads nowhere. */
export function NotFoundPage(): ReactNode {
  return (
    <CardPage title="This page does not exist" lead="The address is wrong, or the page has moved.">
      <Button component={Link} to={paths.auditLog} fullWidth mt="md">
        Go to the Audit Log
      </Button>
    </CardPage>
  )
}
