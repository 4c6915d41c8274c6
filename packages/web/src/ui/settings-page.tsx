import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import classes from './settings-page.module.css'

type SettingsPageProps = {
  title: string
  lead: string
  action?: ReactNode
  /** As wide as the window has room for a table of many columns. */
  wide?: boolean
  children: ReactNode
}

/** The layout of every page of settings: what it is, what can be done, and the things themselves. */
export function SettingsPage({ title, lead, action, wide = false, children }: SettingsPageProps): ReactNode {
  useDocumentTitle(`${title} · Aleph`)
  return (
    <div className={classes.page} data-wide={wide || undefined}>
      <div className={classes.head}>
        <div className={classes.titles}>
          <h1 className={classes.title}>{title}</h1>
          <p className={classes.lead}>{lead}</p>
        </div>
        {action}
      </div>
      {children}
    </div>
  )
}

/** A bordered box with an optional heading, as wide as the page. */
export function Panel({ title, children }: { title?: string; children: ReactNode }): ReactNode {
  return (
    <div className={classes.section}>
      {title === undefined ? null : <h2 className={classes.sectionTitle}>{title}</h2>}
      <div className={classes.panel}>{children}</div>
    </div>
  )
}
