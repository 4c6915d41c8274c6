import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { policyVersionsQuery } from '../api/policies.ts'
import { DataTable, LoadingRows } from '../ui/data-table.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import classes from './policies.module.css'

const changeNames = { created: 'Created', changed: 'Changed', deleted: 'Deleted' } as const

/** What a policy was, who made it so, and why. */
export function PolicyVersions({ id }: { id: string }): ReactNode {
  const versions = useQuery(policyVersionsQuery(id))
  if (versions.error !== null && versions.data === undefined)
    return <ProblemNote error={versions.error} onRetry={() => void versions.refetch()} />
  return (
    <Panel title="Versions">
      <DataTable label="Versions" headings={['Version', 'Change', 'When', 'By', 'Note', 'Text']}>
        {versions.data === undefined ? <LoadingRows columns={6} rows={1} /> : null}
        {versions.data?.map(({ version, change, at, by, note, name, text, enabled }) => (
          <tr key={version}>
            <td>{version}</td>
            <td>
              {changeNames[change]}
              {enabled ? null : <div className={classes.hint}>off</div>}
            </td>
            <td className={classes.nowrap}>
              <TimeAgo time={at} />
            </td>
            <td>
              <ShownText text={by.name} />
            </td>
            <td>
              <ShownText text={note === '' ? '–' : note} />
            </td>
            <td>
              <details>
                <summary>
                  <ShownText text={name} />
                </summary>
                <pre className={classes.oldText} tabIndex={0} aria-label={`Text of version ${version}`}>
                  {text}
                </pre>
              </details>
            </td>
          </tr>
        ))}
      </DataTable>
    </Panel>
  )
}
