import type { Role } from '@aleph-audit-log/domain/api/access'
import { roles } from '@aleph-audit-log/domain/roles'
import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { inviteMember } from '../api/members.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { roleMeanings, roleNames } from '../ui/role-names.ts'
import { ShownOnce } from '../ui/shown-once.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'

/** Who should see more is chosen to; nobody gets it by haste. */
const leastFirst = roles.toReversed()

type InviteModalProps = { opened: boolean; onClose: () => void; onInvited: () => Promise<void> }

/** Invites a person; the link is shown once and is for the admin to send. */
export function InviteModal({ opened, onClose, onInvited }: InviteModalProps): ReactNode {
  const [link, setLink] = useState<string>()

  function close(): void {
    setLink(undefined)
    onClose()
  }

  return (
    <Modal opened={opened} onClose={close} title={link === undefined ? 'Invite a member' : 'Invitation made'}>
      {link === undefined ? (
        <InviteForm
          onCancel={close}
          onInvited={async (made) => {
            setLink(made)
            await onInvited()
          }}
        />
      ) : (
        <ShownOnce label="Invitation link" text={link} onDone={close}>
          Send this link to the person. It is shown only now, works once, and lets whoever has it join.
        </ShownOnce>
      )}
    </Modal>
  )
}

function InviteForm({
  onCancel,
  onInvited,
}: {
  onCancel: () => void
  onInvited: (link: string) => Promise<void>
}): ReactNode {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('member')
  const { busy, error, submit } = useSubmit()
  const emailProblem = wordsForField(error, 'email')

  function send(event: FormEvent): void {
    event.preventDefault()
    void submit(async () => {
      const { link } = await inviteMember({ email, role })
      await onInvited(link)
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput
          label="Email"
          type="email"
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={emailProblem}
        />
        <Radio.Group label="Role" value={role} onChange={setRole}>
          <Stack gap={8} mt={6}>
            {leastFirst.map((role) => (
              <Radio key={role} value={role} label={roleNames[role]} description={roleMeanings[role]} />
            ))}
          </Stack>
        </Radio.Group>
        {error === null || emailProblem !== undefined ? null : <FormProblem error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Invite
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
