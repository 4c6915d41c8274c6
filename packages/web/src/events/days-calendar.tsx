import '@mantine/dates/styles.layer.css'
import { DatePicker } from '@mantine/dates'
import type { ReactNode } from 'react'

type DaysCalendarProps = {
  /** The first and the last day, such as 2026-11-22; the last is null while it is to be chosen. */
  days: [string | null, string | null]
  /** The month of this day is shown at first. */
  shownDay: string
  onChange: (days: [string | null, string | null]) => void
}

/** A calendar in which whole days are chosen. Its library is large and seldom needed: load this file when it is. */
export function DaysCalendar({ days, shownDay, onChange }: DaysCalendarProps): ReactNode {
  return (
    <DatePicker
      type="range"
      allowSingleDateInRange
      value={days}
      onChange={onChange}
      defaultDate={shownDay}
      size="xs"
      firstDayOfWeek={1}
      weekendDays={[]}
      hideOutsideDates
      ariaLabels={{
        previousMonth: 'Previous month',
        nextMonth: 'Next month',
      }}
    />
  )
}
