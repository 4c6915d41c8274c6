/** The columns that the log can show, by their names in `columns=` of a download. */
export const columnIds = [
  'name',
  'email',
  'timestamp',
  'type',
  'data',
  'outcome',
  'tables',
  'kind',
  'policy',
  'tags',
  'tool',
  'durationMs',
  'rows',
  'database',
  'application',
  'source',
  'ip',
] as const

export type ColumnId = (typeof columnIds)[number]

/** `min` in pixels; `grow` is the share of what is left of the width. */
type ColumnLook = { title: string; min: number; grow: number; end?: true }

export const columnLooks: Record<ColumnId, ColumnLook> = {
  name: { title: 'Name', min: 112, grow: 1.6 },
  email: { title: 'Email', min: 150, grow: 2 },
  timestamp: { title: 'Timestamp', min: 176, grow: 0 },
  type: { title: 'Type', min: 118, grow: 0.9 },
  data: { title: 'Data', min: 172, grow: 7 },
  outcome: { title: 'Outcome', min: 100, grow: 0 },
  tables: { title: 'Tables', min: 150, grow: 2 },
  kind: { title: 'Kind', min: 168, grow: 0 },
  policy: { title: 'Policy', min: 140, grow: 1 },
  tags: { title: 'Tags', min: 110, grow: 0.5 },
  tool: { title: 'Tool', min: 100, grow: 0.5 },
  durationMs: { title: 'Duration', min: 88, grow: 0, end: true },
  rows: { title: 'Rows', min: 84, grow: 0, end: true },
  database: { title: 'Database', min: 110, grow: 0.5 },
  application: { title: 'Application', min: 120, grow: 0.7 },
  source: { title: 'Source', min: 124, grow: 0.5 },
  ip: { title: 'IP', min: 120, grow: 0.3 },
}

/** How a person likes the table: the columns in their order, which are shown, and the widths that were set, in pixels. */
export type ColumnState = {
  /** All of them. */
  order: readonly ColumnId[]
  /** Those of them that are shown, in the same order. */
  visible: readonly ColumnId[]
  widths: Readonly<Partial<Record<ColumnId, number>>>
}

export const defaultColumns: ColumnState = {
  order: columnIds,
  visible: ['name', 'email', 'timestamp', 'type', 'data'],
  widths: {},
}

const columnWidthLimits = { min: 56, max: 2_000 } as const

/** Between two columns, and before the first and after the last, in pixels. */
const gap = 14
const edge = 20

/** Reads what a browser has remembered: what another version wrote is taken as far as it makes sense. */
export function readColumnState(stored: unknown): ColumnState {
  if (typeof stored !== 'object' || stored === null) return defaultColumns
  const known = new Set<unknown>(columnIds)
  const { order, visible, widths } = stored as Record<string, unknown>
  const idsOf = (list: unknown): ColumnId[] =>
    Array.isArray(list) ? list.filter((id): id is ColumnId => known.has(id)) : []
  const shown = idsOf(visible)
  if (shown.length === 0) return defaultColumns
  const sizes = Object.entries(typeof widths === 'object' && widths !== null ? widths : {}).flatMap(
    ([id, width]) => (known.has(id) && typeof width === 'number' ? [[id, clampWidth(width)]] : []),
  )
  const all = [...new Set([...idsOf(order), ...shown, ...columnIds])]
  return { ...inOrder(all, shown), widths: Object.fromEntries(sizes) }
}

function inOrder(order: readonly ColumnId[], shown: readonly ColumnId[]): Omit<ColumnState, 'widths'> {
  return { order, visible: order.filter((id) => shown.includes(id)) }
}

/**
 * The columns of the address bar (`timestamp,-kind,data`): all in their order as far as it matters, hidden ones with a
 * minus. Undefined where none is shown.
 */
export function parseColumns(text: string | undefined): Omit<ColumnState, 'widths'> | undefined {
  const names = (text ?? '').split(',')
  const known = new Set<string>(columnIds)
  const isKnown = (id: string): id is ColumnId => known.has(id)
  const visible = names.filter(isKnown)
  if (visible.length === 0) return undefined
  const named = names.map((name) => name.replace(/^-/, '')).filter(isKnown)
  return inOrder([...new Set([...named, ...columnIds])], visible)
}

