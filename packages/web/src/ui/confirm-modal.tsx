import { Button, Group, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { FormProblem } from './form-problem.tsx'
import { useSubmit } from './use-submit.ts'

type ConfirmModalProps = {
  opened: boolean
  title: string
  /** What will happen, and whether it can be undone. */
  children: ReactNode
  /** The act in words, such as *Delete the integration*. */
  confirmLabel: string
  act: () => Promise<void>
  onClose: () => void
}

/** Asks before something that cannot be undone; its error stays in the dialog. */
export function ConfirmModal({
  opened,
  title,
  children,
  confirmLabel,
  act,
  onClose,
}: ConfirmModalProps): ReactNode {
  const { busy, error, submit, reset } = useSubmit()

  function close(): void {
    reset()
    onClose()
  }

  async function confirm(): Promise<void> {
    if (await submit(act)) close()
  }

  return (
    <Modal opened={opened} onClose={close} title={title} size="sm">
      <div>{children}</div>
      {error === null ? null : (
        <div style={{ marginTop: 12 }}>
          <FormProblem error={error} />
        </div>
      )}
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={close} data-autofocus>
          Cancel
        </Button>
        <Button color="red" loading={busy} onClick={() => void confirm()}>
          {confirmLabel}
        </Button>
      </Group>
    </Modal>
  )
}
