import { Kbd, Modal } from '@mantine/core'
import { Fragment, type ReactNode } from 'react'
import { shortcutLabel } from '../ui/shortcut-label.ts'
import classes from './keys-help.module.css'

const keys: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [['/'], 'Go to the search box'],
  [['j', '↓'], 'Next event'],
  [['k', '↑'], 'Event before'],
  [['←', '→'], 'Go to a value of the row, to filter by it'],
  [['Enter'], 'Open the event'],
  [['Esc'], 'Close the event'],
  [['?'], 'Show these keys'],
]

/** The keys of the Audit Log page. */
export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }): ReactNode {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size="sm">
      <dl className={classes.list}>
        {[...keys, [[shortcutLabel('K')], 'Search everything'] as const].map(([names, meaning]) => (
          <div key={meaning} className={classes.row}>
            <dt>
              {names.map((name) => (
                <Fragment key={name}>
                  <Kbd size="sm">{name}</Kbd>{' '}
                </Fragment>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
