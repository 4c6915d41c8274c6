import type { ReceiverKind } from '@aleph-audit-log/domain/alert-values'
import type { Receiver } from '@aleph-audit-log/domain/api/alert-receivers'
import type { ReactNode } from 'react'
import { formatCount } from '../events/format-time.ts'
import { SendIcon } from '../ui/icons.tsx'
import { CardFact, SettingCard, SwitchAndAct } from '../ui/setting-card.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { levelWords } from './alert-words.ts'

export const kindWords: Record<ReceiverKind, string> = {
  email: 'Email',
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
  return (
    <SettingCard
      name={name}
      icon={<SendIcon size={18} />}
      what={kindWords[kind]}
      controls={
        <SwitchAndAct
          enabled={enabled}
          label={`Tell ${name} of alerts`}
          onEnable={onEnable}
          act={{ word: 'Send test', label: `Send a test to ${name}`, do: onTest }}
        />
      }
      facts={<Facts {...receiver} />}
      onEdit={onEdit}
      onDelete={onDelete}
    />
  )
}

function Facts({ to, host, levelMin, waiting, dead, deliveredAt }: Receiver): ReactNode {
  return (
    <>
      <CardFact name={to === undefined ? 'Host' : 'To'}>
        <ShownText text={to === undefined ? (host ?? '') : to.join(', ')} />
      </CardFact>
      <CardFact name="Level">
        {levelWords[levelMin]}
        {levelMin === 'critical' ? '' : ' and above'}
      </CardFact>
      <CardFact name="Last delivered">
        {deliveredAt === undefined ? 'Never yet' : <TimeAgo time={deliveredAt} />}
      </CardFact>
      <CardFact name="Waiting">{formatCount(waiting)}</CardFact>
      <CardFact name="Given up" isBad={dead > 0}>
        {formatCount(dead)}
      </CardFact>
    </>
  )
}
