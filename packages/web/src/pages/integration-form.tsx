import { Button, Group, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { FormProblem } from '../ui/form-problem.tsx'

/** What the form of each kind of integration is given. */
export type IntegrationFormProps<Of> = {
  /** The one that is changed; absent for a new one. */
  before: Of | undefined
  onCancel: () => void
  onSaved: () => Promise<void>
}

type NameInputProps = { value: string; onChange: (name: string) => void; error: string | undefined }

export function NameInput({ value, onChange, error }: NameInputProps): ReactNode {
  return (
    <TextInput
      label="Name"
      description="How the database is called in the audit log"
      placeholder="Production warehouse"
      required
      withAsterisk={false}
      data-autofocus
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      error={error}
    />
  )
}

type ProblemBesideFieldsProps = {
  error: unknown
  /** Fields that show their own problems, beside the name. */
  fields: readonly string[]
}

/** What went wrong, unless the fields say it. */
export function ProblemBesideFields({ error, fields }: ProblemBesideFieldsProps): ReactNode {
  const isShownByFields =
    isApiError(error, 'invalid') &&
    error.problems.length > 0 &&
    error.problems.every(({ path }) => ['name', ...fields].some((field) => path.startsWith(field)))
  return error === null || isShownByFields ? null : <FormProblem error={error} />
}

type FormEndProps = ProblemBesideFieldsProps & {
  busy: boolean
  isNew: boolean
  onCancel: () => void
}

/** What went wrong, unless the fields say it, and the buttons. */
export function FormEnd({ error, fields, busy, isNew, onCancel }: FormEndProps): ReactNode {
  return (
    <>
      <ProblemBesideFields error={error} fields={fields} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={busy}>
          {isNew ? 'Add' : 'Save'}
        </Button>
      </Group>
    </>
  )
}
