import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { BrandMark } from './brand-mark.tsx'
import classes from './card-page.module.css'

/** A page outside the frame: one card in the middle. */
export function CardPage({
  title,
  lead,
  children,
}: {
  title: string
  lead?: ReactNode
  children?: ReactNode
}): ReactNode {
  useDocumentTitle(`${title} · Aleph`)
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <div className={classes.brand}>
          <BrandMark size={28} />
          <span>Aleph Audit Log</span>
        </div>
        <div className={classes.card}>
          <h1 className={classes.title}>{title}</h1>
          {lead === undefined ? null : <div className={classes.lead}>{lead}</div>}
          {children}
        </div>
      </div>
    </main>
  )
}
