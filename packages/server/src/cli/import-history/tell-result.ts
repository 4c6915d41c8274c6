import { createHash } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import type { Problem } from '@aleph-audit-log/domain/error'
import type { Actor, EventDraft } from '@aleph-audit-log/domain/event'
import { toCanonicalTime } from '@aleph-audit-log/domain/time'
import { idFromHash } from '../../ingest/create-event-id.ts'
import type { ImportState, TooOld } from './import-state.ts'
import type { Refusal } from './send-drafts.ts'
import { formatCount } from './show-progress.ts'

export type ShownRefusal = { line: number; problem: Problem | undefined }

export type RunResult = {
  state: ImportState
  /** False where there was nothing behind the place at which the last import ended. */
  hasRead: boolean
  /** False where it stopped at a refused line. */
  isWhole: boolean
  /** The first of the refused lines. */
  shown: ShownRefusal[]
}

/** Adds what a batch had of events that are older than the retention; undefined while there were none. */
export function countTooOld(
  before: TooOld | undefined,
  drafts: readonly EventDraft[],
  refusals: ReadonlyMap<number, Refusal>,
): TooOld | undefined {
  let total = before
  for (const [index, { retentionDays }] of refusals) {
    const time = toCanonicalTime(drafts[index]?.occurredAt ?? '')
    if (retentionDays === undefined || time === undefined) continue
    const { count, oldest, newest } = total ?? { count: 0, oldest: time, newest: time }
    total = {
      count: count + 1,
      oldest: time < oldest ? time : oldest,
      newest: time > newest ? time : newest,
      retentionDays,
    }
  }
  return total
}

/** The events about the import itself. Their ids follow from the run: it may be interrupted after sending them. */
export function toClosingEvents({ state, isWhole }: RunResult, file: string): EventDraft[] {
  const { layout, offset, line, sha256, imported, refused, tooOld, mappingHash } = state
  const actor = whoRunsIt()
  const id = (type: string): string =>
    idFromHash(createHash('sha256').update(`${state.runId}\n${type}\n${offset}`).digest('hex'))
  const about = { file, name: layout.name, format: layout.format }
  const importedEvent: EventDraft = {
    id: id('events_imported'),
    type: 'events_imported',
    actor,
    outcome: refused > 0 ? 'failure' : 'success',
    data: {
      ...about,
      bytes: offset,
      lines: line - 1,
      sha256,
      mappingHash,
      imported,
      refused,
      ...(tooOld === undefined ? {} : { tooOld: tooOld.count }),
      ...(isWhole ? {} : { stoppedAtFirstRefused: true }),
    },
  }
  if (tooOld === undefined) return [importedEvent]
  const tooOldEvent: EventDraft = {
    id: id('events_too_old'),
    type: 'events_too_old',
    actor,
    outcome: 'failure',
    data: { ...about, ...tooOld },
  }
  return [tooOldEvent, importedEvent]
}

/** The person at this machine, as its operating system knows them: nothing proves it to the audit log. */
function whoRunsIt(): Actor {
  const name = loginName()
  return { type: 'user', id: `${name}@${hostname()}`, name }
}

function loginName(): string {
  try {
    return userInfo().username
  } catch {
    // A process may run under a number that has no name.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

/** The one line that tells how an import went. */
export function describeResult({ state, hasRead }: RunResult): string {
  const { file, line, imported, refused, tooOld } = state
  const name = printable(file === '-' ? 'The standard input' : file)
  if (!hasRead)
    return `${name}: nothing new since the last import. Use --restart to read it from its beginning.`
  const parts = [
    `${formatCount(line - 1)} lines read`,
    `${formatCount(imported)} events imported`,
    `${formatCount(refused)} refused`,
  ]
  if (tooOld === undefined) return `${name}: ${parts.join(', ')}.`
  const { count, oldest, newest, retentionDays } = tooOld
  const why = `${formatCount(count)} of them older than the ${retentionDays} days for which events are kept`
  return `${name}: ${parts.join(', ')}, ${why} (${oldest} to ${newest}).`
}

/** The first refused lines, and where all of them are. */
export function describeRefusals({ state, shown }: RunResult, reportPath: string): string[] {
  if (state.refused === 0) return []
  const lines = shown.map(({ line, problem }) => `  line ${line}: ${describeProblem(problem)}`)
  const command = `import ${state.layout.format} ${printable(reportPath)}`
  return [
    ...lines,
    ...(state.refused > shown.length ? ['  ...'] : []),
    `Every refused line stands with its reasons in ${printable(reportPath)}. Mend them there, then run ${command} with ` +
      'the same mapping.',
  ]
}

/** `actor.email must be ...`. */
export function describeProblem(problem: Problem | undefined): string {
  return printable(`${problem?.path ?? ''} ${problem?.message ?? ''}`.trim())
}

/** Texts of a file: what would move the cursor or colour the terminal is shown as a question mark. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?')
}
