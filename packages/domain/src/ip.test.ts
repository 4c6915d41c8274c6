import { isIPv4 } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toIpKey, toIpKeyRange } from './ip.ts'

describe('toIpKey', () => {
  it.each([
    ['192.0.2.1', '00000000000000000000ffffc0000201'],
    ['  10.0.0.255 ', '00000000000000000000ffff0a0000ff'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
  ])('%s', (text, key) => {
    expect(toIpKey(text)).toBe(key)
  })

  it.each([
    '',
    '.',
    '1.2.3',
    '1.2.3.4.',
    '.1.2.3.4',
    '1..2.3',
    '1.2.3.256',
    '1.2.3.0004',
    '1.2.3.x',
    '1.2.3.4 5',
    '1:2',
    '::1::',
  ])('is no address: %j', (text) => {
    expect(toIpKey(text)).toBeUndefined()
  })

  it('reads every IPv4 address, and nothing else of digits and dots', () => {
    const text = fc.oneof(
      fc.ipV4(),
      fc.string({ unit: fc.constantFrom('0', '1', '2', '5', '9', '.', '.', 'x'), maxLength: 16 }),
    )
    fc.assert(
      fc.property(text, (address) => {
        const key = toIpKey(address)
        // Zeros in front of a number are read here, as PostgreSQL and others write none.
        const plain = address.replaceAll(/(^|\.)0+(?=\d)/g, '$1')
        const isPadded = plain !== address && address.split('.').every((part) => part.length <= 3)
        if (plain === address || isPadded) expect(key !== undefined).toBe(isIPv4(plain))
        if (key !== undefined) {
          const bytes = plain.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
          expect(key).toBe(`00000000000000000000ffff${bytes.join('')}`)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('toIpKeyRange', () => {
  it('has the first and the last address of a block', () => {
    expect(toIpKeyRange('10.1.2.3/8')).toEqual({
      first: '00000000000000000000ffff0a000000',
      last: '00000000000000000000ffff0affffff',
    })
    expect(toIpKeyRange('10.1.2.3/33')).toBeUndefined()
  })
})
