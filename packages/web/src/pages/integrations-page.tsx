import type { Integration, IntegrationKind } from '@aleph-audit-log/domain/api/integrations'
import { Button, Menu, Skeleton } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { deleteIntegration, integrationsQuery } from '../api/integrations.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ChevronDownIcon, PlugIcon, PlusIcon } from '../ui/icons.tsx'
import { OnDemandMenu } from '../ui/on-demand-menu.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { IntegrationCard } from './integration-card.tsx'
import { IntegrationModal, type Editing } from './integration-modal.tsx'
import classes from './integrations-page.module.css'

const kinds: { kind: IntegrationKind; title: string; what: string }[] = [
  {
    kind: 'postgres_gateway',
    title: 'PostgreSQL gateway',
    what: 'Clients connect through this server: rows, durations and addresses of every statement',
  },
  {
    kind: 'postgres_log',
    title: 'PostgreSQL log',
    what: 'This server follows the log that PostgreSQL writes on this machine',
  },
]

/** Where events come from beside the API, and how each source does. */
export function IntegrationsPage(): ReactNode {
  const integrations = useQuery(integrationsQuery)
  const queryClient = useQueryClient()
  const [editing, setEditing] = useState<Editing>()
  const [deleting, setDeleting] = useState<Integration>()
  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: integrationsQuery.queryKey })

  const addButton = (
    <OnDemandMenu
      position="bottom-end"
      target={
        <Button leftSection={<PlusIcon />} rightSection={<ChevronDownIcon size={14} />}>
          Add an integration
        </Button>
      }
    >
      {kinds.map(({ kind, title, what }) => (
        <Menu.Item key={kind} onClick={() => setEditing({ kind })}>
          {title}
          <span className={classes.what}>{what}</span>
        </Menu.Item>
      ))}
    </OnDemandMenu>
  )
  return (
    <SettingsPage
      title="Integrations"
      lead="Databases whose statements this server records. Programs can send events with an API key as well."
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
              Put a gateway in front of a PostgreSQL database, or let this server follow its log: every
              statement becomes an event, and no application has to change.
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
      <IntegrationModal editing={editing} onClose={() => setEditing(undefined)} onSaved={reload} />
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
        {deleting?.kind === 'postgres_gateway'
          ? 'Clients that connect through it are cut off: '
          : 'The server stops following the log of '}
        <b>
          <ShownText text={deleting?.name ?? ''} />
        </b>
        . Events that are recorded stay in the audit log.
      </ConfirmModal>
    </SettingsPage>
  )
}
