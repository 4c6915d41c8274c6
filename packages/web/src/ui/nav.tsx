import { UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Session } from '@aleph-audit-log/domain/api/access'
import { openAlertsQuery } from '../api/alerts.ts'
import { formatCount } from '../events/format-time.ts'
import { BrandMark } from './brand-mark.tsx'
import { Hint, type HintTarget } from './hint.tsx'
import { FoldIcon, UnfoldIcon } from './icons.tsx'
import { paths } from '../paths.ts'
import classes from './nav.module.css'
import { ShownText } from './shown-text.tsx'
import { navGroupsFor } from './site-map.ts'

type NavProps = {
  session: Session
  folded: boolean
  /** Absent where the navigation lies over the page: it cannot be folded there. */
  onFold?: () => void
  onFollow?: () => void
}

/** The navigation at the left: the pages that work for the signed-in person. */
export function Nav({ session, folded, onFold, onFollow }: NavProps): ReactNode {
  const pathname = useLocation({ select: (location) => location.pathname })
  return (
    <nav aria-label="Main" className={classes.nav} data-folded={folded || undefined}>
      <div className={classes.brand}>
        <BrandMark />
        {folded ? null : (
          <div className={classes.brandText}>
            <span className={classes.product}>Aleph Audit Log</span>
            <span className={classes.workspace}>
              <ShownText text={session.workspace.name} />
            </span>
          </div>
        )}
      </div>
      <div className={classes.groups}>
        {navGroupsFor(session.user.role).map((group) => (
          <div key={group.label ?? ''} className={classes.group}>
            {group.label === undefined ? null : (
              <div className={classes.groupLabel} id={`nav-${group.label}`}>
                {group.label}
              </div>
            )}
            <ul
              className={classes.list}
              {...(group.label === undefined ? {} : { 'aria-labelledby': `nav-${group.label}` })}
            >
              {group.entries.map((entry) => (
                <li key={entry.to}>
                  <NameOf label={entry.label} folded={folded}>
                    <Link
                      to={entry.to}
                      className={classes.link ?? ''}
                      activeOptions={{ exact: isAnothersPage(entry.to, pathname), includeSearch: false }}
                      activeProps={{ 'data-active': true }}
                      aria-label={entry.label}
                      {...(onFollow === undefined ? {} : { onClick: onFollow })}
                    >
                      <entry.icon size={17} />
                      {folded ? null : <span>{entry.label}</span>}
                      {entry.counts === undefined ? null : <OpenAlerts folded={folded} />}
                    </Link>
                  </NameOf>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
      {onFold === undefined ? null : (
        <Hint label="Expand the navigation" position="right" disabled={!folded}>
          <UnstyledButton
            className={classes.fold}
            onClick={onFold}
            aria-label={folded ? 'Expand the navigation' : 'Collapse the navigation'}
          >
            {folded ? <UnfoldIcon size={17} /> : <FoldIcon size={17} />}
            {folded ? null : <span>Collapse</span>}
          </UnstyledButton>
        </Hint>
      )}
    </nav>
  )
}

/** The name of an entry beside it, where only its icon is there. A tooltip that never shows would take its time, too. */
function NameOf({
  label,
  folded,
  children,
}: {
  label: string
  folded: boolean
  children: HintTarget
}): ReactNode {
  if (!folded) return children
  return (
    <Hint label={label} position="right">
      {children}
    </Hint>
  )
}

/** How many alerts wait for somebody, behind the name of their page. */
function OpenAlerts({ folded }: { folded: boolean }): ReactNode {
  const { data: open = 0 } = useQuery(openAlertsQuery)
  if (open === 0) return null
  return (
    <span className={classes.number} data-folded={folded || undefined} title={`${formatCount(open)} open`}>
      {folded ? '' : formatCount(open)}
    </span>
  )
}

/** An address that begins with that of an entry shows its page, or a part of it; but for these, which have entries of their own. */
function isAnothersPage(to: string, pathname: string): boolean {
  return to === paths.home || (to === paths.insights && pathname.startsWith(paths.accessReview))
}
