import { ActionIcon, Button, TextInput, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { PlusIcon, TrashIcon } from '../ui/icons.tsx'
import { emptyLoginRow, type LoginRow } from './login-rows.ts'
import classes from './logins-editor.module.css'

type LoginsEditorProps = { rows: LoginRow[]; onChange: (rows: LoginRow[]) => void; error: string | undefined }

/** Who is behind each login of the database. */
export function LoginsEditor({ rows, onChange, error }: LoginsEditorProps): ReactNode {
  const change = (key: number, part: Partial<LoginRow>): void =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)))

  return (
    <div role="group" aria-label="Logins">
      <div className={classes.label}>Logins</div>
      <p className={classes.hint}>
        Logins that one person alone uses: their events get this name and email. Other logins keep their own
        name.
      </p>
      {rows.length === 0 ? null : (
        <table className={classes.table} aria-label="Logins">
          <thead>
            <tr>
              <th scope="col">Login</th>
              <th scope="col">Name</th>
              <th scope="col">Email</th>
              <th scope="col">
                <VisuallyHidden>Remove</VisuallyHidden>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row.key}>
                <td>
                  <TextInput
                    size="xs"
                    aria-label={`Login ${index + 1}`}
                    autoComplete="off"
                    spellCheck={false}
                    value={row.login}
                    onChange={(event) => change(row.key, { login: event.target.value })}
                  />
                </td>
                <td>
                  <TextInput
                    size="xs"
                    aria-label={`Name of login ${index + 1}`}
                    autoComplete="off"
                    value={row.name}
                    onChange={(event) => change(row.key, { name: event.target.value })}
                  />
                </td>
                <td>
                  <TextInput
                    size="xs"
                    aria-label={`Email of login ${index + 1}`}
                    autoComplete="off"
                    value={row.email}
                    onChange={(event) => change(row.key, { email: event.target.value })}
                  />
                </td>
                <td>
                  <ActionIcon
                    size={28}
                    aria-label={`Remove login ${index + 1}`}
                    onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
                  >
                    <TrashIcon size={15} />
                  </ActionIcon>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {error === undefined ? null : (
        <div role="alert" className={classes.error}>
          {error}
        </div>
      )}
      <Button
        variant="default"
        size="xs"
        leftSection={<PlusIcon size={14} />}
        onClick={() => onChange([...rows, emptyLoginRow()])}
      >
        Add a login
      </Button>
    </div>
  )
}
