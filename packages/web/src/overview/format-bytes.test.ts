import { expect, test } from 'vitest'
import { formatBytes } from './format-bytes.ts'

test('sizes have as many digits as one wants to know', () => {
  const sizes = [0, 999, 1000, 9949, 9951, 453_000_000, 999_600_000, 1.24e12, 5e18]
  expect(sizes.map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 KB',
    '9.9 KB',
    '10 KB',
    '453 MB',
    '1.0 GB',
    '1.2 TB',
    '5000 PB',
  ])
})
