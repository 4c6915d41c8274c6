import type { Integration, PostgresGatewaySettings } from '@aleph-audit-log/domain/api/integrations'
import { Checkbox, Radio, Stack } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { saveIntegration } from '../api/integrations.ts'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'
import { AddressFields } from './address-fields.tsx'
import { readGatewayFields, toGatewayFields, type GatewayFields } from './gateway-form.ts'
import { GatewayTest } from './gateway-test.tsx'
import { GatewayTlsFields } from './gateway-tls-fields.tsx'
import { FormEnd, NameInput, type IntegrationFormProps } from './integration-form.tsx'

type GatewayIntegration = Extract<Integration, { kind: 'postgres_gateway' }>

const modes: { value: PostgresGatewaySettings['mode']; label: string; description: string }[] = [
  {
    value: 'observe',
    label: 'Observe',
    description: 'Queries always go on. What could not be recorded is counted and told.',
  },
  {
    value: 'buffer',
    label: 'Buffer',
    description: 'Events wait on the disk of this server, and queries wait only when that is full.',
  },
  {
    value: 'enforce',
    label: 'Enforce',
    description: 'No query reaches the database before it is recorded on the disk; else it is refused.',
  },
]

/** The fields that show what is wrong with them. */
const ownFields = [
  'listenHost',
  'listenPort',
  'serverHost',
  'serverPort',
  'clientTls',
  'certificateFile',
  'keyFile',
  'clientCertificate',
  'clientCaFile',
  'serverTls',
  'serverCaFile',
].map((field) => `settings.${field}`)

/** Adds or changes a gateway through which clients reach a PostgreSQL server. */
export function PostgresGatewayForm({
  before,
  onCancel,
  onSaved,
}: IntegrationFormProps<GatewayIntegration>): ReactNode {
  const [name, setName] = useState(before?.name ?? '')
  const [fields, setFields] = useState(() => toGatewayFields(before?.settings))
  const saving = useSubmit()
  const testing = useSubmit()
  const change = (changed: Partial<GatewayFields>): void => setFields((now) => ({ ...now, ...changed }))
  const problemOf = (field: keyof GatewayFields): string | undefined =>
    wordsForField(saving.error ?? testing.error, `settings.${field}`)

  function send(event: FormEvent): void {
    event.preventDefault()
    const settings = readGatewayFields(fields)
    testing.reset()
    void saving.submit(async () => {
      await saveIntegration(before?.id, { kind: 'postgres_gateway', name, settings })
      await onSaved()
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <NameInput value={name} onChange={setName} error={wordsForField(saving.error, 'name')} />
        <AddressFields
          legend="PostgreSQL server"
          hint="Its host, or the folder of its unix socket"
          host={{
            label: 'Server host',
            value: fields.serverHost,
            placeholder: 'db.example.com',
            error: problemOf('serverHost'),
            onChange: (serverHost) => change({ serverHost }),
          }}
          port={{
            label: 'Server port',
            value: fields.serverPort,
            error: problemOf('serverPort'),
            onChange: (serverPort) => change({ serverPort }),
          }}
        />
        <AddressFields
          legend="Where clients connect"
          hint="An address of this machine; 0.0.0.0 is all of them"
          host={{
            label: 'Listen address',
            value: fields.listenHost,
            placeholder: '127.0.0.1',
            error: problemOf('listenHost'),
            onChange: (listenHost) => change({ listenHost }),
          }}
          port={{
            label: 'Listen port',
            value: fields.listenPort,
            error: problemOf('listenPort'),
            onChange: (listenPort) => change({ listenPort }),
          }}
        />
        <Radio.Group
          label="When events cannot be stored"
          value={fields.mode}
          onChange={(value) =>
            change({ mode: modes.find((mode) => mode.value === value)?.value ?? 'observe' })
          }
        >
          <Stack gap={8} mt={8}>
            {modes.map((mode) => (
              <Radio key={mode.value} {...mode} />
            ))}
          </Stack>
        </Radio.Group>
        <GatewayTlsFields fields={fields} onChange={change} problemOf={problemOf} />
        <Checkbox
          label="Let replication connections pass"
          description="They are recorded as sessions; what they copy is not. Otherwise they are refused."
          checked={fields.replication === 'record'}
          onChange={(event) => change({ replication: event.currentTarget.checked ? 'record' : 'refuse' })}
        />
        <GatewayTest
          settings={() => {
            saving.reset()
            return readGatewayFields(fields)
          }}
          id={before?.id}
          submitting={testing}
          fields={ownFields}
        />
        <FormEnd
          error={saving.error}
          fields={ownFields}
          busy={saving.busy}
          isNew={before === undefined}
          onCancel={onCancel}
        />
      </Stack>
    </form>
  )
}
