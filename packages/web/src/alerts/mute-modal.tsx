import { alertLimits } from '@aleph-audit-log/domain/alert-values'
import type { Alert } from '@aleph-audit-log/domain/api/alerts'
import { Button, Group, Modal, Radio, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useState, type FormEvent, type ReactNode } from 'react'
import { muteAlert } from '../api/alerts.ts'
import { serverNowMs } from '../api/server-clock.ts'
import { formatDay } from '../events/format-time.ts'
import { parseTypedTime } from '../events/time-range.ts'
import { FormProblem } from '../ui/form-problem.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { useSubmit } from '../ui/use-submit.ts'
import { wordsForField } from '../ui/words-for-problem.ts'
import classes from './alert-actions.module.css'
import { fieldWord } from './alert-words.ts'

type MuteModalProps = { alert: Alert; opened: boolean; onClose: () => void; onDone: () => Promise<void> }

/** Keeps what an alert is about, or all of its rule, quiet until a day. */
export function MuteModal({ opened, onClose, ...form }: MuteModalProps): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title="Mute" closeOnClickOutside={false}>
      {opened ? <MuteForm {...form} onClose={onClose} /> : null}
    </Modal>
  )
}

const dayMs = 86_400_000
const lasting = [
  { value: '1', label: 'For a day' },
  { value: '7', label: 'For a week' },
  { value: '30', label: 'For 30 days' },
  { value: '90', label: 'For 90 days' },
  { value: 'day', label: 'Until a day of your choice' },
]

function MuteForm({ alert, onClose, onDone }: Omit<MuteModalProps, 'opened'>): ReactNode {
  const [covers, setCovers] = useState<'group' | 'rule'>('group')
  const [lasts, setLasts] = useState('7')
  const [day, setDay] = useState(() => formatDay(serverNowMs() + 14 * dayMs, 'local'))
  const [reason, setReason] = useState('')
  const [dayIsBad, setDayIsBad] = useState(false)
  const { busy, error, submit } = useSubmit()
  const [reasonProblem, untilProblem] = [wordsForField(error, 'reason'), wordsForField(error, 'until')]

  function send(event: FormEvent): void {
    event.preventDefault()
    const untilMs = lasts === 'day' ? parseTypedTime(day, 'local') : serverNowMs() + Number(lasts) * dayMs
    setDayIsBad(untilMs === undefined)
    if (untilMs === undefined) return
    void submit(async () => {
      await muteAlert(alert.id, { covers, until: new Date(untilMs).toISOString(), reason })
      await onDone()
      onClose()
    })
  }

  return (
    <form onSubmit={send} noValidate>
      <Stack gap="md">
        <Radio.Group
          label="What"
          value={covers}
          onChange={(chosen) => setCovers(chosen === 'rule' ? 'rule' : 'group')}
        >
          <Stack gap={8} mt={6}>
            <Radio
              value="group"
              label={<GroupName alert={alert} />}
              description="The rule goes on for all others"
            />
            <Radio
              value="rule"
              label="Everything that this rule finds"
              description={<ShownText text={alert.rule.title} />}
            />
          </Stack>
        </Radio.Group>
        <Select
          label="How long"
          data={lasting}
          value={lasts}
          onChange={(chosen) => setLasts(chosen ?? '7')}
        />
        {lasts === 'day' ? (
          <TextInput
            label="Until the beginning of"
            type="date"
            value={day}
            onChange={(event) => setDay(event.target.value)}
            error={dayIsBad ? 'Must be a day' : untilProblem}
          />
        ) : null}
        <Textarea
          label="Why"
          autosize
          minRows={2}
          maxRows={8}
          maxLength={alertLimits.reasonUnitsMax}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={reasonProblem}
        />
        <p className={classes.hint}>
          What is muted is still found and stands under Muted. Nobody is told of it.
        </p>
        {error === null || reasonProblem !== undefined || untilProblem !== undefined ? null : (
          <FormProblem error={error} />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            Mute
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** What the alert is about, as a choice. */
function GroupName({ alert: { group } }: { alert: Alert }): ReactNode {
  if (group.length === 0) return 'What this alert is about'
  return group.map(({ field, value }, index) => (
    <span key={field}>
      {index === 0 ? 'Only: ' : ', '}
      {fieldWord(field)} <ShownText text={value} />
    </span>
  ))
}
