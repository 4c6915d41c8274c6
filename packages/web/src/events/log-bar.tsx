import { ActionIcon, Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { Hint } from '../ui/hint.tsx'
import { FunnelIcon, KeyboardIcon } from '../ui/icons.tsx'
import { ColumnChooser } from './column-chooser.tsx'
import classes from './log-bar.module.css'

type LogBarProps = {
  /** Shows the filters where they are folded or have no room of their own; absent where they are in sight. */
  onShowFilters: (() => void) | undefined
  onShowKeys: () => void
}

/** The line over the table: the filters at its left, the columns, the keys. */
export function LogBar({ onShowFilters, onShowKeys }: LogBarProps): ReactNode {
  return (
    <div className={classes.bar}>
      {onShowFilters === undefined ? null : (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<FunnelIcon size={15} />}
          aria-expanded={false}
          onClick={onShowFilters}
        >
          Filters
        </Button>
      )}
      <div className={classes.space} />
      <ColumnChooser />
      <Hint label="Keys (?)">
        <ActionIcon className={classes.keys ?? ''} size={26} aria-label="Show the keys" onClick={onShowKeys}>
          <KeyboardIcon size={16} />
        </ActionIcon>
      </Hint>
    </div>
  )
}
