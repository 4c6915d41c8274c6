import { Menu, type MenuProps } from '@mantine/core'
import { useMergedRef } from '@mantine/hooks'
import {
  cloneElement,
  useRef,
  useState,
  type HTMLAttributes,
  type ReactElement,
  type ReactNode,
  type Ref,
} from 'react'
import { flushSync } from 'react-dom'

type TargetProps = HTMLAttributes<HTMLElement> & { ref?: Ref<HTMLElement> }

type OnDemandMenuProps = Omit<MenuProps, 'opened' | 'defaultOpened' | 'onChange' | 'children'> & {
  /** The button that opens it. */
  target: ReactElement<TargetProps>
  /** What is in it. */
  children: ReactNode
}

/** A menu of which only the button exists until it is pressed for the first time: a page with many menus is there sooner. */
export function OnDemandMenu({ target, children, ...menu }: OnDemandMenuProps): ReactNode {
  const [isUsed, setIsUsed] = useState(false)
  const [opened, setOpened] = useState(false)
  const button = useRef<HTMLElement>(null)
  const ref = useMergedRef(button, target.props.ref)

  function openFirst(): void {
    flushSync(() => setIsUsed(true))
    // The button of the menu is another element than the one that was pressed: the focus comes back to it.
    button.current?.focus({ preventScroll: true })
    setOpened(true)
  }

  if (!isUsed) {
    // The ref is handed on, and not read.
    // oxlint-disable-next-line react/refs
    return cloneElement(target, {
      ref,
      'aria-haspopup': 'menu',
      'aria-expanded': false,
      onClick: openFirst,
    })
  }
  return (
    <Menu {...menu} opened={opened} onChange={setOpened}>
      <Menu.Target>{cloneElement(target, { ref })}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  )
}
