import { redactionPattern } from '@aleph-audit-log/domain/secrets/redaction'
import type { ReactNode } from 'react'
import classes from './redaction-badge.module.css'

const parts = /^«redacted:([a-z_]+):([0-9a-f]{8})»$/
const redactions = new RegExp(`(${redactionPattern.source})`)

/**
 * A place where a secret was, as `redacted password`. The stored text is there as well, without a size, so that whoever
 * selects and copies the text around gets it as it is stored.
 */
export function RedactionBadge({ text }: { text: string }): ReactNode {
  const [, kind = '', mark = ''] = parts.exec(text) ?? []
  const label = `redacted ${kind.replaceAll('_', ' ')}`
  return (
    <span
      className={classes.badge}
      role="img"
      aria-label={`${label}, mark ${mark}`}
      title={`Equal secrets have the same mark ${mark}`}
      data-label={label}
    >
      <span className={classes.stored}>{text}</span>
    </span>
  )
}

/** Splits a text at its redactions: every second piece is one. */
export function splitAtRedactions(text: string): string[] {
  return text.includes('«redacted:') ? text.split(redactions) : [text]
}

/** The beginning of a text, which does not end inside of a redaction. */
export function beginningOf(text: string, unitsMax: number): string {
  const head = text.slice(0, unitsMax)
  const open = head.lastIndexOf('«')
  return text.length > unitsMax && open >= 0 && head.indexOf('»', open) < 0 ? head.slice(0, open) : head
}
