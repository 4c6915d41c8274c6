import { TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './integration-form.module.css'

type Field = {
  label: string
  value: string
  placeholder?: string
  error: string | undefined
  onChange: (text: string) => void
}

type AddressFieldsProps = { legend: string; hint: string; host: Field; port: Field }

/** A host and a port, side by side. */
export function AddressFields({ legend, hint, host, port }: AddressFieldsProps): ReactNode {
  return (
    <fieldset className={classes.group}>
      <legend className={classes.label}>{legend}</legend>
      <p className={classes.hint}>{hint}</p>
      <div className={classes.address}>
        <AddressInput {...host} />
        <AddressInput {...port} inputMode="numeric" />
      </div>
    </fieldset>
  )
}

function AddressInput({
  label,
  value,
  placeholder,
  error,
  onChange,
  inputMode,
}: Field & { inputMode?: 'numeric' }): ReactNode {
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder ?? ''}
      required
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: classes.mono ?? '' }}
      value={value}
      error={error}
      onChange={(event) => onChange(event.target.value)}
      {...(inputMode === undefined ? {} : { inputMode })}
    />
  )
}
