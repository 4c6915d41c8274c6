import { ActionIcon, Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { Hint } from './hint.tsx'
import { CheckIcon, CopyIcon } from './icons.tsx'

type CopyButtonProps = {
  /** What is copied; a function where making the text costs something. */
  text: string | (() => string)
  /** What the button is called, such as *Copy SQL*. */
  label: string
  /** Shows the label beside the icon. */
  withLabel?: boolean
}

/** Copies a text and says that it did. */
export function CopyButton({ text, label, withLabel = false }: CopyButtonProps): ReactNode {
  const clipboard = useClipboard({ timeout: 1500 })
  const copy = (): void => clipboard.copy(typeof text === 'string' ? text : text())
  const icon = clipboard.copied ? <CheckIcon size={15} /> : <CopyIcon size={15} />
  const said = clipboard.copied ? 'Copied' : label
  if (withLabel) {
    return (
      <Button variant="default" size="xs" leftSection={icon} onClick={copy} aria-live="polite">
        {said}
      </Button>
    )
  }
  return (
    <Hint label={said} position="left">
      <ActionIcon size={26} aria-label={said} onClick={copy}>
        {icon}
      </ActionIcon>
    </Hint>
  )
}
