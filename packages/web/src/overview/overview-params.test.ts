import { expect, test } from 'vitest'
import {
  eventsOf,
  periodOf,
  readOverviewParams,
  searchOfPerson,
  searchOfTable,
  withPeriod,
} from './overview-params.ts'

test('the address bar names a period, and the default says nothing', () => {
  expect(readOverviewParams({ period: '30d', other: 1 })).toEqual({ period: '30d' })
  for (const period of ['24h', 'x', 5, undefined]) expect(readOverviewParams({ period })).toEqual({})
  expect([periodOf({}).id, periodOf(withPeriod('30d')).id]).toEqual(['24h', '30d'])
})

test('a number leads to the events of its period', () => {
  const range = { from: '2026-11-28T10:00:00.120000Z', to: '2026-11-29T10:00:00.000000Z' }
  const times = { from: '2026-11-28T10:00:00.12Z', to: '2026-11-29T10:00:00Z' }
  expect(eventsOf(range)).toEqual(times)
  expect(eventsOf(range, 'outcome:denied')).toEqual({ q: 'outcome:denied', ...times })
})

test('somebody is found by their e-mail, or by what else they are known by', () => {
  expect(searchOfPerson({ id: 'ann@acme.com', email: 'ann@acme.com' })).toBe('email:ann@acme.com')
  expect(searchOfPerson({ id: 'nightly job' })).toBe('actor:"nightly job" -email:*')
})

test('a table is found, and no other one of the same last name', () => {
  expect(searchOfTable('sales.orders')).toBe('table:sales.orders')
  expect(searchOfTable('orders')).toBe('table:orders -table:*.orders')
  expect(searchOfTable('a b')).toBe('table:"a b" -table:*".a b"')
})
