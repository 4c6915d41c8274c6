import { ActionIcon, Button, Switch } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { Hint } from './hint.tsx'
import { AlertIcon, PencilIcon, TrashIcon } from './icons.tsx'
import classes from './setting-card.module.css'
import { ShownText } from './shown-text.tsx'

/** How something does, as a look. */
export type CardLook = 'starting' | 'running' | 'waiting' | 'failed'

type SettingCardProps = {
  name: string
  icon: ReactNode
  /** One line below the name: what it is. */
  what: ReactNode
  state?: { look: CardLook; icon: ReactNode; word: string } | undefined
  /** What else can be done with it than editing and deleting. */
  controls?: ReactNode
  /** What is to be known of its state. */
  message?: { look: CardLook; text: string } | undefined
  /** `CardFact`s. */
  facts: ReactNode
  onEdit: () => void
  onDelete: () => void
  children?: ReactNode
}

/** One thing that was set up: what it is, how it does, and what can be done with it. */
export function SettingCard({ name, icon, what, state, ...rest }: SettingCardProps): ReactNode {
  const { controls, message, facts, onEdit, onDelete, children } = rest
  return (
    <article className={classes.card} aria-label={name}>
      <div className={classes.head}>
        <div className={classes.sign}>{icon}</div>
        <div className={classes.titles}>
          <h2 className={classes.name}>
            <ShownText text={name} />
          </h2>
          <div className={classes.path}>{what}</div>
        </div>
        {state === undefined ? null : (
          <span className={classes.state} data-state={state.look}>
            {state.icon}
            {state.word}
          </span>
        )}
        {controls}
        <Hint label="Edit">
          <ActionIcon aria-label={`Edit ${name}`} onClick={onEdit}>
            <PencilIcon />
          </ActionIcon>
        </Hint>
        <Hint label="Delete">
          <ActionIcon aria-label={`Delete ${name}`} onClick={onDelete}>
            <TrashIcon />
          </ActionIcon>
        </Hint>
      </div>
      {message === undefined ? null : (
        <div className={classes.message} data-state={message.look}>
          <AlertIcon size={15} />
          <div>
            <ShownText text={message.text} />
          </div>
        </div>
      )}
      <dl className={classes.numbers}>{facts}</dl>
      {children}
    </article>
  )
}

export function CardFact({
  name,
  isBad,
  children,
}: {
  name: string
  isBad?: boolean
  children: ReactNode
}): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-bad={isBad || undefined}>{children}</dd>
    </div>
  )
}

type SwitchAndActProps = {
  enabled: boolean
  /** What is switched, for who cannot see where the switch stands. */
  label: string
  onEnable: (isOn: boolean) => Promise<void>
  act: { word: string; label: string; disabled?: boolean; do: () => Promise<void> }
}

/** Switches a thing on and off, and has it do at once what it does by itself; one of both at a time. */
export function SwitchAndAct({ enabled, label, onEnable, act }: SwitchAndActProps): ReactNode {
  const [busy, setBusy] = useState(false)

  async function run(doing: () => Promise<void>): Promise<void> {
    setBusy(true)
    try {
      await doing()
    } finally {
      setBusy(false)
    }
  }

  return (
    <>
      <Switch
        className={classes.switch ?? ''}
        aria-label={label}
        checked={enabled}
        disabled={busy}
        onChange={(event) => void run(async () => onEnable(event.currentTarget.checked))}
      />
      <Button
        variant="default"
        size="compact-sm"
        disabled={act.disabled ?? false}
        loading={busy}
        onClick={() => void run(act.do)}
        aria-label={act.label}
      >
        {act.word}
      </Button>
    </>
  )
}
