import { clientCertificateModes, clientTlsModes, serverTlsModes } from '@aleph-audit-log/domain/tls-modes'
import { Select, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { GatewayFields } from './gateway-form.ts'
import classes from './integration-form.module.css'

type TlsFieldsProps = {
  fields: GatewayFields
  onChange: (changed: Partial<GatewayFields>) => void
  problemOf: (field: keyof GatewayFields) => string | undefined
}

const clientTlsWords: Record<GatewayFields['clientTls'], string> = {
  off: 'Off',
  optional: 'Optional',
  required: 'Required',
}
const clientCertificateWords: Record<GatewayFields['clientCertificate'], string> = {
  none: 'Not asked for',
  'verify-ca': 'Signed by an authority',
  'verify-full': 'Signed, and made out to the login',
}
const serverTlsWords: Record<GatewayFields['serverTls'], string> = {
  off: 'Off',
  require: 'Encrypt only',
  'verify-ca': 'Verify who signed the certificate',
  'verify-full': 'Verify the certificate and its host name',
}

/** Encryption between clients and gateway, and between gateway and server. */
export function GatewayTlsFields({ fields, onChange, problemOf }: TlsFieldsProps): ReactNode {
  const { clientTls, clientCertificate, serverTls } = fields
  const file = (field: FileField, label: string): ReactNode => (
    <TextInput
      label={label}
      placeholder="/etc/…"
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: classes.mono ?? '' }}
      value={fields[field]}
      error={problemOf(field)}
      onChange={(event) => onChange({ [field]: event.target.value })}
    />
  )
  return (
    <fieldset className={classes.group}>
      <legend className={classes.label}>TLS</legend>
      <p className={classes.hint}>
        Passwords are bound to the certificate where both sides are encrypted: the gateway then needs the
        server’s own certificate and key.
      </p>
      <div className={classes.pair}>
        <ModeSelect
          label="From clients"
          modes={clientTlsModes}
          words={clientTlsWords}
          value={clientTls}
          error={problemOf('clientTls')}
          onChange={(mode) => onChange({ clientTls: mode })}
        />
        <ModeSelect
          label="To the server"
          modes={serverTlsModes}
          words={serverTlsWords}
          value={serverTls}
          error={problemOf('serverTls')}
          onChange={(mode) => onChange({ serverTls: mode })}
        />
        {clientTls === 'off' ? null : (
          <>
            {file('certificateFile', 'Certificate (PEM file)')}
            {file('keyFile', 'Private key (PEM file)')}
          </>
        )}
        {clientTls === 'required' ? (
          <ModeSelect
            label="Certificates of clients"
            modes={clientCertificateModes}
            words={clientCertificateWords}
            value={clientCertificate}
            error={problemOf('clientCertificate')}
            onChange={(mode) => onChange({ clientCertificate: mode })}
          />
        ) : null}
        {clientTls === 'required' && clientCertificate !== 'none'
          ? file('clientCaFile', 'Authorities of clients (PEM file)')
          : null}
        {serverTls === 'verify-ca' || serverTls === 'verify-full'
          ? file('serverCaFile', 'Authorities of the server (PEM file)')
          : null}
      </div>
    </fieldset>
  )
}

type FileField = 'certificateFile' | 'keyFile' | 'clientCaFile' | 'serverCaFile'

type ModeSelectProps<Mode extends string> = {
  label: string
  modes: readonly Mode[]
  words: Record<Mode, string>
  value: Mode
  error: string | undefined
  onChange: (mode: Mode) => void
}

function ModeSelect<Mode extends string>({
  label,
  modes,
  words,
  value,
  error,
  onChange,
}: ModeSelectProps<Mode>): ReactNode {
  return (
    <Select
      label={label}
      data={modes.map((mode) => ({ value: mode, label: words[mode] }))}
      value={value}
      error={error}
      allowDeselect={false}
      onChange={(chosen) => {
        const mode = modes.find((known) => known === chosen)
        if (mode !== undefined) onChange(mode)
      }}
    />
  )
}
