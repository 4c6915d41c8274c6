import { accessReviewLimits } from '@aleph-audit-log/domain/access-review-limits'
import type { SignOffRequest } from '@aleph-audit-log/domain/api/access-review'
import { Button, Group, Modal, Textarea } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import classes from './sign-off-modal.module.css'

type SignOffModalProps = {
  opened: boolean
  /** What is to be signed, with this remark. */
  requestOf: (remark: string) => SignOffRequest | undefined
  act: (request: SignOffRequest) => Promise<void>
  /** Counts everything again, where it has changed meanwhile. */
  onCountAgain: () => void
  onClose: () => void
}

/** Asks before a review is signed: nobody can change or delete it afterwards. */
export function SignOffModal({
  opened,
  requestOf,
  act,
  onCountAgain,
  onClose,
}: SignOffModalProps): ReactNode {
  const { busy, error, submit, reset } = useSubmit()
  const [remark, setRemark] = useState('')
  const lines = requestOf('')?.lines ?? []
  const countOf = (decision: string): number => lines.filter((line) => line.decision === decision).length
  const counts = [
    ['Keep', countOf('keep')],
    ['Revoke', countOf('revoke')],
    ['Ask', countOf('ask')],
  ] as const

  function close(): void {
    reset()
    onClose()
  }

  async function confirm(): Promise<void> {
    const request = requestOf(remark)
    if (request === undefined) return
    if (!(await submit(() => act(request)))) return
    setRemark('')
    close()
  }

  const hasChanged = isApiError(error, 'conflict')
  return (
    <Modal opened={opened} onClose={close} title="Sign off the review?" size="md">
      <p className={classes.what}>
        It is kept for good with your name, the time and everything that was counted, and nobody can change
        it. Nothing is revoked by it: that is done where access is granted.
      </p>
      <dl className={classes.counts}>
        {counts.map(([label, count]) => (
          <div key={label} className={classes.entry}>
            <dt>{label}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
      <Textarea
        label="Remark on the whole review"
        value={remark}
        onChange={(event) => setRemark(event.target.value)}
        maxLength={accessReviewLimits.reviewRemarkUnitsMax}
        autosize
        minRows={2}
        maxRows={6}
        data-autofocus
      />
      {error === null ? null : (
        <div className={classes.problem}>
          <FormProblem error={error} />
        </div>
      )}
      <Group justify="flex-end" gap="xs" mt="lg">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        {hasChanged ? (
          <Button
            onClick={() => {
              close()
              onCountAgain()
            }}
          >
            Count again
          </Button>
        ) : (
          <Button loading={busy} onClick={() => void confirm()}>
            Sign off
          </Button>
        )}
      </Group>
    </Modal>
  )
}
