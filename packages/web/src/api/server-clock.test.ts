import { afterEach, describe, expect, it } from 'vitest'
import { noteServerDate, serverNowMs } from './server-clock.ts'

describe('the clock of the server', () => {
  afterEach(() => noteServerDate(new Date().toUTCString()))

  it('is this computer’s where the two differ by the network only', () => {
    noteServerDate(new Date(Date.now() - 2_000).toUTCString())
    expect(Math.abs(serverNowMs() - Date.now())).toBeLessThan(1_000)
  })

  it('is followed where this computer is wrong', () => {
    noteServerDate(new Date(Date.now() + 3_600_000).toUTCString())
    expect(Math.abs(serverNowMs() - Date.now() - 3_600_000)).toBeLessThan(2_000)
    noteServerDate('nonsense')
    noteServerDate(null)
    expect(serverNowMs() - Date.now()).toBeGreaterThan(3_000_000)
  })
})
