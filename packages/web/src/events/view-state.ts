import type { ViewState } from '@aleph-audit-log/domain/api/views'
import { defaultColumns, parseColumns, printColumns, type ColumnId } from './column-state.ts'
import type { EventSearchParams } from './event-search.ts'
import { readRange, writeRange } from './time-range.ts'

/** What is on screen, as a view keeps it. */
export function viewStateOf(params: EventSearchParams, columns: readonly ColumnId[]): ViewState {
  const range = readRange(params)
  return {
    q: params.q ?? '',
    range:
      range.kind === 'past'
        ? { past: range.id }
        : { from: range.from, ...(range.to === undefined ? {} : { to: range.to }) },
    noise: params.noise === 'shown',
    columns: [...columns],
  }
}

/** The address of the page that shows this state; what is the reader's own (zone, live) stays as it is in `params`. */
export function paramsOfView(state: ViewState, params: EventSearchParams, id?: string): EventSearchParams {
  const { zone, live } = params
  const range = 'past' in state.range ? { range: state.range.past } : state.range
  return {
    ...(state.q === '' ? {} : { q: state.q }),
    ...writeRange(readRange(range)),
    ...(state.noise ? { noise: 'shown' as const } : {}),
    columns: columnsOf(state),
    ...(id === undefined ? {} : { view: id }),
    ...(zone === undefined ? {} : { zone }),
    ...(live === undefined ? {} : { live }),
  }
}

/** The address without the view that was open; with the columns that the browser remembers. */
export function withoutView(params: EventSearchParams): EventSearchParams {
  const { view: _view, columns: _columns, ...rest } = params
  return rest
}

/** Columns that this page does not show, such as those of a download alone, are left out. */
function columnsOf({ columns }: ViewState): string {
  return printColumns(parseColumns(columns.join(',')) ?? defaultColumns)
}

/** Whether the page looks the same by both. */
export function isSameView(one: ViewState, other: ViewState): boolean {
  const normal = (state: ViewState): string => {
    const params = paramsOfView(state, {})
    return JSON.stringify(viewStateOf(params, parseColumns(params.columns)?.visible ?? []))
  }
  return normal(one) === normal(other)
}
