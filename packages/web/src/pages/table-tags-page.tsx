import type { TableTagList } from '@aleph-audit-log/domain/api/policies'
import { Button, Group, TextInput } from '@mantine/core'
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { tableTagsQuery } from '../api/policies.ts'
import { sessionQuery } from '../api/session.ts'
import { ImportTagsModal } from '../policies/import-tags-modal.tsx'
import { PageTabs } from '../ui/page-tabs.tsx'
import classes from '../policies/policies.module.css'
import { TagRuleModal } from '../policies/tag-rule-modal.tsx'
import { DataTable, LoadingRows } from '../ui/data-table.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { PlusIcon, SearchIcon, ShieldIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'

type Rule = TableTagList['rules'][number]

/** What tables and columns are, for policies, detections and searches. Auditors read it, admins change it. */
export function TableTagsPage(): ReactNode {
  const rules = useQuery(tableTagsQuery)
  const queryClient = useQueryClient()
  const { data: session } = useSuspenseQuery(sessionQuery)
  const mayChange = session.user.role === 'admin'
  const [editing, setEditing] = useState<Rule | 'new'>()
  const [importing, setImporting] = useState(false)
  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: tableTagsQuery.queryKey })
  return (
    <SettingsPage
      title="Tags of tables"
      lead="What tables and columns are: queries that come in carry the tags of what they touch."
      action={
        mayChange ? (
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" onClick={() => setImporting(true)}>
              Import
            </Button>
            <Button leftSection={<PlusIcon />} onClick={() => setEditing('new')}>
              Add tags
            </Button>
          </Group>
        ) : null
      }
    >
      <PageTabs of="Policies" />
      {rules.error !== null && rules.data === undefined ? (
        <ProblemNote error={rules.error} onRetry={() => void rules.refetch()} />
      ) : rules.data?.length === 0 ? (
        <Panel>
          <EmptyState icon={<ShieldIcon size={22} />} title="No tags yet">
            <p>
              Tag tables by name or pattern, or import tags from a CSV file or from the manifest.json of your
              dbt project.
            </p>
          </EmptyState>
        </Panel>
      ) : (
        <RulesTable rules={rules.data} onEdit={mayChange ? setEditing : undefined} />
      )}
      <TagRuleModal rule={editing} onClose={() => setEditing(undefined)} onSaved={reload} />
      <ImportTagsModal opened={importing} onClose={() => setImporting(false)} onImported={reload} />
    </SettingsPage>
  )
}

/** So many are shown; a search finds the others. */
const shownMax = 200

const originNames: Record<Rule['origin'], string> = { hand: 'By hand', csv: 'CSV file', dbt: 'dbt' }

type RulesTableProps = { rules: readonly Rule[] | undefined; onEdit: ((rule: Rule) => void) | undefined }

function RulesTable({ rules, onEdit }: RulesTableProps): ReactNode {
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const found = (rules ?? []).filter(({ pattern, column = '', tags }) =>
    [pattern, column, ...tags].some((text) => text.includes(wanted)),
  )
  const shown = found.slice(0, shownMax)
  return (
    <>
      <TextInput
        aria-label="Search tags"
        placeholder="Table, column, tag"
        leftSection={<SearchIcon size={15} />}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        className={classes.search ?? ''}
        autoComplete="off"
      />
      <Panel>
        <DataTable label="Tags" headings={['Table', 'Column', 'Tags', 'From', '']}>
          {rules === undefined ? <LoadingRows columns={5} /> : null}
          {shown.map((rule) => (
            <tr key={`${rule.origin} ${rule.pattern} ${rule.column ?? ''}`}>
              <td className={classes.mono}>
                <ShownText text={rule.pattern} />
              </td>
              <td className={classes.mono}>
                <ShownText text={rule.column ?? '–'} />
              </td>
              <td>
                <ShownText text={rule.tags.join(', ')} />
              </td>
              <td className={classes.nowrap}>{originNames[rule.origin]}</td>
              <td data-actions>
                {onEdit === undefined || rule.origin !== 'hand' ? null : (
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={`Edit the tags of ${rule.pattern}`}
                    onClick={() => onEdit(rule)}
                  >
                    Edit
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </DataTable>
      </Panel>
      {found.length > shown.length ? (
        <p className={classes.hint} role="status">
          {found.length - shown.length} more: search to see them.
        </p>
      ) : null}
    </>
  )
}
