import { viewLimits } from '@aleph-audit-log/domain/view-limits'
import type { View, ViewState } from '@aleph-audit-log/domain/api/views'
import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { changeView, createView } from '../api/views.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'

/** What the dialog is about: what is on screen as a new view, or the name and the sharing of one. */
export type EditedView = { kind: 'new'; name: string; state: ViewState } | { kind: 'old'; view: View }

type ViewModalProps = {
  edited: EditedView | undefined
  onClose: () => void
  onSaved: (view: View) => Promise<void>
}

/** Names a view, and tells who has it. */
export function ViewModal({ edited, onClose, onSaved }: ViewModalProps): ReactNode {
  return (
    <Modal
      opened={edited !== undefined}
      onClose={onClose}
      title={edited?.kind === 'old' ? 'Name and sharing' : 'Save the view'}
      size="sm"
    >
      {edited === undefined ? null : <ViewForm edited={edited} onCancel={onClose} onSaved={onSaved} />}
    </Modal>
  )
}

function ViewForm({
  edited,
  onCancel,
  onSaved,
}: {
  edited: EditedView
  onCancel: () => void
  onSaved: (view: View) => Promise<void>
}): ReactNode {
  const before = edited.kind === 'old' ? edited.view : { name: edited.name, shared: false }
  const [name, setName] = useState(before.name)
  const [shared, setShared] = useState(before.shared)
  const { busy, error, submit } = useSubmit()
  const nameProblem = wordsForField(error, 'name')

  function send(event: FormEvent): void {
    event.preventDefault()
    void submit(async () => {
      const view =
        edited.kind === 'old'
          ? await changeView(edited.view.id, { name, shared })
          : await createView({ name, shared, state: edited.state })
      await onSaved(view)
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
          maxLength={viewLimits.nameUnitsMax}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={nameProblem}
        />
        <Radio.Group
          label="Who has it"
          value={shared ? 'all' : 'own'}
          onChange={(value) => setShared(value === 'all')}
        >
          <Stack gap={8} mt={6}>
            <Radio value="own" label={ownerWords(edited)} />
            <Radio
              value="all"
              label="Everybody of the workspace"
              description="Each sees in it only the events that their role lets them see."
            />
          </Stack>
        </Radio.Group>
        {error === null || nameProblem !== undefined ? null : <FormProblem error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** An admin may take somebody else's view back to its owner. */
function ownerWords(edited: EditedView): string {
  return edited.kind === 'old' && !edited.view.owner.isYou ? `Only ${edited.view.owner.name}` : 'Only you'
}
