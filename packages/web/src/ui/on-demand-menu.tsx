import { Menu, type MenuProps } from '@mantine/core'
import { useState, type ReactElement, type ReactNode } from 'react'
import { useOnDemand, type OpenerProps } from './use-on-demand.ts'

type OnDemandMenuProps = Omit<MenuProps, 'opened' | 'defaultOpened' | 'onChange' | 'children'> & {
  /** The button that opens it. */
  target: ReactElement<OpenerProps>
  /** What is in it. */
  children: ReactNode
}

/** A menu of which only the button exists until it is pressed for the first time. */
export function OnDemandMenu({ target, children, ...menu }: OnDemandMenuProps): ReactNode {
  const [opened, setOpened] = useState(false)
  const { isUsed, opener } = useOnDemand(target, 'menu', () => setOpened(true))
  if (!isUsed) return opener
  return (
    <Menu {...menu} opened={opened} onChange={setOpened}>
      <Menu.Target>{opener}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}
