import type { AlertMute } from '@aleph-audit-log/domain/api/alerts'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { alertsKey, endMute, mutesQuery } from '../api/alerts.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { DataTable } from '../ui/data-table.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel } from '../ui/settings-page.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { Day } from '../ui/time-ago.tsx'
import { fieldWord } from './alert-words.ts'

/** The mutes that hold, each of which can be ended. */
export function MutesPanel(): ReactNode {
  const mutes = useQuery(mutesQuery)
  const queryClient = useQueryClient()
  const [ending, setEnding] = useState<AlertMute>()
  if (mutes.data === undefined && mutes.error !== null) {
    return <ProblemNote error={mutes.error} onRetry={() => void mutes.refetch()} />
  }
  if (mutes.data === undefined || mutes.data.length === 0) return null
  return (
    <Panel title="What is muted now">
      <DataTable label="Mutes" headings={['Rule', 'Of', 'Until', 'Why', 'By', '']}>
        {mutes.data.map((mute) => (
          <tr key={mute.id}>
            <td>
              <ShownText text={mute.rule.title} />
            </td>
            <td>
              <MutedGroup mute={mute} />
            </td>
            <td>
              <Day time={mute.until} />
            </td>
            <td>
              <ShownText text={mute.reason} />
            </td>
            <td>
              <ShownText text={mute.createdBy.name} />
            </td>
            <td data-actions>
              <Button variant="default" size="compact-sm" onClick={() => setEnding(mute)}>
                End
              </Button>
            </td>
          </tr>
        ))}
      </DataTable>
      <ConfirmModal
        opened={ending !== undefined}
        title="End the mute?"
        confirmLabel="End it"
        onClose={() => setEnding(undefined)}
        act={async () => {
          if (ending !== undefined) await endMute(ending.id)
          await queryClient.invalidateQueries({ queryKey: alertsKey })
        }}
      >
        What it alone kept quiet is open again, and what the rule finds from now on is told.
      </ConfirmModal>
    </Panel>
  )
}

/** What a mute is about. */
export function MutedGroup({ mute }: { mute: Pick<AlertMute, 'group'> }): ReactNode {
  if (mute.group === undefined) return 'Everything that the rule finds'
  if (mute.group.length === 0) return 'What the rule finds'
  return mute.group.map(({ field, value }) => (
    <div key={field}>
      {fieldWord(field)}: <ShownText text={value} />
    </div>
  ))
}
