import type { Schedule, ScheduleConfiguration, ScheduleFormat } from '@aleph-audit-log/domain/api/schedules'
import type { View } from '@aleph-audit-log/domain/api/views'
import { Modal, Radio, SegmentedControl, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState, type FormEvent, type ReactNode } from 'react'
import { saveSchedule } from '../api/schedules.ts'
import { viewsQuery } from '../api/views.ts'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'
import { FormEnd } from './integration-form.tsx'
import formClasses from './integration-form.module.css'
import classes from './schedule-modal.module.css'
import { formatWords, printClock, readClock, weekdays } from './schedule-words.ts'

type ScheduleModalProps = {
  /** Closed if absent; `new` for one that is added. */
  edited: Schedule | 'new' | undefined
  folderIsAllowed: boolean
  onClose: () => void
  onSaved: () => Promise<void>
}

/** Adds or changes a scheduled export. */
export function ScheduleModal({ edited, onClose, onSaved, folderIsAllowed }: ScheduleModalProps): ReactNode {
  return (
    <Modal
      opened={edited !== undefined}
      onClose={onClose}
      title={edited === 'new' ? 'Schedule an export' : 'Edit the scheduled export'}
      size={600}
      closeOnClickOutside={false}
    >
      {edited === undefined ? null : (
        <ScheduleForm
          before={edited === 'new' ? undefined : edited}
          folderIsAllowed={folderIsAllowed}
          onCancel={onClose}
          onSaved={async () => {
            await onSaved()
            onClose()
          }}
        />
      )}
    </Modal>
  )
}

/** What the form holds: texts as they are typed. */
type Draft = {
  name: string
  viewId: string
  q: string
  format: ScheduleFormat
  covers: 'day' | 'week'
  every: 'day' | 'week'
  weekday: number
  clock: string
  zone: string
  kind: 'email' | 'folder'
  to: string
  folder: string
}

/** In place of a view: what is searched is typed in. */
const typedSearch = ''

function draftOf(before: Schedule | undefined): Draft {
  if (before === undefined) {
    return {
      name: '',
      viewId: typedSearch,
      q: '',
      format: 'xlsx',
      covers: 'day',
      every: 'day',
      weekday: 1,
      clock: '08:00',
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      kind: 'email',
      to: '',
      folder: '',
    }
  }
  const { name, content, format, timing, destination } = before
  const { covers, every, weekday, zone } = timing
  return {
    name,
    viewId: 'viewId' in content ? content.viewId : typedSearch,
    q: 'q' in content ? content.q : '',
    format,
    covers,
    every,
    weekday,
    clock: printClock(timing),
    zone,
    kind: destination.kind,
    to: destination.kind === 'email' ? destination.to.join(', ') : '',
    folder: destination.kind === 'folder' ? destination.folder : '',
  }
}

function configurationOf(
  draft: Draft,
  clock: { hour: number; minute: number },
  enabled: boolean,
): ScheduleConfiguration {
  const { name, viewId, q, format, covers, every, weekday, zone } = draft
  const to = draft.to.split(/[\s,;]+/).filter((address) => address !== '')
  return {
    name,
    content: viewId === typedSearch ? { q } : { viewId },
    format,
    timing: { every, weekday, ...clock, zone, covers },
    destination:
      draft.kind === 'email' ? { kind: 'email', to } : { kind: 'folder', folder: draft.folder.trim() },
    enabled,
  }
}

type ScheduleFormProps = {
  before: Schedule | undefined
  folderIsAllowed: boolean
  onCancel: () => void
  onSaved: () => Promise<void>
}

type Change = (change: Partial<Draft>) => void

function ScheduleForm({ before, folderIsAllowed, onCancel, onSaved }: ScheduleFormProps): ReactNode {
  const [draft, setDraft] = useState(() => draftOf(before))
  const [triedClock, setTriedClock] = useState(false)
  const { busy, error, submit } = useSubmit()
  const change: Change = (more) => setDraft((now) => ({ ...now, ...more }))
  const clock = readClock(draft.clock)

  function send(event: FormEvent): void {
    event.preventDefault()
    setTriedClock(true)
    if (clock === undefined) return
    void submit(async () => {
      await saveSchedule(before?.id, configurationOf(draft, clock, before?.enabled ?? true))
      await onSaved()
    })
  }

  return (
    <form onSubmit={send} noValidate>
      <Stack gap="md">
        <TextInput
          label="Name"
          placeholder="Failed queries for the board"
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
          value={draft.name}
          onChange={(event) => change({ name: event.target.value })}
          error={wordsForField(error, 'name')}
        />
        <ContentFields draft={draft} change={change} error={error} />
        <TimingFields
          draft={draft}
          change={change}
          error={error}
          clockProblem={triedClock && clock === undefined ? 'Must be a time such as 08:00' : undefined}
        />
        <DestinationFields draft={draft} change={change} error={error} folderIsAllowed={folderIsAllowed} />
        <p className={classes.hint}>
          It runs with your rights from when you save it, and stops when you leave or are no admin any more.
        </p>
        <FormEnd
          error={error}
          fields={['content', 'format', 'timing.zone', 'destination']}
          busy={busy}
          isNew={before === undefined}
          onCancel={onCancel}
        />
      </Stack>
    </form>
  )
}

