import type { ImportPeopleResponse } from '@aleph-audit-log/domain/api/people'
import { Button, FileInput, Group, Modal, Stack } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { importPeople } from '../api/people.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { showDone } from '../ui/show-problem.ts'
import { useSubmit } from '../ui/use-submit.ts'
import classes from './people-page.module.css'

const example = `name,email,logins,tool_ids,groups,left_on
Ann Lee,ann@acme.com,ann;prod/alee,metabase:39,finance,`

type ImportPeopleModalProps = { opened: boolean; onClose: () => void; onImported: () => Promise<void> }

/** Imports people from a CSV file: shows what would happen, or the faults by their lines, before anything changes. */
export function ImportPeopleModal({ opened, onClose, onImported }: ImportPeopleModalProps): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title="Import people" size={600} closeOnClickOutside={false}>
      {opened ? (
        <ImportForm
          onCancel={onClose}
          onImported={async () => {
            await onImported()
            onClose()
          }}
        />
      ) : null}
    </Modal>
  )
}

type Preview = ImportPeopleResponse & { csv: string }

function ImportForm({
  onCancel,
  onImported,
}: {
  onCancel: () => void
  onImported: () => Promise<void>
}): ReactNode {
  const [file, setFile] = useState<File | null>(null)
  const [preview, setPreview] = useState<Preview>()
  const { busy, error, submit } = useSubmit()
  const changes = preview === undefined ? 0 : preview.created + preview.updated

  function choose(chosen: File | null): void {
    setFile(chosen)
    setPreview(undefined)
    if (chosen === null) return
    void submit(async () => {
      const csv = await chosen.text()
      setPreview({ ...(await importPeople(csv, true)), csv })
    })
  }

  function send(event: FormEvent): void {
    event.preventDefault()
    if (preview === undefined) return
    void submit(async () => {
      const { created, updated } = await importPeople(preview.csv, false)
      showDone(`${created} people added, ${updated} changed.`)
      await onImported()
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <FileInput
          label="CSV file"
          description="People are found again by their e-mail; several values of one cell are separated by semicolons. All are imported, or none."
          placeholder="Choose a file"
          accept=".csv,text/csv"
          clearable
          clearButtonProps={{ 'aria-label': 'Take the file away' }}
          value={file}
          onChange={choose}
        />
        {file === null ? <CodeBlock label="Example of a file" text={example} /> : null}
        <div role="status">
          {preview === undefined
            ? null
            : `${preview.created} people will be added, ${preview.updated} changed; ${preview.unchanged} are as they were.`}
        </div>
        <Faults error={error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={changes === 0}>
            Import
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Faults({ error }: { error: unknown }): ReactNode {
  if (error === null) return null
  if (!isApiError(error, 'invalid') || error.problems.length === 0) return <FormProblem error={error} />
  return (
    <div role="alert">
      <b>The file has faults; nothing was imported.</b>
      <ul className={classes.faults} tabIndex={0} aria-label="Faults of the file">
        {error.problems.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            {path === '' ? null : <b>{path.charAt(0).toUpperCase() + path.slice(1)} </b>}
            <ShownText text={message} />
          </li>
        ))}
      </ul>
    </div>
  )
}
