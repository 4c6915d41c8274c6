import { alertStepNames } from '@aleph-audit-log/domain/alert-values'
import type { AlertDelivery } from '@aleph-audit-log/domain/api/alerts'
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { paths } from '../paths.ts'
import { DataTable } from '../ui/data-table.tsx'
import { ClockIcon, DoneIcon, FailedIcon } from '../ui/icons.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { TimeAgo } from '../ui/time-ago.tsx'
import { stepWords } from './alert-words.ts'
import classes from './delivery-rows.module.css'

const states: Record<AlertDelivery['state'], { word: string; icon: ReactNode }> = {
  waiting: { word: 'Waits', icon: <ClockIcon size={13} /> },
  running: { word: 'On its way', icon: <ClockIcon size={13} /> },
  delivered: { word: 'Delivered', icon: <DoneIcon size={13} /> },
  dead: { word: 'Given up', icon: <FailedIcon size={13} /> },
}

type DeliveryRowsProps = {
  label: string
  deliveries: readonly AlertDelivery[]
  /** They are of different alerts. */
  namesAlert: boolean
  /** Sends again what was given up; absent where nobody may. */
  onReplay?: (delivery: AlertDelivery) => void
}

/** What was sent to receivers, and how that went. */
export function DeliveryRows({ label, deliveries, namesAlert, onReplay }: DeliveryRowsProps): ReactNode {
  return (
    <DataTable
      label={label}
      headings={['Receiver', ...(namesAlert ? ['Alert'] : []), 'Told', 'State', 'When', 'Answer', '']}
    >
      {deliveries.map((delivery) => (
        <tr key={delivery.id}>
          <td>
            <ShownText text={delivery.receiver.name} />
          </td>
          {namesAlert ? (
            <td>
              {delivery.alert === undefined ? (
                'Test'
              ) : (
                <Link to={paths.alert} params={{ alertId: delivery.alert.id }} className={classes.link ?? ''}>
                  <ShownText text={delivery.alert.title} />
                </Link>
              )}
            </td>
          ) : null}
          <td className={classes.short}>{sayStep(delivery.step)}</td>
          <td>
            <span className={classes.state} data-state={delivery.state}>
              {states[delivery.state].icon}
              {states[delivery.state].word}
              {delivery.attempts > 1 ? `, ${delivery.attempts} attempts` : ''}
            </span>
          </td>
          <td className={classes.short}>
            <TimeAgo time={delivery.endedAt ?? delivery.createdAt} />
          </td>
          <td className={classes.message}>
            {delivery.message === undefined ? '–' : <ShownText text={delivery.message} />}
            {delivery.retryAt !== undefined && delivery.attempts > 0 ? (
              <>
                {' Tried again '}
                <TimeAgo time={delivery.retryAt} />.
              </>
            ) : null}
          </td>
          <td data-actions>
            {delivery.state === 'dead' && onReplay !== undefined ? (
              <Button variant="default" size="compact-sm" onClick={() => onReplay(delivery)}>
                Send again
              </Button>
            ) : null}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}

function sayStep(step: string): string {
  const known = alertStepNames.find((one) => one === step)
  return known === undefined ? 'Test' : stepWords[known]
}
