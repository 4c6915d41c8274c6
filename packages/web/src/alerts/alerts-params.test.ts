import { expect, test } from 'vitest'
import { alertsQuestion, readAlertsParams, withAlertsParams } from './alerts-params.ts'

test('what stands in the address bar is read, and what makes no sense is left out', () => {
  const params = { status: 'muted', level: 'high', period: '7d', person: 'ann@acme.test' }
  expect(readAlertsParams(params)).toEqual(params)
  expect(readAlertsParams({ status: 'x', level: '1', period: '3d', rule: '', table: 5 })).toEqual({})
})

test('the default says nothing', () => {
  expect(readAlertsParams({ status: 'open', level: 'informational' })).toEqual({})
  expect(withAlertsParams({ status: 'muted', person: 'ann' }, { status: 'open', person: undefined })).toEqual(
    {},
  )
})

test('the server is asked for open alerts unless others are, for a level and above, and from a time on', () => {
  expect(alertsQuestion({}, 0)).toEqual({ status: 'open' })
  expect(alertsQuestion({ status: 'resolved', level: 'high', period: '24h' }, 86_400_000)).toEqual({
    status: 'resolved',
    level: 'high,critical',
    from: '1970-01-01T00:00:00.000000Z',
  })
})
