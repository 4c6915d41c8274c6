import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent, type ReactNode } from 'react'
import { grantException, policiesQuery } from '../api/policies.ts'
import { serverNowMs } from '../api/server-clock.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'

type ExceptionModalProps = { opened: boolean; onClose: () => void; onGranted: () => Promise<void> }

/** Lets somebody do for some time what a policy forbids. */
export function ExceptionModal({ opened, onClose, onGranted }: ExceptionModalProps): ReactNode {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Grant an exception"
      size={520}
      closeOnClickOutside={false}
    >
      {opened ? (
        <ExceptionForm
          onCancel={onClose}
          onGranted={async () => {
            await onGranted()
            onClose()
          }}
        />
      ) : null}
    </Modal>
  )
}

const dayMs = 86_400_000
/** For how long an exception is proposed, in days. */
const daysProposed = 7

type FormProps = { onCancel: () => void; onGranted: () => Promise<void> }

function ExceptionForm({ onCancel, onGranted }: FormProps): ReactNode {
  const policies = useQuery(policiesQuery)
  const [policyId, setPolicyId] = useState<string | null>('')
  const [kind, setKind] = useState<'person' | 'group'>('person')
  const [subject, setSubject] = useState('')
  const [day, setDay] = useState(new Date(serverNowMs() + daysProposed * dayMs).toISOString().slice(0, 10))
  const [reason, setReason] = useState('')
  const [approver, setApprover] = useState('')
  const { busy, error, submit } = useSubmit()
  const problems = ['subject.name', 'until', 'reason', 'approver'].map((field) => wordsForField(error, field))
  const [subjectProblem, untilProblem, reasonProblem, approverProblem] = problems

  function send(event: FormEvent): void {
    event.preventDefault()
    void submit(async () => {
      await grantException({
        ...(policyId === null || policyId === '' ? {} : { policyId }),
        subject: { kind, name: subject },
        // To the end of the day.
        until: new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString(),
        reason,
        approver,
      })
      await onGranted()
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <Select
          label="Policy"
          data={[
            { value: '', label: 'Every policy' },
            ...(policies.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          value={policyId}
          onChange={setPolicyId}
          allowDeselect={false}
        />
        <Group grow align="flex-start">
          <Select
            label="For"
            data={[
              { value: 'person', label: 'A person' },
              { value: 'group', label: 'A group' },
            ]}
            value={kind}
            onChange={(value) => setKind(value === 'group' ? 'group' : 'person')}
            allowDeselect={false}
          />
          <TextInput
            label={kind === 'person' ? 'Email' : 'Group'}
            required
            withAsterisk={false}
            autoComplete="off"
            value={subject}
            onChange={(event) => setSubject(event.target.value)}
            error={subjectProblem}
          />
        </Group>
        <TextInput
          label="Until the end of (UTC)"
          type="date"
          required
          withAsterisk={false}
          value={day}
          onChange={(event) => setDay(event.target.value)}
          error={untilProblem}
        />
        <TextInput
          label="Reason"
          required
          withAsterisk={false}
          autoComplete="off"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={reasonProblem}
        />
        <TextInput
          label="Approver"
          description="Who allowed it"
          required
          withAsterisk={false}
          autoComplete="off"
          value={approver}
          onChange={(event) => setApprover(event.target.value)}
          error={approverProblem}
        />
        {error === null || problems.some((words) => words !== undefined) ? null : (
          <FormProblem error={error} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Grant
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
