import type { AlertStatus } from '@aleph-audit-log/domain/alert-values'
import type { ReactNode } from 'react'
import { AlertIcon, CheckIcon, ClockIcon, DoneIcon } from '../ui/icons.tsx'
import { statusWords } from './alert-words.ts'
import classes from './status-mark.module.css'

const icons: Record<AlertStatus, ReactNode> = {
  open: <AlertIcon size={13} />,
  acknowledged: <CheckIcon size={13} />,
  resolved: <DoneIcon size={13} />,
  muted: <ClockIcon size={13} />,
}

/** What has become of an alert, by an icon and a word. */
export function StatusMark({ status }: { status: AlertStatus }): ReactNode {
  return (
    <span className={classes.mark} data-status={status}>
      {icons[status]}
      {statusWords[status]}
    </span>
  )
}
