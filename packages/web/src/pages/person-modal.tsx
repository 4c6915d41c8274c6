import type { Person } from '@aleph-audit-log/domain/api/people'
import { Button, Group, Modal, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { savePerson, type PersonInput } from '../api/people.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'

type PersonModalProps = {
  /** The one who is edited, `new` for another one; closed if absent. */
  person: Person | 'new' | undefined
  onClose: () => void
  onSaved: () => Promise<void>
}

/** Adds or changes a person of the directory. */
export function PersonModal({ person, onClose, onSaved }: PersonModalProps): ReactNode {
  return (
    <Modal
      opened={person !== undefined}
      onClose={onClose}
      title={person === 'new' || person === undefined ? 'Add a person' : 'Edit the person'}
      size={560}
      closeOnClickOutside={false}
    >
      {person === undefined ? null : (
        <PersonForm
          before={person === 'new' ? undefined : person}
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

type ListField = 'emails' | 'logins' | 'toolIds' | 'groups'

const lists: { field: ListField; label: string; description: string; placeholder: string }[] = [
  {
    field: 'emails',
    label: 'Emails',
    description: 'The first one stands in events',
    placeholder: 'ann@acme.com',
  },
  {
    field: 'logins',
    label: 'Database logins',
    description: 'Used by this person alone: ann, or prod/ann for the integration or database called prod',
    placeholder: 'ann',
  },
  {
    field: 'toolIds',
    label: 'Ids in tools',
    description: 'The tool and its own id of the person, as they stand in events',
    placeholder: 'metabase:39',
  },
  { field: 'groups', label: 'Groups', description: 'Teams or departments', placeholder: 'finance' },
]

type FormProps = { before: Person | undefined; onCancel: () => void; onSaved: () => Promise<void> }

function PersonForm({ before, onCancel, onSaved }: FormProps): ReactNode {
  const [input, setInput] = useState<PersonInput>({
    name: before?.name ?? '',
    emails: before?.emails ?? [],
    logins: before?.logins ?? [],
    toolIds: before?.toolIds ?? [],
    groups: before?.groups ?? [],
    leftOn: before?.leftOn ?? '',
    note: before?.note ?? '',
  })
  const { busy, error, submit } = useSubmit()
  const problems = new Map(
    ['name', 'leftOn', 'note', ...lists.map(({ field }) => field)].map((field) => [
      field,
      wordsForField(error, field),
    ]),
  )
  const isShown = [...problems.values()].some((words) => words !== undefined)
  const change = (part: Partial<PersonInput>): void => setInput((now) => ({ ...now, ...part }))

  function send(event: FormEvent): void {
    event.preventDefault()
    void submit(async () => {
      await savePerson(before?.id, input)
      await onSaved()
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
          value={input.name}
          onChange={(event) => change({ name: event.target.value })}
          error={problems.get('name')}
        />
        {lists.map(({ field, label, description, placeholder }) => (
          <TagsInput
            key={field}
            label={label}
            description={description}
            {...(input[field].length === 0 ? { placeholder } : {})}
            splitChars={[',', ';']}
            autoComplete="off"
            value={input[field]}
            onChange={(values) => change({ [field]: values })}
            error={problems.get(field)}
          />
        ))}
        <TextInput
          label="Left on"
          description="The last day at the company"
          type="date"
          value={input.leftOn}
          onChange={(event) => change({ leftOn: event.target.value })}
          error={problems.get('leftOn')}
        />
        <Textarea
          label="Note"
          autosize
          minRows={2}
          maxRows={6}
          value={input.note}
          onChange={(event) => change({ note: event.target.value })}
          error={problems.get('note')}
        />
        {error === null || isShown ? null : <FormProblem error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            {before === undefined ? 'Add' : 'Save'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
