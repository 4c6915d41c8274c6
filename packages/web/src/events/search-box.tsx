import type { Problem } from '@aleph-audit-log/domain/error'
import { ActionIcon } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { useId, useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react'
import { Hint } from '../ui/hint.tsx'
import { CloseIcon, SearchIcon } from '../ui/icons.tsx'
import { applySuggestion, readSearchText } from './read-search-text.ts'
import classes from './search-box.module.css'
import { SearchProblems } from './search-problems.tsx'
import { applyCompletion, suggestAt, type Suggestions } from './search-suggestions.ts'
import { SuggestionList } from './suggestion-list.tsx'

type SearchBoxProps = {
  /** What is searched for now. */
  value: string
  /** Values that occur in the events on screen, for the completion. */
  knownValues: (field: string) => string[]
  onSearch: (text: string) => void
}

const noSuggestions: Suggestions = { start: 0, end: 0, items: [] }

/** The one search box, in the search language. Enter searches; faults are underlined where they are. */
export function SearchBox({ value, knownValues, onSearch }: SearchBoxProps): ReactNode {
  const [text, setText] = useState(value)
  // Faults show once a person has asked for this very text, not while it is being typed.
  const [asked, setAsked] = useState(value)
  const [suggestions, setSuggestions] = useState<Suggestions>(noSuggestions)
  const [active, setActive] = useState(-1)
  const input = useRef<HTMLInputElement>(null)
  const underlay = useRef<HTMLDivElement>(null)
  const id = useId()

  // Another search came from elsewhere (back button, a link): the box follows it.
  const [followed, setFollowed] = useState(value)
  if (followed !== value) {
    setFollowed(value)
    setText(value)
    setAsked(value)
  }
  useHotkeys([['/', () => input.current?.focus()]])

  const problems = text === asked ? readSearchText(text).problems : []
  const open = suggestions.items.length > 0

  function close(): void {
    setSuggestions(noSuggestions)
    setActive(-1)
  }

  function suggest(newText: string, cursor: number): void {
    setSuggestions(suggestAt(newText, cursor, knownValues))
    setActive(-1)
  }

  function search(newText: string): void {
    close()
    setText(newText)
    setAsked(newText)
    if (readSearchText(newText).problems.length === 0) onSearch(newText)
  }

  function accept(index: number): void {
    const item = suggestions.items[index]
    if (item === undefined) return
    const completed = applyCompletion(text, suggestions, item.text)
    setText(completed.text)
    input.current?.focus()
    // The cursor can be put behind the completion only when the input has its new text.
    requestAnimationFrame(() => {
      input.current?.setSelectionRange(completed.cursor, completed.cursor)
      suggest(completed.text, completed.cursor)
    })
  }

  function onKeyDown(event: KeyboardEvent): void {
    // A second time it leaves the box, where the keys of the page then work.
    if (event.key === 'Escape') {
      if (open) close()
      else input.current?.blur()
    } else if (event.key === 'ArrowDown' && open) setActive((active + 1) % suggestions.items.length)
    else if (event.key === 'ArrowUp' && open)
      setActive((Math.max(active, 0) - 1 + suggestions.items.length) % suggestions.items.length)
    else if (event.key === 'ArrowDown' || (event.key === ' ' && event.ctrlKey))
      suggest(text, input.current?.selectionStart ?? text.length)
    else if ((event.key === 'Enter' || event.key === 'Tab') && open && active >= 0) accept(active)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <form
      role="search"
      className={classes.form}
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        search(text)
      }}
    >
      <div className={classes.box} data-invalid={problems.length > 0 || undefined}>
        <SearchIcon size={16} />
        <div className={classes.field}>
          <div ref={underlay} className={classes.underlay} aria-hidden="true">
            <Underlined text={text} problems={problems} />
          </div>
          <input
            ref={input}
            className={classes.input}
            type="text"
            value={text}
            placeholder="Search, or filter: actor:ann@acme.com type:query table:orders outcome:failure"
            aria-label="Search the audit log"
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={open}
            aria-controls={`${id}-list`}
            aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
            aria-invalid={problems.length > 0}
            aria-describedby={problems.length > 0 ? `${id}-problems` : undefined}
            autoComplete="off"
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            dir="ltr"
            onChange={(event) => {
              setText(event.target.value)
              suggest(event.target.value, event.target.selectionStart ?? event.target.value.length)
            }}
            onClick={(event) => {
              if (text === '') suggest('', 0)
              else if (open) suggest(text, event.currentTarget.selectionStart ?? text.length)
            }}
            onScroll={(event) => {
              if (underlay.current !== null) underlay.current.scrollLeft = event.currentTarget.scrollLeft
            }}
            onBlur={close}
            onKeyDown={onKeyDown}
          />
        </div>
        {text === '' ? (
          <kbd className={classes.key} aria-hidden="true">
            /
          </kbd>
        ) : (
          <Hint label="Clear">
            <ActionIcon size={24} aria-label="Clear the search" onClick={() => search('')}>
              <CloseIcon size={15} />
            </ActionIcon>
          </Hint>
        )}
      </div>
      <SuggestionList id={id} items={suggestions.items} active={active} onAccept={accept} />
      {problems.length === 0 ? null : (
        <SearchProblems
          id={`${id}-problems`}
          text={text}
          problems={problems}
          onApply={(problem) => search(applySuggestion(text, problem))}
        />
      )}
    </form>
  )
}

/** The text again, invisible, with a wave under each fault; lies exactly under the input. */
function Underlined({ text, problems }: { text: string; problems: readonly Problem[] }): ReactNode {
  const pieces: ReactNode[] = []
  let end = 0
  const ordered = problems
    .flatMap(({ start, end }) =>
      start === undefined ? [] : [{ start, end: Math.max(end ?? start, start + 1) }],
    )
    .sort((a, b) => a.start - b.start)
  for (const problem of ordered) {
    if (problem.start < end) continue
    const piece = text.slice(problem.start, problem.end)
    pieces.push(
      text.slice(end, problem.start),
      <span key={problem.start} className={classes.wave}>
        {piece === '' ? ' ' : piece}
      </span>,
    )
    end = problem.end
  }
  return (
    <>
      {pieces}
      {text.slice(end)}
    </>
  )
}
