import type { WorkspaceSettings } from '@aleph-audit-log/domain/api/settings'
import { Skeleton } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { changeWorkspaceSettings, workspaceSettingsQuery } from '../api/workspace-settings.ts'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { showDone, showProblem } from '../ui/show-problem.ts'
import { BindParametersSelect } from './bind-parameters-select.tsx'
import classes from './workspace-page.module.css'

/** What admins decide about the log as a whole. */
export function WorkspacePage(): ReactNode {
  const settings = useQuery(workspaceSettingsQuery)
  const queryClient = useQueryClient()

  async function change(next: WorkspaceSettings): Promise<void> {
    try {
      queryClient.setQueryData(workspaceSettingsQuery.queryKey, await changeWorkspaceSettings(next))
      showDone('Saved. Events that come from now on are recorded like this.')
    } catch (error) {
      showProblem(error)
    }
  }

  return (
    <SettingsPage title="Workspace" lead="What holds for every event of this log, whatever it comes from.">
      {settings.data === undefined && settings.error !== null ? (
        <ProblemNote error={settings.error} onRetry={() => void settings.refetch()} />
      ) : null}
      {settings.data === undefined && settings.error === null ? (
        <div role="status" aria-label="Loading the settings">
          <Skeleton height={96} radius={8} />
        </div>
      ) : null}
      {settings.data === undefined ? null : (
        <Panel title="Secrets">
          <div className={classes.setting}>
            <div className={classes.texts}>
              <div className={classes.label}>Bind parameters</div>
              <p className={classes.hint}>
                The values that applications pass to prepared statements can hold personal data and secrets.
                Passwords, keys and tokens in SQL and in other data are always masked.
              </p>
            </div>
            <BindParametersSelect
              value={settings.data.bindParameters}
              onChange={(bindParameters) => void change({ bindParameters })}
            />
          </div>
        </Panel>
      )}
    </SettingsPage>
  )
}
