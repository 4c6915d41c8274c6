import type { ReactNode } from 'react'
import { importPeople } from '../api/people.ts'
import { ImportModal, type ImportPreview } from '../ui/import-modal.tsx'

const example = `name,email,logins,tool_ids,groups,left_on
Ann Lee,ann@acme.com,ann;prod/alee,metabase:39,finance,`

type ImportPeopleModalProps = { opened: boolean; onClose: () => void; onImported: () => Promise<void> }

/** Imports people from a CSV file. */
export function ImportPeopleModal(props: ImportPeopleModalProps): ReactNode {
  return (
    <ImportModal
      {...props}
      title="Import people"
      label="CSV file"
      description="People are found again by their e-mail; several values of one cell are separated by semicolons. All are imported, or none."
      accept=".csv,text/csv"
      example={example}
      preview={preview}
    />
  )
}

async function preview(file: File): Promise<ImportPreview> {
  const csv = await file.text()
  const { created, updated, unchanged } = await importPeople(csv, true)
  return {
    says: `${created} people will be added, ${updated} changed; ${unchanged} are as they were.`,
    changes: created + updated > 0,
    apply: async () => {
      const done = await importPeople(csv, false)
      return `${done.created} people added, ${done.updated} changed.`
    },
  }
}
