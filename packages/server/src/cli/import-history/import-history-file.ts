import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { toCanonicalJson } from '@aleph-audit-log/domain/canonical-json'
import { AuditError } from '@aleph-audit-log/domain/error'
import type { EventDraft } from '@aleph-audit-log/domain/event'
import { toCanonicalTime } from '@aleph-audit-log/domain/time'
import type { Connection } from '../connect.ts'
import { loadImportState, positionFileOf, saveImportState, type ImportState } from './import-state.ts'
import { ImportRun, type BeginningState } from './import-run.ts'
import type { FileFormat } from './interpret-record.ts'
import { mappingPresets, type PresetName } from './mapping-presets.ts'
import { parseConstants, parseMapping, type Mapping } from './mapping.ts'
import { nameOfSource } from './read-source.ts'
import { RefusedReport } from './refused-report.ts'
import { SendingStopped } from './send-drafts.ts'
import { formatCount, ProgressDisplay, type ProgressOutput } from './show-progress.ts'
import { openSource } from './source-bytes.ts'
import {
  describeProblem,
  describeRefusals,
  describeResult,
  printable,
  toClosingEvents,
  type RunResult,
} from './tell-result.ts'

export type HistoryImportRequest = {
  /** A file, or `-` for the standard input. */
  file: string
  format: FileFormat
  name?: string | undefined
  map?: string | undefined
  preset?: PresetName | undefined
  set: readonly string[]
  delimiter?: string | undefined
  report?: string | undefined
  restart?: boolean | undefined
  stopAtFirst?: boolean | undefined
  /** Positions of imports are kept below it. */
  dataDir: string
  /** Tells audit logs apart: each has its own position in the same file. */
  target: string
}

export type ImportOutput = {
  /** Results. */
  print: (line: string) => void
  /** Progress. */
  progress: ProgressOutput
}

const exitCodes = { complete: 0, refused: 2, interrupted: 130 } as const

/**
 * Brings a file into the audit log and tells how it ended: `exitCodes`. Goes on where an interrupted import of the same
 * file stopped. **Promise: when it ends with `complete`, every line is durable; with `refused`, every other line is, and
 * the report holds the refused ones.** Throws AuditError for what cannot be imported at all.
 */
export async function importHistoryFile(
  connection: Connection,
  request: HistoryImportRequest,
  output: ImportOutput,
  signal: AbortSignal,
): Promise<number> {
  const interpret = await readMapping(request)
  const { file, name } = identify(request)
  const positionFile = await positionFileOf(request.dataDir, { file, name, target: request.target })
  const mappingHash = hashOf(request, interpret)
  const saved = request.restart === true ? undefined : await loadImportState(positionFile)
  if (saved !== undefined) refuseOtherMapping(saved, mappingHash)
  // A wrong address is told at once; later on a log that is away is waited for.
  await connection.call('GET', '/healthz')
  const reportPath = request.report ?? `${request.file === '-' ? name : request.file}.refused.jsonl`
  const source = await openSource(request.file)
  if (request.restart === true) await putReportAside(reportPath, output)
  const isRunning = saved?.state === 'running'
  const report = await RefusedReport.open(reportPath, saved && { bytes: saved.reportBytes, isRunning })
  if (isRunning) output.print(`Going on at line ${saved.line} of ${printable(file)}.`)
  const display = new ProgressDisplay(output.progress, Date.now)
  const run = new ImportRun({
    request: { ...request, file, name },
    interpret,
    state: isRunning ? saved : { ...freshState(saved), file, mappingHash },
    save: async (state) => saveImportState(positionFile, state),
    post: async (events) => void (await connection.call('POST', '/api/v1/events', { events })),
    report,
    source,
    display,
    signal,
  })
  try {
    const result = await run.importAll()
    if (result.hasRead) await run.finish(toClosingEvents(result, basename(file)))
    display.clear()
    return tell(result, reportPath, output)
  } catch (error) {
    display.clear()
    if (!(error instanceof SendingStopped)) throw error
    output.print(`Stopped before line ${run.line}. Run the same command again to go on there.`)
    return exitCodes.interrupted
  } finally {
    source.close()
    await report.close()
  }
}

/**
 * Reads a file as an import would, sends nothing and writes nothing: prints the first events that it would make, and
 * what would be refused. Whether events are older than the retention is known to the audit log alone.
 */
