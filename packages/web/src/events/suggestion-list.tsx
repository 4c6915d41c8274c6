import { useEffect, useRef, type ReactNode } from 'react'
import { withSigns } from '../ui/shown-text.tsx'
import type { Suggestion } from './search-suggestions.ts'
import classes from './suggestion-list.module.css'

type SuggestionListProps = {
  id: string
  items: Suggestion[]
  active: number
  onAccept: (index: number) => void
}

/** The completions under the search box. */
export function SuggestionList({ id, items, active, onAccept }: SuggestionListProps): ReactNode {
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    list.current?.children.item(active)?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <ul
      ref={list}
      id={`${id}-list`}
      role="listbox"
      aria-label="Completions"
      className={classes.list}
      hidden={items.length === 0}
    >
      {items.map((item, index) => (
        <li
          key={item.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          className={classes.item}
          // Pressing the mouse would take the focus from the input, which closes this list.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onAccept(index)}
        >
          <span className={classes.text}>{withSigns(item.text)}</span>
          <span className={classes.meaning}>{item.description}</span>
        </li>
      ))}
    </ul>
  )
}
