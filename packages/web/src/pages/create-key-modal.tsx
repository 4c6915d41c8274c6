import type { ApiKeyScope } from '@aleph-audit-log/domain/api/access'
import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { createKey } from '../api/keys.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { ShownOnce } from '../ui/shown-once.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'

const scopeMeanings: Record<ApiKeyScope, string> = {
  'events:write': 'Sends events. Reads nothing.',
  'events:read': 'Searches and downloads the log.',
  admin: 'Changes members, keys and integrations.',
}
// Object.keys cannot tell the type of the keys of the record above.
const scopes = Object.keys(scopeMeanings) as ApiKeyScope[]

type CreateKeyModalProps = { opened: boolean; onClose: () => void; onCreated: () => Promise<void> }

/** Makes a key; its secret is shown once. */
export function CreateKeyModal({ opened, onClose, onCreated }: CreateKeyModalProps): ReactNode {
  const [secret, setSecret] = useState<string>()

  function close(): void {
    setSecret(undefined)
    onClose()
  }

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={secret === undefined ? 'Create a key' : 'Key created'}
      closeOnClickOutside={secret === undefined}
    >
      {secret === undefined ? (
        <CreateKeyForm
          onCancel={close}
          onCreated={async (made) => {
            setSecret(made)
            await onCreated()
          }}
        />
      ) : (
        <ShownOnce label="API key" text={secret} onDone={close}>
          Copy the key now and keep it like a password: it is shown only this once.
        </ShownOnce>
      )}
    </Modal>
  )
}

function CreateKeyForm({
  onCancel,
  onCreated,
}: {
  onCancel: () => void
  onCreated: (secret: string) => Promise<void>
}): ReactNode {
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<ApiKeyScope[]>(['events:write'])
  const { busy, error, submit } = useSubmit()
  const nameProblem = wordsForField(error, 'name')

  function send(event: FormEvent): void {
    event.preventDefault()
    void submit(async () => {
      const { secret } = await createKey({ name, scopes: chosen })
      await onCreated(secret)
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="What the key is for, such as the program that uses it"
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={nameProblem}
        />
        <Checkbox.Group
          label="Scopes"
          value={chosen}
          onChange={(values) => setChosen(scopes.filter((scope) => values.includes(scope)))}
        >
          <Stack gap={8} mt={6}>
            {scopes.map((scope) => (
              <Checkbox key={scope} value={scope} label={scope} description={scopeMeanings[scope]} />
            ))}
          </Stack>
        </Checkbox.Group>
        {error === null || nameProblem !== undefined ? null : <FormProblem error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={chosen.length === 0}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
