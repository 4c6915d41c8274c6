import { Button, FileInput, Group, Modal, Stack } from '@mantine/core'
import { useRef, useState, type FormEvent, type ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { CodeBlock } from './code-block.tsx'
import { FormProblem } from './form-problem.tsx'
import classes from './import-modal.module.css'
import { ShownText } from './shown-text.tsx'
import { showDone } from './show-problem.ts'
import { useSubmit } from './use-submit.ts'

type ImportFormProps = {
  /** What kind of file it is, and what becomes of it. */
  label: string
  description: string
  accept: string
  /** Shown until a file is chosen. */
  example: string
  /** Asks the server what the file would do, without doing it. */
  preview: (file: File) => Promise<ImportPreview>
}

/** What a file would do. */
export type ImportPreview = {
  says: string
  /** There is something to do. */
  changes: boolean
  /** Does it, and says what was done. */
  apply: () => Promise<string>
}

type ImportModalProps = ImportFormProps & {
  title: string
  opened: boolean
  onClose: () => void
  onImported: () => Promise<void>
}

/** Imports a file: shows what would happen, or the faults by their places, before anything changes. */
export function ImportModal({ title, opened, onClose, onImported, ...form }: ImportModalProps): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={600} closeOnClickOutside={false}>
      {opened ? (
        <ImportForm
          {...form}
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

function ImportForm({
  label,
  description,
  accept,
  example,
  preview,
  onCancel,
  onImported,
}: ImportFormProps & { onCancel: () => void; onImported: () => Promise<void> }): ReactNode {
  const [file, setFile] = useState<File | null>(null)
  const [found, setFound] = useState<ImportPreview>()
  const latest = useRef<File | null>(null)
  const { busy, error, submit } = useSubmit()

  function choose(chosen: File | null): void {
    latest.current = chosen
    setFile(chosen)
    setFound(undefined)
    if (chosen === null) return
    void submit(async () => {
      const answer = await preview(chosen)
      // Another file may have been chosen meanwhile.
      if (latest.current === chosen) setFound(answer)
    })
  }

  function send(event: FormEvent): void {
    event.preventDefault()
    if (found === undefined) return
    void submit(async () => {
      showDone(await found.apply())
      await onImported()
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <FileInput
          label={label}
          description={description}
          placeholder="Choose a file"
          accept={accept}
          clearable
          clearButtonProps={{ 'aria-label': 'Take the file away' }}
          value={file}
          onChange={choose}
        />
        {file === null ? <CodeBlock label="Example of a file" text={example} /> : null}
        <div role="status">{found?.says}</div>
        <Faults error={error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={busy} disabled={found?.changes !== true}>
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
            {path === '' ? null : (
              <b>
                <ShownText text={path.charAt(0).toUpperCase() + path.slice(1)} />{' '}
              </b>
            )}
            <ShownText text={message} />
          </li>
        ))}
      </ul>
    </div>
  )
}
