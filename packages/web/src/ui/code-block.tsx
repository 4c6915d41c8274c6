import type { ReactNode } from 'react'
import classes from './code-block.module.css'
import { CopyButton } from './copy-button.tsx'

/** Text to copy into a terminal or a file. */
export function CodeBlock({ text, label }: { text: string; label: string }): ReactNode {
  return (
    <div className={classes.block}>
      <pre className={classes.text} tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <div className={classes.copy}>
        <CopyButton text={text} label={`Copy ${label}`} />
      </div>
    </div>
  )
}
