import type { Problem } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import type { ImportState } from './import-state.ts'
import {
  interpretRecord,
  readColumns,
  requireMapping,
  toReportLine,
  type InterpretOptions,
  type Layout,
} from './interpret-record.ts'
import { detectLayout, markBytes, readHead, skipWhatWasRead, type LayoutRequest } from './read-source.ts'
import type { RefusedReport } from './refused-report.ts'
import { sendDrafts, sendLimits, SendingStopped, type Refusal } from './send-drafts.ts'
import { describeProgress, type Progress, type ProgressDisplay } from './show-progress.ts'
import { PrefixHash, type SourceBytes } from './source-bytes.ts'
import { recordLimits, RecordSplitter, type RawRecord, type RecordPlace } from './split-records.ts'
import { countTooOld, type RunResult, type ShownRefusal } from './tell-result.ts'

/** A position whose file has perhaps not been looked at yet. */
export type BeginningState = Omit<ImportState, 'layout'> & { layout?: Layout }

export type ImportRunOptions = {
  request: LayoutRequest & { stopAtFirst?: boolean | undefined }
  interpret: Omit<InterpretOptions, 'layout'>
  state: BeginningState
  save: (state: ImportState) => Promise<void>
  report: Pick<RefusedReport, 'append' | 'bytes'>
  source: SourceBytes
  display: ProgressDisplay
  /** Posts events; resolves when they are durable. */
  post: (drafts: EventDraft[]) => Promise<void>
  signal: AbortSignal
}

type Batch = {
  drafts: EventDraft[]
  /** The records of the drafts, in the same order. */
  records: RawRecord[]
  refused: { record: RawRecord; problems: Problem[] }[]
  /** As JSON, and as it stands in the file. */
  bytes: number
  rawBytes: number
  count: number
  end: RecordPlace | undefined
}

/** A batch is also closed after so many records that made no event. */
const batchRecordsMax = 10_000
/** How many refused lines are told at the end; all of them stand in the report. */
const shownRefusalsMax = 5
/** A line of a report is longer than what it tells of: every character of it may be escaped. */
const reportFactor = 8

/** One import of a file, from where it stands to its end. Owns the position, and what is in flight. */
export class ImportRun {
  readonly #options: ImportRunOptions
  readonly #hash = new PrefixHash()
  readonly #shown: ShownRefusal[] = []
  readonly #startedMs = Date.now()
  #state: BeginningState
  #batch: Batch = newBatch()
  #importedHere = 0
  #skippedBytes = 0

  constructor(options: ImportRunOptions) {
    this.#options = options
    this.#state = options.state
  }

  /** The line at which another run would go on. */
  get line(): number {
    return this.#state.line
  }

