import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { scanBindParameters } from './bind-parameters.ts'

test('whatever the values hold, they come back', () => {
  const values = fc.array(
    fc.option(fc.oneof(fc.string(), fc.constantFrom("'", "''", ", $2 = '", 'NULL', '$1 = ')), { nil: null }),
    {
      minLength: 1,
    },
  )
  fc.assert(
    fc.property(values, fc.constantFrom('Parameters: ', 'parameters: ', 'Parameter: '), (values, lead) => {
      const texts = values.map((value, i) => {
        return `$${i + 1} = ${value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`}`
      })
      const detail = lead + texts.join(', ')
      expect(scanBindParameters(detail)).toEqual({ values, complete: true })
      const cut = scanBindParameters(detail.slice(0, -1))
      expect(cut?.complete).toBe(false)
    }),
  )
})

test('a detail without parameters has none', () => {
  expect(scanBindParameters('Key (id)=(1) already exists.')).toBeUndefined()
  expect(scanBindParameters('prepare: prepare x as select $1')).toBeUndefined()
})
