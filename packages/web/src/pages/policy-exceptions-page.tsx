import type { PolicyException } from '@aleph-audit-log/domain/api/policies'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { policyExceptionsQuery, revokeException } from '../api/policies.ts'
import { sessionQuery } from '../api/session.ts'
import { ExceptionModal } from '../policies/exception-modal.tsx'
import { PageTabs } from '../ui/page-tabs.tsx'
import classes from '../policies/policies.module.css'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { DataTable, LoadingRows } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { CalendarIcon, PlusIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'

const stateNames: Record<PolicyException['state'], string> = {
  active: 'Active',
  over: 'Over',
  revoked: 'Ended early',
}

/** Who may do until a time what a policy forbids, who allowed it, and why. Auditors read it, admins change it. */
export function PolicyExceptionsPage(): ReactNode {
  const exceptions = useQuery(policyExceptionsQuery)
  const queryClient = useQueryClient()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const mayChange = session.user.role === 'admin'
  const [granting, setGranting] = useState(false)
  const [ending, setEnding] = useState<PolicyException>()
  const reload = (): Promise<void> =>
    queryClient.invalidateQueries({ queryKey: policyExceptionsQuery.queryKey })
  return (
    <SettingsPage
      title="Exceptions"
      lead="Who may do for some time what a policy forbids. Their queries are marked as excepted."
      wide
      action={
        mayChange ? (
          <Button leftSection={<PlusIcon />} onClick={() => setGranting(true)}>
            Grant an exception
          </Button>
        ) : null
      }
    >
      <PageTabs of="Policies" />
      {exceptions.error !== null && exceptions.data === undefined ? (
        <ProblemNote error={exceptions.error} onRetry={() => void exceptions.refetch()} />
      ) : exceptions.data?.length === 0 ? (
        <Panel>
          <EmptyState icon={<CalendarIcon size={22} />} title="No exceptions">
            <p>Policies hold for everybody.</p>
          </EmptyState>
        </Panel>
      ) : (
        <ExceptionsTable exceptions={exceptions.data} onEnd={mayChange ? setEnding : undefined} />
      )}
      <ExceptionModal opened={granting} onClose={() => setGranting(false)} onGranted={reload} />
      <ConfirmModal
        opened={ending !== undefined}
        title="End the exception?"
        confirmLabel="End it now"
        onClose={() => setEnding(undefined)}
        act={async () => {
          if (ending !== undefined) await revokeException(ending.id)
          await reload()
        }}
      >
        From now on the policy holds for{' '}
        <b>
          <ShownText text={ending?.subject.name ?? ''} />
        </b>{' '}
        again.
      </ConfirmModal>
    </SettingsPage>
  )
}

type ExceptionsTableProps = {
  exceptions: readonly PolicyException[] | undefined
  onEnd: ((exception: PolicyException) => void) | undefined
}

const headings = ['For', 'Policy', 'State', 'Until', 'Reason', 'Approver', 'Granted by', '']

function ExceptionsTable({ exceptions, onEnd }: ExceptionsTableProps): ReactNode {
  return (
    <Panel>
      <DataTable label="Exceptions" headings={headings}>
        {exceptions === undefined ? <LoadingRows columns={headings.length} /> : null}
        {exceptions?.map((exception) => (
          <tr key={exception.id}>
            <td className={classes.name}>
              <ShownText text={exception.subject.name} />
              {exception.subject.kind === 'group' ? <div className={classes.hint}>Group</div> : null}
            </td>
            <td>
              <ShownText text={exception.policy?.name ?? 'Every policy'} />
            </td>
            <td className={classes.nowrap}>{stateNames[exception.state]}</td>
            <td className={classes.nowrap}>
              <TimeAgo time={exception.until} />
            </td>
            <td>
              <ShownText text={exception.reason} />
            </td>
            <td>
              <ShownText text={exception.approver} />
            </td>
            <td>
              <ShownText text={exception.grantedBy.name} />
              <div className={classes.hint}>
                <TimeAgo time={exception.grantedAt} />
              </div>
            </td>
            <td data-actions>
              {onEnd === undefined || exception.state !== 'active' ? null : (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`End the exception for ${exception.subject.name}`}
                  onClick={() => onEnd(exception)}
                >
                  End
                </Button>
              )}
            </td>
          </tr>
        ))}
      </DataTable>
    </Panel>
  )
}
