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
const carriageReturn = 0x0d

/**
 * Ingests a stream of JSON lines, of any number, `batchEventsMax` at a time. While one batch is being written the lines
 * of the next are read, and no further, so a fast sender is slowed down, not buffered; what waits counts in `share`.
 * Empty lines are passed over.
 * Errors tell in `facts` how many events were kept (`accepted`) and which line, from 1, is at fault.
 */
export async function ingestNdjson(
  body: Readable,
  ingest: IngestEvents,
  way: Way,
  batchEventsMax: number,
  share: BodyShare,
): Promise<number> {
  const writer = new BatchWriter(ingest, way, share)
  let lineNumber = 0
  let batch: Batch = { drafts: [], lines: [], bytes: 0 }
  const commit = async (): Promise<void> => {
    const full = batch
    batch = { drafts: [], lines: [], bytes: 0 }
    await writer.begin(full, lineNumber)
  }
  const addLine = (line: Buffer): void => {
    writer.throwFailure()
    lineNumber++
    if (line.length === 0 || (line.length === 1 && line[0] === carriageReturn)) return
    share.take(line.length)
    batch.drafts.push(parseJson(line))
    batch.lines.push(lineNumber)
    batch.bytes += line.length
  }
  const splitter = new LineSplitter()
  try {
    for await (const chunk of body) {
      for (const line of splitter.split(toBuffer(chunk))) {
        addLine(line)
        if (batch.drafts.length >= batchEventsMax || batch.bytes >= batchBytesMax) await commit()
      }
    }
    for (const line of splitter.end()) addLine(line)
    await commit()
    await writer.finish()
    return writer.accepted
  } catch (error) {
    // An earlier batch may have failed as well, or still be on its way: it comes first, and it counts.
    await writer.finish()
    throw withPlace(asBodyError(error), writer.accepted, lineNumber)
  }
}

/** Writes one batch at a time. After a failure nothing more is begun. */
class BatchWriter {
  readonly #ingest: IngestEvents
  readonly #way: Way
  readonly #share: BodyShare
  #running: Promise<void> = Promise.resolve()
  #failure: { error: unknown } | undefined
  accepted = 0

  constructor(ingest: IngestEvents, way: Way, share: BodyShare) {
    this.#ingest = ingest
    this.#way = way
    this.#share = share
  }

  /** Resolves when the batch before is on the disk and this one has begun. */
  async begin(batch: Batch, lastLine: number): Promise<void> {
    await this.finish()
    this.#running = this.#write(batch, lastLine)
  }

  async #write({ drafts, lines, bytes }: Batch, lastLine: number): Promise<void> {
    try {
      await this.#ingest(drafts, { ...this.#way, pathOf: (i) => `lines[${lines[i] ?? 0}]` })
      this.#share.giveBack(bytes)
      this.accepted += drafts.length
    } catch (error) {
      this.#failure = { error: withPlace(error, this.accepted, lastLine) }
    }
  }

  throwFailure(): void {
    if (this.#failure) throw this.#failure.error
  }

  /** Waits for the batch that is on its way. Throws what a batch failed with. */
  async finish(): Promise<void> {
    await this.#running
    this.throwFailure()
  }
}

/**
 * Cuts the chunks of a stream into lines without their ends. Not an asynchronous generator: that would wait for a
 * promise with each line. Throws AuditError('too_large') for a longer line than an event may be.
 */
class LineSplitter {
  #pending: Buffer[] = []
  #pendingBytes = 0

  /** What stands behind the last line end, if anything does. */
  end(): Buffer[] {
    return this.#pendingBytes > 0 ? [Buffer.concat(this.#pending)] : []
  }

  /** The lines that end in the next chunk. */
  *split(bytes: Buffer): Generator<Buffer> {
    let start = 0
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      const rest = bytes.subarray(start, end)
      start = end + 1
      refuseLongLine(this.#pendingBytes + rest.length)
      yield this.#pendingBytes === 0 ? rest : Buffer.concat([...this.#pending, rest])
      this.#pending = []
      this.#pendingBytes = 0
    }
    if (start === bytes.length) return
    this.#pending.push(bytes.subarray(start))
    this.#pendingBytes += bytes.length - start
    refuseLongLine(this.#pendingBytes)
  }
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
