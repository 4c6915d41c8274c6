import { passwordCharactersMin } from '@aleph-audit-log/domain/password-length'
import { PasswordInput } from '@mantine/core'
import type { ReactNode } from 'react'

/** Undefined if the password is long enough. */
export function passwordFault(password: string): string | undefined {
  return Array.from(password.normalize('NFKC')).length < passwordCharactersMin
    ? `Use at least ${passwordCharactersMin} characters`
    : undefined
}

type NewPasswordInputProps = {
  label?: string
  value: string
  onChange: (value: string) => void
  error: string | undefined
}

/** The input for a password that a person chooses. */
export function NewPasswordInput({
  label = 'Password',
  value,
  onChange,
  error,
}: NewPasswordInputProps): ReactNode {
  return (
    <PasswordInput
      label={label}
      description={`At least ${passwordCharactersMin} characters`}
      name="new-password"
      autoComplete="new-password"
      required
      withAsterisk={false}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    />
  )
}
