import type { Readable } from 'node:stream'
import { AuditError, type Problem } from '@aleph-audit-log/domain/error'
import { eventLimits } from '@aleph-audit-log/domain/event'
import type { IngestEvents } from '../ingest/ingest-events.ts'
import type { Way } from '../ingest/enrich-event.ts'
import type { BodyShare } from './body-budget.ts'
import { asBodyError, parseJson, toBuffer } from './read-body.ts'

type Batch = { drafts: unknown[]; lines: number[]; bytes: number }

/** A batch is also closed when its lines take so much, so that memory stays bounded. */
const batchBytesMax = 4 * 1024 * 1024

const newline = 0x0a

/**
 * Ingests a stream of JSON lines, of any number, `batchEventsMax` at a time. Reading waits while a batch is being
 * written, so a fast sender is slowed down, not buffered; what waits counts in `share`. Empty lines are passed over.
 * Errors tell in `facts` how many events were kept (`accepted`) and which line, from 1, is at fault.
 */
export async function ingestNdjson(
  body: Readable,
  ingest: IngestEvents,
  way: Way,
  batchEventsMax: number,
  share: BodyShare,
): Promise<number> {
  let accepted = 0
  let lineNumber = 0
  let batch: Batch = { drafts: [], lines: [], bytes: 0 }
  const commit = async (): Promise<void> => {
    const { drafts, lines, bytes } = batch
    batch = { drafts: [], lines: [], bytes: 0 }
    await ingest(drafts, { ...way, pathOf: (i) => `lines[${lines[i] ?? 0}]` })
    share.giveBack(bytes)
    accepted += drafts.length
  }
  try {
    for await (const line of readLines(body)) {
      lineNumber++
      if (line.length === 0 || (line.length === 1 && line[0] === 0x0d)) continue
      share.take(line.length)
      batch.drafts.push(parseJson(line))
      batch.lines.push(lineNumber)
      batch.bytes += line.length
      if (batch.drafts.length >= batchEventsMax || batch.bytes >= batchBytesMax) await commit()
    }
    await commit()
    return accepted
  } catch (error) {
    throw withPlace(asBodyError(error), accepted, lineNumber)
  }
}

/** The lines of a stream without their ends. Throws AuditError('too_large') for a longer one than an event may be. */
async function* readLines(body: Readable): AsyncGenerator<Buffer> {
  let pending: Buffer[] = []
  let pendingBytes = 0
  for await (const chunk of body) {
    const bytes = toBuffer(chunk)
    let start = 0
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      const rest = bytes.subarray(start, end)
      start = end + 1
      refuseLongLine(pendingBytes + rest.length)
      yield pending.length === 0 ? rest : Buffer.concat([...pending, rest])
      pending = []
      pendingBytes = 0
    }
    if (start < bytes.length) {
      pending.push(bytes.subarray(start))
      pendingBytes += bytes.length - start
      refuseLongLine(pendingBytes)
    }
  }
  if (pendingBytes > 0) yield Buffer.concat(pending)
}

function refuseLongLine(bytes: number): void {
  if (bytes <= eventLimits.eventBytesMax + 1) return
  throw new AuditError(
    'too_large',
    `A line is longer than the ${eventLimits.eventBytesMax} bytes of an event.`,
  )
}

/** Faults of events carry `lines[7].actor`: the first such line is the answer's `line`, and its faults its errors. */
function withPlace(error: unknown, accepted: number, lastLine: number): unknown {
  if (!(error instanceof AuditError)) return error
  const first = /^lines\[(\d+)\]/.exec(error.problems[0]?.path ?? '')
  const line = first ? Number(first[1]) : lastLine
  const prefix = `lines[${line}]`
  const problems = error.problems.flatMap((problem): Problem[] =>
    problem.path.startsWith(prefix)
      ? [{ ...problem, path: problem.path.slice(prefix.length).replace(/^\./, '') }]
      : [],
  )
  return new AuditError(error.code, error.message, {
    cause: error.cause,
    problems,
    facts: { ...error.facts, accepted, line },
  })
}
