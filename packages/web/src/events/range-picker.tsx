import { Button, TextInput, UnstyledButton } from '@mantine/core'
import { lazy, Suspense, useState, type FormEvent, type ReactNode } from 'react'
import { serverNowMs } from '../api/server-clock.ts'
import { CalendarIcon, CheckIcon, ChevronDownIcon } from '../ui/icons.tsx'
import { OnDemandPopover } from '../ui/on-demand-popover.tsx'
import { formatDay } from './format-time.ts'
import classes from './range-picker.module.css'
import {
  describeRange,
  parseTypedTime,
  pastRanges,
  printTypedTime,
  rangeBetween,
  rangeBounds,
  type TimeRange,
} from './time-range.ts'
import { zoneName, type Zone } from './zone.ts'

const loadCalendar = () => import('./days-calendar.tsx')
/** What fails is tried again, and told, when the calendar is shown. */
const preloadCalendar = (): void => void loadCalendar().catch(() => undefined)
const DaysCalendar = lazy(async () => ({ default: (await loadCalendar()).DaysCalendar }))

type RangePickerProps = {
  range: TimeRange
  zone: Zone
  /** A time in the search text takes the place of the default range. */
  setBySearch: boolean
  onChange: (range: TimeRange) => void
}

/** The range of time: a past one at a press, or any two times, by calendar or typed. */
export function RangePicker({ range, zone, setBySearch, onChange }: RangePickerProps): ReactNode {
  const [opened, setOpened] = useState(false)
  const label = setBySearch ? 'Time set by the search' : describeRange(range, zone)

  function choose(chosen: TimeRange): void {
    setOpened(false)
    onChange(chosen)
  }

  return (
    <OnDemandPopover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      shadow="md"
      dropdown={{ p: 0, 'aria-label': 'Time range' }}
      target={
        <Button
          variant="default"
          leftSection={<CalendarIcon />}
          rightSection={<ChevronDownIcon size={14} />}
          aria-label={`Time range: ${label}`}
          // It is there by the time of the press.
          onPointerEnter={preloadCalendar}
          onFocus={preloadCalendar}
          className={classes.target ?? ''}
        >
          {label}
        </Button>
      }
    >
      <div className={classes.picker}>
        <ul className={classes.past} aria-label="Past ranges">
          {pastRanges.map((past) => {
            const current = range.kind === 'past' && range.id === past.id && !setBySearch
            return (
              <li key={past.id}>
                <UnstyledButton
                  className={classes.pastButton}
                  aria-pressed={current}
                  onClick={() => choose({ kind: 'past', id: past.id })}
                >
                  {past.label}
                  {current ? <CheckIcon size={14} /> : null}
                </UnstyledButton>
              </li>
            )
          })}
        </ul>
        {opened ? <Between range={range} zone={zone} onChoose={choose} /> : null}
      </div>
    </OnDemandPopover>
  )
}

type BetweenProps = { range: TimeRange; zone: Zone; onChoose: (range: TimeRange) => void }

/** Two times: whole days from the calendar, or typed to the millisecond. */
function Between({ range, zone, onChoose }: BetweenProps): ReactNode {
  const bounds = rangeBounds(range, serverNowMs())
  const [from, setFrom] = useState(printTypedTime(wholeSecond(bounds.fromMs), zone))
  const [to, setTo] = useState(printTypedTime(wholeSecond(bounds.toMs), zone))
  const [days, setDays] = useState<[string | null, string | null]>([
    formatDay(bounds.fromMs, zone),
    formatDay(bounds.toMs - 1, zone),
  ])
  const [tried, setTried] = useState(false)
  const fromMs = parseTypedTime(from, zone)
  const toMs = parseTypedTime(to, zone)
  const chosen = fromMs === undefined || toMs === undefined ? undefined : rangeBetween(fromMs, toMs)

  function apply(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if (chosen !== undefined) onChoose(chosen)
  }

  function pickDays(picked: [string | null, string | null]): void {
    setDays(picked)
    const [first, last] = picked
    if (first !== null) setFrom(`${first} 00:00:00`)
    if (last !== null) {
      const lastMs = parseTypedTime(last, zone)
      const next =
        lastMs === undefined ? undefined : parseTypedTime(formatDay(lastMs + 36 * 3_600_000, zone), zone)
      if (next !== undefined) setTo(printTypedTime(next, zone))
    }
  }

  const toProblem =
    toMs === undefined
      ? 'Write it as 2026-11-22 10:00:00'
      : chosen === undefined && fromMs !== undefined
        ? 'Must be after the beginning'
        : undefined
  return (
    <form className={classes.between} onSubmit={apply}>
      <Suspense fallback={<div className={classes.calendar} />}>
        <DaysCalendar days={days} shownDay={formatDay(bounds.toMs - 1, zone)} onChange={pickDays} />
      </Suspense>
      <TextInput
        label="From"
        size="xs"
        value={from}
        onChange={(event) => setFrom(event.target.value)}
        error={tried && fromMs === undefined ? 'Write it as 2026-11-22 10:00:00' : undefined}
        autoComplete="off"
      />
      <TextInput
        label="To"
        size="xs"
        description="not included"
        inputWrapperOrder={['label', 'input', 'error']}
        value={to}
        onChange={(event) => setTo(event.target.value)}
        error={tried ? toProblem : undefined}
        autoComplete="off"
      />
      <div className={classes.apply}>
        <span className={classes.zone}>Times in {zoneName(zone)}</span>
        <Button type="submit" size="xs">
          Apply
        </Button>
      </div>
    </form>
  )
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000
}
