import { Spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { useRouter } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { Session } from '@aleph-audit-log/domain/api/access'
import { paths } from '../paths.ts'
import { SearchIcon } from './icons.tsx'
import classes from './search-everything.module.css'
import { navGroupsFor } from './site-map.ts'

/** Ctrl/Cmd-K: go to a page, or search the log for what was typed. */
export function SearchEverything({ session }: { session: Session }): ReactNode {
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
      shortcut={['mod + K']}
      tagsToIgnore={[]}
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
