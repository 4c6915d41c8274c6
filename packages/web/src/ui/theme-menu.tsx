import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import type { ReactNode } from 'react'
import { MoonIcon, ScreenIcon, SunIcon } from './icons.tsx'
import { OnDemandMenu } from './on-demand-menu.tsx'

/** Light, dark, or what the computer says. */
export function ThemeMenu(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const shown = useComputedColorScheme('light', { getInitialValueInEffect: false })
  return (
    <OnDemandMenu
      target={
        <ActionIcon aria-label="Theme">
          {shown === 'dark' ? <MoonIcon size={17} /> : <SunIcon size={17} />}
        </ActionIcon>
      }
    >
      <Menu.RadioGroup
        value={colorScheme}
        onChange={(value) => setColorScheme(value === 'dark' || value === 'light' ? value : 'auto')}
      >
        <Menu.RadioItem value="light" rightSection={<SunIcon />}>
          Light
        </Menu.RadioItem>
        <Menu.RadioItem value="dark" rightSection={<MoonIcon />}>
          Dark
        </Menu.RadioItem>
        <Menu.RadioItem value="auto" rightSection={<ScreenIcon />}>
          Like the computer
        </Menu.RadioItem>
      </Menu.RadioGroup>
    </OnDemandMenu>
  )
}
