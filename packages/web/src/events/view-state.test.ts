import type { ViewState } from '@aleph-audit-log/domain/api/views'
import { describe, expect, it } from 'vitest'
import { parseColumns, printColumns, readColumnState } from './column-state.ts'
import { readEventSearchParams } from './event-search.ts'
import { isSameView, paramsOfView, viewStateOf, withoutView } from './view-state.ts'

const state: ViewState = {
  q: 'outcome:failure',
  range: { past: '7d' },
  noise: true,
  columns: ['timestamp', 'name', 'data'],
}

describe('a view', () => {
  it.each([
    [state],
    [{ ...state, q: '', noise: false, range: { past: '30d' } } as const],
    [{ ...state, range: { from: '2026-11-01T00:00:00.000000Z', to: '2026-11-02T00:00:00.500000Z' } }],
    [{ ...state, range: { from: '2026-11-01T00:00:00.000000Z' } }],
  ])('comes back from the address as it was: %j', (kept: ViewState) => {
    const params = readEventSearchParams(paramsOfView(kept, { zone: 'utc', live: 'on' }, 'v1'))
    expect(params).toMatchObject({ view: 'v1', zone: 'utc', live: 'on' })
    const columns = parseColumns(params.columns)
    expect(viewStateOf(params, columns?.visible ?? [])).toEqual(kept)
  })

  it('is left with the search on screen, and without its columns', () => {
    expect(withoutView(paramsOfView(state, {}, 'v1'))).toEqual({
      q: 'outcome:failure',
      range: '7d',
      noise: 'shown',
    })
  })

  it('is the same whatever the page would show the same', () => {
    const at = (from: string): ViewState => ({ ...state, range: { from } })
    expect(isSameView(at('2026-11-01T00:00:00Z'), at('2026-11-01T00:00:00.000000Z'))).toBe(true)
    expect(isSameView(state, { ...state, columns: [...state.columns, 'details'] })).toBe(true)
    expect(isSameView(state, { ...state, columns: ['name', 'timestamp', 'data'] })).toBe(false)
    expect(isSameView(state, { ...state, q: 'outcome:denied' })).toBe(false)
    expect(isSameView(state, { ...state, noise: false })).toBe(false)
  })
})

describe('the columns of the address', () => {
  it('keep the order, also of hidden ones, and are short where they can be', () => {
    expect(printColumns(readColumnState({ visible: ['name', 'data'] }))).toBe('name,data')
    const moved = readColumnState({ order: ['name', 'ip', 'data'], visible: ['name', 'data'] })
    expect(printColumns(moved)).toBe('name,-ip,data')
    const behind = readColumnState({ order: ['name', 'ip', 'rows'], visible: ['name'] })
    expect(parseColumns(printColumns(behind))?.order).toEqual(behind.order)
  })

  it('are none where nothing known is shown', () => {
    for (const text of [undefined, '', '-name', 'password', ',,']) expect(parseColumns(text)).toBeUndefined()
    expect(readEventSearchParams({ columns: 'x,name,-y', view: '' })).toEqual({ columns: 'name' })
  })
})
