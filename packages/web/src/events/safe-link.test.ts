import { describe, expect, it } from 'vitest'
import { safeLink } from './safe-link.ts'

describe('an address from an event', () => {
  it('is followed if it leads to a page', () => {
    expect(safeLink('https://app.hex.tech/acme/1')).toBe('https://app.hex.tech/acme/1')
    expect(safeLink('http://bi.acme.test:3000/q?x=1')).toBe('http://bi.acme.test:3000/q?x=1')
  })

  it.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '/settings',
    'x',
    '',
  ])('is text if it is %j', (address) => {
    expect(safeLink(address)).toBeUndefined()
  })

  it('may be missing', () => {
    expect(safeLink(undefined)).toBeUndefined()
  })
})