  /**
   * Imports to the end of the file, one batch after the other: each is acknowledged before its position is saved, and
   * the next is sent after that. Throws SendingStopped when interrupted, and the errors of `sendDrafts`.
   */
  async importAll(): Promise<RunResult> {
    const begin = this.#state.offset
    const rest = begin > 0 ? await this.#skip() : await readHead(this.#options.source, this.#hash)
    this.#state.layout ??= detectLayout(rest, this.#options.request)
    const mark = begin > 0 ? 0 : markBytes(rest)
    const splitter = this.#createSplitter(this.#state.layout, {
      offset: begin + mark,
      line: this.#state.line,
    })
    let isOpen = await this.#take(splitter.push(rest.subarray(mark)))
    while (isOpen) {
      const { value: chunk, done } = await this.#options.source.chunks.next()
      if (done === true) break
      this.#hash.push(chunk)
      isOpen = await this.#take(splitter.push(chunk))
    }
    if (isOpen) isOpen = await this.#take(splitter.end())
    await this.#flush()
    const state = this.#stateWithLayout()
    const hasRead = state.imported > 0 || state.refused > 0 || state.tooOld !== undefined
    return { state, hasRead, isWhole: isOpen, shown: this.#shown }
  }

  /** Records how the import went, and that it has ended. */
  async finish(events: EventDraft[]): Promise<void> {
    await this.#send(events)
    this.#state.state = 'finished'
    await this.#save()
  }

  async #skip(): Promise<Buffer> {
    const rest = await skipWhatWasRead(this.#options.source, this.#hash, this.#state)
    this.#skippedBytes = this.#options.source.bytesRead()
    return rest
  }

  #createSplitter(layout: Layout, start: RecordPlace): RecordSplitter {
    if (layout.isReport) {
      const recordBytesMax = recordLimits.recordBytesMax * reportFactor
      return new RecordSplitter({ start, limits: { ...recordLimits, recordBytesMax } })
    }
    return new RecordSplitter({
      start,
      ...(layout.delimiter === undefined ? {} : { delimiter: layout.delimiter.charCodeAt(0) }),
    })
  }

  /** False when the import is to stop. */
  async #take(records: RawRecord[]): Promise<boolean> {
    for (const record of records) {
      this.#add(record)
      const isRefused = this.#batch.refused.length > 0 && this.#options.request.stopAtFirst === true
      if (isRefused || isFull(this.#batch)) await this.#flush()
      if (this.#options.request.stopAtFirst === true && this.#hasRefused()) return false
    }
    this.#options.display.show(() => describeProgress(this.#progress()))
    return true
  }

  #hasRefused(): boolean {
    return this.#state.refused > this.#options.state.refused
  }

  #add(record: RawRecord): void {
    const layout = this.#stateWithLayout().layout
    const batch = this.#batch
    batch.end = record.end
    batch.count++
    if (layout.format === 'csv' && layout.columns === undefined) {
      if (record.bytes.length === 0) return
      layout.columns = readColumns(record, layout.delimiter ?? ',')
      requireMapping({ ...this.#options.interpret, layout })
      return
    }
    const interpreted = interpretRecord(record, { ...this.#options.interpret, layout })
    if (interpreted.kind === 'nothing') return
    batch.rawBytes += record.bytes.length
    if (interpreted.kind === 'refused') {
      batch.refused.push({ record, problems: interpreted.problems })
      return
    }
    batch.drafts.push(interpreted.draft)
    batch.records.push(record)
    batch.bytes += interpreted.bytes
  }

  /** Sends what was gathered, and saves the position behind it. */
  async #flush(): Promise<void> {
    const batch = this.#batch
    if (batch.end === undefined) return
    this.#batch = newBatch()
    if (this.#options.signal.aborted) throw new SendingStopped()
    const refusals = await this.#send(batch.drafts)
    const refused = [...batch.refused, ...toRefused(batch, refusals)].sort(
      (a, b) => a.record.line - b.record.line,
    )
    const { layout } = this.#stateWithLayout()
    const { report } = this.#options
    await report.append(
      refused.map(({ record, problems }) => toReportLine(record, problems, layout)),
      layout,
    )
    for (const { record, problems } of refused.slice(0, shownRefusalsMax - this.#shown.length)) {
      this.#shown.push({ line: record.line, problem: problems[0] })
    }
    const imported = batch.drafts.length - refusals.size
    this.#importedHere += imported
    const tooOld = countTooOld(this.#state.tooOld, batch.drafts, refusals)
    this.#state = {
      ...this.#state,
      ...batch.end,
      sha256: this.#hash.advanceTo(batch.end.offset),
      imported: this.#state.imported + imported,
      refused: this.#state.refused + refused.length,
      ...(tooOld === undefined ? {} : { tooOld }),
      reportBytes: report.bytes,
    }
    await this.#save()
    this.#options.display.show(() => describeProgress(this.#progress()))
  }

  async #send(drafts: EventDraft[]): Promise<Map<number, Refusal>> {
    const { post, signal, display } = this.#options
    return sendDrafts(drafts, {
      post,
      signal,
      now: Date.now,
      onWaiting: (wait) => {
        if (wait === undefined) return
        const waiting = `waiting ${Math.ceil(wait.ms / 1000)} s: ${wait.reason}`
        display.show(() => describeProgress({ ...this.#progress(), waiting }), true)
      },
    })
  }

  async #save(): Promise<void> {
    await this.#options.save(this.#stateWithLayout())
  }

  #stateWithLayout(): ImportState {
    const { layout, ...state } = this.#state
    if (layout === undefined) throw new Error('The layout of the file is not known yet')
    return { ...state, layout }
  }

  #progress(): Progress {
    const bytesRead = this.#options.source.bytesRead()
    return {
      bytesRead,
      bytesTotal: this.#options.source.bytesTotal,
      lines: this.#state.line - 1,
      imported: this.#state.imported,
      refused: this.#state.refused,
      elapsedMs: Date.now() - this.#startedMs,
      importedHere: this.#importedHere,
      bytesReadHere: bytesRead - this.#skippedBytes,
    }
  }
}

function newBatch(): Batch {
  return { drafts: [], records: [], refused: [], bytes: 0, rawBytes: 0, count: 0, end: undefined }
}

function isFull({ drafts, bytes, rawBytes, count }: Batch): boolean {
  return (
    drafts.length >= sendLimits.batchEventsMax ||
    bytes >= sendLimits.batchBytesMax ||
    rawBytes >= sendLimits.batchBytesMax ||
    count >= batchRecordsMax
  )
}

function toRefused(
  { records }: Batch,
  refusals: ReadonlyMap<number, Refusal>,
): { record: RawRecord; problems: Problem[] }[] {
  return [...refusals].flatMap(([index, { problems }]) => {
    const record = records[index]
    return record === undefined ? [] : [{ record, problems }]
  })
}
