import type { ApiKey } from '@aleph-audit-log/domain/api/access'
import { Badge, Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { keysQuery, revokeKey } from '../api/keys.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { DataTable, LoadingRows } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { KeyIcon, PlusIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { Day, TimeAgo } from '../ui/time-ago.tsx'
import classes from './api-keys-page.module.css'
import { CreateKeyModal } from './create-key-modal.tsx'

const headings = ['Name', 'Key', 'Scopes', 'Created', 'Last used', '']

/** The keys with which programs send and read events. */
export function ApiKeysPage(): ReactNode {
  const keys = useQuery(keysQuery)
  const queryClient = useQueryClient()
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<ApiKey>()
  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: keysQuery.queryKey })
  const active = keys.data?.filter((key) => key.revokedAt === undefined) ?? []
  const revoked = keys.data?.filter((key) => key.revokedAt !== undefined) ?? []

  return (
    <SettingsPage
      title="API keys"
      lead="With a key, a program sends events, reads the log, or changes settings."
      action={
        <Button leftSection={<PlusIcon />} onClick={() => setCreating(true)}>
          Create a key
        </Button>
      }
    >
      {keys.error !== null && keys.data === undefined ? (
        <ProblemNote error={keys.error} onRetry={() => void keys.refetch()} />
      ) : keys.data !== undefined && active.length === 0 ? (
        <Panel>
          <EmptyState icon={<KeyIcon size={22} />} title="No keys">
            <p>Create one with the scope events:write to send the first event from a program.</p>
          </EmptyState>
        </Panel>
      ) : (
        <Panel>
          <DataTable label="API keys" headings={headings}>
            {keys.data === undefined ? <LoadingRows columns={6} /> : null}
            {active.map((key) => (
              <KeyRow key={key.id} apiKey={key} onRevoke={() => setRevoking(key)} />
            ))}
          </DataTable>
        </Panel>
      )}
      {revoked.length === 0 ? null : (
        <Panel title="Revoked">
          <DataTable label="Revoked keys" headings={[...headings.slice(0, -1), 'Revoked']}>
            {revoked.map((key) => (
              <KeyRow key={key.id} apiKey={key} />
            ))}
          </DataTable>
        </Panel>
      )}
      <CreateKeyModal opened={creating} onClose={() => setCreating(false)} onCreated={reload} />
      <ConfirmModal
        opened={revoking !== undefined}
        title="Revoke the key?"
        confirmLabel="Revoke"
        onClose={() => setRevoking(undefined)}
        act={async () => {
          if (revoking !== undefined) await revokeKey(revoking.id)
          await reload()
        }}
      >
        Programs that use{' '}
        <b>
          <ShownText text={revoking?.name ?? ''} />
        </b>{' '}
        are refused from now on. This cannot be undone.
      </ConfirmModal>
    </SettingsPage>
  )
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke?: () => void }): ReactNode {
  return (
    <tr>
      <td className={classes.name}>
        <ShownText text={apiKey.name} />
      </td>
      <td>
        <code className={classes.prefix}>{apiKey.prefix}…</code>
      </td>
      <td>
        <span className={classes.scopes}>
          {apiKey.scopes.map((scope) => (
            <Badge key={scope} variant="default" size="sm" radius="sm" tt="none" fw={500}>
              {scope}
            </Badge>
          ))}
        </span>
      </td>
      <td>
        <Day time={apiKey.createdAt} />
        <div className={classes.more}>
          <ShownText text={apiKey.createdBy.name} />
        </div>
      </td>
      <td>
        {apiKey.lastUsedAt === undefined ? (
          <span className={classes.more}>Never</span>
        ) : (
          <TimeAgo time={apiKey.lastUsedAt} />
        )}
      </td>
      <td data-actions={onRevoke === undefined ? undefined : true}>
        {onRevoke === undefined ? (
          apiKey.revokedAt === undefined ? null : (
            <TimeAgo time={apiKey.revokedAt} />
          )
        ) : (
          <Button variant="default" size="xs" aria-label={`Revoke ${apiKey.name}`} onClick={onRevoke}>
            Revoke
          </Button>
        )}
      </td>
    </tr>
  )
}
