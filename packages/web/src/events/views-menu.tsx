import type { View } from '@aleph-audit-log/domain/api/views'
import { ActionIcon, Button, Skeleton, TextInput, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { viewsQuery } from '../api/views.ts'
import { Hint } from '../ui/hint.tsx'
import { BookmarkIcon, ChevronDownIcon, PencilIcon, SearchIcon, TrashIcon } from '../ui/icons.tsx'
import { OnDemandPopover } from '../ui/on-demand-popover.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import classes from './views-bar.module.css'

/** With more, one looks for a name instead of reading all. */
const unsearchedMax = 7

type ViewsMenuProps = {
  /** The view that is open. */
  current: View | undefined
  onOpen: (view: View) => void
  onEdit: (view: View) => void
  onDelete: (view: View) => void
  onSaveNew: () => void
  /** Absent where no view is open. */
  onLeave: (() => void) | undefined
}

/** The button with the name of the open view, and under it all views that there are. */
export function ViewsMenu(props: ViewsMenuProps): ReactNode {
  const { current, onLeave } = props
  const [opened, setOpened] = useState(false)
  const views = useQuery({ ...viewsQuery, refetchOnMount: false })
  const closing =
    <T extends unknown[]>(act: (...of: T) => void) =>
    (...of: T): void => {
      setOpened(false)
      act(...of)
    }

  function show(isShown: boolean): void {
    // Others share views, too.
    if (isShown) void views.refetch()
    setOpened(isShown)
  }

  return (
    <OnDemandPopover
      opened={opened}
      onChange={show}
      position="bottom-start"
      width={320}
      shadow="md"
      dropdown={{ className: classes.dropdown ?? '', 'aria-label': 'Views' }}
      target={
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          className={classes.target ?? ''}
          classNames={{ label: classes.name ?? '' }}
          leftSection={<BookmarkIcon size={15} />}
          rightSection={<ChevronDownIcon size={13} />}
          aria-label={current === undefined ? 'Views' : `View: ${current.name}`}
          data-open={current === undefined ? undefined : true}
        >
          {current === undefined ? 'Views' : <ShownText text={current.name} />}
        </Button>
      }
    >
      {views.data === undefined && views.error !== null ? (
        <ProblemNote error={views.error} onRetry={() => void views.refetch()} />
      ) : null}
      {views.data === undefined && views.error === null ? <Skeleton height={60} radius={5} /> : null}
      {views.data === undefined || !opened ? null : (
        <ViewLists
          views={views.data}
          currentId={current?.id}
          onOpen={closing(props.onOpen)}
          onEdit={closing(props.onEdit)}
          onDelete={closing(props.onDelete)}
        />
      )}
      <div className={classes.foot}>
        <Button variant="subtle" size="compact-xs" onClick={closing(props.onSaveNew)}>
          Save what is on screen…
        </Button>
        {onLeave === undefined ? null : (
          <Button variant="subtle" color="gray" size="compact-xs" onClick={closing(onLeave)}>
            Leave this view
          </Button>
        )}
      </div>
    </OnDemandPopover>
  )
}

type ViewListsProps = {
  views: readonly View[]
  currentId: string | undefined
  onOpen: (view: View) => void
  onEdit: (view: View) => void
  onDelete: (view: View) => void
}

function ViewLists({ views, ...rest }: ViewListsProps): ReactNode {
  const [text, setText] = useState('')
  const lists = useRef<HTMLDivElement>(null)
  const wanted = text.trim().toLowerCase()
  const found = views.filter(({ name, owner }) =>
    [name, owner.name].some((it) => it.toLowerCase().includes(wanted)),
  )

  /** The arrows walk through all views; from the search, too. */
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const all = [...(lists.current?.querySelectorAll<HTMLElement>('[data-view]') ?? [])]
    const at = all.findIndex((button) => button.parentElement?.contains(document.activeElement))
    const next = at < 0 && event.key === 'ArrowUp' ? -1 : at + (event.key === 'ArrowDown' ? 1 : -1)
    all.at(next % all.length)?.focus()
  }

  return (
    <div onKeyDown={onKeyDown}>
      {views.length > unsearchedMax ? (
        <TextInput
          size="xs"
          className={classes.search ?? ''}
          leftSection={<SearchIcon size={14} />}
          aria-label="Find a view"
          placeholder="Find a view"
          data-autofocus
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      ) : null}
      <div ref={lists} className={classes.lists}>
        <ViewList title="Only you" views={found.filter(({ shared }) => !shared)} {...rest} />
        <ViewList title="Shared with the workspace" views={found.filter(({ shared }) => shared)} {...rest} />
        {found.length > 0 ? null : (
          <p className={classes.none}>
            {wanted === ''
              ? 'A view keeps a search with its range and columns, to come back to or to share.'
              : 'No view has this name.'}
          </p>
        )}
      </div>
    </div>
  )
}

function ViewList({ title, views, ...rest }: ViewListsProps & { title: string }): ReactNode {
  if (views.length === 0) return null
  return (
    <section aria-label={title}>
      <h3 className={classes.heading}>{title}</h3>
      <ul className={classes.list}>
        {views.map((view) => (
          <ViewRow key={view.id} view={view} {...rest} />
        ))}
      </ul>
    </section>
  )
}

function ViewRow({
  view,
  currentId,
  onOpen,
  onEdit,
  onDelete,
}: Omit<ViewListsProps, 'views'> & { view: View }): ReactNode {
  const { name, shared, owner, mayChange } = view
  return (
    <li className={classes.row}>
      <UnstyledButton
        className={classes.open}
        data-view={view.id}
        aria-current={view.id === currentId}
        onClick={() => onOpen(view)}
      >
        <span className={classes.line}>
          <ShownText text={name} />
        </span>
        {shared && !owner.isYou ? (
          <span className={`${classes.line} ${classes.owner}`}>
            <ShownText text={owner.name} />
            {owner.isMember ? '' : ', former member'}
          </span>
        ) : null}
      </UnstyledButton>
      {mayChange ? (
        <>
          <Hint label="Name and sharing">
            <ActionIcon
              className={classes.act ?? ''}
              size={26}
              aria-label={`Name and sharing of ${name}`}
              onClick={() => onEdit(view)}
            >
              <PencilIcon size={14} />
            </ActionIcon>
          </Hint>
          <Hint label="Delete">
            <ActionIcon
              className={classes.act ?? ''}
              size={26}
              aria-label={`Delete ${name}`}
              onClick={() => onDelete(view)}
            >
              <TrashIcon size={14} />
            </ActionIcon>
          </Hint>
        </>
      ) : null}
    </li>
  )
}