type FieldsProps = { draft: Draft; change: Change; error: unknown }

function ContentFields({ draft, change, error }: FieldsProps): ReactNode {
  const { data: views = [] } = useQuery(viewsQuery)
  const shared = views.filter((view) => view.shared)
  const known = [
    { value: typedSearch, label: 'A search that is typed in' },
    ...shared.map(({ id, name }: View) => ({ value: id, label: name })),
  ]
  const isKnown = known.some(({ value }) => value === draft.viewId)
  return (
    <>
      <Select
        label="What"
        description="A view that is shared with the workspace, with its columns; or a search"
        data={
          isKnown ? known : [...known, { value: draft.viewId, label: 'A view that is not shared any more' }]
        }
        value={draft.viewId}
        allowDeselect={false}
        searchable={known.length > 8}
        onChange={(viewId) => change({ viewId: viewId ?? typedSearch })}
        error={wordsForField(error, 'content.viewId')}
      />
      {draft.viewId === typedSearch ? (
        <TextInput
          label="Search"
          description="In the search language of the Audit Log page; empty for every event"
          placeholder="type:query outcome:failure"
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: formClasses.mono ?? '' }}
          value={draft.q}
          onChange={(event) => change({ q: event.target.value })}
          error={wordsForField(error, 'content.q')}
        />
      ) : null}
      <div className={formClasses.pair}>
        <Select
          label="As"
          data={[
            { value: 'xlsx', label: formatWords.xlsx },
            { value: 'csv', label: formatWords.csv },
            { value: 'jsonl', label: formatWords.jsonl },
            { value: 'digest', label: 'Digest: an e-mail with numbers' },
          ]}
          value={draft.format}
          allowDeselect={false}
          onChange={(format) => change({ format: format ?? 'xlsx' })}
          error={wordsForField(error, 'format')}
        />
        <div>
          <div className={classes.label} id="schedule-covers">
            Of
          </div>
          <SegmentedControl
            fullWidth
            aria-labelledby="schedule-covers"
            data={[
              { value: 'day', label: 'The day before' },
              { value: 'week', label: '7 days before' },
            ]}
            value={draft.covers}
            onChange={(covers) => change({ covers: covers === 'week' ? 'week' : 'day' })}
          />
        </div>
      </div>
    </>
  )
}

function TimingFields({
  draft,
  change,
  error,
  clockProblem,
}: FieldsProps & { clockProblem: string | undefined }): ReactNode {
  const zones = useMemo(
    () => [...new Set(['UTC', draft.zone, ...Intl.supportedValuesOf('timeZone')])],
    [draft.zone],
  )
  return (
    <div className={classes.timing}>
      <Select
        label="Every"
        data={[
          { value: 'day', label: 'Day' },
          ...weekdays.map((day, index) => ({ value: String(index + 1), label: day })),
        ]}
        value={draft.every === 'day' ? 'day' : String(draft.weekday)}
        allowDeselect={false}
        onChange={(chosen) =>
          change(
            chosen === 'day' || chosen === null
              ? { every: 'day' }
              : { every: 'week', weekday: Number(chosen) },
          )
        }
      />
      <TextInput
        label="At"
        placeholder="08:00"
        inputMode="numeric"
        autoComplete="off"
        value={draft.clock}
        onChange={(event) => change({ clock: event.target.value })}
        error={clockProblem}
      />
      <Select
        label="Time zone"
        data={zones}
        value={draft.zone}
        allowDeselect={false}
        searchable
        limit={60}
        nothingFoundMessage="No such time zone"
        onChange={(zone) => change({ zone: zone ?? 'UTC' })}
        error={wordsForField(error, 'timing.zone')}
      />
    </div>
  )
}

function DestinationFields({
  draft,
  change,
  error,
  folderIsAllowed,
}: FieldsProps & { folderIsAllowed: boolean }): ReactNode {
  return (
    <>
      <Radio.Group
        label="Goes to"
        value={draft.kind}
        onChange={(kind) => change({ kind: kind === 'folder' ? 'folder' : 'email' })}
        error={wordsForField(error, 'destination.kind')}
      >
        <Stack gap={8} mt={6}>
          <Radio value="email" label="E-mail addresses" />
          <Radio
            value="folder"
            label="A folder on the server"
            disabled={!folderIsAllowed}
            description={
              folderIsAllowed
                ? 'Below the one that the operator allows'
                : 'The operator of the server has not set AUDIT_EXPORT_DIR'
            }
          />
        </Stack>
      </Radio.Group>
      {draft.kind === 'email' ? (
        <Textarea
          label="Addresses"
          description="With commas between"
          placeholder="board@acme.com, security@acme.com"
          autosize
          minRows={1}
          maxRows={4}
          autoComplete="off"
          spellCheck={false}
          value={draft.to}
          onChange={(event) => change({ to: event.target.value })}
          error={wordsForField(error, 'destination.to')}
        />
      ) : (
        <TextInput
          label="Folder"
          description="Names with / between them; made if it is not there. Empty for the allowed folder itself"
          placeholder="weekly/finance"
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: formClasses.mono ?? '' }}
          value={draft.folder}
          onChange={(event) => change({ folder: event.target.value })}
          error={wordsForField(error, 'destination.folder')}
        />
      )}
    </>
  )
}
