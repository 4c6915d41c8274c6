import { alertLimits, resolutions, type Resolution } from '@aleph-audit-log/domain/alert-values'
import { Button, Group, Modal, Radio, Stack, Textarea } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { resolveAlert } from '../api/alerts.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'
import { resolutionWords } from './alert-words.ts'

type ResolveModalProps = { id: string; opened: boolean; onClose: () => void; onDone: () => Promise<void> }

/** Ends an alert, with what it was and why. */
export function ResolveModal({ opened, onClose, ...form }: ResolveModalProps): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title="Resolve the alert" closeOnClickOutside={false}>
      {opened ? <ResolveForm {...form} onClose={onClose} /> : null}
    </Modal>
  )
}

function ResolveForm({ id, onClose, onDone }: Omit<ResolveModalProps, 'opened'>): ReactNode {
  const [resolution, setResolution] = useState<Resolution>('true_positive')
  const [reason, setReason] = useState('')
  const { busy, error, submit } = useSubmit()
  const reasonProblem = wordsForField(error, 'reason')

  function send(event: FormEvent): void {
    event.preventDefault()
    void submit(async () => {
      await resolveAlert(id, { resolution, reason })
      await onDone()
      onClose()
    })
  }

  return (
    <form onSubmit={send} noValidate>
      <Stack gap="md">
        <Radio.Group
          label="What it was"
          value={resolution}
          onChange={(chosen) => setResolution(resolutions.find((one) => one === chosen) ?? 'true_positive')}
        >
          <Stack gap={8} mt={6}>
            {resolutions.map((one) => (
              <Radio
                key={one}
                value={one}
                label={resolutionWords[one].word}
                description={resolutionWords[one].hint}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          label="Why"
          description="What was found out, for who looks at it later"
          autosize
          minRows={2}
          maxRows={8}
          maxLength={alertLimits.reasonUnitsMax}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={reasonProblem}
        />
        {error === null || reasonProblem !== undefined ? null : <FormProblem error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Resolve
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
