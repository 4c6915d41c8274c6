/** How far an import is. Bytes of the file as it lies on the disk, packed or not; times in ms. */
export type Progress = {
  bytesRead: number
  /** Undefined for the standard input. */
  bytesTotal: number | undefined
  lines: number
  imported: number
  refused: number
  /** Of this process: what an earlier one did tells nothing about the speed of this one. */
  elapsedMs: number
  importedHere: number
  bytesReadHere: number
  /** Why nothing moves, if so. */
  waiting?: string | undefined
}

const barWidth = 20

/** One line: bar, bytes, lines, events a second, time left. */
export function describeProgress(progress: Progress): string {
  const { bytesRead, bytesTotal, lines, imported, refused, elapsedMs, importedHere, waiting } = progress
  const rate = elapsedMs < 1000 ? undefined : Math.round((importedHere * 1000) / elapsedMs)
  const parts = [
    bytesTotal === undefined
      ? formatBytes(bytesRead)
      : `${bar(bytesRead / Math.max(bytesTotal, 1))} ${formatBytes(bytesRead)} of ${formatBytes(bytesTotal)}`,
    `${formatCount(lines)} lines`,
    `${formatCount(imported)} imported`,
    ...(refused === 0 ? [] : [`${formatCount(refused)} refused`]),
    ...(rate === undefined ? [] : [`${formatCount(rate)}/s`]),
    ...timeLeft(progress),
  ]
  return waiting === undefined ? parts.join('  ') : `${parts.slice(0, 3).join('  ')}  ${waiting}`
}

function bar(share: number): string {
  const part = Math.min(Math.max(share, 0), 1)
  const full = Math.floor(part * barWidth)
  const percent = String(Math.floor(part * 100)).padStart(3)
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}] ${percent}%`
}

function timeLeft({ bytesRead, bytesTotal, bytesReadHere, elapsedMs }: Progress): string[] {
  if (bytesTotal === undefined || bytesReadHere === 0 || elapsedMs < 1000) return []
  const seconds = Math.ceil(((bytesTotal - bytesRead) * elapsedMs) / bytesReadHere / 1000)
  if (seconds <= 0) return []
  if (seconds < 60) return [`${seconds} s left`]
  if (seconds < 3600) return [`${Math.ceil(seconds / 60)} min left`]
  return [`${(seconds / 3600).toFixed(1)} h left`]
}

/** `1234567` as `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = -1
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value.toFixed(1)} ${units[unit]}`
}

export type ProgressOutput = {
  isTTY?: boolean | undefined
  columns?: number | undefined
  write: (text: string) => unknown
}

const redrawMs = { terminal: 100, lines: 10_000 } as const

/** Shows progress: redrawn in place on a terminal, elsewhere a line now and then. */
export class ProgressDisplay {
  readonly #output: ProgressOutput
  readonly #now: () => number
  #shownMs = -Infinity
  #isDrawn = false

  constructor(output: ProgressOutput, now: () => number) {
    this.#output = output
    this.#now = now
  }

  /** `isNews`: shown at once, such as the beginning of a wait. */
  show(describe: () => string, isNews = false): void {
    const isTerminal = this.#output.isTTY === true
    const everyMs = isTerminal ? redrawMs.terminal : redrawMs.lines
    if (!isNews && this.#now() - this.#shownMs < everyMs) return
    if (this.#shownMs === -Infinity && !isTerminal && !isNews) {
      // A short import needs no lines about its progress.
      this.#shownMs = this.#now()
      return
    }
    this.#shownMs = this.#now()
    const text = describe()
    if (isTerminal) this.#output.write(`\r\u001b[K${text.slice(0, (this.#output.columns ?? 80) - 1)}`)
    else this.#output.write(`${text}\n`)
    this.#isDrawn = isTerminal
  }

  /** Clears the line for what is printed next. */
  clear(): void {
    if (this.#isDrawn) this.#output.write('\r\u001b[K')
    this.#isDrawn = false
  }
}
