import type { ImportTableTagsResponse } from '@aleph-audit-log/domain/api/policies'
import { Button, FileInput, Group, Modal, Stack } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { isApiError } from '../api/api-error.ts'
import { importTableTags } from '../api/policies.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { FormProblem } from '../ui/form-problem.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { showDone } from '../ui/show-problem.ts'
import { useSubmit } from '../ui/use-submit.ts'
import { slimManifest } from './slim-manifest.ts'

const example = `table,column,tags
prod.hr.*,,pii;hr
prod.shop.customers,email,pii`

type ImportTagsModalProps = { opened: boolean; onClose: () => void; onImported: () => Promise<void> }

/** Imports tags from a CSV file or from dbt: shows what would happen, or the faults, before anything changes. */
export function ImportTagsModal({ opened, onClose, onImported }: ImportTagsModalProps): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title="Import tags" size={600} closeOnClickOutside={false}>
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

type Preview = ImportTableTagsResponse & { origin: 'csv' | 'dbt'; content: string }
type FormProps = { onCancel: () => void; onImported: () => Promise<void> }

function ImportForm({ onCancel, onImported }: FormProps): ReactNode {
  const [file, setFile] = useState<File | null>(null)
  const [preview, setPreview] = useState<Preview>()
  const { busy, error, submit } = useSubmit()
  const changes = preview === undefined ? 0 : preview.added + preview.removed

  function choose(chosen: File | null): void {
    setFile(chosen)
    setPreview(undefined)
    if (chosen === null) return
    void submit(async () => {
      const text = await chosen.text()
      const origin = chosen.name.toLowerCase().endsWith('.json') ? 'dbt' : 'csv'
      const content = origin === 'dbt' ? slimManifest(text) : text
      const answer = await importTableTags({ origin, content, dryRun: true })
      setPreview({ ...answer, origin, content })
    })
  }

  function send(event: FormEvent): void {
    event.preventDefault()
    if (preview === undefined) return
    void submit(async () => {
      const { origin, content } = preview
      const { rules } = await importTableTags({ origin, content, dryRun: false })
      showDone(`Tags of ${rules} tables and columns are in the place of those of the last file.`)
      await onImported()
    })
  }

  return (
    <form onSubmit={send}>
      <Stack gap="md">
        <FileInput
          label="CSV file, or the manifest.json of dbt"
          description="It replaces what the last file of its kind said; tags that were added by hand stay."
          placeholder="Choose a file"
          accept=".csv,.json,text/csv,application/json"
          clearable
          clearButtonProps={{ 'aria-label': 'Take the file away' }}
          value={file}
          onChange={choose}
        />
        {file === null ? <CodeBlock label="Example of a file" text={example} /> : null}
        <div role="status">
          {preview === undefined
            ? null
            : `Tags of ${preview.rules} tables and columns: ${preview.added} are new or other, ${preview.removed} go.`}
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
      <ul tabIndex={0} aria-label="Faults of the file" style={{ maxHeight: 240, overflow: 'auto' }}>
        {error.problems.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            {path === '' ? null : (
              <b>
                <ShownText text={path} />{' '}
              </b>
            )}
            <ShownText text={message} />
          </li>
        ))}
      </ul>
    </div>
  )
}
