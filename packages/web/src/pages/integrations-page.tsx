import type { Integration } from '@aleph-audit-log/domain/api/integrations'
import { Button, Skeleton } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { deleteIntegration, integrationsQuery } from '../api/integrations.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { PlugIcon, PlusIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { IntegrationCard } from './integration-card.tsx'
import classes from './integrations-page.module.css'
import { PostgresLogModal } from './postgres-log-modal.tsx'

/** Where events come from beside the API, and how each source does. */
export function IntegrationsPage(): ReactNode {
  const integrations = useQuery(integrationsQuery)
  const queryClient = useQueryClient()
  const [editing, setEditing] = useState<Integration | 'new'>()
  const [deleting, setDeleting] = useState<Integration>()
  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: integrationsQuery.queryKey })

  const addButton = (
    <Button leftSection={<PlusIcon />} onClick={() => setEditing('new')}>
      Add a PostgreSQL log
    </Button>
  )
  return (
    <SettingsPage
      title="Integrations"
      lead="Databases whose own log this server follows. Programs can send events with an API key as well."
      action={addButton}
    >
      {integrations.data === undefined && integrations.error !== null ? (
        <ProblemNote error={integrations.error} onRetry={() => void integrations.refetch()} />
      ) : null}
      {integrations.data === undefined && integrations.error === null ? (
        <div role="status" aria-label="Loading the integrations">
          <Skeleton height={142} radius={8} />
        </div>
      ) : null}
      {integrations.data?.length === 0 ? (
        <Panel>
          <EmptyState icon={<PlugIcon size={22} />} title="No integrations yet">
            <p>
              Let this server follow the log of a PostgreSQL database: every statement becomes an event, and
              no application has to change.
            </p>
          </EmptyState>
        </Panel>
      ) : null}
      <ul className={classes.list} aria-label="Integrations">
        {integrations.data?.map((integration) => (
          <li key={integration.id}>
            <IntegrationCard
              integration={integration}
              onEdit={() => setEditing(integration)}
              onDelete={() => setDeleting(integration)}
            />
          </li>
        ))}
      </ul>
      <PostgresLogModal
        integration={editing}
        onClose={() => setEditing(undefined)}
        onSaved={async () => {
          await reload()
        }}
      />
      <ConfirmModal
        opened={deleting !== undefined}
        title="Delete the integration?"
        confirmLabel="Delete"
        onClose={() => setDeleting(undefined)}
        act={async () => {
          if (deleting !== undefined) await deleteIntegration(deleting.id)
          await reload()
        }}
      >
        The server stops following the log of{' '}
        <b>
          <ShownText text={deleting?.name ?? ''} />
        </b>
        . Events that are recorded stay in the audit log.
      </ConfirmModal>
    </SettingsPage>
  )
}
