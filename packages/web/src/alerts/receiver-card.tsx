import type { Receiver, ReceiverKind } from '@aleph-audit-log/domain/api/alert-receivers'
import { ActionIcon, Button, Switch, Tooltip } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import card from '../pages/integration-card.module.css'
import scheduleCard from '../pages/schedule-card.module.css'
import { PencilIcon, SendIcon, TrashIcon } from '../ui/icons.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { levelWords } from './alert-words.ts'

export const kindWords: Record<ReceiverKind, string> = {
  email: 'E-mail',
  slack: 'Slack-compatible webhook',
  webhook: 'Signed webhook',
}

type ReceiverCardProps = {
  receiver: Receiver
  onEdit: () => void
  onDelete: () => void
  onTest: () => Promise<void>
  onEnable: (isOn: boolean) => Promise<void>
}

/** One receiver of alerts: where it is, what it is told, and whether that arrives. */
export function ReceiverCard({ receiver, onEdit, onDelete, onTest, onEnable }: ReceiverCardProps): ReactNode {
  const { name, kind, enabled } = receiver
  const [busy, setBusy] = useState(false)

  async function act(doing: () => Promise<void>): Promise<void> {
    setBusy(true)
    await doing()
    setBusy(false)
  }

  return (
    <article className={card.card} aria-label={name}>
      <div className={card.head}>
        <div className={card.sign}>
          <SendIcon size={18} />
        </div>
        <div className={card.titles}>
          <h2 className={card.name}>
            <ShownText text={name} />
          </h2>
          <div className={card.path}>{kindWords[kind]}</div>
        </div>
        <Switch
          className={scheduleCard.switch ?? ''}
          aria-label={`Tell ${name} of alerts`}
          checked={enabled}
          disabled={busy}
          onChange={(event) => void act(async () => onEnable(event.currentTarget.checked))}
        />
        <Button
          variant="default"
          size="compact-sm"
          loading={busy}
          onClick={() => void act(onTest)}
          aria-label={`Send a test to ${name}`}
        >
          Send test
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
      <Facts receiver={receiver} />
    </article>
  )
}

function Facts({
  receiver: { to, host, levelMin, waiting, dead, deliveredAt },
}: {
  receiver: Receiver
}): ReactNode {
  return (
    <dl className={card.numbers}>
      <div>
        <dt>{to === undefined ? 'Host' : 'To'}</dt>
        <dd>
          <ShownText text={to === undefined ? (host ?? '') : to.join(', ')} />
        </dd>
      </div>
      <div>
        <dt>Level</dt>
        <dd>
          {levelWords[levelMin]}
          {levelMin === 'critical' ? '' : ' and above'}
        </dd>
      </div>
      <div>
        <dt>Last delivered</dt>
        <dd>{deliveredAt === undefined ? 'Never yet' : <TimeAgo time={deliveredAt} />}</dd>
      </div>
      <div>
        <dt>Waiting</dt>
        <dd>{formatCount(waiting)}</dd>
      </div>
      <div>
        <dt>Given up</dt>
        <dd data-bad={dead > 0 ? true : undefined}>{formatCount(dead)}</dd>
      </div>
    </dl>
  )
}
