import { ActionIcon, Drawer, UnstyledButton } from '@mantine/core'
import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { openSpotlight } from '@mantine/spotlight'
import { useSuspenseQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { sessionQuery } from '../api/session.ts'
import classes from './frame.module.css'
import { MenuIcon, SearchIcon } from './icons.tsx'
import { Nav } from './nav.tsx'
import { PersonMenu } from './person-menu.tsx'
import { SearchEverything } from './search-everything.tsx'
import { shortcutLabel } from './shortcut-label.ts'
import { ThemeMenu } from './theme-menu.tsx'

/** What every page behind the sign-in stands in: navigation, top bar, search over everything. */
export function Frame(): ReactNode {
  const { data: session } = useSuspenseQuery(sessionQuery)
  const [folded, setFolded] = useLocalStorage({
    key: 'audit-nav-folded',
    defaultValue: false,
    getInitialValueInEffect: false,
  })
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const [drawerOpen, setDrawerOpen] = useState(false)

  return (
    <div className={classes.frame} data-folded={folded || undefined}>
      <a href="#content" className={classes.skip}>
        Skip to the page
      </a>
      {narrow ? (
        <Drawer
          opened={drawerOpen}
          onClose={() => setDrawerOpen(false)}
          size={248}
          padding={0}
          withCloseButton={false}
          attributes={{ content: { 'aria-label': 'Navigation' } }}
        >
          <div className={classes.drawer}>
            <Nav session={session} folded={false} onFollow={() => setDrawerOpen(false)} />
          </div>
        </Drawer>
      ) : (
        <div className={classes.side}>
          <Nav session={session} folded={folded} onFold={() => setFolded(!folded)} />
        </div>
      )}
      <div className={classes.top} role="region" aria-label="Top bar">
        {narrow ? (
          <ActionIcon aria-label="Open the navigation" onClick={() => setDrawerOpen(true)}>
            <MenuIcon size={18} />
          </ActionIcon>
        ) : null}
        <div className={classes.space} />
        <UnstyledButton
          className={classes.search}
          onClick={() => openSpotlight()}
          aria-label="Search everything"
        >
          <SearchIcon size={15} />
          <span className={classes.searchText} data-keys={shortcutLabel('K')}>
            Search
          </span>
        </UnstyledButton>
        <ThemeMenu />
        <PersonMenu session={session} />
      </div>
      <main id="content" className={classes.content} tabIndex={-1}>
        <Outlet />
      </main>
      <SearchEverything session={session} />
    </div>
  )
}
