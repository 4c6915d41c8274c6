import type { Receiver, ReceiverList } from '@aleph-audit-log/domain/api/alert-receivers'
import { Button, SegmentedControl, Skeleton } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import {
  changeReceiver,
  deleteReceiver,
  deliveriesQuery,
  receiversKey,
  receiversQuery,
  replayDelivery,
  testReceiver,
} from '../api/alert-receivers.ts'
import { DeliveryRows } from '../alerts/delivery-rows.tsx'
import { ReceiverCard } from '../alerts/receiver-card.tsx'
import { ReceiverModal } from '../alerts/receiver-modal.tsx'
import { formatCount } from '../events/format-time.ts'
import { paths } from '../paths.ts'
import { ConfirmModal } from '../ui/confirm-modal.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { AlertIcon, PlusIcon, SendIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { Panel, SettingsPage } from '../ui/settings-page.tsx'
import { showDone, showProblem } from '../ui/show-problem.ts'
import { ShownText } from '../ui/shown-text.tsx'
import receiverClasses from './alert-receivers-page.module.css'
import pageClasses from './integrations-page.module.css'
import classes from './scheduled-exports-page.module.css'

/** What alerts are sent to, and what became of that. */
export function AlertReceiversPage(): ReactNode {
  const list = useQuery(receiversQuery)
  const queryClient = useQueryClient()
  const [edited, setEdited] = useState<Receiver | 'new'>()
  const [deleting, setDeleting] = useState<Receiver>()
  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: receiversKey })

  async function attempt(act: () => Promise<unknown>, done?: string): Promise<void> {
    try {
      await act()
      await reload()
      if (done !== undefined) showDone(done)
    } catch (error) {
      showProblem(error)
    }
  }

  return (
    <SettingsPage
      title="Alert receivers"
      lead="Who is told of alerts: people by e-mail or chat, and programs by a signed webhook."
      action={
        <Button leftSection={<PlusIcon />} onClick={() => setEdited('new')}>
          Add a receiver
        </Button>
      }
    >
      {list.data === undefined && list.error !== null ? (
        <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      ) : null}
      {list.data === undefined && list.error === null ? (
        <div role="status" aria-label="Loading the receivers">
          <Skeleton height={120} radius={8} />
        </div>
      ) : null}
      {list.data === undefined ? null : <MissingMail list={list.data} />}
      {list.data?.receivers.length === 0 ? (
        <Panel>
          <EmptyState icon={<SendIcon size={22} />} title="Nobody is told yet">
            <p>
              Alerts stand on their page whether anybody is told or not. Add an e-mail address, a channel of
              Slack or of a chat that understands its webhooks, or a program of your own.
            </p>
          </EmptyState>
        </Panel>
      ) : null}
      <ul className={pageClasses.list} aria-label="Receivers">
        {list.data?.receivers.map((receiver) => (
          <li key={receiver.id}>
            <ReceiverCard
              receiver={receiver}
              onEdit={() => setEdited(receiver)}
              onDelete={() => setDeleting(receiver)}
              onTest={async () =>
                attempt(async () => testReceiver(receiver.id), 'A test is on its way: see below how it went.')
              }
              onEnable={async (enabled) => attempt(async () => changeReceiver(receiver.id, { enabled }))}
            />
          </li>
        ))}
      </ul>
      <Deliveries onReplay={async (id) => attempt(async () => replayDelivery(id))} />
      <ReceiverModal edited={edited} onClose={() => setEdited(undefined)} onSaved={reload} />
      <ConfirmModal
        opened={deleting !== undefined}
        title="Delete the receiver?"
        confirmLabel="Delete"
        onClose={() => setDeleting(undefined)}
        act={async () => {
          if (deleting !== undefined) await deleteReceiver(deleting.id)
          await reload()
        }}
      >
        <b>
          <ShownText text={deleting?.name ?? ''} />
        </b>{' '}
        is told of no alert any more. What waits for it is not sent.
      </ConfirmModal>
    </SettingsPage>
  )
}

function MissingMail({ list }: { list: ReceiverList }): ReactNode {
  const needsMail = list.receivers.some(({ kind, enabled }) => enabled && kind === 'email')
  if (list.mailIsSet || !needsMail) return null
  return (
    <p className={classes.note}>
      <AlertIcon size={16} />
      <span>
        No e-mail can be sent until there is a mail server: set it under{' '}
        <Link to={paths.scheduledExports}>Scheduled exports</Link>.
      </span>
    </p>
  )
}

function Deliveries({ onReplay }: { onReplay: (id: string) => Promise<void> }): ReactNode {
  const [state, setState] = useState<'dead'>()
  const deliveries = useQuery(deliveriesQuery(state))
  if (deliveries.data === undefined || (deliveries.data.total === 0 && state === undefined)) return null
  const { total, deliveries: shown } = deliveries.data
  return (
    <section className={classes.mail} aria-label="What was sent">
      <div className={receiverClasses.head}>
        <h2 className={receiverClasses.title}>What was sent</h2>
        <SegmentedControl
          size="xs"
          aria-label="Which deliveries"
          data={[
            { value: 'all', label: 'All' },
            { value: 'dead', label: 'Given up' },
          ]}
          value={state ?? 'all'}
          onChange={(chosen) => setState(chosen === 'dead' ? 'dead' : undefined)}
        />
      </div>
      <Panel>
        {total === 0 ? (
          <p className={receiverClasses.none}>Nothing was given up.</p>
        ) : (
          <DeliveryRows
            label="Deliveries"
            namesAlert
            deliveries={shown}
            onReplay={(delivery) => void onReplay(delivery.id)}
          />
        )}
      </Panel>
      {total > shown.length ? (
        <p className={receiverClasses.rest}>
          The newest {formatCount(shown.length)} of {formatCount(total)}.
        </p>
      ) : null}
    </section>
  )
}
