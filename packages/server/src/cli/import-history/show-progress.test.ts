import { expect, test } from 'vitest'
import { describeProgress, ProgressDisplay, type Progress } from './show-progress.ts'

const progress: Progress = {
  bytesRead: 5_000_000,
  bytesTotal: 20_000_000,
  lines: 12_345,
  imported: 12_000,
  refused: 0,
  elapsedMs: 4000,
  importedHere: 12_000,
  bytesReadHere: 5_000_000,
}

test('progress is told in bytes, lines, events a second and the time that is left', () => {
  expect(describeProgress(progress)).toBe(
    '[#####...............]  25% 5.0 MB of 20.0 MB  12,345 lines  12,000 imported  3,000/s  12 s left',
  )
  expect(describeProgress({ ...progress, refused: 345, bytesTotal: undefined })).toBe(
    '5.0 MB  12,345 lines  12,000 imported  345 refused  3,000/s',
  )
})

test('the speed is that of this process, also after much was done by an earlier one', () => {
  const resumed = { ...progress, imported: 1_000_000, importedHere: 2000, bytesReadHere: 1_000_000 }
  expect(describeProgress(resumed)).toContain('500/s  1 min left')
})

test('a wait tells its reason, and nothing is divided by nothing', () => {
  expect(describeProgress({ ...progress, waiting: 'waiting 4 s: The log is overloaded.' })).toMatch(
    /12,000 imported {2}waiting 4 s: The log is overloaded\.$/,
  )
  const empty = {
    bytesRead: 0,
    bytesTotal: 0,
    lines: 0,
    imported: 0,
    elapsedMs: 0,
    importedHere: 0,
    bytesReadHere: 0,
  }
  expect(describeProgress({ ...empty, refused: 0 })).toBe(
    '[....................]   0% 0 B of 0 B  0 lines  0 imported',
  )
  expect(describeProgress({ ...progress, bytesRead: 21_000_000 })).toContain('] 100%')
})

function display(isTTY: boolean) {
  let now = 0
  const written: string[] = []
  const shown = new ProgressDisplay({ isTTY, columns: 12, write: (text) => written.push(text) }, () => now)
  return { shown, written, after: (ms: number) => (now += ms) }
}

test('a terminal has one line, redrawn in place, cut at its width and cleared at the end', () => {
  const { shown, written, after } = display(true)
  shown.show(() => 'first of the long lines')
  after(50)
  shown.show(() => 'too early')
  after(60)
  shown.show(() => 'second')
  shown.clear()
  shown.clear()
  expect(written).toEqual(['\r\u001b[Kfirst of th', '\r\u001b[Ksecond', '\r\u001b[K'])
})

test('anything else gets a line now and then, and news at once', () => {
  const { shown, written, after } = display(false)
  shown.show(() => 'begin')
  after(9000)
  shown.show(() => 'too early')
  shown.show(() => 'waiting', true)
  after(10_000)
  shown.show(() => 'later')
  shown.clear()
  expect(written).toEqual(['waiting\n', 'later\n'])
})
