import type { Alert } from '@aleph-audit-log/domain/api/alerts'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { acknowledgeAlert, alertsKey, reopenAlert } from '../api/alerts.ts'
import { showProblem } from '../ui/show-problem.ts'
import classes from './alert-actions.module.css'
import { MuteModal } from './mute-modal.tsx'
import { ResolveModal } from './resolve-modal.tsx'

/** What can be done with an alert as it stands. */
export function AlertActions({ alert }: { alert: Alert }): ReactNode {
  const { id, status } = alert
  const queryClient = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [asking, setAsking] = useState<'resolve' | 'mute'>()
  const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: alertsKey })

  async function act(doing: () => Promise<void>): Promise<void> {
    setBusy(true)
    try {
      await doing()
    } catch (error) {
      // Such as somebody who was first: what is shown then is what has become of it.
      showProblem(error)
    }
    await reload()
    setBusy(false)
  }

  return (
    <div className={classes.actions} role="group" aria-label="Actions">
      {status === 'open' ? (
        <Button loading={busy} onClick={() => void act(async () => acknowledgeAlert(id))}>
          Acknowledge
        </Button>
      ) : null}
      {status === 'resolved' ? (
        <Button variant="default" loading={busy} onClick={() => void act(async () => reopenAlert(id))}>
          Open again
        </Button>
      ) : (
        <Button
          variant={status === 'open' ? 'default' : 'filled'}
          disabled={busy}
          onClick={() => setAsking('resolve')}
        >
          Resolve
        </Button>
      )}
      {status === 'muted' ? null : (
        <Button variant="default" disabled={busy} onClick={() => setAsking('mute')}>
          Mute
        </Button>
      )}
      <ResolveModal
        id={id}
        opened={asking === 'resolve'}
        onClose={() => setAsking(undefined)}
        onDone={reload}
      />
      <MuteModal
        alert={alert}
        opened={asking === 'mute'}
        onClose={() => setAsking(undefined)}
        onDone={reload}
      />
    </div>
  )
}
