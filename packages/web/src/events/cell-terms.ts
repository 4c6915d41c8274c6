import type { PublicEvent } from '@aleph-audit-log/domain/api/events'
import { parseFilter } from '@aleph-audit-log/domain/filter/parse-filter'
import { printFilter, printTerm } from '@aleph-audit-log/domain/filter/print-filter'
import { isAuditError } from '@aleph-audit-log/domain/error'
import { timeFromMs, timeToMs } from '@aleph-audit-log/domain/time'
import { columnLooks, type ColumnId } from './column-state.ts'
import { actorName, dataNumber, dataText, sqlOf } from './event-texts.ts'
import { formatCount, formatDay, formatDuration } from './format-time.ts'
import { fieldsIn, msOfFields, type Zone } from './zone.ts'

/** What a value on screen can make of the search: these terms, as people call them. */
export type ValueTerms = {
  terms: readonly string[]
  /** Such as `Email ann@acme.com`: what the buttons say to those who cannot see where they stand. */
  label: string
  /** Everything but this makes no sense: without a range the search would reach back to the first event. */
  cannotExclude?: true
}

const labelUnitsMax = 80

/** The terms for this value of a field, as it is shown; the empty text is a missing one. */
export function valueTerms(title: string, qualifier: string, value: string): ValueTerms | undefined {
  const term = printTerm(qualifier, value)
  if (!isTerm(term)) return undefined
  return { terms: [term], label: value === '' ? `no ${title}` : `${title} ${shorten(value)}` }
}

/** An address that is none, such as `10.0.0.0/99`, can be shown but not searched for. */
function isTerm(term: string): boolean {
  try {
    parseFilter(term)
    return true
  } catch (error) {
    if (isAuditError(error, 'invalid')) return false
    throw error
  }
}

function shorten(value: string): string {
  return value.length > labelUnitsMax ? `${value.slice(0, labelUnitsMax)}…` : value
}

/** What the cell of an event can make of the search. */
export function cellTerms(id: ColumnId, event: PublicEvent, zone: Zone): ValueTerms | undefined {
  const { title } = columnLooks[id]
  switch (id) {
    case 'name':
      return valueTerms(title, 'actor', actorName(event))
    case 'email':
      return valueTerms(title, 'email', event.actor.email ?? '')
    case 'timestamp':
      return dayTerms(event.occurredAt, zone)
    case 'type':
    case 'outcome':
    case 'source':
      return valueTerms(title, id, event[id])
    case 'data':
      return dataTerms(event)
    case 'tables':
      return tablesTerms(event)
    case 'kind':
      return valueTerms(title, 'kind', event.statement?.kind ?? '')
    case 'policy':
      return valueTerms(title, 'policy', event.policy?.decision ?? '')
    case 'tags':
      return tagsTerms(event)
    case 'tool':
      return valueTerms(title, 'tool', event.attribution?.tool ?? '')
    case 'durationMs':
      return atLeast(title, 'duration', dataNumber(event, 'durationMs'), formatDuration)
    case 'rows':
      return atLeast(title, 'rows', dataNumber(event, 'rows'), formatCount)
    case 'database':
      return valueTerms(title, 'database', dataText(event, 'database') ?? '')
    case 'application':
      return valueTerms(title, 'application', event.context?.application ?? '')
    case 'ip':
      return valueTerms(title, 'ip', event.context?.ip ?? '')
  }
}

/** The day on which something happened, as the page shows days. */
function dayTerms(time: string, zone: Zone): ValueTerms {
  const ms = timeToMs(time)
  const { year, month, day } = fieldsIn(ms, zone)
  const from = timeFromMs(msOfFields({ year, month, day }, zone))
  const before = timeFromMs(msOfFields({ year, month, day: day + 1 }, zone))
  return {
    terms: [printFilter({ kind: 'time', range: { from, before } })],
    label: `Day ${formatDay(ms, zone)}`,
    cannotExclude: true,
  }
}

/** The same query with any literals; an event without SQL is itself alone. */
function dataTerms(event: PublicEvent): ValueTerms | undefined {
  const fingerprint = event.statement?.fingerprint ?? ''
  if (sqlOf(event) === undefined || fingerprint === '') {
    return { terms: [printTerm('id', event.id)], label: 'This event' }
  }
  return { terms: [printTerm('fingerprint', fingerprint)], label: 'The same query' }
}

function tablesTerms(event: PublicEvent): ValueTerms | undefined {
  const names = [...new Set(event.statement?.tables.map((table) => table.name) ?? [])]
  if (names.length <= 1) return valueTerms(names.length === 0 ? 'Tables' : 'Table', 'table', names[0] ?? '')
  return {
    terms: names.map((name) => printTerm('table', name)),
    label: `Tables ${shorten(names.join(', '))}`,
  }
}

function tagsTerms({ tags = [] }: PublicEvent): ValueTerms | undefined {
  if (tags.length <= 1) return valueTerms(tags.length === 0 ? 'Tags' : 'Tag', 'tag', tags[0] ?? '')
  return { terms: tags.map((tag) => printTerm('tag', tag)), label: `Tags ${shorten(tags.join(', '))}` }
}

/** Equal durations tell nothing: so long, or longer. */
function atLeast(
  title: string,
  field: 'duration' | 'rows',
  value: number | undefined,
  format: (value: number) => string,
): ValueTerms | undefined {
  if (value === undefined) return valueTerms(title, field, '')
  return {
    terms: [printFilter({ kind: 'number', field, range: { min: value } })],
    label: `${title} of ${format(value)} or more`,
  }
}
