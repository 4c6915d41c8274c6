import type { ServiceAccount } from '@aleph-audit-log/domain/api/people'
import { toolNames } from '@aleph-audit-log/domain/attribution/known-tools'
import { Autocomplete, Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { saveServiceAccount } from '../api/people.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'

type ServiceAccountModalProps = {
  /** The one that is edited, `new` for another one; closed if absent. */
  account: ServiceAccount | 'new' | undefined
  onClose: () => void
  onSaved: () => Promise<void>
}

/** Registers a login as a tool's, or changes that. */
export function ServiceAccountModal({ account, onClose, onSaved }: ServiceAccountModalProps): ReactNode {
  return (
    <Modal
      opened={account !== undefined}
      onClose={onClose}
      title={account === 'new' || account === undefined ? 'Register a login' : 'Edit the service account'}
      size={520}
      closeOnClickOutside={false}
    >
      {account === undefined ? null : (
        <ServiceAccountForm
          before={account === 'new' ? undefined : account}
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

type FormProps = { before: ServiceAccount | undefined; onCancel: () => void; onSaved: () => Promise<void> }

function ServiceAccountForm({ before, onCancel, onSaved }: FormProps): ReactNode {
  const [login, setLogin] = useState(before?.login ?? '')
  const [tool, setTool] = useState(before?.tool ?? '')
  const [commentPattern, setCommentPattern] = useState(before?.commentPattern ?? '')
  const [note, setNote] = useState(before?.note ?? '')
  const { busy, error, submit } = useSubmit()
  const fields = ['login', 'tool', 'commentPattern', 'note'] as const
  const [loginProblem, toolProblem, patternProblem, noteProblem] = fields.map((field) =>
    wordsForField(error, field),
  )
  const isShown = [loginProblem, toolProblem, patternProblem, noteProblem].some(
    (words) => words !== undefined,
  )

  function send(event: FormEvent): void {
    event.preventDefault()
    void submit(async () => {
      await saveServiceAccount(before?.id, { login, tool, commentPattern, note })
      await onSaved()
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput
          label="Login"
          description="As the database knows it: svc_bi, or prod/svc_bi for the integration or database called prod"
          placeholder="svc_bi"
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={login}
          onChange={(event) => setLogin(event.target.value)}
          error={loginProblem}
        />
        <Autocomplete
          label="Tool"
          description="Whose login it is; or the application that sqlcommenter comments name"
          placeholder="metabase"
          required
          withAsterisk={false}
          autoComplete="off"
          data={[...toolNames]}
          value={tool}
          onChange={setTool}
          error={toolProblem}
        />
        <TextInput
          label="Pattern for comments"
          description="Only for tools that write comments in a form of your own, such as Superset: a regular expression with groups such as (?<name>…), (?<email>…), (?<id>…)"
          placeholder="^\[SQL LAB\] (?<id>\S+)"
          autoComplete="off"
          spellCheck={false}
          value={commentPattern}
          onChange={(event) => setCommentPattern(event.target.value)}
          error={patternProblem}
        />
        <TextInput
          label="Note"
          autoComplete="off"
          value={note}
          onChange={(event) => setNote(event.target.value)}
          error={noteProblem}
        />
        {error === null || isShown ? null : <FormProblem error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            {before === undefined ? 'Register' : 'Save'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
