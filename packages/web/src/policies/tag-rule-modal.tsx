import type { TableTagList } from '@aleph-audit-log/domain/api/policies'
import { Button, Group, Modal, Stack, TagsInput, TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { setTableTags } from '../api/policies.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { useSubmit } from '../ui/use-submit.ts'

type Rule = TableTagList['rules'][number]

type TagRuleModalProps = {
  /** The one that is edited, `new` for another one; closed if absent. */
  rule: Rule | 'new' | undefined
  onClose: () => void
  onSaved: () => Promise<void>
}

/** Sets the tags of a table, of several by a pattern, or of a column. */
export function TagRuleModal({ rule, onClose, onSaved }: TagRuleModalProps): ReactNode {
  return (
    <Modal
      opened={rule !== undefined}
      onClose={onClose}
      title={rule === 'new' || rule === undefined ? 'Add tags' : 'Edit the tags'}
      size={520}
      closeOnClickOutside={false}
    >
      {rule === undefined ? null : (
        <TagRuleForm
          before={rule === 'new' ? undefined : rule}
          onCancel={onClose}
          onSaved={async () => {
            await onSaved()
            onClose()
          }}
        />
      )}
    </Modal>
  )
}

type FormProps = { before: Rule | undefined; onCancel: () => void; onSaved: () => Promise<void> }

function TagRuleForm({ before, onCancel, onSaved }: FormProps): ReactNode {
  const [pattern, setPattern] = useState(before?.pattern ?? '')
  const [column, setColumn] = useState(before?.column ?? '')
  const [tags, setTags] = useState(before?.tags ?? [])
  const { busy, error, submit } = useSubmit()

  function send(event: FormEvent): void {
    event.preventDefault()
    void submit(async () => {
      await setTableTags({ pattern, tags, ...(column.trim() === '' ? {} : { column }) })
      await onSaved()
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput
          label="Table"
          description="prod.hr.people, or prod.hr.* for all of a schema"
          required
          withAsterisk={false}
          readOnly={before !== undefined}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={pattern}
          onChange={(event) => setPattern(event.target.value)}
        />
        <TextInput
          label="Column"
          description="If it is a column: its tags count for queries that name it, and for SELECT *"
          readOnly={before !== undefined}
          autoComplete="off"
          spellCheck={false}
          value={column}
          onChange={(event) => setColumn(event.target.value)}
        />
        <TagsInput
          label="Tags"
          description={before === undefined ? 'Enter ends a tag' : 'Without any they are taken away'}
          value={tags}
          onChange={setTags}
        />
        <FormProblem error={error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={before === undefined && tags.length === 0}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
