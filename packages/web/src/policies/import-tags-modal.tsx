import type { ReactNode } from 'react'
import { importTableTags } from '../api/policies.ts'
import { ImportModal, type ImportPreview } from '../ui/import-modal.tsx'
import { slimManifest } from './slim-manifest.ts'

const example = `table,column,tags
prod.hr.*,,pii;hr
prod.shop.customers,email,pii`

type ImportTagsModalProps = { opened: boolean; onClose: () => void; onImported: () => Promise<void> }

/** Imports tags from a CSV file or from dbt. */
export function ImportTagsModal(props: ImportTagsModalProps): ReactNode {
  return (
    <ImportModal
      {...props}
      title="Import tags"
      label="CSV file, or the manifest.json of dbt"
      description="It replaces what the last file of its kind said; tags that were added by hand stay."
      accept=".csv,.json,text/csv,application/json"
      example={example}
      preview={preview}
    />
  )
}

async function preview(file: File): Promise<ImportPreview> {
  const text = await file.text()
  const origin = file.name.toLowerCase().endsWith('.json') ? 'dbt' : 'csv'
  const content = origin === 'dbt' ? slimManifest(text) : text
  const { rules, added, removed } = await importTableTags({ origin, content, dryRun: true })
  return {
    says: `Tags of ${rules} tables and columns: ${added} are new or other, ${removed} go.`,
    changes: added + removed > 0,
    apply: async () => {
      const done = await importTableTags({ origin, content, dryRun: false })
      return `Tags of ${done.rules} tables and columns are in the place of those of the last file.`
    },
  }
}
