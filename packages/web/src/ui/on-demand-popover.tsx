import { Popover, type PopoverDropdownProps, type PopoverProps } from '@mantine/core'
import { cloneElement, type ReactElement, type ReactNode } from 'react'
import { useOnDemand, type OpenerProps } from './use-on-demand.ts'

type OnDemandPopoverProps = Omit<PopoverProps, 'opened' | 'defaultOpened' | 'onChange' | 'children'> & {
  opened: boolean
  onChange: (opened: boolean) => void
  /** The button that opens it. */
  target: ReactElement<OpenerProps>
  dropdown: Omit<PopoverDropdownProps, 'children'>
  /** What is in it. */
  children: ReactNode
}

/** A popover of which only the button exists until it is pressed for the first time. The focus goes into it and comes back. */
export function OnDemandPopover(props: OnDemandPopoverProps): ReactNode {
  const { opened, onChange, target, dropdown, children, ...popover } = props
  const { isUsed, opener } = useOnDemand(target, 'dialog', () => onChange(true))
  if (!isUsed) return opener
  return (
    <Popover {...popover} opened={opened} onChange={onChange} trapFocus returnFocus>
      <Popover.Target>{cloneElement(opener, { onClick: () => onChange(!opened) })}</Popover.Target>
      <Popover.Dropdown {...dropdown}>{children}</Popover.Dropdown>
    </Popover>
  )
}
