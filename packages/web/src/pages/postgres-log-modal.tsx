import type { Integration } from '@aleph-audit-log/domain/api/integrations'
import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { addIntegration, changeIntegration, type IntegrationInput } from '../api/integrations.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'
import { LoginsEditor } from './logins-editor.tsx'
import { readLoginRows, toLoginRows } from './login-rows.ts'
import classes from './postgres-log-modal.module.css'

/** What makes PostgreSQL write every statement, with who ran it and how long it took, as JSON. */
const postgresSettings = `logging_collector = on
log_destination = 'jsonlog'
log_min_duration_statement = 0
log_connections = on
log_disconnections = on
lc_messages = 'C'
log_file_mode = 0640`

type PostgresLogModalProps = {
  /** The one that is edited, `new` for another one; closed if absent. */
  integration: Integration | 'new' | undefined
  onClose: () => void
  onSaved: () => Promise<void>
}

/** Adds or changes a PostgreSQL log that the server follows. */
export function PostgresLogModal({ integration, onClose, onSaved }: PostgresLogModalProps): ReactNode {
  return (
    <Modal
      opened={integration !== undefined}
      onClose={onClose}
      title={
        integration === 'new' || integration === undefined
          ? 'Add a PostgreSQL log'
          : 'Edit the PostgreSQL log'
      }
      size={680}
      closeOnClickOutside={false}
    >
      {integration === undefined ? null : (
        <PostgresLogForm
          before={integration === 'new' ? undefined : integration}
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

type FormProps = { before: Integration | undefined; onCancel: () => void; onSaved: () => Promise<void> }

function PostgresLogForm({ before, onCancel, onSaved }: FormProps): ReactNode {
  const [name, setName] = useState(before?.name ?? '')
  const [path, setPath] = useState(before?.settings.path ?? '')
  const [bindParameters, setBindParameters] = useState(before?.settings.bindParameters ?? 'types')
  const [rows, setRows] = useState(() => toLoginRows(before?.settings.logins ?? []))
  const { busy, error, submit } = useSubmit()
  const nameProblem = wordsForField(error, 'name')
  const pathProblem = wordsForField(error, 'settings.path')
  const loginsProblem = wordsForField(error, 'settings.logins')
  const elsewhere =
    isApiError(error, 'invalid') &&
    error.problems.length > 0 &&
    error.problems.every(({ path }) => /^(name|settings\.path|settings\.logins)/.test(path))

  function send(event: FormEvent): void {
    event.preventDefault()
    const input: IntegrationInput = { name, settings: { path, bindParameters, logins: readLoginRows(rows) } }
    void submit(async () => {
      if (before === undefined) await addIntegration(input)
      else await changeIntegration(before.id, input)
      await onSaved()
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <TextInput
          label="Name"
          description="How the database is called in the audit log"
          placeholder="Production warehouse"
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={nameProblem}
        />
        <TextInput
          label="Path"
          description="PostgreSQL's data directory, its log folder, or one jsonlog file, on the machine of this server"
          placeholder="/var/lib/postgresql/18/main"
          required
          withAsterisk={false}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: classes.mono ?? '' }}
          value={path}
          onChange={(event) => setPath(event.target.value)}
          error={pathProblem}
        />
        <Radio.Group
          label="Bind parameters"
          description="The values that applications pass to prepared statements can hold personal data"
          value={bindParameters}
          onChange={(value) => setBindParameters(value === 'full' ? 'full' : 'types')}
        >
          <Stack gap={8} mt={8}>
            <Radio value="types" label="Record only their types" description="The SQL keeps $1, $2, …" />
            <Radio
              value="full"
              label="Record their values"
              description="The log can say which customer was read"
            />
          </Stack>
        </Radio.Group>
        <LoginsEditor rows={rows} onChange={setRows} error={loginsProblem} />
        <div>
          <div className={classes.label}>Settings of PostgreSQL</div>
          <p className={classes.hint}>
            Put this into <code>postgresql.conf</code>, then restart PostgreSQL.
          </p>
          <CodeBlock label="postgresql.conf settings" text={postgresSettings} />
        </div>
        {error === null || elsewhere ? null : <FormProblem error={error} />}
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
