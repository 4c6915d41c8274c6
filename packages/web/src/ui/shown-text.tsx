import type { ReactNode } from 'react'
import classes from './shown-text.module.css'
import { RedactionBadge, splitAtRedactions } from './redaction-badge.tsx'
import { hasHidden, splitVisible } from './visible-characters.ts'

/**
 * Text that somebody else wrote: isolated from the direction of its surroundings, with every invisible or reordering
 * character shown by its name, and every redaction as a badge. Always a text node, never markup.
 */
export function ShownText({ text }: { text: string }): ReactNode {
  return <bdi>{withSigns(text)}</bdi>
}

/**
 * The same without the isolation, for pieces of one text that stand in an isolated element together. Where a secret was
 * removed stands a badge.
 */
export function withSigns(text: string): ReactNode {
  const pieces = splitAtRedactions(text)
  if (pieces.length === 1) return withNames(text)
  return pieces.map((piece, index) =>
    // The pieces of a text never move.
    // oxlint-disable-next-line react/no-array-index-key
    index % 2 === 1 ? <RedactionBadge key={index} text={piece} /> : withNames(piece),
  )
}

function withNames(text: string): ReactNode {
  if (!hasHidden(text)) return text
  return splitVisible(text).map((piece, index) =>
    piece.kind === 'text' ? (
      piece.text
    ) : (
      // The pieces of a text never move.
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className={classes.sign} title={`${piece.name}, an invisible character`}>
        {piece.text}
      </span>
    ),
  )
}
