import { expect, test } from 'vitest'
import { deallocatedName, executedName, preparedName } from './sql-level-names.ts'

test.each([
  ['execute p', 'p'],
  ['EXECUTE My_Plan(1, 2)', 'my_plan'],
  ['/* tool */ -- who\n execute "My ""Plan"""(1)', 'My "Plan"'],
  ['execute\tp;', 'p'],
  ['/***/ execute p', 'p'],
  ['/* a * b */execute/**/p', 'p'],
  ['/* a /* b */ c */ execute p', undefined],
  ['executed p', undefined],
  ['select 1', undefined],
  [' '.repeat(100_000), undefined],
])('%s executes %s', (sql, name) => {
  expect(executedName(sql)).toBe(name)
})

test('a name is that of PREPARE and DEALLOCATE as well', () => {
  expect(preparedName('prepare P (int) as select $1')).toBe('p')
  expect(preparedName('prepare "P" as select 1')).toBe('P')
  expect(deallocatedName('deallocate p')).toBe('p')
  expect(deallocatedName('DEALLOCATE PREPARE "P"')).toBe('P')
})