/** The opposite of `parseColumns`. Hidden ones at the end are left out where they stand in their usual order. */
export function printColumns({ order, visible }: Omit<ColumnState, 'widths'>): string {
  const print = (ids: readonly ColumnId[]): string =>
    ids.map((id) => (visible.includes(id) ? id : `-${id}`)).join(',')
  const last = Math.max(...order.map((id, place) => (visible.includes(id) ? place : -1)))
  const needed = order.slice(0, last + 1)
  const short = print(needed)
  return parseColumns(short)?.order.join() === order.join() ? short : print(order)
}

export function isDefaultColumns({ order, visible, widths }: ColumnState): boolean {
  const isSame = order.join() === columnIds.join() && visible.join() === defaultColumns.visible.join()
  return isSame && Object.keys(widths).length === 0
}

/** The columns with this one at the place (from 0) among all of them. */
export function moveColumn(state: ColumnState, id: ColumnId, place: number): ColumnState {
  const order = state.order.filter((other) => other !== id)
  order.splice(Math.max(0, place), 0, id)
  return { ...state, ...inOrder(order, state.visible) }
}

/** The columns with this one at the place (from 0) among those that are shown. */
export function moveShownColumn(state: ColumnState, id: ColumnId, place: number): ColumnState {
  const others = state.visible.filter((other) => other !== id)
  const rest = state.order.filter((other) => other !== id)
  const next = others[Math.max(0, place)]
  const last = others.at(-1)
  const before = next ?? last
  if (before === undefined) return state
  return moveColumn(state, id, rest.indexOf(before) + (next === undefined ? 1 : 0))
}

/** Shows a column at its place, or hides it. The last one stays: a table has something to show. */
export function showColumn(state: ColumnState, id: ColumnId, isShown: boolean): ColumnState {
  const others = state.visible.filter((other) => other !== id)
  if (!isShown && others.length === 0) return state
  return { ...state, ...inOrder(state.order, isShown ? [...others, id] : others) }
}

/** Gives a column this width in pixels; undefined leaves it to the table again. */
export function sizeColumn(state: ColumnState, id: ColumnId, width: number | undefined): ColumnState {
  const { [id]: _, ...rest } = state.widths
  return { ...state, widths: width === undefined ? rest : { ...rest, [id]: clampWidth(width) } }
}

function clampWidth(width: number): number {
  const whole = Number.isFinite(width) ? Math.round(width) : columnWidthLimits.min
  return Math.min(columnWidthLimits.max, Math.max(columnWidthLimits.min, whole))
}

/** The columns of the grid, and how wide it is at least: what rows, heading and skeleton share. */
export function gridOf({ visible, widths }: ColumnState): { columns: string; widthMin: number } {
  const columns = visible.map((id) => {
    const width = widths[id]
    if (width !== undefined) return `${width}px`
    const { min, grow } = columnLooks[id]
    return grow === 0 ? `${min}px` : `minmax(${min}px, ${grow}fr)`
  })
  const least = visible.reduce((sum, id) => sum + (widths[id] ?? columnLooks[id].min), 0)
  return { columns: columns.join(' '), widthMin: least + gap * (visible.length - 1) + 2 * edge }
}

const phoneLines: readonly (readonly ColumnId[])[] = [['name', 'timestamp'], ['email', 'type'], ['data']]
const phoneLineHeight = 21
const phoneEdge = 15

/** A row on a phone: who and when, e-mail and type, data, then every further column on a line of its own. */
export function phoneGridOf({ visible }: ColumnState): { areas: string; rowHeight: number } {
  const usual = phoneLines.map((line) => line.filter((id) => visible.includes(id)))
  const further = visible.filter((id) => !phoneLines.flat().includes(id)).map((id) => [id])
  const lines = [...usual, ...further].filter((line) => line.length > 0)
  return {
    areas: lines.map(([first, second = first]) => `'${first ?? ''} ${second ?? ''}'`).join(' '),
    rowHeight: lines.length * phoneLineHeight + phoneEdge,
  }
}
