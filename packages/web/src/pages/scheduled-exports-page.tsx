import type { Schedule, ScheduleList } from '@aleph-audit-log/domain/api/schedules'
import { Button, Skeleton } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { changeSchedule, deleteSchedule, runSchedule, schedulesQuery } from '../api/schedules.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { AlertIcon, CalendarIcon, PlusIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { showProblem } from '../ui/show-problem.ts'
import { ShownText } from '../ui/shown-text.tsx'
import pageClasses from './integrations-page.module.css'
import { MailPanel } from './mail-panel.tsx'
import { ScheduleCard } from './schedule-card.tsx'
import { ScheduleModal } from './schedule-modal.tsx'
import classes from './scheduled-exports-page.module.css'

/** What leaves the log by the clock, and the server that sends it. */
export function ScheduledExportsPage(): ReactNode {
  const list = useQuery(schedulesQuery)
  const queryClient = useQueryClient()
  const [edited, setEdited] = useState<Schedule | 'new'>()
  const [deleting, setDeleting] = useState<Schedule>()
  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: schedulesQuery.queryKey })

  async function attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act()
      await reload()
    } catch (error) {
      showProblem(error)
    }
  }

  return (
    <SettingsPage
      title="Scheduled exports"
      lead="Files and digests of the log that come by themselves, by e-mail or into a folder of the server."
      action={
        <Button leftSection={<PlusIcon />} onClick={() => setEdited('new')}>
          Schedule an export
        </Button>
      }
    >
      {list.data === undefined && list.error !== null ? (
        <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      ) : null}
      {list.data === undefined && list.error === null ? (
        <div role="status" aria-label="Loading the scheduled exports">
          <Skeleton height={142} radius={8} />
        </div>
      ) : null}
      {list.data === undefined ? null : <MissingMail list={list.data} />}
      {list.data?.schedules.length === 0 ? (
        <Panel>
          <EmptyState icon={<CalendarIcon size={22} />} title="Nothing is scheduled yet">
            <p>
              Every morning the failed queries of the day before as an Excel file, every Monday a digest of
              the week: choose a shared view or type a search, and when it comes.
            </p>
          </EmptyState>
        </Panel>
      ) : null}
      <ul className={pageClasses.list} aria-label="Scheduled exports">
        {list.data?.schedules.map((schedule) => (
          <li key={schedule.id}>
            <ScheduleCard
              schedule={schedule}
              onEdit={() => setEdited(schedule)}
              onDelete={() => setDeleting(schedule)}
              onRun={async () => attempt(async () => runSchedule(schedule.id))}
              onEnable={async (enabled) => attempt(async () => changeSchedule(schedule.id, { enabled }))}
            />
          </li>
        ))}
      </ul>
      <div className={classes.mail}>
        <MailPanel />
      </div>
      <ScheduleModal
        edited={edited}
        folderIsAllowed={list.data?.folderIsAllowed === true}
        onClose={() => setEdited(undefined)}
        onSaved={reload}
      />
      <ConfirmModal
        opened={deleting !== undefined}
        title="Delete the scheduled export?"
        confirmLabel="Delete"
        onClose={() => setDeleting(undefined)}
        act={async () => {
          if (deleting !== undefined) await deleteSchedule(deleting.id)
          await reload()
        }}
      >
        <b>
          <ShownText text={deleting?.name ?? ''} />
        </b>{' '}
        does not come any more. What it has delivered stays where it is, and in the audit log.
      </ConfirmModal>
    </SettingsPage>
  )
}

/** Said before the first one fails at night. */
function MissingMail({ list }: { list: ScheduleList }): ReactNode {
  const needsMail = list.schedules.some(({ destination, enabled }) => enabled && destination.kind === 'email')
  if (list.mailIsSet || !needsMail) return null
  return (
    <p className={classes.note}>
      <AlertIcon size={16} />
      No e-mail can be sent until there is a mail server: set it below.
    </p>
  )
}
