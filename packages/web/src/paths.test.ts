import { describe, expect, it } from 'vitest'
import { eventAddress, safeReturnPath } from './paths.ts'

describe('addresses', () => {
  it('lead to one event', () => {
    expect(eventAddress('https://audit.acme.com', '0193')).toBe('https://audit.acme.com/audit-log/0193')
  })

  it('never lead out of the app after signing in', () => {
    for (const next of [
      undefined,
      '',
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
    ]) {
      expect(safeReturnPath(next)).toBe('/')
    }
    expect(safeReturnPath('/audit-log?q=type:query')).toBe('/audit-log?q=type:query')
  })
})
