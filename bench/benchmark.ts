/** The parts of the benchmark, in the order of the document. */
export const partNames = [
  'ingest',
  'single-events',
  'visibility',
  'reads',
  'insights',
  'excel',
  'sql',
  'gateway',
  'page',
  'detections',
  'backtests',
] as const
export type PartName = (typeof partNames)[number]

export type Mode = 'full' | 'quick' | 'smoke'

export type Unit =
  | 'events/s'
  | 'statements/s'
  | 'requests/s'
  | 'rows/s'
  | 'transactions/s'
  | 'µs'
  | 'ms'
  | 's'
  | 'CPU s'
  | 'MB'
  | 'bytes'
  /** Of layout shift: how much of the page moved, times how far. */
  | 'CLS'
  | 'events'
  | 'incidents'
  | 'alerts'

/** What came out of several rounds: the median is compared, least and most tell the spread. */
export type Figure = { median: number; least: number; most: number; rounds: number }

/** One row of the table: what we do, held against a peer measured in the same run or against a fixed limit. */
export type Line = {
  /** Stays the same over versions: `ingest.raw-chdb`. */
  id: string
  title: string
  unit: Unit
  ours: Figure
  against: { kind: 'peer'; name: string; figure: Figure } | { kind: 'limit'; value: number }
  /** For the ratio ours / against. Absent: told for information. */
  goal?: { kind: 'at least' | 'at most'; ratio: number }
  /** What was done and what the figures mean. */
  meaning: string
}

/** What a part found. */
export type PartOutcome = {
  lines: Line[]
  /** Engines used, by name: `{ "PostgreSQL": "18.4" }`. */
  versions: Record<string, string>
  /** What a reader must know about sizes and about what this machine did not allow. */
  conditions: string[]
}

/** A part's outcome with when and on what it was found. */
export type PartResult = PartOutcome & {
  part: PartName
  mode: Mode
  /** RFC 3339, UTC. */
  finishedAt: string
  seconds: number
  commit: string
  machine: string[]
}

export function ratioOf(line: Line): number {
  return line.ours.median / (line.against.kind === 'peer' ? line.against.figure.median : line.against.value)
}

/** Undefined where there is no goal. What could not be measured (NaN) is missed. */
export function isMet(line: Line): boolean | undefined {
  if (line.goal === undefined) return undefined
  const ratio = ratioOf(line)
  return line.goal.kind === 'at least' ? ratio >= line.goal.ratio : ratio <= line.goal.ratio
}

type LineStart = Pick<Line, 'id' | 'title' | 'unit' | 'ours' | 'meaning'>

/** A line against a fixed limit in the line's own unit: its ratio may be at most 1. */
export function limitLine(line: LineStart, limit: number): Line {
  return { ...line, against: { kind: 'limit', value: limit }, goal: { kind: 'at most', ratio: 1 } }
}

/** A line against a peer that was measured in the same rounds. */
export function peerLine(
  line: LineStart,
  name: string,
  figure: Figure,
  goal: NonNullable<Line['goal']>,
): Line {
  return { ...line, against: { kind: 'peer', name, figure }, goal }
}
