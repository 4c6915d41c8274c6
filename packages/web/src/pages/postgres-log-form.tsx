import type { Integration } from '@aleph-audit-log/domain/api/integrations'
import { Radio, Select, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent, type ReactNode } from 'react'
import { integrationsQuery, saveIntegration } from '../api/integrations.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'
import { FormEnd, NameInput, type IntegrationFormProps } from './integration-form.tsx'
import classes from './integration-form.module.css'
import { LoginsEditor } from './logins-editor.tsx'
import { readLoginRows, toLoginRows } from './login-rows.ts'

/** What makes PostgreSQL write every statement, with who ran it and how long it took, as JSON. */
const postgresSettings = `logging_collector = on
log_destination = 'jsonlog'
log_min_duration_statement = 0
log_connections = on
log_disconnections = on
lc_messages = 'C'
log_file_mode = 0640`

type PostgresLogIntegration = Extract<Integration, { kind: 'postgres_log' }>

/** Adds or changes a PostgreSQL log that the server follows. */
export function PostgresLogForm({
  before,
  onCancel,
  onSaved,
}: IntegrationFormProps<PostgresLogIntegration>): ReactNode {
  const [name, setName] = useState(before?.name ?? '')
  const [path, setPath] = useState(before?.settings.path ?? '')
  const [bindParameters, setBindParameters] = useState(before?.settings.bindParameters ?? 'types')
  const [gatewayId, setGatewayId] = useState(before?.settings.gatewayId ?? '')
  const gateways = useQuery(integrationsQuery).data?.filter(({ kind }) => kind === 'postgres_gateway') ?? []
  const [rows, setRows] = useState(() => toLoginRows(before?.settings.logins ?? []))
  const { busy, error, submit } = useSubmit()
  const pathProblem = wordsForField(error, 'settings.path')
  const loginsProblem = wordsForField(error, 'settings.logins')

  function send(event: FormEvent): void {
    event.preventDefault()
    const settings = {
      path,
      bindParameters,
      logins: readLoginRows(rows),
      ...(gatewayId === '' ? {} : { gatewayId }),
    }
    void submit(async () => {
      await saveIntegration(before?.id, { kind: 'postgres_log', name, settings })
      await onSaved()
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <NameInput value={name} onChange={setName} error={wordsForField(error, 'name')} />
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
        {gateways.length === 0 ? null : (
          <Select
            label="Gateway in front of this server"
            description="What the gateway records is not recorded twice, and sessions that go past it are told"
            data={[
              { value: '', label: 'None' },
              ...gateways.map(({ id, name: gateway }) => ({ value: id, label: gateway })),
            ]}
            value={gatewayId}
            allowDeselect={false}
            onChange={(chosen) => setGatewayId(chosen ?? '')}
            error={wordsForField(error, 'settings.gatewayId')}
          />
        )}
        <LoginsEditor rows={rows} onChange={setRows} error={loginsProblem} />
        <div>
          <div className={classes.label}>Settings of PostgreSQL</div>
          <p className={classes.hint}>
            Put this into <code>postgresql.conf</code>, then restart PostgreSQL.
          </p>
          <CodeBlock label="postgresql.conf settings" text={postgresSettings} />
        </div>
        <FormEnd
          error={error}
          fields={['settings.path', 'settings.logins', 'settings.gatewayId']}
          busy={busy}
          isNew={before === undefined}
          onCancel={onCancel}
        />
      </Stack>
    </form>
  )
}
