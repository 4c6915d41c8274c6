import { Buffer } from 'node:buffer'
import type { StoredEvent } from '@aleph-audit-log/domain/event'
import type { EventLines } from '../../store/event-store.ts'

const lineFeed = 0x0a

/** The next line, without its line feed; undefined behind the last. */
export function nextLine(lines: EventLines, at: number): { start: number; end: number } | undefined {
  if (at >= lines.length) return undefined
  const end = lines.indexOf(lineFeed, at)
  return { start: at, end: end < 0 ? lines.length : end }
}

/** The events of the lines, one after another: they take many times the room of their lines. */
export function* parseLines(lines: EventLines): Generator<StoredEvent> {
  for (let line = nextLine(lines, 0); line !== undefined; line = nextLine(lines, line.end + 1))
    yield parseLine(lines, line.start, line.end)
}

/** A line holds what JSON.stringify gave for a whole stored event. */
export function parseLine(lines: EventLines, start: number, end: number): StoredEvent {
  return JSON.parse(lines.toString('utf8', start, end)) as StoredEvent
}

/** Events as lines. */
export function toLines(events: readonly StoredEvent[]): EventLines {
  return Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}
