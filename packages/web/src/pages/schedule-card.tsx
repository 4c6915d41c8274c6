import type { ExportRun, RunState, Schedule } from '@aleph-audit-log/domain/api/schedules'
import { ActionIcon, Button, Switch, Tooltip, UnstyledButton } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { DataTable } from '../ui/data-table.tsx'
import {
  AlertIcon,
  CalendarIcon,
  ChevronDownIcon,
  ClockIcon,
  DoneIcon,
  FailedIcon,
  PencilIcon,
  TrashIcon,
} from '../ui/icons.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import card from './integration-card.module.css'
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
const looks: Record<RunState, 'waiting' | 'running' | 'failed'> = {
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
  const [busy, setBusy] = useState(false)
  const [last] = runs
  const isOpen = last?.state === 'waiting' || last?.state === 'running'

  async function act(doing: () => Promise<void>): Promise<void> {
    setBusy(true)
    await doing()
    setBusy(false)
  }

  return (
    <article className={card.card} aria-label={name}>
      <div className={card.head}>
        <div className={card.sign}>
          <CalendarIcon size={18} />
        </div>
        <div className={card.titles}>
          <h2 className={card.name}>
            <ShownText text={name} />
          </h2>
          <div className={card.path}>
            {sayContent(schedule)}. {sayTiming(schedule.timing)}.
          </div>
        </div>
        {last === undefined ? null : <StateChip state={last.state} />}
        <Switch
          className={classes.switch ?? ''}
          aria-label={`Run ${name} when it is due`}
          checked={enabled}
          disabled={busy}
          onChange={(event) => void act(async () => onEnable(event.currentTarget.checked))}
        />
        <Button
          variant="default"
          size="compact-sm"
          disabled={isOpen}
          loading={busy}
          onClick={() => void act(onRun)}
          aria-label={`Run ${name} now`}
        >
          Run now
        </Button>
        <Tooltip label="Edit">
          <ActionIcon aria-label={`Edit ${name}`} onClick={onEdit}>
            <PencilIcon />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Delete">
          <ActionIcon aria-label={`Delete ${name}`} onClick={onDelete}>
            <TrashIcon />
          </ActionIcon>
        </Tooltip>
      </div>
      {last?.message === undefined ? null : (
        <div className={card.message} data-state={looks[last.state]}>
          <AlertIcon size={15} />
          <div>
            <ShownText text={last.message} />
          </div>
        </div>
      )}
      <Facts schedule={schedule} />
      {runs.length === 0 ? null : <Runs name={name} runs={runs} />}
    </article>
  )
}

function StateChip({ state }: { state: RunState }): ReactNode {
  return (
    <span className={card.state} data-state={looks[state]}>
      {stateIcons[state]}
      {stateWords[state]}
    </span>
  )
}

function Facts({ schedule }: { schedule: Schedule }): ReactNode {
  const { content, viewName, runsAs, nextDueAt } = schedule
  return (
    <dl className={card.numbers}>
      <div>
        <dt>{'viewId' in content ? 'View' : 'Search'}</dt>
        <dd data-bad={'viewId' in content && viewName === undefined ? true : undefined}>
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
        </dd>
      </div>
      <div>
        <dt>Goes to</dt>
        <dd>
          <ShownText text={sayDestination(schedule)} />
        </dd>
      </div>
      <div>
        <dt>Next run</dt>
        <dd>{nextDueAt === undefined ? 'Switched off' : <TimeAgo time={nextDueAt} />}</dd>
      </div>
      <div>
        <dt>With the rights of</dt>
        <dd data-bad={runsAs.mayRun ? undefined : true}>
          <ShownText text={runsAs.name} />
          {runsAs.mayRun ? null : ', no admin any more'}
        </dd>
      </div>
    </dl>
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
