import { toPublicEvent } from '@aleph-audit-log/domain/api/events'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportColumnIds, parseColumns } from './export-columns.ts'
import { countOverflow, overflowJsonBytesMin } from './overflow-columns.ts'
import { makeEvent, makeQuery, pagesOf } from './testing/export-events.ts'

test('each column is counted by its longest text, over all pages', async () => {
  const events = [makeQuery(1, 'a'.repeat(70_000)), makeQuery(2, 'a'), makeQuery(3, 'a'.repeat(40_000))]
  expect(await countOverflow(pagesOf(events, 1), parseColumns('data,name'), toPublicEvent)).toEqual(
    new Map([['data', 2]]),
  )
})

test('a text of 32,767 units needs no further column, of 32,768 one', async () => {
  const count = async (units: number): Promise<number | undefined> => {
    const overflow = await countOverflow(
      pagesOf([makeQuery(1, 'a'.repeat(units))]),
      parseColumns('data'),
      toPublicEvent,
    )
    return overflow.get('data')
  }
  expect(await count(32_767)).toBeUndefined()
  expect(await count(32_768)).toBe(1)
})

test('no event whose JSON is not longer than the least to be looked for overflows any column', async () => {
  const worst = fc.constantFrom(
    '\r',
    '\u0001',
    '\ufffe',
    '_x0041_',
    '_x0041',
    'a',
    '"',
    '\u{1f600}',
    '\ud800',
  )
  const columns = parseColumns(exportColumnIds.join(','))
  await fc.assert(
    fc.asyncProperty(fc.array(worst, { minLength: 1, maxLength: 3 }), fc.boolean(), async (units, isSql) => {
      const room =
        overflowJsonBytesMin - Buffer.byteLength(JSON.stringify(makeEvent(1, { data: { sql: '' } })))
      const unit = units.join('')
      const unitBytes = Buffer.byteLength(JSON.stringify(unit)) - 2
      const text = unit.repeat(Math.floor(room / unitBytes))
      const event = makeEvent(1, { data: isSql ? { sql: text } : { oth: text } })
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(overflowJsonBytesMin)
      expect(await countOverflow(pagesOf([event]), columns, toPublicEvent)).toEqual(new Map())
    }),
    { numRuns: 200 },
  )
})
