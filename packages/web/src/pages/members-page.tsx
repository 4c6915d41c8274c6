import type { Invitation, Member, Role } from '@aleph-audit-log/domain/api/access'
import { ActionIcon, Badge, Button } from '@mantine/core'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { changeRole, membersQuery, removeMember, withdrawInvitation } from '../api/members.ts'
import { sessionQuery } from '../api/session.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { DataTable, LoadingRows } from '../ui/data-table.tsx'
import { Hint } from '../ui/hint.tsx'
import { PlusIcon, TrashIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { roleNames } from '../ui/role-names.ts'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { showDone, showProblem } from '../ui/show-problem.ts'
import { ShownText } from '../ui/shown-text.tsx'
import { Day, TimeAgo } from '../ui/time-ago.tsx'
import { InviteModal } from './invite-modal.tsx'
import classes from './members-page.module.css'
import { PageTabs } from '../ui/page-tabs.tsx'
import { RoleSelect } from './role-select.tsx'

/** Who belongs to the workspace, in which role, and who is invited. */
export function MembersPage(): ReactNode {
  const members = useQuery(membersQuery)
  const queryClient = useQueryClient()
  const router = useRouter()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const [inviting, setInviting] = useState(false)
  const [leaving, setLeaving] = useState<Member>()
  const [withdrawing, setWithdrawing] = useState<Invitation>()

  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: membersQuery.queryKey })

  async function giveRole(member: Member, role: Role): Promise<void> {
    try {
      await changeRole(member.id, role)
      showDone(`${member.name} is now ${roleNames[role]}.`)
    } catch (error) {
      showProblem(error)
    }
    await reload()
    if (member.id !== session.user.id) return
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
    // An admin who has become something else has no business here any more.
    await router.invalidate()
  }

  const invitations = members.data?.invitations ?? []
  return (
    <SettingsPage
      title="Members"
      lead="Who may sign in to the workspace, and how much of the log they see."
      action={
        <Button leftSection={<PlusIcon />} onClick={() => setInviting(true)}>
          Invite a member
        </Button>
      }
    >
      <PageTabs of="Members and people" />
      {members.error !== null && members.data === undefined ? (
        <ProblemNote error={members.error} onRetry={() => void members.refetch()} />
      ) : (
        <Panel>
          <DataTable label="Members" headings={['Name', 'Email', 'Role', 'Member since', 'Last sign-in', '']}>
            {members.data === undefined ? <LoadingRows columns={6} /> : null}
            {members.data?.members.map((member) => (
              <tr key={member.id}>
                <td className={classes.name}>
                  <ShownText text={member.name} />
                  {member.id === session.user.id ? (
                    <Badge ml={8} size="sm" variant="light" tt="none" fw={500}>
                      You
                    </Badge>
                  ) : null}
                </td>
                <td>
                  <ShownText text={member.email} />
                </td>
                <td>
                  <RoleSelect
                    label={`Role of ${member.name}`}
                    role={member.role}
                    onChange={(role) => void giveRole(member, role)}
                  />
                </td>
                <td>
                  <Day time={member.createdAt} />
                </td>
                <td>
                  {member.lastSignInAt === undefined ? (
                    <span className={classes.never}>Never</span>
                  ) : (
                    <TimeAgo time={member.lastSignInAt} />
                  )}
                </td>
                <td data-actions>
                  <Hint label="Remove">
                    <ActionIcon aria-label={`Remove ${member.name}`} onClick={() => setLeaving(member)}>
                      <TrashIcon />
                    </ActionIcon>
                  </Hint>
                </td>
              </tr>
            ))}
          </DataTable>
        </Panel>
      )}
      {invitations.length === 0 ? null : (
        <Panel title="Pending invitations">
          <DataTable label="Pending invitations" headings={['Email', 'Role', 'Invited', 'Expires', '']}>
            {invitations.map((invitation) => (
              <tr key={invitation.id}>
                <td>
                  <ShownText text={invitation.email} />
                </td>
                <td>{roleNames[invitation.role]}</td>
                <td>
                  <TimeAgo time={invitation.createdAt} />
                </td>
                <td>
                  <TimeAgo time={invitation.expiresAt} />
                </td>
                <td data-actions>
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={`Withdraw the invitation of ${invitation.email}`}
                    onClick={() => setWithdrawing(invitation)}
                  >
                    Withdraw
                  </Button>
                </td>
              </tr>
            ))}
          </DataTable>
        </Panel>
      )}
      <InviteModal opened={inviting} onClose={() => setInviting(false)} onInvited={reload} />
      <ConfirmModal
        opened={leaving !== undefined}
        title="Remove the member?"
        confirmLabel="Remove"
        onClose={() => setLeaving(undefined)}
        act={async () => {
          if (leaving !== undefined) await removeMember(leaving.id)
          await reload()
        }}
      >
        <b>
          <ShownText text={leaving?.name ?? ''} />
        </b>{' '}
        is signed out everywhere and can no longer read the log. What they did stays in the log.
      </ConfirmModal>
      <ConfirmModal
        opened={withdrawing !== undefined}
        title="Withdraw the invitation?"
        confirmLabel="Withdraw"
        onClose={() => setWithdrawing(undefined)}
        act={async () => {
          if (withdrawing !== undefined) await withdrawInvitation(withdrawing.id)
          await reload()
        }}
      >
        The link that was sent to{' '}
        <b>
          <ShownText text={withdrawing?.email ?? ''} />
        </b>{' '}
        stops working.
      </ConfirmModal>
    </SettingsPage>
  )
}
