import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'
import { AlertIcon } from './icons.tsx'
import classes from './shown-once.module.css'

type ShownOnceProps = { label: string; text: string; children: ReactNode; onDone: () => void }

/** A secret that the server tells only now: to be copied before the dialog is closed. */
export function ShownOnce({ label, text, children, onDone }: ShownOnceProps): ReactNode {
  return (
    <div>
      <div className={classes.note}>
        <AlertIcon size={16} />
        <div>{children}</div>
      </div>
      <div className={classes.secret}>
        <code className={classes.text} aria-label={label}>
          {text}
        </code>
        <CopyButton withLabel text={text} label="Copy" />
      </div>
      <Group justify="flex-end" mt="lg">
        <Button onClick={onDone}>Done</Button>
      </Group>
    </div>
  )
}
