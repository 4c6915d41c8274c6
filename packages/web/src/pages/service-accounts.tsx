import type { ServiceAccount } from '@aleph-audit-log/domain/api/people'
import { toolTitle } from '@aleph-audit-log/domain/attribution/known-tools'
import { ActionIcon, Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { removeServiceAccount, serviceAccountsQuery } from '../api/people.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { DataTable, LoadingRows } from '../ui/data-table.tsx'
import { Hint } from '../ui/hint.tsx'
import { PencilIcon, TrashIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { Day } from '../ui/time-ago.tsx'
import classes from './people-page.module.css'
import { ServiceAccountModal } from './service-account-modal.tsx'

/** The logins that tools use for everybody, by which their comments are trusted. */
export function ServiceAccounts({ mayChange }: { mayChange: boolean }): ReactNode {
  const accounts = useQuery(serviceAccountsQuery)
  const queryClient = useQueryClient()
  const [editing, setEditing] = useState<ServiceAccount | 'new'>()
  const [removing, setRemoving] = useState<ServiceAccount>()
  const reload = (): Promise<void> =>
    queryClient.invalidateQueries({ queryKey: serviceAccountsQuery.queryKey })

  return (
    <section aria-label="Service accounts">
      <div className={classes.sectionHead}>
        <div>
          <h2 className={classes.sectionTitle}>Service accounts</h2>
          <p className={classes.hint}>
            Logins that a tool uses for everybody. What the tool writes into its SQL about the person is
            trusted there.
          </p>
        </div>
        {mayChange ? (
          <Button variant="default" onClick={() => setEditing('new')}>
            Register a login
          </Button>
        ) : null}
      </div>
      {accounts.error !== null && accounts.data === undefined ? (
        <ProblemNote error={accounts.error} onRetry={() => void accounts.refetch()} />
      ) : (
        <Panel>
          <DataTable label="Service accounts" headings={['Login', 'Tool', 'Note', 'Registered', '']}>
            {accounts.data === undefined ? <LoadingRows columns={5} rows={1} /> : null}
            {accounts.data?.length === 0 ? (
              <tr>
                <td colSpan={5} className={classes.more}>
                  No login is registered: who is behind a shared login is only asserted.
                </td>
              </tr>
            ) : null}
            {accounts.data?.map((account) => (
              <tr key={account.id}>
                <td className={classes.mono}>
                  <ShownText text={account.login} />
                </td>
                <td>
                  <ShownText text={toolTitle(account.tool)} />
                  {account.commentPattern === undefined ? null : (
                    <div className={classes.more}>with a pattern of its own</div>
                  )}
                </td>
                <td>
                  <ShownText text={account.note ?? ''} />
                </td>
                <td>
                  <Day time={account.createdAt} />
                </td>
                <td data-actions>
                  {mayChange ? (
                    <>
                      <Hint label="Edit">
                        <ActionIcon aria-label={`Edit ${account.login}`} onClick={() => setEditing(account)}>
                          <PencilIcon />
                        </ActionIcon>
                      </Hint>
                      <Hint label="Remove">
                        <ActionIcon
                          aria-label={`Remove ${account.login}`}
                          onClick={() => setRemoving(account)}
                        >
                          <TrashIcon />
                        </ActionIcon>
                      </Hint>
                    </>
                  ) : null}
                </td>
              </tr>
            ))}
          </DataTable>
        </Panel>
      )}
      <ServiceAccountModal account={editing} onClose={() => setEditing(undefined)} onSaved={reload} />
      <ConfirmModal
        opened={removing !== undefined}
        title="Remove the service account?"
        confirmLabel="Remove"
        onClose={() => setRemoving(undefined)}
        act={async () => {
          if (removing !== undefined) await removeServiceAccount(removing.id)
          await reload()
        }}
      >
        What comes through{' '}
        <b>
          <ShownText text={removing?.login ?? ''} />
        </b>{' '}
        from now on is only asserted. Events that are in the log stay as they are.
      </ConfirmModal>
    </section>
  )
}
