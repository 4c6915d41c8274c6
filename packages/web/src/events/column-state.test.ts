import { describe, expect, it } from 'vitest'
import {
  columnIds,
  defaultColumns,
  gridOf,
  isDefaultColumns,
  moveColumn,
  moveShownColumn,
  phoneGridOf,
  readColumnState,
  showColumn,
  sizeColumn,
} from './column-state.ts'

describe('the columns of the log', () => {
  it('are the default where nothing sensible is remembered', () => {
    for (const stored of [undefined, null, 'x', 5, [], {}, { visible: 'name' }, { visible: ['nonsense'] }]) {
      expect(readColumnState(stored)).toEqual(defaultColumns)
    }
  })

  it('are what was remembered, without what is not known', () => {
    const state = readColumnState({
      order: ['ip', 'x'],
      visible: ['name', 'ip', 'ip', 'password'],
      widths: { ip: 90.4, name: -5, password: 10, rows: 'wide' },
    })
    expect(state.visible).toEqual(['ip', 'name'])
    expect(state.widths).toEqual({ ip: 90, name: 56 })
    expect([...state.order].sort()).toEqual([...columnIds].sort())
    expect(readColumnState(JSON.parse(JSON.stringify(state)))).toEqual(state)
  })

  it('move among all of them, and among those that are shown', () => {
    expect(moveColumn(defaultColumns, 'data', 0).visible[0]).toBe('data')
    expect(moveColumn(defaultColumns, 'name', -3)).toEqual(defaultColumns)
    expect(moveColumn(defaultColumns, 'ip', 1).order.slice(0, 3)).toEqual(['name', 'ip', 'email'])
    const state = readColumnState({ order: ['name', 'rows', 'email', 'kind'], visible: ['name', 'email'] })
    expect(moveShownColumn(state, 'name', 1).visible).toEqual(['email', 'name'])
    expect(moveShownColumn(state, 'name', 99).visible).toEqual(['email', 'name'])
    expect(moveShownColumn(state, 'email', 0).visible).toEqual(['email', 'name'])
    expect(moveShownColumn(state, 'email', 1)).toEqual(moveColumn(state, 'email', 1))
    const alone = readColumnState({ visible: ['name'] })
    expect(moveShownColumn(alone, 'name', 3)).toBe(alone)
  })

  it('are shown at their place and hidden, but never all of them', () => {
    const more = showColumn(showColumn(defaultColumns, 'ip', true), 'outcome', true)
    expect(more.visible.slice(-3)).toEqual(['data', 'outcome', 'ip'])
    expect(showColumn(more, 'outcome', true)).toEqual(more)
    expect(showColumn(showColumn(more, 'name', false), 'name', true)).toEqual(more)
    const none = columnIds.reduce((state, id) => showColumn(state, id, false), defaultColumns)
    expect(none.visible).toEqual(['data'])
  })

  it('take a width within limits, and give it back', () => {
    const sized = sizeColumn(defaultColumns, 'email', 300)
    expect(gridOf(sized).columns).toContain(' 300px ')
    expect(gridOf(sized).widthMin).toBe(gridOf(defaultColumns).widthMin + 300 - 150)
    expect(sizeColumn(sized, 'email', 5).widths.email).toBe(56)
    expect(sizeColumn(sized, 'email', Number.NaN).widths.email).toBe(56)
    expect(isDefaultColumns(sized)).toBe(false)
    expect(isDefaultColumns(sizeColumn(sized, 'email', undefined))).toBe(true)
  })

  it('stand on lines of their own on a phone', () => {
    expect(phoneGridOf(defaultColumns)).toEqual({
      areas: "'name timestamp' 'email type' 'data data'",
      rowHeight: 78,
    })
    const chosen = readColumnState({ visible: ['rows', 'type', 'name', 'outcome'] })
    expect(phoneGridOf(chosen).areas).toBe("'name name' 'type type' 'rows rows' 'outcome outcome'")
  })
})
