import { useHotkeys } from '@mantine/hooks'
import { openSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import type { Session } from '@aleph-audit-log/domain/api/access'
import { paths } from '../paths.ts'
import { SearchIcon } from './icons.tsx'
import classes from './search-everything.module.css'
import { navGroupsFor } from './site-map.ts'

const idleWaitMs = 1000

/**
 * Ctrl/Cmd-K: go to a page, or search the log for what was typed. The page comes first: the dialog exists as soon as the browser
 * has nothing else to do, and is open then if somebody has asked for it meanwhile.
 */
export function SearchEverything({ session }: { session: Session }): ReactNode {
  const [isDue, setIsDue] = useState(false)
  useHotkeys([['mod+K', () => openSpotlight()]], [])
  useEffect(() => whenIdle(() => setIsDue(true)), [])
  return isDue ? <SearchDialog session={session} /> : null
}

/** Calls back when the browser has nothing to do, or after a second; gives what takes that back. */
function whenIdle(callback: () => void): () => void {
  // Not every browser tells when it is idle.
  if (typeof window.requestIdleCallback !== 'function') {
    const timer = setTimeout(callback, idleWaitMs)
    return () => clearTimeout(timer)
  }
  const handle = window.requestIdleCallback(callback, { timeout: idleWaitMs })
  return () => window.cancelIdleCallback(handle)
}

function SearchDialog({ session }: { session: Session }): ReactNode {
  const router = useRouter()
  const [query, setQuery] = useState('')

  const pages = navGroupsFor(session.user.role).flatMap((group) =>
    group.entries.flatMap((entry) =>
      [entry, ...(entry.parts ?? [])].map(({ to, label, hint }): SpotlightActionData => ({
        id: to,
        label,
        description: hint,
        leftSection: <entry.icon size={18} />,
        onClick: () => void router.navigate({ to }),
      })),
    ),
  )
  const wanted = query.trim()
  const found = pages.filter((page) =>
    `${page.label ?? ''} ${page.description ?? ''}`.toLowerCase().includes(wanted.toLowerCase()),
  )
  const searchLog: SpotlightActionData = {
    id: 'search-log',
    label: wanted === '' ? 'Search the log' : `Search the log for “${wanted}”`,
    description: 'Past 30 days, in the search language of the Audit Log page',
    leftSection: <SearchIcon size={18} />,
    onClick: () => void router.navigate({ to: paths.auditLog, search: wanted === '' ? {} : { q: wanted } }),
  }

  return (
    <Spotlight
      query={query}
      onQueryChange={setQuery}
      actions={[...found, searchLog]}
      filter={(_, actions) => actions}
      shortcut={null}
      highlightQuery={false}
      scrollable
      maxHeight={360}
      nothingFound="Nothing found"
      centered={false}
      yOffset="14vh"
      overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
      transitionProps={{ duration: 100 }}
      classNames={{
        action: classes['action'] ?? '',
        actionDescription: classes['description'] ?? '',
        search: classes['search'] ?? '',
      }}
      attributes={{ content: { 'aria-label': 'Search everything' } }}
      searchProps={{
        leftSection: <SearchIcon size={18} />,
        placeholder: 'Go to a page, or search the log',
        'aria-label': 'Search everything',
      }}
    />
  )
}
