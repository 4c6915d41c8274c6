import type { InsightList } from '@aleph-audit-log/domain/api/insights'
import { Button, CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback, useDocumentTitle } from '@mantine/hooks'
import { useEffect, useState, type ReactNode } from 'react'
import type { UsageRows } from '../api/insights.ts'
import { formatCount } from '../events/format-time.ts'
import footer from '../events/results-footer.module.css'
import { describeRange } from '../events/time-range.ts'
import { useZone } from '../events/zone-context.ts'
import { SearchIcon } from '../ui/icons.tsx'
import { ProblemNote } from '../ui/problem-note.tsx'
import { ShownText } from '../ui/shown-text.tsx'
import { useInsights } from './insights-context.ts'
import { NoUsage } from './no-usage.tsx'
import { UsageDownload } from './usage-download.tsx'
import classes from './usage-list.module.css'
import { countedText } from './usage-search.ts'
import { UsageTable, type UsageColumn } from './usage-table.tsx'
import { useUsage } from './use-usage.ts'

export type Preset = {
  /** The order that it asks for. */
  sort: string
  label: string
  /** What it shows, in a sentence. */
  hint: string
  /** It lists what was not seen in the time of the page, and what was seen longest ago first. */
  unseen?: true
}

type UsageListProps<List extends InsightList> = {
  list: List
  /** `person` and `people`. */
  words: readonly [one: string, many: string]
  placeholder: string
  /** The first one is the default. */
  presets: readonly [Preset, ...Preset[]]
  columnsOf: (days: readonly string[]) => readonly UsageColumn<UsageRows[List]>[]
  keyOf: (row: UsageRows[List]) => string
}

const firstRows = 100
const rowsMax = 1000

/** A tab of Insights: narrow it by a name, choose what stands first, read it, download it. */
export function UsageList<List extends InsightList>(props: UsageListProps<List>): ReactNode {
  const { list, words, placeholder, presets, columnsOf, keyOf } = props
  const { params, range, of, change } = useInsights()
  const title = words[1].charAt(0).toUpperCase() + words[1].slice(1)
  useDocumentTitle(`${title} · Insights · Aleph`)
  const zone = useZone()
  const [limit, setLimit] = useState(firstRows)
  const columns = columnsOf([])
  // What is not there cannot belong to something.
  const offered = presets.filter(({ unseen }) => params.of === undefined || unseen !== true)
  const sorts = new Set([...offered.map(({ sort }) => sort), ...columns.flatMap(({ sort }) => sort ?? [])])
  const sort = params.sort !== undefined && sorts.has(params.sort) ? params.sort : presets[0].sort
  const preset = offered.find((one) => one.sort === sort)
  const unseen = preset?.unseen === true
  const wish = { q: countedText(...of), sort, limit, contains: params.name }
  const usage = useUsage(list, wish)
  const { data } = usage
  const isEmpty = data !== undefined && data.rows.length === 0 && !usage.isPlaceholderData

  const order = (chosen: string): void => change({ sort: chosen === presets[0].sort ? undefined : chosen })
  return (
    <>
      <div className={classes.tools}>
        {params.of === undefined ? null : <Scope search={params.of} words={words} />}
        <NameBox value={params.name ?? ''} placeholder={placeholder} />
        <div role="group" aria-label="Show first" className={classes.presets}>
          {offered.map((one) => (
            <button
              key={one.sort}
              type="button"
              className={classes.preset}
              aria-pressed={one.sort === sort}
              title={one.hint}
              onClick={() => order(one.sort)}
            >
              {one.label}
            </button>
          ))}
        </div>
        <p className={classes.hint}>
          {preset?.hint ?? ''}
          {unseen ? ` in this time: ${describeRange(range, zone)}` : ''}
        </p>
      </div>
      <div className={classes.scroller} tabIndex={0} role="region" aria-label={`List of ${words[1]}`}>
        {usage.error !== null && data === undefined ? (
          <div className={classes.problem}>
            <ProblemNote error={usage.error} onRetry={() => void usage.refetch()} />
          </div>
        ) : isEmpty ? (
          <NoUsage words={words} sort={sort} />
        ) : (
          <UsageTable
            label={title}
            columns={data === undefined ? columns : columnsOf(data.days)}
            rows={data?.rows}
            keyOf={keyOf}
            sort={sort}
            ascending={unseen}
            onSort={order}
            stale={usage.isPlaceholderData}
          />
        )}
        {data !== undefined && data.rows.length < data.total && limit < rowsMax ? (
          <div className={classes.further}>
            <Button variant="default" size="xs" loading={usage.isFetching} onClick={() => setLimit(rowsMax)}>
              Show more
            </Button>
          </div>
        ) : null}
      </div>
      <UsageDownload
        list={list}
        wish={wish}
        status={
          data === undefined ? (
            usage.error === null ? (
              'Loading…'
            ) : (
              'Nothing loaded'
            )
          ) : (
            <>
              <b>{formatCount(data.total)}</b> {data.total === 1 ? words[0] : words[1]}
              {data.rows.length < data.total ? (
                <span className={footer.loaded}> · {formatCount(data.rows.length)} shown</span>
              ) : null}
            </>
          )
        }
        disabled={data === undefined || data.total === 0}
      />
    </>
  )
}

/** What the list is narrowed to, and the way to all of it. */
function Scope({ search, words }: { search: string; words: readonly [string, string] }): ReactNode {
  const { change } = useInsights()
  return (
    <p className={classes.scope}>
      <span className={classes.scopeText} title={search}>
        Narrowed to <ShownText text={search.slice(0, 400)} />
      </span>
      <CloseButton
        size="xs"
        aria-label={`Show all ${words[1]}`}
        title={`Show all ${words[1]}`}
        onClick={() => change({ of: undefined })}
      />
    </p>
  )
}

const typingPauseMs = 250

/** Narrows the list while one types; the address bar has what was typed. */
function NameBox({ value, placeholder }: { value: string; placeholder: string }): ReactNode {
  const { change } = useInsights()
  const [text, setText] = useState(value)
  const [sent, setSent] = useState(value)
  // Back and forward change the address without typing.
  if (sent !== value) {
    setSent(value)
    setText(value)
  }
  const send = useDebouncedCallback((typed: string) => {
    setSent(typed.trim())
    change({ name: typed.trim() === '' ? undefined : typed.trim() }, { replace: true })
  }, typingPauseMs)
  useEffect(() => send.cancel, [send])
  return (
    <TextInput
      className={classes.name ?? ''}
      size="xs"
      aria-label={placeholder}
      placeholder={placeholder}
      value={text}
      autoComplete="off"
      spellCheck={false}
      leftSection={<SearchIcon size={14} />}
      rightSection={
        text === '' ? null : (
          <CloseButton
            size="xs"
            aria-label="Clear"
            onClick={() => {
              setText('')
              send('')
            }}
          />
        )
      }
      onChange={(event) => {
        setText(event.target.value)
        send(event.target.value)
      }}
    />
  )
}
