import type { ReactNode } from 'react'
import classes from './empty-state.module.css'

/** A place that has nothing to show: says why, and what to do about it. */
export function EmptyState({
  icon,
  title,
  children,
}: {
  icon?: ReactNode
  title: string
  children?: ReactNode
}): ReactNode {
  return (
    <div className={classes.empty}>
      {icon === undefined ? null : <div className={classes.icon}>{icon}</div>}
      <h2 className={classes.title}>{title}</h2>
      <div className={classes.body}>{children}</div>
    </div>
  )
}
