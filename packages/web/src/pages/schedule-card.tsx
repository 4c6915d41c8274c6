import type { ExportRun, RunState, Schedule } from '@aleph-audit-log/domain/api/schedules'
import { UnstyledButton } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { DataTable } from '../ui/data-table.tsx'
import { AlertIcon, CalendarIcon, ChevronDownIcon, ClockIcon, DoneIcon, FailedIcon } from '../ui/icons.tsx'
import { CardFact, SettingCard, SwitchAndAct, type CardLook } from '../ui/setting-card.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import classes from './schedule-card.module.css'
import { sayBytes, sayContent, sayDays, sayDestination, sayTiming, stateWords } from './schedule-words.ts'

const stateIcons: Record<RunState, ReactNode> = {
  waiting: <ClockIcon size={14} />,
  running: <ClockIcon size={14} />,
  delivered: <DoneIcon size={14} />,
  failed: <FailedIcon size={14} />,
  skipped: <AlertIcon size={14} />,
}

/** The look of a state of a run, in the words that integrations use for theirs. */
const looks: Record<RunState, CardLook> = {
  waiting: 'waiting',
  running: 'waiting',
  delivered: 'running',
  failed: 'failed',
  skipped: 'failed',
}

type ScheduleCardProps = {
  schedule: Schedule
  onEdit: () => void
  onDelete: () => void
  onRun: () => Promise<void>
  onEnable: (isOn: boolean) => Promise<void>
}

/** One scheduled export: what it is, when it comes, and how its last runs ended. */
export function ScheduleCard({ schedule, onEdit, onDelete, onRun, onEnable }: ScheduleCardProps): ReactNode {
  const { name, enabled, runs } = schedule
  const [last] = runs
  const isOpen = last?.state === 'waiting' || last?.state === 'running'
  return (
    <SettingCard
      name={name}
      icon={<CalendarIcon size={18} />}
      what={`${sayContent(schedule)}. ${sayTiming(schedule.timing)}.`}
      state={last && { look: looks[last.state], icon: stateIcons[last.state], word: stateWords[last.state] }}
      controls={
        <SwitchAndAct
          enabled={enabled}
          label={`Run ${name} when it is due`}
          onEnable={onEnable}
          act={{ word: 'Run now', label: `Run ${name} now`, disabled: isOpen, do: onRun }}
        />
      }
      message={last?.message === undefined ? undefined : { look: looks[last.state], text: last.message }}
      facts={<Facts schedule={schedule} />}
      onEdit={onEdit}
      onDelete={onDelete}
    >
      {runs.length === 0 ? null : <Runs name={name} runs={runs} />}
    </SettingCard>
  )
}

function Facts({ schedule }: { schedule: Schedule }): ReactNode {
  const { content, viewName, runsAs, nextDueAt } = schedule
  return (
    <>
      <CardFact
        name={'viewId' in content ? 'View' : 'Search'}
        isBad={'viewId' in content && viewName === undefined}
      >
        {'q' in content ? (
          content.q === '' ? (
            'Every event'
          ) : (
            <ShownText text={content.q} />
          )
        ) : viewName === undefined ? (
          'No longer there or shared'
        ) : (
          <ShownText text={viewName} />
        )}
      </CardFact>
      <CardFact name="Goes to">
        <ShownText text={sayDestination(schedule)} />
      </CardFact>
      <CardFact name="Next run">
        {nextDueAt === undefined ? 'Switched off' : <TimeAgo time={nextDueAt} />}
      </CardFact>
      <CardFact name="With the rights of" isBad={!runsAs.mayRun}>
        <ShownText text={runsAs.name} />
        {runsAs.mayRun ? null : ', no admin any more'}
      </CardFact>
    </>
  )
}

function Runs({ name, runs }: { name: string; runs: readonly ExportRun[] }): ReactNode {
  const [opened, setOpened] = useState(false)
  return (
    <div className={classes.runs}>
      <UnstyledButton className={classes.toggle} aria-expanded={opened} onClick={() => setOpened(!opened)}>
        Last runs
        <ChevronDownIcon size={13} />
      </UnstyledButton>
      {opened ? (
        <DataTable
          label={`Last runs of ${name}`}
          headings={['Due', 'Period', 'State', 'Events', 'Size', 'What to know']}
        >
          {runs.map((run) => (
            <tr key={run.id}>
              <td>
                <TimeAgo time={run.dueAt} />
                {run.trigger === 'person' ? ', asked for' : ''}
              </td>
              <td>{sayDays(run)}</td>
              <td className={looks[run.state] === 'failed' ? classes.failed : undefined}>
                {stateWords[run.state]}
                {run.attempts > 1 ? `, ${run.attempts} attempts` : ''}
              </td>
              <td>{run.rows === undefined ? '–' : formatCount(run.rows)}</td>
              <td>{run.bytes === undefined ? '–' : sayBytes(run.bytes)}</td>
              <td className={classes.message}>
                {run.message === undefined ? '–' : <ShownText text={run.message} />}
                {run.retryAt !== undefined && run.attempts > 0 ? (
                  <>
                    {' Tried again '}
                    <TimeAgo time={run.retryAt} />.
                  </>
                ) : null}
              </td>
            </tr>
          ))}
        </DataTable>
      ) : null}
    </div>
  )
}
