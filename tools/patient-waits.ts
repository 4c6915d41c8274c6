import { vi } from 'vitest'

/**
 * How long `vi.waitFor` waits where a test names no time, ms. vitest's own second is too short on a machine
 * that runs two files of tests beside each other, and cannot be set in its configuration.
 */
const timeout = 20_000

const waitFor = vi.waitFor
vi.waitFor = (check, options) =>
  waitFor(check, typeof options === 'number' ? options : { timeout, ...options })
