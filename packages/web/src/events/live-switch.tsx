import { Button, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { Hint } from '../ui/hint.tsx'
import classes from './live-switch.module.css'

export type LiveState = 'off' | 'live' | 'paused' | 'waiting'

const meanings: Record<LiveState, string> = {
  off: 'Show new events as they come in',
  live: 'New events appear at the top as they come in',
  paused:
    'New events wait while you read: with the mouse over the table, scrolled down, or with an event open',
  waiting: 'The connection was lost. Nothing is missed: it goes on where it stopped',
}

const labels: Record<LiveState, string> = {
  off: 'Live',
  live: 'Live',
  paused: 'Live',
  waiting: 'Live: reconnecting…',
}

/** Whether new events appear by themselves, and whether they can. */
export function LiveSwitch({
  state,
  onChange,
}: {
  state: LiveState
  onChange: (isOn: boolean) => void
}): ReactNode {
  const isOn = state !== 'off'
  return (
    <>
      <Hint label={meanings[state]} multiline maw={300}>
        <Button
          variant="default"
          role="switch"
          aria-checked={isOn}
          className={classes.switch ?? ''}
          leftSection={<span className={classes.dot} data-state={state} />}
          onClick={() => onChange(!isOn)}
        >
          {labels[state]}
        </Button>
      </Hint>
      <VisuallyHidden role="status">
        {state === 'waiting' ? 'Reconnecting to live events' : ''}
      </VisuallyHidden>
    </>
  )
}