export async function tryHistoryFile(request: HistoryImportRequest, output: ImportOutput): Promise<number> {
  const interpret = await readMapping(request)
  const { file, name } = identify(request)
  const source = await openSource(request.file)
  const display = new ProgressDisplay(output.progress, Date.now)
  const first: EventDraft[] = []
  let times: { oldest: string; newest: string } | undefined
  const run = new ImportRun({
    request: { ...request, file, name },
    interpret,
    state: { ...freshState(undefined), file, mappingHash: '' },
    save: async () => undefined,
    post: async (drafts) => {
      first.push(...drafts.slice(0, draftsShownMax - first.length))
      times = widen(times, drafts)
    },
    report: { append: async () => undefined, bytes: 0 },
    source,
    display,
    signal: new AbortController().signal,
  })
  try {
    const { state, shown } = await run.importAll()
    display.clear()
    for (const draft of first) output.print(JSON.stringify(draft, undefined, 2))
    const counts = `${formatCount(state.imported)} events could be sent, ${formatCount(state.refused)} lines not`
    const range = times === undefined ? '' : ` The events are of ${times.oldest} to ${times.newest}.`
    output.print(`${printable(file)}: ${counts}. Nothing was sent.${range}`)
    for (const { line, problem } of shown) output.print(`  line ${line}: ${describeProblem(problem)}`)
    return state.refused > 0 ? exitCodes.refused : exitCodes.complete
  } finally {
    source.close()
  }
}

const draftsShownMax = 3

function widen(times: { oldest: string; newest: string } | undefined, drafts: readonly EventDraft[]) {
  let wider = times
  for (const { occurredAt = '' } of drafts) {
    const time = toCanonicalTime(occurredAt) ?? ''
    const { oldest, newest } = wider ?? { oldest: time, newest: time }
    wider = { oldest: time < oldest ? time : oldest, newest: time > newest ? time : newest }
  }
  return wider
}

function identify(request: HistoryImportRequest): { file: string; name: string } {
  const { delimiter } = request
  if (delimiter !== undefined && !/^[\t !#-~]$/.test(delimiter)) {
    throw new AuditError('invalid', '--delimiter takes one ASCII character, or tab.')
  }
  return { file: request.file === '-' ? '-' : resolve(request.file), name: nameOfSource(request) }
}

function tell(result: RunResult, reportPath: string, output: ImportOutput): number {
  output.print(describeResult(result))
  for (const line of describeRefusals(result, reportPath)) output.print(line)
  const hasRefused = result.state.refused > 0
  return hasRefused ? exitCodes.refused : exitCodes.complete
}

async function putReportAside(path: string, output: ImportOutput): Promise<void> {
  const moved = await RefusedReport.putAside(path)
  if (moved !== undefined) output.print(`The report of the earlier import is now ${printable(moved)}.`)
}

/** A new run, which begins where the one before ended: a file may have grown. */
function freshState(before: ImportState | undefined): Omit<BeginningState, 'file' | 'mappingHash'> {
  const { layout, offset = 0, line = 1, sha256 = '', reportBytes = 0 } = before ?? {}
  return {
    version: 1,
    runId: randomUUID(),
    state: 'running',
    offset,
    line,
    sha256,
    imported: 0,
    refused: 0,
    reportBytes,
    ...(layout === undefined ? {} : { layout }),
  }
}

function refuseOtherMapping(saved: ImportState, mappingHash: string): void {
  if (saved.mappingHash === mappingHash) return
  throw new AuditError(
    'conflict',
    `${saved.file} was imported up to line ${saved.line} with another mapping. Use the same one to go on, or --restart ` +
      'to import it from its beginning: what is stored already stays as it is.',
  )
}

/** The mapping of a request; undefined where it names none. Throws AuditError('invalid') with every fault. */
async function readMapping(
  request: HistoryImportRequest,
): Promise<{ mapping: Mapping | undefined; constants: Map<string, string> }> {
  const { map, preset } = request
  const constants = parseConstants(request.set)
  if (map !== undefined && preset !== undefined) {
    throw new AuditError(
      'invalid',
      'Use --map or --preset, not both. import preset prints one to begin with.',
    )
  }
  if (preset !== undefined) {
    return { mapping: parseMapping(mappingPresets[preset], constants, preset), constants }
  }
  if (map === undefined) return { mapping: undefined, constants }
  return { mapping: parseMapping(await readJsonFile(map), constants, map), constants }
}

async function readJsonFile(path: string): Promise<unknown> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return value
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    throw new AuditError('invalid', `${path} is no readable JSON file${why}`, { cause })
  }
}

/** Of everything that decides what a line becomes. */
function hashOf(
  { delimiter = '' }: HistoryImportRequest,
  { mapping, constants }: { mapping: Mapping | undefined; constants: ReadonlyMap<string, string> },
): string {
  const decisive = { mapping: mapping ?? null, constants: [...constants], delimiter }
  return createHash('sha256').update(toCanonicalJson(decisive)).digest('hex')
}
