import { expect, test, vi } from 'vitest'
import { Pause } from './pause.ts'

const never = new AbortController().signal

async function isOver(waiting: Promise<void>): Promise<boolean> {
  let over = false
  void waiting.then(() => (over = true))
  await vi.advanceTimersByTimeAsync(0)
  return over
}

test('a pause ends by itself, when somebody ends it, and with the signal', async () => {
  vi.useFakeTimers()
  try {
    const pause = new Pause()
    const byItself = pause.wait(1000, never)
    expect(await isOver(byItself)).toBe(false)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await isOver(byItself)).toBe(true)

    const ended = pause.wait(1000, never)
    pause.end()
    expect(await isOver(ended)).toBe(true)

    const stop = new AbortController()
    const aborted = pause.wait(1000, stop.signal)
    stop.abort()
    expect(await isOver(aborted)).toBe(true)
    expect(await isOver(pause.wait(1000, stop.signal))).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('what is new between two pauses ends the next one, and only that', async () => {
  vi.useFakeTimers()
  try {
    const pause = new Pause()
    pause.end()
    pause.end()
    expect(await isOver(pause.wait(1000, never))).toBe(true)
    const next = pause.wait(1000, never)
    expect(await isOver(next)).toBe(false)
    pause.end()
    await next
  } finally {
    vi.useRealTimers()
  }
})
